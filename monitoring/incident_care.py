"""Who takes care of an incident; meanwhile nobody is reminded of it."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

import journal
from journal import Revision
from monitoring.incident_people import IncidentError, add_line, locked, record
from monitoring.incidents import Seen
from monitoring.models import Incident

HELD = timedelta(hours=4)
"""For how long reminders are held back: whoever takes care may have gone home."""


class TakenMeanwhileError(Exception):
    """Somebody else takes care of it by now; nothing was written."""

    def __init__(self, *, actor: str, at: datetime) -> None:
        self.actor = actor
        self.at = at
        super().__init__(f"taken by {actor} at {at.isoformat()}")


def take(
    session: Session, incident_id: int, *, actor: str, now: datetime, seen: datetime | None
) -> None:
    """Let somebody take care of an incident, or take over from somebody else.

    `seen`: since when somebody took care, as the form showed it; none: nobody did. Raises
    IncidentError ("gone", "over"), TakenMeanwhileError when it is somebody that they did not see.
    """
    row = _open(session, incident_id)
    before = row.taken_by
    if before == actor:
        return
    if before is not None and row.taken_at is not None and row.taken_at != seen:
        raise TakenMeanwhileError(actor=before, at=row.taken_at)
    row.taken_by, row.taken_at, row.held_until = actor, now, now + HELD
    _tell(session, row, Seen.TAKEN, before=before, actor=actor, now=now)


def let_go(session: Session, incident_id: int, *, actor: str, now: datetime) -> None:
    """Say that this person takes care no longer; reminders come again.

    Raises IncidentError ("gone", "over"), TakenMeanwhileError when somebody has taken over.
    """
    row = _open(session, incident_id)
    before = row.taken_by
    if before is None:
        return
    if before != actor and row.taken_at is not None:
        raise TakenMeanwhileError(actor=before, at=row.taken_at)
    row.taken_by, row.taken_at, row.held_until = None, None, None
    _tell(session, row, Seen.LET_GO, before=before, actor=actor, now=now)


def _open(session: Session, incident_id: int) -> Incident:
    row = locked(session, incident_id)[incident_id]
    if row.closed_at is not None:
        raise IncidentError("over")
    return row


def _tell(  # noqa: PLR0913 - the parts of a line, each by name
    session: Session,
    row: Incident,
    code: Seen,
    *,
    before: str | None,
    actor: str,
    now: datetime,
) -> None:
    """Write it into the story and the journal; public pages and their programs know nothing."""
    add_line(session, row, actor=actor, now=now, code=code, content={"before": before})
    changed = {"before": {"by": before}, "after": {"by": row.taken_by}}
    record(session, row, f"incident.{code.value}", actor=actor, now=now, **changed)
    journal.bump(session, Revision.INCIDENTS)
