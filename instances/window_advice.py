"""When a maintenance disturbs fewest people: school hours around the world, and a better slot."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

OPENS, CLOSES = time(8), time(18)
"""School hours, Monday to Friday, where the académie is."""
SCHOOL_DAYS = 5
STEP = timedelta(minutes=30)
EARLIER, LATER = timedelta(days=1), timedelta(days=3)
"""How far from what was wanted a better slot may lie."""


@dataclass(frozen=True, kw_only=True)
class Concerned:
    """An académie that a maintenance would be noticed in."""

    slug: str
    name: str
    zone: str
    weight: int = 0
    """How often what is worked on was opened there; 0: not known, or never."""


@dataclass(frozen=True, kw_only=True)
class Slot:
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, kw_only=True)
class Advice:
    disturbed: tuple[Concerned, ...]
    """Those that would be in school hours, never empty; those that open it most come first."""
    better: Slot | None
    """None: there is no better one nearby."""
    still_disturbed: tuple[Concerned, ...] = ()
    """By the better one."""


def in_school_hours(slot: Slot, zone: ZoneInfo) -> bool:
    """Tell whether a slot touches a lesson somewhere."""
    day, last = (at.astimezone(zone).date() for at in (slot.starts_at, slot.ends_at))
    while day <= last:
        opens = datetime.combine(day, OPENS, zone).astimezone(UTC)
        closes = datetime.combine(day, CLOSES, zone).astimezone(UTC)
        touches = slot.starts_at < closes and opens < slot.ends_at
        if day.weekday() < SCHOOL_DAYS and touches:
            return True
        day += timedelta(days=1)
    return False


def advise(slot: Slot, academies: Sequence[Concerned], *, now: datetime) -> Advice | None:
    """Say whom a slot disturbs in school hours; None: nobody.

    The better slot is as long. It disturbs where fewest openings are made, then fewest académies,
    and of equal ones it is the nearest; the later one when two are as near.
    """
    by_zone: dict[str, list[Concerned]] = defaultdict(list)
    for item in academies:
        by_zone[item.zone].append(item)
    disturbed = _disturbed(slot, by_zone)
    if not disturbed:
        return None
    ranked = [(_cost(_disturbed(other, by_zone)), other) for other in _nearby(slot, now)]
    cost, better = min(
        ranked, key=lambda pair: (pair[0], _distance(slot, pair[1])), default=((0, 0), slot)
    )
    if not ranked or cost >= _cost(disturbed):
        return Advice(disturbed=disturbed, better=None)
    left = _disturbed(better, by_zone)
    return Advice(disturbed=disturbed, better=better, still_disturbed=left)


def _disturbed(slot: Slot, by_zone: Mapping[str, Sequence[Concerned]]) -> tuple[Concerned, ...]:
    found = [
        item
        for zone, several in by_zone.items()
        if in_school_hours(slot, ZoneInfo(zone))
        for item in several
    ]
    return tuple(sorted(found, key=lambda item: (-item.weight, item.name)))


def _cost(disturbed: Sequence[Concerned]) -> tuple[int, int]:
    return sum(item.weight for item in disturbed), len(disturbed)


def _nearby(slot: Slot, now: datetime) -> Iterator[Slot]:
    length = slot.ends_at - slot.starts_at
    starts_at = slot.starts_at - EARLIER
    while starts_at <= slot.starts_at + LATER:
        if starts_at > now:
            yield Slot(starts_at=starts_at, ends_at=starts_at + length)
        starts_at += STEP


def _distance(slot: Slot, other: Slot) -> tuple[timedelta, bool]:
    return abs(other.starts_at - slot.starts_at), other.starts_at < slot.starts_at
