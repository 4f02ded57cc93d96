"""`flask catalogue|instances|monitor|database …`: each command calls one function."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

import click
from sqlalchemy.exc import OperationalError, ProgrammingError

from upkeep.schema_version import UPGRADE_COMMAND

if TYPE_CHECKING:
    from flask import Flask

GROUPS = {
    "catalogue": "The national catalogue.",
    "instances": "What each académie shows.",
    "accounts": "Who may do what.",
    "monitor": "The health probes.",
    "database": "The database: schema, backups.",
}


class LazyGroup(click.Group):
    """A group whose module is imported when it is used: a web worker never needs Alembic."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return self._group().list_commands(ctx)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        return self._group().get_command(ctx, cmd_name)

    def invoke(self, ctx: click.Context) -> Any:
        """Say in a sentence that the database is away, or that nobody made it yet."""
        try:
            return super().invoke(ctx)
        except (OperationalError, ProgrammingError) as error:
            reason = str(error.orig).strip()
            raise click.ClickException(
                f"the database does not answer: {reason}\n"
                f"On a fresh install type: {UPGRADE_COMMAND}"
            ) from error

    def _group(self) -> click.Group:
        group = import_module(f"cli.{self.name}").group
        if not isinstance(group, click.Group):
            raise TypeError(f"cli.{self.name}.group is not a group of commands")
        return group


def register(app: Flask) -> None:
    for name, about in GROUPS.items():
        app.cli.add_command(LazyGroup(name, help=about))
