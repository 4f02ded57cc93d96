"""Availability as docs/availability.md defines it, from what was heard over spans of time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from monitoring.target import State

WHOLE = 10_000
"""Hundredths of a percent in a hundred percent."""


class Period(StrEnum):
    DAY = "24h"
    WEEK = "7d"
    MONTH = "30d"
    QUARTER = "90d"


@dataclass(frozen=True, slots=True, kw_only=True)
class Availability:
    """Both in hundredths of a percent, rounded down: 9999 reads 99,99 %."""

    share: int | None
    """Up and degraded over up, degraded and down; none when nothing was measured."""
    coverage: int
    """How much of the time is known, announced maintenance included."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DayLine:
    """One day of the history, in a zone."""

    day: date
    availability: Availability
    worst: State | None
    """The worst that was heard; none: nothing was."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sums:
    """What was heard over a span of time: seconds, and how many probes failed."""

    up: int = 0
    degraded: int = 0
    down: int = 0
    maintenance: int = 0
    failures: int = 0

    def __add__(self, other: Sums) -> Sums:
        return Sums(
            up=self.up + other.up,
            degraded=self.degraded + other.degraded,
            down=self.down + other.down,
            maintenance=self.maintenance + other.maintenance,
            failures=self.failures + other.failures,
        )

    @property
    def measured(self) -> int:
        return self.up + self.degraded + self.down

    @property
    def known(self) -> int:
        return self.measured + self.maintenance


def availability(sums: Sums, *, seconds: int) -> Availability:
    """Work out the availability over a span that lasts so many seconds."""
    share = None
    if sums.measured:
        share = (sums.up + sums.degraded) * WHOLE // sums.measured
        if sums.failures:
            # Also when the failure lasted for less than a second.
            share = min(share, WHOLE - 1)
    coverage = min(WHOLE, sums.known * WHOLE // seconds) if seconds > 0 else 0
    return Availability(share=share, coverage=coverage)


def worst(sums: Sums) -> State | None:
    """Return the worst that was heard; maintenance is worse than up alone."""
    if sums.down or sums.failures:
        return State.DOWN
    if sums.degraded:
        return State.DEGRADED
    if sums.maintenance:
        return State.MAINTENANCE
    return State.UP if sums.up else None
