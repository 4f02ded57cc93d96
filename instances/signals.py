"""What people signal ("Ça ne marche pas pour moi"): how many, for which service; never who."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from threading import Lock
from typing import NamedTuple

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

import journal
from database import insert_for
from instances.models import Signal
from journal import Revision

SPAN = 300
"""Seconds of a bucket."""
RECENT = timedelta(hours=2)
HURRYING = timedelta(minutes=15)
ENOUGH_TO_HURRY = 3
"""Within that time: the service is looked at more often."""
KEPT_FOR = timedelta(days=2)
"""Nothing reads what is older than `RECENT`."""
SignalsBy = Mapping[tuple[str, str], "Signalled"]
"""By académie and service."""


@dataclass(frozen=True, kw_only=True)
class Signalled:
    """What people said of a service in the two hours before it was read."""

    n: int
    since: datetime
    buckets: tuple[tuple[int, int], ...] = ()
    """The instant divided by five minutes, and how many; the oldest first."""


class Signalling(NamedTuple):
    """One place to count in."""

    academie: str
    service_id: str
    bucket: int


class SignalTally:
    """Signals not yet written: nobody who signals waits for the database."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._counts: Counter[Signalling] = Counter()

    def add(self, academie: str, service_id: str, *, now: datetime) -> None:
        with self._lock:
            self._counts[Signalling(academie, service_id, bucket_of(now))] += 1

    def take(self) -> Counter[Signalling]:
        with self._lock:
            taken, self._counts = self._counts, Counter()
        return taken

    def put_back(self, counts: Mapping[Signalling, int], *, now: datetime) -> None:
        """Count again what could not be written, unless nobody would read it any more."""
        oldest = bucket_of(now - RECENT)
        with self._lock:
            self._counts.update({place: n for place, n in counts.items() if place.bucket >= oldest})


def bucket_of(moment: datetime) -> int:
    return int(moment.timestamp()) // SPAN


def add_signals(session: Session, counts: Mapping[Signalling, int]) -> None:
    """Write them down, and let everybody know."""
    # In one order everywhere: two workers that lock rows crosswise would wait for each other.
    for place, n in sorted(counts.items()):
        statement = insert_for(session)(Signal).values(**place._asdict(), n=n)
        added = statement.on_conflict_do_update(
            index_elements=["academie", "service_id", "bucket"], set_={"n": Signal.n + n}
        )
        session.execute(added)
    journal.bump(session, Revision.SIGNALS)


def read_signals(session: Session, *, now: datetime) -> dict[tuple[str, str], Signalled]:
    table = Signal
    oldest = bucket_of(now - RECENT)
    statement = select(table).where(table.bucket >= oldest).order_by(table.bucket)
    found: dict[tuple[str, str], list[tuple[int, int]]] = {}
    for row in session.scalars(statement):
        found.setdefault((row.academie, row.service_id), []).append((row.bucket, row.n))
    return {place: _signalled(buckets) for place, buckets in found.items()}


def forget_old(session: Session, *, now: datetime) -> None:
    session.execute(delete(Signal).where(Signal.bucket < bucket_of(now - KEPT_FOR)))


def recent(
    several: Iterable[Signalled], *, now: datetime, within: timedelta = RECENT
) -> Signalled | None:
    """Add up what was said within a time before now; none when nothing was.

    What was read an hour ago has grown an hour older: only its buckets tell what still counts.
    """
    oldest = bucket_of(now - within)
    counts: Counter[int] = Counter()
    for signalled in several:
        counts.update({bucket: n for bucket, n in signalled.buckets if bucket >= oldest})
    return _signalled(sorted(counts.items())) if counts else None


def ends_at(signalled: Signalled) -> datetime:
    """Return when the oldest of what was said no longer counts as recent."""
    oldest, _ = signalled.buckets[0]
    return datetime.fromtimestamp((oldest + 1) * SPAN, UTC) + RECENT


def hurried(signals: SignalsBy, *, now: datetime) -> frozenset[tuple[str, str]]:
    """Return the académies and services of which several people have just said something."""
    found = ((place, recent((item,), now=now, within=HURRYING)) for place, item in signals.items())
    return frozenset(place for place, item in found if item and item.n >= ENOUGH_TO_HURRY)


def _signalled(buckets: Iterable[tuple[int, int]]) -> Signalled:
    ordered = tuple(buckets)
    return Signalled(
        n=sum(n for _, n in ordered),
        since=datetime.fromtimestamp(ordered[0][0] * SPAN, UTC),
        buckets=ordered,
    )
