"""The journal, and counters that lose no change whoever writes."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from database import make_sessions, writing
from journal import Entry, JournalLine, Revision, bump, read_revisions, record
from settings import ROOT
from tests.cast import LISE

WRITER = """
import sys
from sqlalchemy import select
from database import make_engine, make_sessions, writing
from journal import JournalLine, Revision, RevisionCounter, bump

engine = make_engine(sys.argv[1])
sessions = make_sessions(engine)
for _ in range(int(sys.argv[2])):
    with writing(sessions) as session:
        bump(session, Revision.CATALOGUE)
        counter = session.get(RevisionCounter, "health", with_for_update=True)
        counter.n = counter.n + 1
engine.dispose()
"""
PROCESSES = 4
TIMES = 500


def test_a_line_keeps_who_what_and_why(any_engine: Engine) -> None:
    entry = Entry(
        at=datetime(2026, 11, 22, 9, tzinfo=UTC),
        actor=LISE.email,
        event="service.hidden",
        subject="pad",
        academie=LISE.academie,
        before={"visibility": "national"},
        after={"visibility": "hidden"},
        reason="Doublon avec notre instance",
    )
    with writing(make_sessions(any_engine)) as session:
        record(session, entry)
    with Session(any_engine) as session:
        line = session.scalars(select(JournalLine)).one()
    assert {name: getattr(line, name) for name in entry.__dict__} == entry.__dict__


def test_a_bump_counts_one_revision_only(any_engine: Engine) -> None:
    with writing(make_sessions(any_engine)) as session:
        bump(session, Revision.DECISIONS)
        expected = dict.fromkeys(Revision, 0) | {Revision.DECISIONS: 1}
        assert read_revisions(session) == expected


@pytest.mark.slow
def test_four_processes_lose_no_change(any_engine: Engine) -> None:
    """Each reads a figure and writes it one higher, 500 times, beside the three others."""
    url = any_engine.url.render_as_string(hide_password=False)
    command = [sys.executable, "-W", "error", "-c", WRITER, url, str(TIMES)]
    writers = [
        subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE) for _ in range(PROCESSES)
    ]
    ended = [(writer.communicate(timeout=180)[1], writer.returncode) for writer in writers]
    assert ended == [(b"", 0)] * PROCESSES
    with Session(any_engine) as session:
        revisions = read_revisions(session)
    assert revisions[Revision.CATALOGUE] == PROCESSES * TIMES
    assert revisions[Revision.HEALTH] == PROCESSES * TIMES


@pytest.mark.parametrize("statement", ["UPDATE journal SET reason = 'x'", "DELETE FROM journal"])
def test_no_line_is_changed_or_removed(any_engine: Engine, statement: str) -> None:
    entry = Entry(
        at=datetime(2026, 11, 22, 9, tzinfo=UTC), actor="account/1", event="test", subject="pad"
    )
    sessions = make_sessions(any_engine)
    with writing(sessions) as session:
        record(session, entry)
    with pytest.raises(DBAPIError, match="append-only"), writing(sessions) as session:
        session.execute(text(statement))
    with Session(any_engine) as session:
        assert session.scalars(select(JournalLine.reason)).all() == [None]
