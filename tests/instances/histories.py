"""A history that a test chose, in place of one that was worked out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from monitoring.availability import Availability, DayLine, Period
from monitoring.history import TargetHistory
from monitoring.target import State

LAST = date(2026, 11, 20)
"""Of the days."""


@dataclass(frozen=True, kw_only=True)
class Known(TargetHistory):
    share: int | None = 10_000
    coverage: int = 9_000
    worst: tuple[State | None, ...] = ()
    """Of each day, the oldest first."""

    def over(self, period: Period) -> Availability:
        del period
        return Availability(share=self.share, coverage=self.coverage)

    def in_school_hours(self, period: Period, zone: str) -> Availability:
        del period
        # Whose hours: an académie's own zone.
        return Availability(share=7 if zone == "Indian/Reunion" else 8, coverage=self.coverage)

    def days(self, zone: str) -> tuple[DayLine, ...]:
        del zone
        shares = {State.DOWN: 9_000, None: None}
        return tuple(
            DayLine(
                day=LAST - timedelta(days=len(self.worst) - 1 - n),
                availability=Availability(share=shares.get(worst, 10_000), coverage=9_000),
                worst=worst,
            )
            for n, worst in enumerate(self.worst)
        )
