"""The outbox as screens and metrics need it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from monitoring.models import Alert

MOST = 200


@dataclass(frozen=True, kw_only=True)
class OutboxFigures:
    waiting: int = 0
    """Not sent yet, those that wait for the end of quiet hours included."""
    failed_attempts: int = 0
    """Of those that wait."""
    oldest_seconds: float = 0.0
    """Age of the oldest that should have gone."""


def waiting(session: Session) -> Sequence[Alert]:
    """Return what was not sent yet, the oldest first."""
    statement = select(Alert).where(Alert.sent_at.is_(None)).order_by(Alert.id).limit(MOST)
    return session.scalars(statement).all()


def last_sent(session: Session) -> dict[str, datetime]:
    """Return when each route was last told of something."""
    statement = (
        select(Alert.route, func.max(Alert.sent_at))
        .where(Alert.sent_at.is_not(None), Alert.error.is_(None))
        .group_by(Alert.route)
    )
    return {route: at for route, at in session.execute(statement) if at is not None}


def figures(session: Session, *, now: datetime) -> OutboxFigures:
    unsent = Alert.sent_at.is_(None)
    late = or_(Alert.due_at <= now, Alert.attempts > 0, Alert.error.is_not(None))
    counted = select(func.count(), func.coalesce(func.sum(Alert.attempts), 0)).where(unsent)
    number, attempts = session.execute(counted).one()
    # One that is being handed over has not failed yet.
    going = select(func.count()).where(unsent, Alert.claimed_until > now)
    oldest = session.scalar(select(func.min(Alert.created_at)).where(unsent, late))
    return OutboxFigures(
        waiting=number,
        failed_attempts=max(0, attempts - (session.scalar(going) or 0)),
        oldest_seconds=0.0 if oldest is None else max(0.0, (now - oldest).total_seconds()),
    )
