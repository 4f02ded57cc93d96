"""Tables as the migrations make them, for tests that start from an empty database."""

from __future__ import annotations

import shutil
import tempfile
from functools import cache
from pathlib import Path

from sqlalchemy import Engine, insert

from database import make_engine
from journal import Revision, RevisionCounter
from upkeep.upgrade import load_tables


def create_tables(engine: Engine) -> None:
    """Make every table, and the revision counters, as the migrations would."""
    path = engine.url.database
    if engine.dialect.name == "sqlite" and path and not Path(path).exists():
        Path(path).write_bytes(_sqlite_with_tables())
    else:
        _create(engine)


def _create(engine: Engine) -> None:
    load_tables().create_all(engine)
    with engine.begin() as connection:
        rows = [{"name": revision.value, "n": 0} for revision in Revision]
        connection.execute(insert(RevisionCounter), rows)


@cache
def _sqlite_with_tables() -> bytes:
    """Make a file of SQLite once a process: copied, it is as good as made anew."""
    folder = Path(tempfile.mkdtemp(prefix="trousse-tables-"))
    try:
        engine = make_engine(f"sqlite:///{folder}/tables.db")
        _create(engine)
        # With its last connection SQLite moves the log of what was written into the file.
        engine.dispose()
        return (folder / "tables.db").read_bytes()
    finally:
        shutil.rmtree(folder)
