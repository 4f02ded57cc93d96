"""The journal as it is read: filtered, newest first, page by page."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Text, cast, or_, select
from sqlalchemy.orm import Session, sessionmaker

from journal import JournalLine

PAGE = 50
_BATCH = 500
_ESCAPE = "!"


@dataclass(frozen=True, kw_only=True)
class Words:
    """One typed word, and what it may stand for: titles and reasons are known to screens alone."""

    typed: str
    subjects: frozenset[str] = frozenset()
    reasons: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True)
class Filter:
    academie: str
    actor: str | None = None
    subject: str | None = None
    """Id of a service."""
    events: tuple[str, ...] = ()
    """First words of codes: "service" finds "service.hidden"; none: all."""
    since: datetime | None = None
    before: datetime | None = None
    words: tuple[Words, ...] = ()
    """Each of them must be found."""


@dataclass(frozen=True, kw_only=True)
class Page:
    lines: tuple[JournalLine, ...]
    older: int | None
    """What `before_id` of the next page is; none: there is no more."""


def read_page(
    session: Session, wanted: Filter, *, before_id: int | None = None, size: int = PAGE
) -> Page:
    """Read one page, the newest lines first."""
    lines = _newest(session, wanted, before_id, size + 1)
    more = len(lines) > size
    kept = tuple(lines[:size])
    return Page(lines=kept, older=kept[-1].id if more else None)


def read_all(sessions: sessionmaker[Session], wanted: Filter) -> Iterator[Sequence[JournalLine]]:
    """Yield every line in batches, each in a transaction of its own: a slow reader holds none."""
    last: int | None = None
    while True:
        with sessions() as session:
            lines = _newest(session, wanted, last, _BATCH)
        if lines:
            yield lines
        if len(lines) < _BATCH:
            return
        last = lines[-1].id


def actors_of(session: Session, academie: str) -> tuple[str, ...]:
    """List who ever acted there, for a filter."""
    query = select(JournalLine.actor).where(JournalLine.academie == academie).distinct()
    return tuple(sorted(session.scalars(query)))


def subjects_of(session: Session, academie: str) -> tuple[str, ...]:
    """List the services that decisions were taken about, those that are gone too."""
    query = (
        select(JournalLine.subject)
        .where(JournalLine.academie == academie)
        .where(or_(*(_begins(kind) for kind in ("service", "local-service"))))
        .distinct()
    )
    return tuple(sorted(session.scalars(query)))


def _newest(
    session: Session, wanted: Filter, before_id: int | None, size: int
) -> Sequence[JournalLine]:
    query = select(JournalLine).where(*_conditions(wanted))
    if before_id is not None:
        query = query.where(JournalLine.id < before_id)
    return session.scalars(query.order_by(JournalLine.id.desc()).limit(size)).all()


def _conditions(wanted: Filter) -> Iterator[ColumnElement[bool]]:
    line = JournalLine
    yield line.academie == wanted.academie
    if wanted.actor is not None:
        yield line.actor == wanted.actor
    if wanted.subject is not None:
        yield line.subject == wanted.subject
    if wanted.events:
        yield or_(*(_begins(kind) for kind in wanted.events))
    if wanted.since is not None:
        yield line.at >= wanted.since
    if wanted.before is not None:
        yield line.at < wanted.before
    for word in wanted.words:
        yield _holds(word)


def _begins(kind: str) -> ColumnElement[bool]:
    return JournalLine.event.like(f"{kind}.%")


def _holds(word: Words) -> ColumnElement[bool]:
    """Find a word in the subject and in why: the precision stands among the values."""
    line = JournalLine
    # As JSON writes it: "\\u00e9" for "é".
    stored = json.dumps(word.typed)[1:-1]
    return or_(
        line.subject.ilike(_anywhere(word.typed), escape=_ESCAPE),
        line.reason.ilike(_anywhere(word.typed), escape=_ESCAPE),
        cast(line.after, Text).ilike(_anywhere(stored), escape=_ESCAPE),
        line.subject.in_(word.subjects),
        line.reason.in_(word.reasons),
    )


def _anywhere(text: str) -> str:
    for sign in (_ESCAPE, "%", "_"):
        text = text.replace(sign, _ESCAPE + sign)
    return f"%{text}%"
