"""Copies of a PostgreSQL database, by PostgreSQL's own pg_dump and pg_restore."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from sqlalchemy import MetaData, inspect, make_url

from database import make_engine
from upkeep.copy_error import CopyError

SUFFIX = ".dump"
_FROM_QUERY = {"sslmode": "PGSSLMODE", "sslrootcert": "PGSSLROOTCERT", "host": "PGHOST"}


def copy(url: str, target: Path) -> None:
    """Copy the database as it is at one instant; nobody waits."""
    target.touch(mode=0o600)
    _run("pg_dump", "--format=custom", "--no-owner", "--no-acl", f"--file={target}", url=url)


def describe(path: Path) -> tuple[frozenset[str], str | None]:
    """Return the tables and the schema's number; raises CopyError when the file is damaged."""
    listing = _run("pg_restore", "--list", str(path))
    # A line reads: 215; 1259 16385 TABLE public journal trousse
    rows = [line.split() for line in listing.splitlines() if " TABLE public " in line]
    tables = frozenset(row[5] for row in rows if row[3] == "TABLE")
    if "alembic_version" not in tables:
        return tables, None
    data = _run("pg_restore", "--data-only", "--table=alembic_version", "--file=-", str(path))
    lines = data.splitlines()
    starts = [number for number, line in enumerate(lines) if line.startswith("COPY ")]
    version = lines[starts[0] + 1] if starts else "\\."
    return tables, None if version == "\\." else version


def is_occupied(url: str) -> bool:
    engine = make_engine(url)
    try:
        return bool(inspect(engine).get_table_names())
    finally:
        engine.dispose()


def set_aside(url: str, target: Path) -> None:
    copy(url, target)


def put_back(url: str, source: Path) -> None:
    """Drop what stands there, then restore; run again with the kept copy if it fails."""
    engine = make_engine(url)
    try:
        with engine.begin() as connection:
            tables = MetaData()
            tables.reflect(connection)
            tables.drop_all(connection)
            # A table takes its triggers with it, not the function that they call.
            connection.exec_driver_sql("DROP FUNCTION IF EXISTS journal_is_append_only()")
    finally:
        engine.dispose()
    database = make_url(url).database or ""
    _run(
        *("pg_restore", "--single-transaction", "--no-owner", "--no-acl", "--exit-on-error"),
        *(f"--dbname={database}", str(source)),
        url=url,
    )


def _run(program: str, *arguments: str, url: str | None = None) -> str:
    path = shutil.which(program)
    if path is None:
        raise CopyError(
            f"{program} is missing: install PostgreSQL's client programs "
            "(apt-get install postgresql-client), at least as new as the server."
        )
    environment = {**os.environ, **(_connection(url) if url else {})}
    done = subprocess.run(  # noqa: S603
        [path, *arguments], env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise CopyError(f"{program} failed: {done.stderr.strip()}")
    return done.stdout


def _connection(url: str) -> dict[str, str]:
    # In the environment: on a command line everybody on the machine could read the password.
    parts = make_url(url)
    found = {
        "PGHOST": parts.host, "PGPORT": str(parts.port or 5432), "PGUSER": parts.username,
        "PGPASSWORD": parts.password, "PGDATABASE": parts.database,
    }  # fmt: skip
    found |= {
        name: str(parts.query[key]) for key, name in _FROM_QUERY.items() if key in parts.query
    }
    return {name: value for name, value in found.items() if value}
