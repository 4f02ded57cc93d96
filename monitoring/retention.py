"""Forgets what is older than promised, a bounded piece at a time."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, delete, select
from sqlalchemy.orm import Session

from monitoring.models import FiveMinutes, Hour, Target, Transition
from monitoring.rollups import FIVE_MINUTES, HOUR, bucket

KEPT_FIVE_MINUTES = timedelta(hours=48)
KEPT_HOURS = timedelta(days=90)
KEPT_TRANSITIONS = timedelta(days=400)
TARGETS_AT_ONCE = 100


def prune(session: Session, *, now: datetime, after: int = 0) -> int | None:
    """Prune the history of the next targets after this id.

    Returns the last id it did, from which to go on; none when all are done. By target, because the
    keys of the roll-ups begin with it: no table is read from end to end.
    """
    ids = session.scalars(
        select(Target.id).where(Target.id > after).order_by(Target.id).limit(TARGETS_AT_ONCE)
    ).all()
    if not ids:
        return None
    connection = session.connection()
    for statement, limit in _statements(now):
        connection.execute(statement, [{"target": target_id, "limit": limit} for target_id in ids])
    return ids[-1]


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
