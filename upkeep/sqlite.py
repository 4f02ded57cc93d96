"""Copies of a SQLite database: whole while others write, checked, put back in one transaction."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from sqlalchemy import make_url

from upkeep.copy_error import CopyError

SUFFIX = ".db"


def copy(url: str, target: Path) -> None:
    """Copy the database as it is at one instant; who writes meanwhile does not wait."""
    source = _file(url)
    if not source.is_file():
        raise CopyError(f"there is no database at {source} yet: nothing to copy.")
    try:
        with closing(sqlite3.connect(source)) as old, closing(sqlite3.connect(target)) as new:
            old.backup(new)
            new.execute("PRAGMA journal_mode = DELETE").close()  # one file, nothing beside it
    except sqlite3.Error as error:
        raise CopyError(f"{source} cannot be copied: {error}.") from error


def describe(path: Path) -> tuple[frozenset[str], str | None]:
    """Return the tables and the schema's number; raises CopyError when the file is damaged."""
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as opened:
            verdict = opened.execute("PRAGMA integrity_check").fetchone()[0]
            if verdict != "ok":
                raise CopyError(f"{path} is damaged: {verdict}.")
            rows = opened.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
            tables = frozenset(name for (name,) in rows)
            if "alembic_version" not in tables:
                return tables, None
            version = opened.execute("SELECT version_num FROM alembic_version").fetchone()
            return tables, version and version[0]
    except sqlite3.DatabaseError as error:
        raise CopyError(f"{path} is not a SQLite database, or is damaged: {error}.") from error


def is_occupied(url: str) -> bool:
    """Tell whether something would be lost; a file that cannot be read counts as something."""
    path = _file(url)
    if not path.is_file() or path.stat().st_size == 0:
        return False
    try:
        with closing(sqlite3.connect(path)) as opened:
            return bool(opened.execute("SELECT count(*) FROM sqlite_master").fetchone()[0])
    except sqlite3.DatabaseError:
        return True


def set_aside(url: str, target: Path) -> None:
    """Keep what stands there: a copy, or the files themselves when they are damaged."""
    try:
        copy(url, target)
    except CopyError:
        target.unlink(missing_ok=True)
        for tail in ("", "-wal", "-shm"):
            file = Path(f"{_file(url)}{tail}")
            if file.exists():
                file.rename(f"{target}{tail}")


def put_back(url: str, source: Path) -> None:
    """Replace the content in one transaction: a process that has it open sees it whole."""
    target = _file(url)
    with closing(sqlite3.connect(source)) as old, closing(sqlite3.connect(target)) as new:
        old.backup(new)
    target.chmod(0o600)


def _file(url: str) -> Path:
    name = make_url(url).database
    if not name or name == ":memory:":
        raise CopyError(f"{url} is no file: nothing to copy.")
    return Path(name)
