"""Days that somebody may decide about: near enough that every calendar can count on from there."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated

from pydantic import AfterValidator

FIRST, LAST = date(2000, 1, 1), date(2199, 12, 31)


def is_usable(day: date) -> bool:
    """Tell whether a day can be meant: "31/12/9999" has no day after it, in no time zone."""
    return FIRST <= day <= LAST


def day_after(day: date) -> date | None:
    """Return the day after; none at the end of the calendar, whatever a database holds."""
    return None if day == date.max else day + timedelta(days=1)


def _usable(day: date) -> date:
    if not is_usable(day):
        raise ValueError(f"expected a day from {FIRST} to {LAST}, found {day}")
    return day


Day = Annotated[date, AfterValidator(_usable)]
