"""What people add to an incident: a message, or that two are one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

import journal
from journal import Entry, Revision
from monitoring.incident_merging import put_into
from monitoring.incident_rules import is_wider
from monitoring.incidents import OF_CARE, Cause, Seen, Severity, Source, Stage
from monitoring.models import Incident, IncidentMessage
from monitoring.typed import kept

MAX_LENGTH = 2000
"""Characters of a message."""
_TURNS = (Seen.REOPENED, Seen.CLOSED, Seen.MERGED)
"""What probes write that makes a form out of date; the rest disturbs nobody who writes."""


class IncidentError(Exception):
    """What was asked cannot be done; `code` says why."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


class IncidentChangedError(Exception):
    """Somebody wrote meanwhile, or it opened or closed by itself; nothing was written."""

    def __init__(self, *, actor: str, at: datetime, version: int) -> None:
        self.actor = actor
        """Empty: no person, a probe."""
        self.at = at
        self.version = version
        """What the form must carry to be taken next time."""
        super().__init__(f"changed by {actor or 'a probe'} at {at.isoformat()}: version {version}")


@dataclass(frozen=True, kw_only=True)
class Saying:
    """What somebody says of an incident."""

    text: str
    stage: Stage | None = None
    """None: as it was."""
    next_at: datetime | None = None
    """When the next news is promised."""


def add_message(  # noqa: PLR0913 - who says it, when, and what they have read
    session: Session,
    incident_id: int,
    saying: Saying,
    *,
    actor: str,
    now: datetime,
    seen_version: int | None = None,
) -> str:
    """Write a message into an incident's story; return its uid.

    One that has closed may still be explained; that it is resolved stays so. "Resolved" closes
    nothing: what probes see does. Raises IncidentError ("gone", "empty", "too-long",
    "promised-in-the-past"), IncidentChangedError.
    """
    text = tidied(saying.text)
    _check(text, saying.next_at, now)
    row = locked(session, incident_id)[incident_id]
    _check_version(session, row, seen_version)
    is_open = row.closed_at is None
    before = {"stage": row.stage}
    stage, next_at = (saying.stage, saying.next_at) if is_open else (None, None)
    line = add_line(session, row, actor=actor, now=now, stage=stage, text=text, next_at=next_at)
    if is_open and saying.stage is not None:
        row.stage = saying.stage
    _count(session, row, now)
    after = {"stage": row.stage, "text": text, "next_at": _iso(line.next_at)}
    record(session, row, "incident.said", actor=actor, now=now, before=before, after=after)
    return line.uid


def merge(  # noqa: PLR0913 - which into which, who, when, and what they have read
    session: Session,
    into: int,
    other: int,
    *,
    actor: str,
    now: datetime,
    seen_version: int | None = None,
) -> None:
    """Put one open incident into another, for good; the form was made from `other`.

    Raises IncidentError ("gone", "same", "closed"), IncidentChangedError.
    """
    if into == other:
        raise IncidentError("same")
    rows = locked(session, into, other)
    kept, gone = rows[into], rows[other]
    _check_version(session, gone, seen_version)
    if kept.closed_at is not None or gone.closed_at is not None:
        raise IncidentError("closed")
    if Severity(gone.severity) is Severity.MAJOR:
        kept.severity = gone.severity
    if is_wider((Cause(gone.cause), gone.value), than=Cause(kept.cause)):
        kept.cause, kept.value = gone.cause, gone.value
    put_into(session, kept, [gone], at=now)
    told = {"incidents": [gone.id]}
    add_line(session, kept, actor=actor, now=now, code=Seen.MERGED, content=told)
    _count(session, kept, now)
    before, after = {"stage": gone.stage}, {"into": kept.id}
    record(session, gone, "incident.merged", actor=actor, now=now, before=before, after=after)


def tidied(text: str) -> str:
    """Return what is stored of a typed text."""
    return kept(text)


def _check(text: str, next_at: datetime | None, now: datetime) -> None:
    if not text:
        raise IncidentError("empty")
    if len(text) > MAX_LENGTH:
        raise IncidentError("too-long")
    if next_at is not None and next_at <= now:
        raise IncidentError("promised-in-the-past")


def locked(session: Session, *numbers: int) -> dict[int, Incident]:
    """Return these incidents, kept from the monitor and from others until the end."""
    ordered = select(Incident).where(Incident.id.in_(numbers)).order_by(Incident.id)
    statement = ordered.with_for_update().execution_options(populate_existing=True)
    found = {row.id: row for row in session.scalars(statement) if row.merged_into is None}
    if len(found) < len(numbers):
        raise IncidentError("gone")
    return found


def _check_version(session: Session, row: Incident, seen: int | None) -> None:
    if seen is None or row.version == seen:
        return
    line = IncidentMessage
    said = and_(line.source == Source.PERSON, line.code.not_in(OF_CARE))
    turned = or_(said, line.code.in_(_TURNS))
    latest = select(line).where(line.incident_id == row.id, turned)
    last = session.scalars(latest.order_by(line.id.desc()).limit(1)).first()
    raise IncidentChangedError(
        actor=last.actor if last else "",
        at=last.at if last else row.updated_at,
        version=row.version,
    )


def _count(session: Session, row: Incident, now: datetime) -> None:
    row.version += 1
    row.updated_at = max(row.updated_at, now)
    session.flush()
    journal.bump(session, Revision.INCIDENTS)


def add_line(
    session: Session, row: Incident, *, actor: str, now: datetime, **said: Any
) -> IncidentMessage:
    """Add to an incident's story what a person did; `said`: the columns that tell what."""
    person = {"source": Source.PERSON, "actor": actor, "at": now}
    line = IncidentMessage(
        uid=str(uuid4()), incident_id=row.id, **person, **{"content": {}, **said}
    )
    session.add(line)
    return line


def record(  # noqa: PLR0913 - the parts of a line, each by name
    session: Session,
    row: Incident,
    event: str,
    *,
    actor: str,
    now: datetime,
    before: Mapping[str, object],
    after: Mapping[str, object],
) -> None:
    """Write a line of the journal about an incident."""
    entry = Entry(
        at=now,
        actor=actor,
        event=event,
        subject=f"incident/{row.id}",
        before=dict(before),
        after=dict(after),
    )
    journal.record(session, entry)


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at is not None else None
