"""Availability as docs/availability.md defines it, from what was heard over spans of time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from monitoring.target import State


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
