"""Announced maintenance in the database: declared, changed, called off."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from monitoring.maintenance import Repeats, Scope, Window
from monitoring.models import MaintenanceWindow

REMEMBERED = timedelta(days=90)
"""A window that is over stays in feeds and histories for so long."""


def read_windows(session: Session, *, now: datetime) -> tuple[Window, ...]:
    """Return those that go on, come, or were over not long ago, in the order of their numbers."""
    table = MaintenanceWindow
    recent = now - REMEMBERED
    statement = (
        select(table)
        .where(
            or_(table.repeats != Repeats.ONCE, table.ends_at >= recent),
            or_(table.ended_at.is_(None), table.ended_at >= recent),
            or_(table.until.is_(None), table.until >= recent.date()),
        )
        .order_by(table.id)
    )
    return tuple(window_of(row) for row in session.scalars(statement))


def window_of(row: MaintenanceWindow) -> Window:
    return Window(
        id=row.id,
        uid=row.uid,
        owner=row.owner,
        scope=Scope(row.scope),
        value=row.value,
        title=row.title,
        text=row.text,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        timezone=row.timezone,
        repeats=Repeats(row.repeats),
        until=row.until,
        ended_at=row.ended_at,
        version=row.version,
        updated_at=row.updated_at,
    )
