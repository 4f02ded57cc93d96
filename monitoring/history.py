"""Availability of every target, worked out now and then and kept, so that no page adds it up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from monitoring.availability import Availability, DayLine, Period

_NOTHING = Availability(share=None, coverage=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetHistory:
    at: datetime
    """When it was worked out."""

    def over(self, period: Period) -> Availability:  # noqa: ARG002 - not worked out yet
        return _NOTHING

    def in_school_hours(self, period: Period, zone: str) -> Availability:  # noqa: ARG002
        return _NOTHING

    def days(self, zone: str) -> tuple[DayLine, ...]:  # noqa: ARG002 - not worked out yet
        """Return ninety days in a time zone, the oldest first."""
        return ()


def read_history(session: Session) -> dict[str, TargetHistory]:  # noqa: ARG001
    """Return what is worked out, by key of the target."""
    return {}
