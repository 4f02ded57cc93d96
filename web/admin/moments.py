"""A day and an hour as people type them, in the académie's zone, twice a year with a trap."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from wtforms import DateField, TimeField
from wtforms.widgets import DateInput, TimeInput

from instances.days import is_usable
from web import dates
from web.forms import DAY_FORMAT
from web.translation import gettext as _
from web.translation import ngettext

_HOUR = re.compile(r"^(\d{1,2})\s*(?:[h:]\s*(\d{2})?(?::\d{2})?)?$", re.IGNORECASE)


class DayField(DateField):  # type: ignore[misc]
    """A calendar where the browser has one; typed as 23/11/2026 where it has none."""

    widget = DateInput()
    data: date | None

    def __init__(self, label: str, **values: Any) -> None:
        formats = [DAY_FORMAT, "%d/%m/%Y", "%d.%m.%Y"]
        super().__init__(label, format=formats, **values)

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = None
        try:
            super().process_formdata([value.strip() for value in valuelist if value.strip()])
        except ValueError as error:
            raise ValueError(_("Écrivez le jour ainsi : 23/11/2026.")) from error
        if self.data is not None and not is_usable(self.data):
            self.data = None
            raise ValueError(_("Écrivez le jour ainsi : 23/11/2026."))


class HourField(TimeField):  # type: ignore[misc]
    """A clock where the browser has one; typed as 8 h 05 or 8:05 where it has none."""

    widget = TimeInput()
    data: time | None

    def process_formdata(self, valuelist: list[str]) -> None:
        typed = (valuelist[0] if valuelist else "").strip()
        self.data = None
        if typed:
            self.data = _hour(typed)


def _hour(typed: str) -> time:
    found = _HOUR.match(typed)
    hours, minutes = (int(found.group(1)), int(found.group(2) or 0)) if found else (-1, 0)
    try:
        return time(hours, minutes)
    except ValueError as error:
        raise ValueError(_("Écrivez l'heure ainsi : 8:05.")) from error


class ClockChange(StrEnum):
    """What happens to an hour of the night on which clocks change."""

    SKIPPED = "skipped"
    TWICE = "twice"


@dataclass(frozen=True, kw_only=True)
class Moment:
    at: datetime
    change: ClockChange | None = None


def moment(day: date, hour: time, zone: ZoneInfo, *, later: bool = False) -> Moment:
    """Read a day and an hour in a zone.

    An hour that is skipped becomes the one that clocks then show. Of an hour that comes twice the
    first counts, or the second when `later`, so that what is said to last until then does.
    """
    first, second = (datetime.combine(day, hour, zone).replace(fold=fold) for fold in (0, 1))
    if first.utcoffset() == second.utcoffset():
        return Moment(at=first.astimezone(UTC))
    at = first.astimezone(UTC)
    if at.astimezone(zone).replace(tzinfo=None) != first.replace(tzinfo=None):
        return Moment(at=at, change=ClockChange.SKIPPED)
    return Moment(at=second.astimezone(UTC) if later else at, change=ClockChange.TWICE)


def end_of(day: date, zone: ZoneInfo) -> Moment:
    return moment(day + timedelta(days=1), time(), zone)


def clock_notes(moments: Iterable[Moment], zone: ZoneInfo) -> Iterator[str]:
    """Say what becomes of hours that do not exist, or that come twice; once for each night."""
    nights: dict[tuple[ClockChange, date], dict[str, None]] = {}
    for found in moments:
        if found.change is not None:
            night = nights.setdefault((found.change, found.at.astimezone(zone).date()), {})
            night[dates.hour(found.at, zone)] = None
    for (change, _day), hours in nights.items():
        yield _clock_note(change, list(hours))


def _clock_note(change: ClockChange, hours: Sequence[str]) -> str:
    if change is ClockChange.SKIPPED:
        return ngettext(
            "Cette nuit-là, on avance les montres d'une heure : l'heure demandée n'existe pas, "
            "ce sera %(hour)s.",
            "Cette nuit-là, on avance les montres d'une heure : les heures demandées n'existent "
            "pas, ce sera %(hour)s et %(other)s.",
            len(hours),
            hour=hours[0],
            other=hours[-1],
        )
    return ngettext(
        "Cette nuit-là, on recule les montres d'une heure : %(hour)s vient deux fois. "
        "Un début compte la première, une fin la seconde.",
        "Cette nuit-là, on recule les montres d'une heure : %(hour)s et %(other)s viennent deux "
        "fois. Un début compte la première, une fin la seconde.",
        len(hours),
        hour=hours[0],
        other=hours[-1],
    )
