"""Backup and restore: where copies lie, what may be replaced; each database does the rest."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect, text

from database import make_engine
from upkeep import postgres, sqlite
from upkeep.copy_error import CopyError
from upkeep.schema_version import SCHEMA_VERSION
from upkeep.state_folder import prepare_state_folder, upgrade_lock

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path
    from types import ModuleType

    from settings import Settings

OUR_TABLES = frozenset({"alembic_version", "journal", "revision"})
"""A copy without them was not made by this program."""


@dataclass(frozen=True, kw_only=True)
class Restored:
    version: str
    """Schema of the copy; older than SCHEMA_VERSION: an upgrade must follow."""
    replaced: Path | None
    """Where the database that stood there before was kept."""


def backup(settings: Settings, target: Path | None = None, *, now: datetime) -> Path:
    """Copy the database into a file of its own while the portal serves; return its path.

    The copy is checked before it gets its name. Raises CopyError.
    """
    prepare_state_folder(settings.state_dir)
    kind = _kind(settings)
    path = target or _copy_path(settings, "trousse", now=now, suffix=kind.SUFFIX)
    if path.exists():
        raise CopyError(f"{path} exists already: name another file.")
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.draft")
    try:
        kind.copy(settings.database_url, draft)
        kind.describe(draft)
        draft.chmod(0o600)
        draft.rename(path)
    finally:
        draft.unlink(missing_ok=True)
    return path


def restore(settings: Settings, source: Path, *, now: datetime, force: bool = False) -> Restored:
    """Put a copy in the place of the database, which is kept; raises CopyError.

    Refuses a file that is not a copy of ours, one of a newer schema, and, unless `force`,
    to replace a database that holds tables.
    """
    prepare_state_folder(settings.state_dir)
    kind = _kind(settings)
    version = _check(kind, source)
    with upgrade_lock(settings.state_dir):
        occupied: bool = kind.is_occupied(settings.database_url)
        if occupied and not force:
            raise CopyError(
                "the database is not empty. Add --force to replace it; what is there now will "
                "be kept beside the backups."
            )
        replaced = None
        if occupied:
            replaced = _copy_path(settings, "replaced", now=now, suffix=kind.SUFFIX)
            replaced.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            kind.set_aside(settings.database_url, replaced)
        with _revisions_going_up(settings):
            kind.put_back(settings.database_url, source)
    return Restored(version=version, replaced=replaced)


def _check(kind: ModuleType, source: Path) -> str:
    if not source.is_file():
        raise CopyError(f"there is no file {source}.")
    tables, version = kind.describe(source)
    if not tables >= OUR_TABLES or version is None:
        missing = ", ".join(sorted(OUR_TABLES - tables)) or "the number of the schema"
        raise CopyError(f"{source} is not a copy of our database: {missing} missing.")
    if version > SCHEMA_VERSION:
        raise CopyError(
            f"{source} has schema {version}, newer than the {SCHEMA_VERSION} of this version: "
            "install the version of La Trousse that made it."
        )
    return str(version)


def _kind(settings: Settings) -> ModuleType:
    return sqlite if settings.database_url.startswith("sqlite") else postgres


def _copy_path(settings: Settings, name: str, *, now: datetime, suffix: str) -> Path:
    return settings.state_dir / "backups" / f"{name}-{now:%Y%m%d-%H%M%S}{suffix}"


@contextmanager
def _revisions_going_up(settings: Settings) -> Iterator[None]:
    """Leave every counter above what running workers have seen, so that they read again."""
    engine = make_engine(settings.database_url)
    try:
        with engine.connect() as connection:
            highest = _highest_revision(connection)
        engine.dispose()
        yield
        with engine.execution_options(trousse_writes=True).begin() as connection:
            connection.execute(text("UPDATE revision SET n = n + :more"), {"more": highest + 1})
    finally:
        engine.dispose()


def _highest_revision(connection: Connection) -> int:
    if not inspect(connection).has_table("revision"):
        return 0
    return int(connection.execute(text("SELECT coalesce(max(n), 0) FROM revision")).scalar_one())
