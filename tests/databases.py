"""Tables as the migrations make them, for tests that start from an empty database."""

from __future__ import annotations

from sqlalchemy import Engine, insert

from journal import Revision, RevisionCounter
from upkeep.upgrade import load_tables


def create_tables(engine: Engine) -> None:
    """Make every table, and the revision counters, as the migrations would."""
    load_tables().create_all(engine)
    with engine.begin() as connection:
        rows = [{"name": revision.value, "n": 0} for revision in Revision]
        connection.execute(insert(RevisionCounter), rows)
