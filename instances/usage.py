"""Openings, counted per service, académie and day; nobody is identified."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from datetime import date, timedelta
from threading import Lock
from typing import NamedTuple

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from database import Insert, insert_for
from instances.models import LaunchCount

KEPT_FOR = timedelta(days=760)
"""25 months: the most that the CNIL lets audience figures be kept."""


class Opening(NamedTuple):
    academie: str
    service_id: str
    day: date
    """Of the académie's own zone."""


class OpeningTally:
    """Openings not yet written: an opening never waits for the database."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._counts: Counter[Opening] = Counter()

    def add(self, opening: Opening) -> None:
        with self._lock:
            self._counts[opening] += 1

    def take(self) -> Counter[Opening]:
        with self._lock:
            taken, self._counts = self._counts, Counter()
        return taken

    def put_back(self, counts: Mapping[Opening, int]) -> None:
        """What could not be written is counted again."""
        with self._lock:
            self._counts.update(counts)


def add_openings(session: Session, counts: Mapping[Opening, int]) -> None:
    # In one order everywhere: two workers that lock rows crosswise would wait for each other.
    for opening, n in sorted(counts.items()):
        session.execute(_upsert(session, opening, n))


def openings_since(session: Session, academie: str, since: date) -> dict[str, int]:
    """Count the openings of each service from a day on."""
    statement = (
        select(LaunchCount.service_id, func.sum(LaunchCount.n))
        .where(LaunchCount.academie == academie, LaunchCount.day >= since)
        .group_by(LaunchCount.service_id)
    )
    return {service_id: int(n) for service_id, n in session.execute(statement)}


def openings_by_academie(
    session: Session, services: Collection[str], since: date
) -> dict[tuple[str, str], int]:
    """Count the openings of some services from a day on, by académie and service."""
    table = LaunchCount
    statement = (
        select(table.academie, table.service_id, func.sum(table.n))
        .where(table.service_id.in_(services), table.day >= since)
        .group_by(table.academie, table.service_id)
    )
    return {(slug, service_id): int(n) for slug, service_id, n in session.execute(statement)}


def forget_old(session: Session, *, today: date) -> None:
    """Drop what is older than audience figures may be kept."""
    limit = today - KEPT_FOR
    session.execute(delete(LaunchCount).where(LaunchCount.day < limit))


def _upsert(session: Session, opening: Opening, n: int) -> Insert:
    statement = insert_for(session)(LaunchCount).values(**opening._asdict(), n=n)
    return statement.on_conflict_do_update(
        index_elements=["academie", "service_id", "day"], set_={"n": LaunchCount.n + n}
    )
