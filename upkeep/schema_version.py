"""Which schema this version of the program needs, and what to type when it finds another."""

from __future__ import annotations

from sqlalchemy import Engine, inspect, text

SCHEMA_VERSION = "0003"
"""Number of the newest migration; a test keeps it so. Read here: alembic is heavy for a worker."""
VERSION_TABLE = "alembic_version"
UPGRADE_COMMAND = "flask --app app database upgrade"


def read_schema_version(engine: Engine) -> str | None:
    """Return the number of the last migration applied, none when there is no schema yet."""
    with engine.connect() as connection:
        if not inspect(connection).has_table(VERSION_TABLE):
            return None
        query = text(f"SELECT version_num FROM {VERSION_TABLE}")  # noqa: S608
        version: str | None = connection.execute(query).scalar()
        return version


def schema_problem(engine: Engine) -> str | None:
    """Say why this program must not run on that database and what to type; none: all is well.

    Raises sqlalchemy.exc.OperationalError when the database does not answer.
    """
    found = read_schema_version(engine)
    if found == SCHEMA_VERSION:
        return None
    where = engine.url.render_as_string(hide_password=True)
    if found is None:
        return f"The database {where} has no tables yet. Type: {UPGRADE_COMMAND}"
    if found < SCHEMA_VERSION:
        return (
            f"The database {where} has schema {found}, this version needs {SCHEMA_VERSION}. "
            f"Type: {UPGRADE_COMMAND}"
        )
    return (
        f"The database {where} has schema {found}, newer than the {SCHEMA_VERSION} that this "
        "version knows. Install the version that made it, or restore a backup: "
        "flask --app app database restore FILE --force"
    )
