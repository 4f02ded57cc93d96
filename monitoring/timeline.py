"""What is kept of one target's past, read for a screen: transitions and latency."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from enum import StrEnum
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from monitoring.models import Target, Transition
from monitoring.rollups import FIVE_MINUTES, HOUR, TABLES
from monitoring.target import State

PAGE = 20


@dataclass(frozen=True, kw_only=True)
class Line:
    """One change of state."""

    at: datetime
    before: State
    after: State
    reason: str
    unstable: bool


@dataclass(frozen=True, kw_only=True)
class Lines:
    lines: tuple[Line, ...]
    """The newest first."""
    number: int
    """Of the page, from 1."""
    last: int


class Span(StrEnum):
    DAY = "24h"
    WEEK = "7d"
    MONTH = "30d"


@dataclass(frozen=True, kw_only=True)
class _Grain:
    """How finely a span is told."""

    length: timedelta
    bucket: int
    """Seconds that one point stands for."""
    row: int
    """Seconds that one row of the table stands for."""


GRAINS: Mapping[Span, _Grain] = {
    Span.DAY: _Grain(length=timedelta(hours=24), bucket=FIVE_MINUTES, row=HOUR),
    Span.WEEK: _Grain(length=timedelta(days=7), bucket=HOUR, row=6 * HOUR),
    Span.MONTH: _Grain(length=timedelta(days=30), bucket=HOUR, row=24 * HOUR),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """How long answers took over a while; `mean_ms` is none where nothing answered."""

    at: datetime
    """Its beginning."""
    mean_ms: float | None
    max_ms: int | None
    checks: int
    failures: int


@dataclass
class _Sums:
    at: int
    """Seconds since 1970."""
    total: int = 0
    count: int = 0
    highest: int = 0
    checks: int = 0
    failures: int = 0

    def add(self, other: _Sums) -> None:
        self.total += other.total
        self.count += other.count
        self.highest = max(self.highest, other.highest)
        self.checks += other.checks
        self.failures += other.failures


@dataclass(frozen=True, kw_only=True)
class Latency:
    span: Span
    start: datetime
    end: datetime
    bucket: int
    """Seconds that one point stands for."""
    points: tuple[Point, ...]
    """In the order of time; where nothing was asked there is none."""
    rows: tuple[Point, ...]
    """The same over longer whiles, for a table."""


def target_id_of(session: Session, key: str) -> int | None:
    """Return the number of a target; none when no monitor has ever known it."""
    return session.scalar(select(Target.id).where(Target.key == key))


def read_lines(session: Session, target_id: int, *, page: int) -> Lines:
    """Return one page of transitions; one that does not exist is the nearest that does."""
    table = Transition
    own = table.target_id == target_id
    count = session.scalar(select(func.count()).where(own)) or 0
    last = max(1, -(-count // PAGE))
    number = min(max(page, 1), last)
    newest = select(table).where(own).order_by(table.at.desc(), table.id.desc())
    rows = session.scalars(newest.limit(PAGE).offset((number - 1) * PAGE))
    return Lines(lines=tuple(map(_line, rows)), number=number, last=last)


def read_latency(
    session: Session, target_id: int, span: Span, *, now: datetime, zone: tzinfo
) -> Latency:
    """Return the mean and the longest of each while; those of the table follow a zone's clock."""
    grain = GRAINS[span]
    end = int(now.timestamp()) // grain.bucket + 1
    start = end - int(grain.length.total_seconds()) // grain.bucket
    table: Any = TABLES[grain.bucket]
    own = select(table).where(table.target_id == target_id, table.bucket >= start)
    found = session.scalars(own.where(table.bucket < end).order_by(table.bucket))
    sums = [_sums_of(row, grain.bucket) for row in found]
    return Latency(
        span=span,
        start=_instant(start * grain.bucket),
        end=_instant(end * grain.bucket),
        bucket=grain.bucket,
        points=_points(sums, grain.bucket, zone),
        rows=_points(sums, grain.row, zone),
    )


def _line(row: Transition) -> Line:
    return Line(
        at=row.at,
        before=State(row.before),
        after=State(row.after),
        reason=row.reason,
        unstable=row.unstable,
    )


def _sums_of(row: Any, bucket: int) -> _Sums:
    return _Sums(
        at=row.bucket * bucket,
        total=row.latency_sum,
        count=row.latency_count,
        highest=row.latency_max,
        checks=row.checks,
        failures=row.failures,
    )


def _points(rows: Iterable[_Sums], span: int, zone: tzinfo) -> tuple[Point, ...]:
    """Add up what falls into one while of `span` seconds, as clocks show it in a zone."""
    found: dict[datetime, _Sums] = {}
    for row in rows:
        offset = (_instant(row.at).astimezone(zone).utcoffset() or timedelta()).total_seconds()
        begins = (row.at + int(offset)) // span * span - int(offset)
        known = found.setdefault(_instant(begins), _Sums(begins))
        known.add(row)
    return tuple(
        Point(
            at=at,
            mean_ms=item.total / item.count if item.count else None,
            max_ms=item.highest if item.count else None,
            checks=item.checks,
            failures=item.failures,
        )
        for at, item in found.items()
    )


def _instant(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
