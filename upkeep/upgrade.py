"""Bringing a database to the schema of this version, one process at a time."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, MetaData, event, text

import journal
from database import Base, make_engine
from settings import ROOT, Settings
from upkeep.schema_version import SCHEMA_VERSION, read_schema_version, schema_problem
from upkeep.state_folder import prepare_state_folder, upgrade_lock

if TYPE_CHECKING:
    from pathlib import Path

MIGRATIONS = ROOT / "migrations"
ADVISORY_LOCK = 7_237_746
"""Any number, the same on every node that shares a PostgreSQL."""


class UpgradeError(Exception):
    """The database cannot be brought to this schema; the message says what to do."""


def load_tables() -> MetaData:
    """Import every module that declares tables and return them all."""
    import_module(journal.__name__)
    for path in sorted(ROOT.glob("*/models.py")):
        import_module(f"{path.parent.name}.models")
    return Base.metadata


def upgrade(settings: Settings, *, migrations: Path = MIGRATIONS) -> tuple[str | None, str]:
    """Apply the migrations that are missing; return the version before and after.

    Raises UpgradeError when the database is newer than this program.
    """
    prepare_state_folder(settings.state_dir)
    engine = make_engine(settings.database_url)
    try:
        if engine.dialect.name == "sqlite":
            # A table that SQLite copies and drops would take its children with it.
            event.listen(engine, "connect", _suspend_foreign_keys)
        with upgrade_lock(settings.state_dir):
            before = read_schema_version(engine)
            if before is not None and before > SCHEMA_VERSION:
                raise UpgradeError(schema_problem(engine))
            writer = engine.execution_options(trousse_writes=True)
            with writer.begin() as connection:
                _migrate(connection, migrations)
            return before, read_schema_version(engine) or ""
    finally:
        engine.dispose()


def alembic_config(connection: Connection, migrations: Path = MIGRATIONS) -> Config:
    config = Config()
    config.set_main_option("script_location", str(migrations).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def _migrate(connection: Connection, migrations: Path) -> None:
    if connection.dialect.name == "postgresql":
        # Other nodes wait here; the lock goes with the transaction.
        connection.execute(text(f"SELECT pg_advisory_xact_lock({ADVISORY_LOCK})"))
    command.upgrade(alembic_config(connection, migrations), "head")
    if connection.dialect.name == "sqlite":
        orphans = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
        if orphans:
            raise UpgradeError(f"rows without their parent after the migration: {orphans[:5]}")


def _suspend_foreign_keys(connection: Any, _record: object) -> None:
    connection.execute("PRAGMA foreign_keys = OFF").close()
