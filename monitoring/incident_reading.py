"""Incidents as screens and pages need them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from monitoring.incidents import Affected, Cause, IncidentView, Message, Seen, Severity, Source
from monitoring.incidents import Stage as IncidentStage
from monitoring.models import Incident, IncidentMessage, IncidentTarget, Target
from monitoring.target import State

REMEMBERED = timedelta(days=90)
MOST = 200


def read_incidents(session: Session, *, now: datetime) -> tuple[IncidentView, ...]:
    """Return those that are open, and the latest of those that closed, the newest first."""
    recent = or_(Incident.closed_at.is_(None), Incident.closed_at >= now - REMEMBERED)
    statement = (
        select(Incident)
        .where(recent, Incident.merged_into.is_(None))
        .order_by(Incident.closed_at.is_not(None), Incident.opened_at.desc(), Incident.id.desc())
        .limit(MOST)
    )
    return views(session, session.scalars(statement).all())


def merged_into(session: Session, number: int) -> int | None:
    """Return the number of the incident that has taken this one in; none: it stands by itself."""
    return session.scalar(select(Incident.merged_into).where(Incident.id == number))


def read_incident(session: Session, number: int) -> IncidentView | None:
    """Return one, however old; none for one that another has taken in."""
    row = session.get(Incident, number)
    return None if row is None or row.merged_into is not None else views(session, [row])[0]


def views(session: Session, rows: Sequence[Incident]) -> tuple[IncidentView, ...]:
    ids = [row.id for row in rows]
    targets, messages = _targets(session, ids), _messages(session, ids)
    return tuple(
        IncidentView(
            id=row.id,
            uid=row.uid,
            cause=Cause(row.cause),
            value=row.value,
            severity=Severity(row.severity),
            stage=IncidentStage(row.stage),
            opened_at=row.opened_at,
            closed_at=row.closed_at,
            version=row.version,
            updated_at=row.updated_at,
            targets=tuple(targets[row.id]),
            messages=tuple(messages[row.id]),
        )
        for row in rows
    )


def _targets(session: Session, ids: Sequence[int]) -> dict[int, list[Affected]]:
    found: dict[int, list[Affected]] = defaultdict(list)
    statement = (
        select(IncidentTarget, Target.key, Target.labels)
        .join(Target, Target.id == IncidentTarget.target_id)
        .where(IncidentTarget.incident_id.in_(ids))
        .order_by(IncidentTarget.since, IncidentTarget.target_id)
    )
    for row, key, labels in session.execute(statement):
        affected = Affected(
            key=key,
            labels={name: tuple(values) for name, values in labels.items()},
            since=row.since,
            until=row.until,
            state=State(row.state),
        )
        found[row.incident_id].append(affected)
    return found


def _messages(session: Session, ids: Sequence[int]) -> dict[int, list[Message]]:
    found: dict[int, list[Message]] = defaultdict(list)
    table = IncidentMessage
    statement = select(table).where(table.incident_id.in_(ids)).order_by(table.at, table.id)
    for row in session.scalars(statement):
        message = Message(
            uid=row.uid,
            at=row.at,
            source=Source(row.source),
            stage=None if row.stage is None else IncidentStage(row.stage),
            text=row.text,
            code=Seen(row.code) if row.code else None,
            content=row.content,
            next_at=row.next_at,
        )
        found[row.incident_id].append(message)
    return found
