"""Forgets what is older than promised, a bounded piece at a time."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, bindparam, delete, or_, select
from sqlalchemy.orm import Session

from monitoring.maintenance import Repeats
from monitoring.models import (
    FiveMinutes,
    History,
    Hour,
    Incident,
    IncidentMessage,
    IncidentTarget,
    LastProbe,
    MaintenanceWindow,
    Target,
    Transition,
)
from monitoring.rollups import FIVE_MINUTES, HOUR, bucket

KEPT_FIVE_MINUTES = timedelta(hours=48)
KEPT_HOURS = timedelta(days=90)
KEPT_TRANSITIONS = timedelta(days=400)
KEPT_INCIDENTS = timedelta(days=400)
"""After they closed, with their messages."""
KEPT_WINDOWS = timedelta(days=400)
"""After their last occurrence, or after they were called off."""
LONGEST_WINDOW = timedelta(days=31)
"""An occurrence that began on the last day may last so long."""
TARGETS_AT_ONCE = 100
INCIDENTS_AT_ONCE = 200


def prune(session: Session, *, now: datetime, after: int = 0) -> int | None:
    """Prune the history of the next targets after this id; after the last one, what is decided.

    Returns the last id it did, from which to go on; none when all are done. By target, because the
    keys of the roll-ups begin with it: no table is read from end to end.
    """
    ids = session.scalars(
        select(Target.id).where(Target.id > after).order_by(Target.id).limit(TARGETS_AT_ONCE)
    ).all()
    if not ids:
        _forget_unwatched(session)
        _forget_incidents(session, now)
        _forget_windows(session, now)
        return None
    connection = session.connection()
    for statement, limit in _statements(now):
        connection.execute(statement, [{"target": target_id, "limit": limit} for target_id in ids])
    return ids[-1]


def _forget_unwatched(session: Session) -> None:
    """What is worked out or shown for targets that nobody shows any more; it is made again."""
    unwatched = select(Target.id).where(~Target.watched)
    for table in (History, LastProbe):
        session.execute(delete(table).where(table.target_id.in_(unwatched)))


def _forget_incidents(session: Session, now: datetime) -> None:
    """Those that closed long ago, with those that were put into them."""
    old = (
        select(Incident.id)
        .where(Incident.merged_into.is_(None), Incident.closed_at < now - KEPT_INCIDENTS)
        .order_by(Incident.id)
        .limit(INCIDENTS_AT_ONCE)
    )
    ids = session.scalars(old).all()
    if not ids:
        return
    inner = session.scalars(select(Incident.id).where(Incident.merged_into.in_(ids))).all()
    both = (*ids, *inner)
    for table in (IncidentMessage, IncidentTarget):
        session.execute(delete(table).where(table.incident_id.in_(both)))
    for some in (inner, ids):
        session.execute(delete(Incident).where(Incident.id.in_(some)))


def _forget_windows(session: Session, now: datetime) -> None:
    table, limit = MaintenanceWindow, now - KEPT_WINDOWS
    over = or_(
        table.ended_at < limit,
        and_(table.repeats == Repeats.ONCE, table.ends_at < limit),
        and_(table.repeats != Repeats.ONCE, table.until < (limit - LONGEST_WINDOW).date()),
    )
    session.execute(delete(table).where(over))


def _statements(now: datetime) -> tuple[tuple[Any, Any], ...]:
    target: Any = bindparam("target")
    limit: Any = bindparam("limit")
    return (
        (
            delete(FiveMinutes).where(FiveMinutes.target_id == target, FiveMinutes.bucket < limit),
            bucket(now - KEPT_FIVE_MINUTES, FIVE_MINUTES),
        ),
        (
            delete(Hour).where(Hour.target_id == target, Hour.bucket < limit),
            bucket(now - KEPT_HOURS, HOUR),
        ),
        (
            delete(Transition).where(Transition.target_id == target, Transition.at < limit),
            now - KEPT_TRANSITIONS,
        ),
    )
