"""`flask database …`: upgrade, backup, restore."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click
from flask.cli import AppGroup
from sqlalchemy.exc import OperationalError

from cli import context
from upkeep import copies
from upkeep.copy_error import CopyError
from upkeep.revision import write_migration
from upkeep.schema_version import SCHEMA_VERSION, UPGRADE_COMMAND
from upkeep.state_folder import StateFolderError
from upkeep.upgrade import UpgradeError, upgrade

group = AppGroup("database", help="The database: schema, backups.")
FILE = click.Path(dir_okay=False, path_type=Path)


@group.command("upgrade")
def upgrade_command() -> None:
    """Make the database, or bring it to the schema of this version."""
    try:
        before, after = upgrade(context.settings())
    except (UpgradeError, StateFolderError) as error:
        raise click.ClickException(str(error)) from error
    except OperationalError as error:
        reason = str(error.orig).strip()
        raise click.ClickException(f"the database does not answer: {reason}") from error
    if before == after:
        click.echo(f"The database has schema {after}: nothing to do.")
    else:
        click.echo(f"The database went from {before or 'nothing'} to schema {after}.")


@group.command("backup")
@click.argument("file", type=FILE, required=False)
def backup_command(file: Path | None) -> None:
    """Copy the database while the portal serves, into FILE or the state folder's backups."""
    try:
        path = copies.backup(context.settings(), file, now=datetime.now(UTC))
    except (CopyError, StateFolderError) as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"Copied and checked: {path}")


@group.command("restore")
@click.argument("file", type=FILE)
@click.option("--force", is_flag=True, help="Replace a database that is not empty.")
def restore_command(file: Path, *, force: bool) -> None:
    """Put the copy FILE in the place of the database; what it replaces is kept."""
    try:
        restored = copies.restore(context.settings(), file, now=datetime.now(UTC), force=force)
    except (CopyError, StateFolderError) as error:
        raise click.ClickException(str(error)) from error
    if restored.replaced:
        click.echo(f"What stood there before is kept: {restored.replaced}")
    click.echo(f"Restored: {file}, schema {restored.version}.")
    if restored.version != SCHEMA_VERSION:
        click.echo(f"This version needs schema {SCHEMA_VERSION}. Type: {UPGRADE_COMMAND}")


@group.command("revision")
@click.argument("message")
def revision_command(message: str) -> None:
    """For developers: write the next migration from what changed in the tables."""
    click.echo(write_migration(context.settings(), message))
