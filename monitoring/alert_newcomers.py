"""Routes that were added or mended late: they are told of what is open already."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from monitoring import alert_following, alerts
from monitoring.alert_routes import Route
from monitoring.alerts import ENDS, INCIDENT, Kind
from monitoring.models import Alert, Incident

MOST = 50
"""Incidents of one transaction: a batch of the monitor's waits no longer for it."""


def tell(session: Session, routes: Sequence[Route], *, after: int, now: datetime) -> int | None:
    """Tell routes of open incidents whose beginning they were not told, where they want that.

    Looks at a bounded number of incidents with a number above `after`; returns the last of them,
    none when no other is left. To do so again adds nothing.
    """
    if not routes:
        return None
    statement = select(Incident.id).where(
        Incident.id > after, Incident.closed_at.is_(None), Incident.merged_into.is_(None)
    )
    ids = session.scalars(statement.order_by(Incident.id).limit(MOST)).all()
    subjects = {f"{INCIDENT}{number}": number for number in ids}
    told = _told(session, subjects)
    names = {route.name for route in routes}
    missing = {number for subject, number in subjects.items() if names - told[subject]}
    alert_following.tell_incidents(session, missing, routes=routes, now=now)
    return ids[-1] if len(ids) == MOST else None


def _told(session: Session, subjects: Collection[str]) -> dict[str, set[str]]:
    """Return which routes were told of the beginning of each, and of no end since."""
    found: dict[str, set[str]] = {subject: set() for subject in subjects}
    columns = select(Alert.subject, Alert.route, Alert.event)
    rows = session.execute(columns.where(Alert.subject.in_(subjects)).order_by(Alert.id))
    for row in rows:
        kind = alerts.kind_of(row.event)
        if kind is Kind.OPENED:
            found[row.subject].add(row.route)
        elif kind in ENDS:
            found[row.subject].discard(row.route)
    return found
