"""Local days and school hours as spans of time, worked out once for all targets."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from monitoring.rollups import HOUR

DAYS = 90
OPENS, CLOSES = time(8), time(18)
SCHOOL_DAYS = 5
"""From Monday on. Holidays are not taken out: see docs/availability.md."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Seconds since 1970, the end not included."""

    start: int
    end: int

    @property
    def seconds(self) -> int:
        return max(0, self.end - self.start)

    def within(self, start: int, end: int) -> Stretch:
        return Stretch(max(self.start, start), min(self.end, end))


@dataclass(frozen=True, kw_only=True)
class Calendar:
    """Ninety local days up to an instant, and the school hours among them."""

    first: date
    days: tuple[Stretch, ...]
    school_hours: tuple[Stretch, ...]


def calendar(zone: str, *, until: datetime) -> Calendar:
    """Return the days of a zone, the last of them cut at `until`.

    In a zone that is not whole hours away from UTC a day begins with the hour that holds midnight:
    no roll-up of older days is finer.
    """
    local, end = ZoneInfo(zone), int(until.timestamp())
    first = until.astimezone(local).date() - timedelta(days=DAYS - 1)
    dates = [first + timedelta(days=n) for n in range(DAYS + 1)]
    midnights = [_instant(day, time(0), local) for day in dates]
    return Calendar(
        first=first,
        days=tuple(Stretch(midnights[n], midnights[n + 1]).within(0, end) for n in range(DAYS)),
        school_hours=tuple(
            Stretch(_instant(day, OPENS, local), _instant(day, CLOSES, local)).within(0, end)
            for day in dates[:-1]
            if day.weekday() < SCHOOL_DAYS and _instant(day, OPENS, local) < end
        ),
    )


def calendars(zones: Iterable[str], *, until: datetime) -> dict[str, Calendar]:
    return {zone: calendar(zone, until=until) for zone in zones}


def _instant(day: date, hour: time, zone: ZoneInfo) -> int:
    instant = int(datetime.combine(day, hour, zone).astimezone(UTC).timestamp())
    return instant // HOUR * HOUR
