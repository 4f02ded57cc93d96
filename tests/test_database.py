"""The database: instants in UTC, the pragmas, and writers that wait for one another."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import Engine, insert, select, text
from sqlalchemy.exc import IntegrityError, StatementError
from sqlalchemy.orm import Session, sessionmaker

from database import make_sessions, writing
from journal import JournalLine, Revision, RevisionCounter, bump, read_revisions

PARIS_IN_SUMMER = timezone(timedelta(hours=2))


def line(at: datetime) -> JournalLine:
    return JournalLine(at=at, actor="lise@ac-lyon.fr", event="service.hidden", subject="pad")


def test_an_instant_comes_back_in_utc(any_engine: Engine) -> None:
    sessions = make_sessions(any_engine)
    with writing(sessions) as session:
        session.add(line(datetime(2026, 7, 14, 10, 30, tzinfo=PARIS_IN_SUMMER)))
    with sessions() as session:
        at = session.scalars(select(JournalLine.at)).one()
    assert at == datetime(2026, 7, 14, 8, 30, tzinfo=UTC)
    assert at.utcoffset() == timedelta(0)


def test_instants_compare_whatever_the_zone_they_were_written_in(any_engine: Engine) -> None:
    noon = datetime(2026, 7, 14, 12, tzinfo=UTC)
    with writing(make_sessions(any_engine)) as session:
        session.add(line(datetime(2026, 7, 14, 13, 59, tzinfo=PARIS_IN_SUMMER)))
        before = session.scalars(select(JournalLine.id).where(JournalLine.at < noon)).all()
    assert len(before) == 1


def test_an_instant_without_zone_is_refused(any_engine: Engine) -> None:
    naive = datetime(2026, 7, 14, 10, 30)  # noqa: DTZ001
    with (
        pytest.raises(StatementError, match="without a time zone"),
        writing(make_sessions(any_engine)) as session,
    ):
        session.add(line(naive))


def test_an_error_says_nothing_of_what_was_to_be_stored(any_engine: Engine) -> None:
    """Logs hold errors: mails, hashes of tokens and what people typed are no matter for them."""
    twice = [{"name": "lise@ac-lyon.fr", "n": 1}] * 2
    with pytest.raises(IntegrityError) as caught, any_engine.begin() as connection:
        connection.execute(insert(RevisionCounter), twice)
    assert "hidden" in str(caught.value)
    assert "[parameters: " not in str(caught.value)


def test_a_writing_session_keeps_nothing_of_what_failed(any_engine: Engine) -> None:
    sessions = make_sessions(any_engine)

    def bump_then_fail() -> None:
        with writing(sessions) as session:
            bump(session, Revision.HEALTH)
            session.execute(insert(RevisionCounter), [{"name": "health", "n": 9}])

    with pytest.raises(IntegrityError):
        bump_then_fail()
    with sessions() as session:
        assert read_revisions(session)[Revision.HEALTH] == 0


def test_sqlite_is_set_as_the_design_says(engine: Engine) -> None:
    wanted = {"journal_mode": "wal", "foreign_keys": 1, "busy_timeout": 5000, "synchronous": 1}
    with engine.connect() as connection:
        found = {name: connection.execute(text(f"PRAGMA {name}")).scalar() for name in wanted}
    assert found == wanted


def test_a_writer_takes_its_turn_before_it_reads(sessions: sessionmaker[Session]) -> None:
    """Else it reads, another writes, and its own write is refused without waiting."""
    with sessions() as writer, sessions() as other:
        writer.connection(execution_options={"trousse_writes": True})
        other.connection().exec_driver_sql("PRAGMA busy_timeout = 0")
        other.rollback()
        with pytest.raises(StatementError, match="locked"):
            other.connection(execution_options={"trousse_writes": True})
        assert read_revisions(other)[Revision.HEALTH] == 0, "readers do not wait"
