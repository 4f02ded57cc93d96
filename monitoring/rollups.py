"""How results add up over five minutes, hours and days: the only history of probes that is kept."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import Table, case
from sqlalchemy.orm import Session

from database import Insert, insert_for
from monitoring.health import Span
from monitoring.models import Day, FiveMinutes, Hour
from monitoring.target import ProbeResult, State

FIVE_MINUTES, HOUR, DAY = 300, 3600, 86400
"""Spans in seconds; a bucket is the instant divided by the span."""
TABLES: Mapping[int, type[FiveMinutes | Hour | Day]] = {
    FIVE_MINUTES: FiveMinutes,
    HOUR: Hour,
    DAY: Day,
}


@dataclass(kw_only=True)
class Tally:
    """What was heard of one target in one bucket."""

    up: int = 0
    """Seconds, as the next three."""
    degraded: int = 0
    down: int = 0
    maintenance: int = 0
    checks: int = 0
    failures: int = 0
    latency_sum: int = 0
    latency_count: int = 0
    latency_max: int = 0

    def count(self, result: ProbeResult) -> None:
        """Take in a probe; how long its verdict holds is not known yet."""
        self.checks += result.state is not State.UNKNOWN
        self.failures += result.state is State.DOWN
        if result.latency_ms is None:
            return
        self.latency_sum += result.latency_ms
        self.latency_count += 1
        self.latency_max = max(self.latency_max, result.latency_ms)

    def hold(self, state: State, seconds: int) -> None:
        if state is not State.UNKNOWN:
            setattr(self, state.value, getattr(self, state.value) + seconds)

    def add(self, other: Tally) -> None:
        # Spelt out: this runs for every target and bucket of every batch.
        self.up += other.up
        self.degraded += other.degraded
        self.down += other.down
        self.maintenance += other.maintenance
        self.checks += other.checks
        self.failures += other.failures
        self.latency_sum += other.latency_sum
        self.latency_count += other.latency_count
        self.latency_max = max(self.latency_max, other.latency_max)


Tallies = dict[tuple[int, int], Tally]
"""By target id and bucket."""
_COLUMNS = tuple(field.name for field in fields(Tally))


def bucket(at: datetime, span: int) -> int:
    return int(at.timestamp()) // span


def hold(tallies: Tallies, target_id: int, span: Span) -> None:
    """Count the seconds for which a verdict held, each in its own five minutes."""
    start = span.start
    while start < span.end:
        place = start // FIVE_MINUTES
        end = min(span.end, (place + 1) * FIVE_MINUTES)
        tallies.setdefault((target_id, place), Tally()).hold(span.state, end - start)
        start = end


def regroup(tallies: Tallies, span: int) -> Tallies:
    """Add five-minute tallies up into buckets of a longer span."""
    grouped: Tallies = {}
    for (target_id, five_minutes), tally in tallies.items():
        place = (target_id, five_minutes * FIVE_MINUTES // span)
        grouped.setdefault(place, Tally()).add(tally)
    return grouped


def merge(tallies: Tallies, more: Tallies) -> None:
    for place, tally in more.items():
        tallies.setdefault(place, Tally()).add(tally)


def write(session: Session, tallies: Tallies) -> None:
    """Add five-minute tallies to the three tables."""
    if not tallies:
        return
    for span, table in TABLES.items():
        rows = list(_rows(tallies if span == FIVE_MINUTES else regroup(tallies, span)))
        session.execute(_additive_upsert(session, table), rows)


def _rows(tallies: Tallies) -> Iterable[dict[str, int]]:
    # In the order of the key: two writers that lock rows in one order never wait for each other.
    for (target_id, place), tally in sorted(tallies.items(), key=lambda item: item[0]):
        yield {"target_id": target_id, "bucket": place, **vars(tally)}


def _additive_upsert(session: Session, model: type[FiveMinutes | Hour | Day]) -> Insert:
    table = model.__table__
    assert isinstance(table, Table)  # noqa: S101 - told to the type checker
    insert = insert_for(session)(table)
    sums: dict[str, Any] = {name: table.c[name] + insert.excluded[name] for name in _COLUMNS}
    # max() of two values is max() in one database and greatest() in the other.
    stored, new = table.c.latency_max, insert.excluded.latency_max
    sums["latency_max"] = case((stored > new, stored), else_=new)
    return insert.on_conflict_do_update(index_elements=["target_id", "bucket"], set_=sums)
