"""Time zones as calendars want them: by the rule that moves the clocks, from zoneinfo's data.

A list of dates (`RDATE`) says the same, but Thunderbird's reader takes only the first of it, and
Outlook wants rules as well.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from icalendar import Timezone, TimezoneDaylight, TimezoneStandard

_DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_YEARS_AHEAD = 10
_FEWEST = 3
"""Years in a row that make a rule."""
_A_WEEK, _A_SECOND = timedelta(days=7), timedelta(seconds=1)


@dataclass(frozen=True, kw_only=True)
class Turn:
    """What the clocks showed when they were moved, and by how much."""

    local: datetime
    """Naive, by the clocks as they went before."""
    before: timedelta
    after: timedelta
    name: str
    is_summer: bool

    @property
    def kind(self) -> tuple[timedelta, timedelta, str]:
        return self.before, self.after, self.name


def vtimezone(name: str, *, since: datetime, now: datetime) -> Timezone:
    """Return a zone for times from `since` on, and as far ahead as anybody plans."""
    made = Timezone()
    made.add("tzid", name)
    for turns in _alike(_turns(name, since.year - 1, now.year + _YEARS_AHEAD)):
        rule = _rule(turns)
        for turn in turns[:1] if rule else turns:
            made.add_component(_component(turn, rule))
    if not made.subcomponents:
        made.add_component(_component(_never_moved(name, since), {}))
    return made


def _alike(turns: Sequence[Turn]) -> Iterator[tuple[Turn, ...]]:
    for kind in dict.fromkeys(turn.kind for turn in turns):
        yield tuple(turn for turn in turns if turn.kind == kind)


def _rule(turns: Sequence[Turn]) -> dict[str, object]:
    """Return the rule that gives all of these, one a year; empty: there is none."""
    months = {turn.local.month for turn in turns}
    days = {(turn.local.weekday(), turn.local.time()) for turn in turns}
    years = [turn.local.year for turn in turns]
    places = set.intersection(*(_places(turn.local) for turn in turns))
    is_yearly = years == list(range(years[0], years[0] + len(years)))
    if len(turns) < _FEWEST or not is_yearly or not places or len(months) + len(days) > 2:  # noqa: PLR2004 - one of each
        return {}
    place = min(places)  # rather the last Sunday than the fourth
    return {"freq": "yearly", "bymonth": months.pop(), "byday": f"{place}{_DAYS[days.pop()[0]]}"}


def _places(local: datetime) -> set[int]:
    """Tell which of its weekdays a day is in its month: from the first on, and -1 for the last."""
    is_last = local.day + 7 > calendar.monthrange(local.year, local.month)[1]
    return {(local.day - 1) // 7 + 1} | ({-1} if is_last else set())


@cache
def _turns(name: str, first: int, last: int) -> tuple[Turn, ...]:
    """Return every turn of these years, found by looking at each week of them."""
    zone = ZoneInfo(name)
    found, week, end = [], datetime(first, 1, 1, tzinfo=UTC), datetime(last + 1, 1, 1, tzinfo=UTC)
    while week < end:
        if _offset(week, zone) != _offset(week + _A_WEEK, zone):
            found.append(_turn(week, zone))
        week += _A_WEEK
    return tuple(found)


def _turn(week: datetime, zone: ZoneInfo) -> Turn:
    early, late = week, week + _A_WEEK
    before = _offset(early, zone)
    while late - early > _A_SECOND:
        middle = early + (late - early) // 2
        early, late = (middle, late) if _offset(middle, zone) == before else (early, middle)
    local = late.replace(microsecond=0).astimezone(zone)
    return Turn(
        local=(late.replace(microsecond=0) + before).replace(tzinfo=None),
        before=before,
        after=_offset(late, zone),
        name=local.tzname() or "",
        is_summer=bool(local.dst()),
    )


def _never_moved(name: str, since: datetime) -> Turn:
    local = since.astimezone(ZoneInfo(name))
    offset = _offset(since, ZoneInfo(name))
    return Turn(
        local=datetime(1970, 1, 1),  # noqa: DTZ001 - by the clocks there
        before=offset,
        after=offset,
        name=local.tzname() or "",
        is_summer=False,
    )


def _offset(moment: datetime, zone: ZoneInfo) -> timedelta:
    return moment.astimezone(zone).utcoffset() or timedelta()


def _component(turn: Turn, rule: dict[str, object]) -> TimezoneDaylight | TimezoneStandard:
    made = TimezoneDaylight() if turn.is_summer else TimezoneStandard()
    made.add("dtstart", turn.local)
    if rule:
        made.add("rrule", rule)
    made.add("tzname", turn.name)
    made.add("tzoffsetfrom", turn.before)
    made.add("tzoffsetto", turn.after)
    return made
