"""The file that says who is told of what, and when not: read strictly, every problem at once."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from monitoring.incidents import Severity
from settings_file import Loc, Reading, SettingsFileError, read_text

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_NAME = re.compile(r"[a-z0-9]([a-z0-9-]{0,58}[a-z0-9])?")
_CLOCK = re.compile(r"(\d{1,2}):(\d{2})(?::00)?")
SCHEME = re.compile(r"([a-zA-Z0-9]+)://.")
_MOST_PERIODS = 40
"""Quiet periods in a row, after which it is taken that they never end."""


class Topic(StrEnum):
    """What a route may be told of."""

    OPENED = "opened"
    WORSE = "worse"
    REMINDER = "reminder"
    CLOSED = "closed"
    NETWORK = "network"
    """The monitor doubts its own network, and its end."""


_FOLLOW_ON = frozenset({Topic.WORSE, Topic.REMINDER})


def _read_list(value: Any) -> Any:
    return value if isinstance(value, list) else [value]


def _read_name(value: Any) -> str:
    if not isinstance(value, str) or not _NAME.fullmatch(value):
        raise ValueError(f"expected a name such as astreinte-nuit (a-z, 0-9, -), found {value!r}")
    return value


def _read_clock(value: Any) -> time:
    if isinstance(value, time):
        return value
    found = _CLOCK.fullmatch(value) if isinstance(value, str) else None
    hour, minute = (int(found[1]), int(found[2])) if found else (-1, -1)
    if (hour, minute) == (24, 0):
        return time()
    try:
        return time(hour, minute)
    except ValueError:
        raise ValueError(f"expected an hour such as 22:00, found {value!r}") from None


def _read_zone(value: Any) -> str:
    try:
        return ZoneInfo(value).key
    except (KeyError, ValueError, TypeError, OSError):
        raise ValueError(f"expected a time zone such as Europe/Paris, found {value!r}") from None


def _read_flag(value: Any) -> bool:
    if value in ("true", "false", True, False):
        return value in ("true", True)
    raise ValueError(f"expected true or false, found {value!r}")


def _read_address(value: Any) -> str:
    if not isinstance(value, str) or not SCHEME.match(value):
        # The value may be a password that was put on the wrong line: it is not repeated.
        raise ValueError("expected an Apprise address such as mailtos://… or mmosts://…")
    return value


Text = Annotated[str, Field(min_length=1, max_length=500)]
Texts = Annotated[tuple[Text, ...], BeforeValidator(_read_list), Field(min_length=1)]
Severities = Annotated[tuple[Severity, ...], BeforeValidator(_read_list), Field(min_length=1)]
Topics = Annotated[tuple[Topic, ...], BeforeValidator(_read_list), Field(min_length=1)]
Clock = Annotated[time, BeforeValidator(_read_clock)]
Flag = Annotated[bool, BeforeValidator(_read_flag)]


class Weekday(StrEnum):
    MON, TUE, WED, THU, FRI, SAT, SUN = DAYS


Days = Annotated[tuple[Weekday, ...], BeforeValidator(_read_list), Field(min_length=1)]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Quiet(_Model):
    """Hours in which messages wait: from one hour to another, of the next day if it is earlier."""

    start: Clock = Field(alias="from")
    end: Clock = Field(alias="to")
    zone: Annotated[str, BeforeValidator(_read_zone)] = "Europe/Paris"
    days: Days = tuple(Weekday)
    """On which it begins."""
    even_at_night: Flag = False
    """Major incidents are told all the same."""

    def end_of(self, at: datetime) -> datetime | None:
        """Return when the period that goes on at an instant ends; none when none does."""
        zone = ZoneInfo(self.zone)
        local = at.astimezone(zone)
        for day in (local.date() - timedelta(days=1), local.date()):
            begins = datetime.combine(day, self.start, zone)
            last = day if self.start < self.end else day + timedelta(days=1)
            ends = datetime.combine(last, self.end, zone)
            if DAYS[day.weekday()] in self.days and begins <= local < ends:
                return ends.astimezone(UTC)
        return None


class Route(_Model):
    """One address, and what it is told of: nothing said means everything."""

    name: Annotated[str, BeforeValidator(_read_name)]
    to: Annotated[str, BeforeValidator(_read_address)] | None = Field(default=None, repr=False)
    to_file: Text | None = None
    to_env: Text | None = None
    operators: Texts | None = None
    academies: Texts | None = None
    severities: Severities = tuple(Severity)
    events: Topics = tuple(Topic)
    quiet: Annotated[tuple[Quiet, ...], BeforeValidator(_read_list)] = ()
    reminder_hours: Annotated[int, Field(ge=1, le=168)] | None = None
    delay_minutes: Annotated[int, Field(ge=0, le=60)] = 1
    """An incident that closes before is told in one message."""

    def quiet_until(self, at: datetime, *, major: bool) -> datetime:
        """Return when a message that is ready at an instant may go out: then, or later."""
        for _turn in range(_MOST_PERIODS):
            holding = [item for item in self.quiet if not (major and item.even_at_night)]
            known = [end for item in holding if (end := item.end_of(at)) is not None]
            if not known:
                break
            at = max(known)
        return at


class RoutesFile(_Model):
    routes: tuple[Route, ...] = ()


def read_routes(path: Path) -> tuple[Route, ...]:
    """Read the routes; raises SettingsFileError with every problem."""
    reading = Reading()
    value = reading.read(read_text(path))
    found = RoutesFile()
    if value is not None and not reading.problems:
        try:
            found = RoutesFile.model_validate(value)
        except ValidationError as error:
            reading.take(error, _keys_at)
        else:
            for number, key, words in _faults(found.routes):
                reading.add(("routes", number, key), words)
    if reading.problems:
        raise SettingsFileError(reading.lines(path))
    return found.routes


def _keys_at(loc: Loc) -> Iterable[str]:
    if len(loc) == 1:
        return RoutesFile.model_fields
    model: type[_Model] = Quiet if "quiet" in loc else Route
    return [field.alias or name for name, field in model.model_fields.items()]


def _faults(routes: tuple[Route, ...]) -> Iterator[tuple[int, str, str]]:
    names: set[str] = set()
    now = datetime.now(UTC)
    for number, route in enumerate(routes):
        if route.name in names:
            yield number, "name", f"expected another name, {route.name} stands above"
        names.add(route.name)
        if sum(item is not None for item in (route.to, route.to_file, route.to_env)) != 1:
            yield number, "to", "expected one of to, to_file and to_env, and one alone"
        if route.quiet_until(now, major=False) > now + timedelta(days=8):
            yield number, "quiet", "expected hours that end: nothing would ever go out"
        if route.reminder_hours is not None and Topic.REMINDER not in route.events:
            yield number, "reminder_hours", "expected reminder among the events"
        if Topic.OPENED not in route.events and _FOLLOW_ON & set(route.events):
            words = "expected opened too: worse and reminder tell on of what a route was told"
            yield number, "events", words
