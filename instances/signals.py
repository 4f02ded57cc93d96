"""What people signal ("Ça ne marche pas pour moi"): how many, for which service; never who."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from instances.models import Signal

SPAN = 300
"""Seconds of a bucket."""
RECENT = timedelta(hours=2)
SignalsBy = Mapping[tuple[str, str], "Signalled"]
"""By académie and service."""


@dataclass(frozen=True, kw_only=True)
class Signalled:
    """What people said of a service in the last two hours."""

    n: int
    since: datetime


def read_signals(session: Session, *, now: datetime) -> dict[tuple[str, str], Signalled]:
    table = Signal
    oldest = int((now - RECENT).timestamp()) // SPAN
    statement = select(table).where(table.bucket >= oldest).order_by(table.bucket)
    found: dict[tuple[str, str], Signalled] = {}
    for row in session.scalars(statement):
        place = row.academie, row.service_id
        known = found.get(place)
        since = known.since if known else datetime.fromtimestamp(row.bucket * SPAN, UTC)
        found[place] = Signalled(n=row.n + (known.n if known else 0), since=since)
    return found
