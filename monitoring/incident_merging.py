"""Incidents put into another one: their targets, and what people said of it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from monitoring.incident_rules import worse
from monitoring.incidents import Source
from monitoring.models import Incident, IncidentMessage, IncidentTarget
from monitoring.target import State


def put_into(
    session: Session, into: Incident, others: Collection[Incident], *, at: datetime
) -> dict[int, IncidentTarget]:
    """Leave of incidents only their numbers, and the lines that probes wrote of them.

    Return all targets of the one that takes them in.
    """
    numbers = [other.id for other in others]
    own = {member.target_id: member for member in members_of(session, into.id)}
    for member in members_of(session, *numbers):
        known = own.get(member.target_id)
        if known is None:
            own[member.target_id] = _moved(member, into)
            session.add(own[member.target_id])
        else:
            _combine(known, member)
        session.delete(member)
    line = IncidentMessage
    said = (line.incident_id.in_(numbers), line.source == Source.PERSON)
    session.execute(update(line).where(*said).values(incident_id=into.id))
    before = Incident.merged_into.in_(numbers)
    session.execute(update(Incident).where(before).values(merged_into=into.id))
    for other in others:
        into.opened_at = min(into.opened_at, other.opened_at)
        _hand_over(into, other)
        into.quiet_seconds = max(into.quiet_seconds, other.quiet_seconds)
        other.merged_into, other.closed_at = into.id, other.closed_at or at
        other.version += 1
        other.updated_at = max(other.updated_at, at)
    session.flush()
    return own


def _hand_over(into: Incident, other: Incident) -> None:
    """Whoever takes care of the one that stays goes on; else whoever did so last of the others."""
    if into.taken_by is None and other.taken_by is not None:
        into.taken_by, into.taken_at = other.taken_by, other.taken_at
        into.held_until = other.held_until


def members_of(session: Session, *numbers: int) -> Sequence[IncidentTarget]:
    table = IncidentTarget
    order = (table.incident_id, table.target_id)
    statement = select(table).where(table.incident_id.in_(numbers)).order_by(*order)
    return session.scalars(statement.execution_options(populate_existing=True)).all()


def _moved(member: IncidentTarget, into: Incident) -> IncidentTarget:
    return IncidentTarget(
        incident_id=into.id,
        target_id=member.target_id,
        since=member.since,
        until=member.until,
        again_at=member.again_at,
        state=member.state,
    )


def _combine(known: IncidentTarget, other: IncidentTarget) -> None:
    known.since = min(known.since, other.since)
    ends = [known.until, other.until]
    known.until = None if None in ends else max(end for end in ends if end)
    known.again_at = max(
        (at for at in (known.again_at, other.again_at) if at is not None), default=None
    )
    known.state = worse(State(known.state), State(other.state))
