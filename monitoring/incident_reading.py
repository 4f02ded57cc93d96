"""Incidents as screens and pages need them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from monitoring.incidents import (
    OF_CARE,
    Affected,
    Cause,
    IncidentView,
    Message,
    Seen,
    Severity,
    Source,
)
from monitoring.incidents import Stage as IncidentStage
from monitoring.models import Incident, IncidentMessage, IncidentTarget, Target
from monitoring.target import State, is_run_by

PAGE = 20
"""Incidents of a page of a list."""
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


@dataclass(frozen=True, kw_only=True)
class Found:
    """One page of a list."""

    items: tuple[IncidentView, ...]
    total: int
    number: int
    """Of this page, from 1."""

    @property
    def last(self) -> int:
        return max(1, -(-self.total // PAGE))


def find_incidents(
    session: Session, *, operator: str = "", is_open: bool | None = None, page: int = 1
) -> Found:
    """Return a page of all incidents ever: the open ones first, then the newest.

    `operator`: only those that concern a target of its; `is_open` None: open or not.
    """
    wanted = [Incident.merged_into.is_(None)]
    if is_open is not None:
        wanted.append(Incident.closed_at.is_(None) if is_open else Incident.closed_at.is_not(None))
    if operator:
        wanted.append(Incident.id.in_(_concerning(session, operator)))
    total = session.scalar(select(func.count()).select_from(Incident).where(*wanted)) or 0
    number = min(max(1, page), max(1, -(-total // PAGE)))
    order = (Incident.closed_at.is_not(None), Incident.opened_at.desc(), Incident.id.desc())
    statement = select(Incident).where(*wanted).order_by(*order)
    rows = session.scalars(statement.limit(PAGE).offset((number - 1) * PAGE)).all()
    return Found(items=views(session, rows), total=total, number=number)


def _concerning(session: Session, operator: str) -> Select[int]:
    rows = session.execute(select(Target.id, Target.labels))
    mine = [row.id for row in rows if is_run_by(operator, row.labels)]
    return select(IncidentTarget.incident_id).where(IncidentTarget.target_id.in_(mine))


def authors_of(session: Session, number: int) -> dict[str, str]:
    """Return who wrote each line of a person's, by uid: for those who run things, not for pages."""
    line = IncidentMessage
    mine = (line.incident_id == number, line.source == Source.PERSON)
    rows = session.execute(select(line.uid, line.actor).where(*mine))
    return {row.uid: row.actor for row in rows}


def lines_of_care(session: Session, number: int) -> tuple[Message, ...]:
    """Return who took care of it when: the lines that its view leaves out, the oldest first."""
    table = IncidentMessage
    statement = select(table).where(table.incident_id == number, table.code.in_(OF_CARE))
    return tuple(map(_message, session.scalars(statement.order_by(table.at, table.id))))


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
            quiet_seconds=row.quiet_seconds,
            taken_by=row.taken_by or "",
            taken_at=row.taken_at,
        )
        for row in rows
    )


def _targets(session: Session, ids: Sequence[int]) -> dict[int, list[Affected]]:
    found: dict[int, list[Affected]] = defaultdict(list)
    statement = (
        select(IncidentTarget, Target.key, Target.labels, Target.reason)
        .join(Target, Target.id == IncidentTarget.target_id)
        .where(IncidentTarget.incident_id.in_(ids))
        .order_by(IncidentTarget.since, IncidentTarget.target_id)
    )
    for row, key, labels, reason in session.execute(statement):
        affected = Affected(
            key=key,
            labels={name: tuple(values) for name, values in labels.items()},
            since=row.since,
            until=row.until,
            state=State(row.state),
            reason=reason,
            again_at=row.again_at,
        )
        found[row.incident_id].append(affected)
    return found


def _messages(session: Session, ids: Sequence[int]) -> dict[int, list[Message]]:
    found: dict[int, list[Message]] = defaultdict(list)
    table = IncidentMessage
    statement = select(table).where(table.incident_id.in_(ids), table.code.not_in(OF_CARE))
    for row in session.scalars(statement.order_by(table.at, table.id)):
        found[row.incident_id].append(_message(row))
    return found


def _message(row: IncidentMessage) -> Message:
    return Message(
        uid=row.uid,
        at=row.at,
        source=Source(row.source),
        stage=None if row.stage is None else IncidentStage(row.stage),
        text=row.text,
        code=Seen(row.code) if row.code else None,
        content=row.content,
        next_at=row.next_at,
    )
