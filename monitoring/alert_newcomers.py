"""Routes that were added or mended late: they are told of what is open already."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from monitoring import alerts, incident_reading, outbox
from monitoring.alert_routes import Route
from monitoring.alerts import INCIDENT, Kind
from monitoring.models import Alert, Incident

MOST = 50
"""Incidents of one transaction: a batch of the monitor's waits no longer for it."""


def tell(session: Session, routes: Sequence[Route], *, after: int, now: datetime) -> int | None:
    """Tell routes of open incidents of which they have no row yet, where they want that.

    Looks at a bounded number of incidents with a number above `after`; returns the last of them,
    none when no other is left. To do so again adds nothing.
    """
    if not routes:
        return None
    statement = select(Incident).where(
        Incident.id > after, Incident.closed_at.is_(None), Incident.merged_into.is_(None)
    )
    rows = session.scalars(statement.order_by(Incident.id).limit(MOST)).all()
    subjects = {row.id: f"{INCIDENT}{row.id}" for row in rows}
    known = select(Alert.subject, Alert.route).where(Alert.subject.in_(subjects.values()))
    told = {(row.subject, row.route) for row in session.execute(known)}
    untold = {
        row.id: [route for route in routes if (subjects[row.id], route.name) not in told]
        for row in rows
    }
    for view in incident_reading.views(session, [row for row in rows if untold[row.id]]):
        content = alerts.content_of(view) | {"late": True}
        for route in untold[view.id]:
            if alerts.wants(route, Kind.OPENED, content):
                outbox.add(
                    session,
                    subject=subjects[view.id],
                    event=Kind.OPENED.value,
                    route=route.name,
                    content=content,
                    due_at=alerts.due(route, Kind.OPENED, content, now=now),
                    now=now,
                )
    return rows[-1].id if len(rows) == MOST else None
