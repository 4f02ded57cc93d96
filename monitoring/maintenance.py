"""Work that was announced: when it takes place, and which targets it is about."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from dateutil.rrule import MONTHLY, WEEKLY, rrule, weekday

from monitoring.target import is_run_by

ACADEMIE = "academie"
"""First part of the owner of a window that an académie announced."""
MOST_OCCURRENCES = 500
"""Of one window in one reading: nobody looks further ahead."""


class Scope(StrEnum):
    """Which label of a target a window names."""

    SERVICE = "service"
    """All backends of "visio", of "lyon:pad" (an académie's own)."""
    BACKEND = "backend"
    """One backend by its public id, "visio/principal"."""
    OPERATOR = "operator"
    PROVIDER = "provider"
    HOST = "host"


class Repeats(StrEnum):
    ONCE = "once"
    WEEKLY = "weekly"
    """The same day of the week."""
    MONTHLY = "monthly"
    """The same day of the same week: every second Tuesday."""


@dataclass(frozen=True, kw_only=True)
class Window:
    """A window as it is stored: see `monitoring.models.MaintenanceWindow`."""

    id: int
    uid: str
    owner: str
    scope: Scope
    value: str
    title: str
    text: str = ""
    starts_at: datetime
    ends_at: datetime
    timezone: str = "Europe/Paris"
    repeats: Repeats = Repeats.ONCE
    until: date | None = None
    ended_at: datetime | None = None
    cuts: tuple[datetime, ...] = ()
    version: int = 1
    updated_at: datetime

    @property
    def duration(self) -> timedelta:
        return self.ends_at - self.starts_at


@dataclass(frozen=True, kw_only=True)
class Occurrence:
    """One time that a window takes place; `ends_at` is cut when it was ended before its time."""

    window: Window
    starts_at: datetime
    ends_at: datetime


def covers(window: Window, labels: Mapping[str, Sequence[str]]) -> bool:
    """Tell whether a window is about a target with these labels."""
    backends = labels.get("backend", ())
    if not is_within_reach(window, labels):
        return False
    if window.scope is Scope.SERVICE:
        return any(item.startswith(f"{window.value}/") for item in backends)
    if window.scope is Scope.OPERATOR:
        return is_run_by(window.value, labels)
    return window.value in labels.get(window.scope, ())


def is_within_reach(window: Window, labels: Mapping[str, Sequence[str]]) -> bool:
    """Tell whether whoever announced a window may speak for a target.

    An académie may give a service of its own the address of anybody's server: its word holds for
    a server that is its own alone, or it could put the nation's in maintenance.
    """
    kind, _slash, name = window.owner.partition("/")
    backends = labels.get("backend", ())
    return kind != ACADEMIE or all(item.startswith(f"{name}:") for item in backends)


def occurrences(window: Window, *, start: datetime, end: datetime) -> tuple[Occurrence, ...]:
    """Return the occurrences that overlap [start, end), the earliest first.

    An occurrence keeps its hour in the window's zone, and lasts as long as the first one did.
    """
    found = []
    for begins in _beginnings(window, start=start, end=end):
        ends = _end(window, begins)
        if begins < ends and start < ends and begins < end:
            found.append(Occurrence(window=window, starts_at=begins, ends_at=ends))
    return tuple(found)


def in_force(
    windows: Iterable[Window], labels: Mapping[str, Sequence[str]], *, at: datetime
) -> Occurrence | None:
    """Return what is going on for a target at an instant: of several, the one that ends last."""
    found = [
        item
        for window in windows
        if covers(window, labels)
        for item in occurrences(window, start=at, end=at + timedelta(microseconds=1))
    ]
    return max(found, key=lambda item: item.ends_at, default=None)


def coming(windows: Iterable[Window], *, now: datetime, ahead: timedelta) -> tuple[Occurrence, ...]:
    """Return what goes on or begins soon, of every window, the earliest first."""
    found = [item for window in windows for item in occurrences(window, start=now, end=now + ahead)]
    return tuple(sorted(found, key=lambda item: (item.starts_at, item.window.id)))


def _end(window: Window, begins: datetime) -> datetime:
    ends = begins + window.duration
    ends = min((cut for cut in window.cuts if begins <= cut < ends), default=ends)
    return ends if window.ended_at is None else min(ends, window.ended_at)


def _beginnings(window: Window, *, start: datetime, end: datetime) -> list[datetime]:
    if window.repeats is Repeats.ONCE:
        return [window.starts_at]
    zone = ZoneInfo(window.timezone)
    first = window.starts_at.astimezone(zone).replace(tzinfo=None, fold=0)
    # In local hours, without a zone: an occurrence keeps its hour when the clocks change.
    earliest = (start - window.duration).astimezone(zone).replace(tzinfo=None) - timedelta(days=1)
    latest = end.astimezone(zone).replace(tzinfo=None) + timedelta(days=1)
    rule = _rule(window.repeats, first)
    found = []
    for begins in rule.xafter(max(earliest, first), count=MOST_OCCURRENCES, inc=True):
        if begins > latest or (window.until is not None and begins.date() > window.until):
            break
        # An hour that comes twice, on the first day, is the one that was meant then.
        is_first = begins == first
        found.append(window.starts_at if is_first else begins.replace(tzinfo=zone).astimezone(UTC))
    return found


def _rule(repeats: Repeats, first: datetime) -> rrule:
    if repeats is Repeats.WEEKLY:
        return rrule(WEEKLY, dtstart=first)
    week = (first.day - 1) // 7 + 1
    # The fifth Tuesday of a month is its last one.
    nth = -1 if week == 5 else week  # noqa: PLR2004 - weeks of a month
    return rrule(MONTHLY, dtstart=first, byweekday=weekday(first.weekday(), nth))
