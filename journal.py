"""The append-only journal of what people and the program decided, and the revision counters."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Connection, String, Text, event, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from database import Base, UtcDateTime


class Revision(StrEnum):
    """What a web worker may have to read again."""

    CATALOGUE = "catalogue"
    DECISIONS = "decisions"
    HEALTH = "health"
    INCIDENTS = "incidents"
    WINDOWS = "windows"
    HISTORY = "history"
    SIGNALS = "signals"


class RevisionCounter(Base):
    __tablename__ = "revision"

    name: Mapped[str] = mapped_column(String(20), primary_key=True)
    n: Mapped[int] = mapped_column(default=0)


class JournalLine(Base):
    __tablename__ = "journal"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    actor: Mapped[str] = mapped_column(String(200))
    academie: Mapped[str | None] = mapped_column(String(60), index=True)
    """Slug; none for what concerns the whole nation."""
    event: Mapped[str] = mapped_column(String(60))
    subject: Mapped[str] = mapped_column(Text)
    before: Mapped[Any | None] = mapped_column(JSON)
    after: Mapped[Any | None] = mapped_column(JSON)
    reason: Mapped[str | None] = mapped_column(String(1000))


# A line that could be changed would explain nothing: the database itself refuses. A migration that
# makes SQLite copy this table must create its two triggers again.
_NO_UPDATE = """CREATE TRIGGER journal_keeps_lines BEFORE UPDATE ON journal
BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END"""
_NO_DELETE = """CREATE TRIGGER journal_loses_no_line BEFORE DELETE ON journal
BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END"""
_REFUSAL = """CREATE OR REPLACE FUNCTION journal_is_append_only() RETURNS trigger LANGUAGE plpgsql
AS $$ BEGIN RAISE EXCEPTION 'the journal is append-only'; END $$"""
_NEITHER = """CREATE TRIGGER journal_keeps_lines BEFORE UPDATE OR DELETE ON journal
FOR EACH ROW EXECUTE FUNCTION journal_is_append_only()"""
APPEND_ONLY = {"sqlite": (_NO_UPDATE, _NO_DELETE), "postgresql": (_REFUSAL, _NEITHER)}


@event.listens_for(JournalLine.__table__, "after_create")
def _refuse_changes(_table: object, connection: Connection, **_options: object) -> None:
    for statement in APPEND_ONLY[connection.dialect.name]:
        connection.exec_driver_sql(statement)


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One line to write: `event` is a code such as "service.hidden", `subject` an id."""

    at: datetime
    actor: str
    event: str
    subject: str
    academie: str | None = None
    before: Any | None = None
    after: Any | None = None
    reason: str | None = None


def record(session: Session, entry: Entry) -> None:
    session.add(JournalLine(**entry.__dict__))


def bump(session: Session, revision: Revision) -> None:
    """Count one more change; the row's lock puts the commits in order."""
    counter = RevisionCounter
    statement = update(counter).where(counter.name == revision).values(n=counter.n + 1)
    session.execute(statement)


def read_revisions(session: Session) -> dict[Revision, int]:
    rows = session.execute(select(RevisionCounter.name, RevisionCounter.n))
    return {Revision(name): n for name, n in rows}
