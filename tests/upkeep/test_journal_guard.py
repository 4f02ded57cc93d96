from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

import journal
from database import make_engine, make_sessions, writing
from settings import Settings


@pytest.fixture
def engine(upgraded: Settings) -> Iterator[Engine]:
    """A database as the migrations make it."""
    engine = make_engine(upgraded.database_url)
    yield engine
    engine.dispose()


@pytest.mark.parametrize("statement", ["UPDATE journal SET actor = 'x'", "DELETE FROM journal"])
def test_a_migrated_database_changes_no_line_of_the_journal(engine: Engine, statement: str) -> None:
    entry = journal.Entry(
        at=datetime(2026, 11, 22, tzinfo=UTC), actor="account/1", event="test", subject="x"
    )
    with writing(make_sessions(engine)) as session:
        journal.record(session, entry)
    with (
        pytest.raises(DBAPIError, match="append-only"),
        writing(make_sessions(engine)) as session,
    ):
        session.execute(text(statement))
    with Session(engine) as session:
        assert session.query(journal.JournalLine).one().actor == "account/1"
