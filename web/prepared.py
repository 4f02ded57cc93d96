"""Préparer un lien: a name typed or made, and the service's own address to share.

Everything travels in the body of a POST: a name is never stored, logged nor put in our addresses.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import segno
from icalendar import Calendar, Event
from markupsafe import Markup
from werkzeug.datastructures import MultiDict

from catalogue.schema import Backend
from instances import launch
from instances.launch import Entrance
from instances.schema import AcademyCard

MAX_NAME = 80
_DURATION = timedelta(hours=1)
_SENSIBLE_YEARS = range(2000, 2100)
_MOST_PEOPLES_ZONE = "Europe/Paris"


@dataclass(frozen=True, kw_only=True)
class PreparedLink:
    address: str
    name: str
    backend_id: str
    variant_id: str | None = None
    day: date | None = None
    hour: time | None = None
    starts_at: datetime | None = None
    """Set when both day and hour are known."""

    @property
    def qr_svg(self) -> Markup:
        code = segno.make(self.address, error="m", micro=False)
        svg = code.svg_inline(border=2, omitsize=True, svgclass="qr", lineclass="qr-line")
        return Markup(svg)  # noqa: S704 - made by the library from our own address

    @property
    def hidden_fields(self) -> dict[str, str]:
        """What our own forms send back to make the same link again."""
        return {
            "complet": self.name,
            "serveur": self.backend_id,
            "variante": self.variant_id or "",
            "jour": self.day.isoformat() if self.day else "",
            "heure": self.hour.strftime("%H:%M") if self.hour else "",
        }


@dataclass(frozen=True, kw_only=True)
class LinkForm:
    """What was typed, kept as it was typed, and what is wrong with it."""

    name: str = ""
    day: str = ""
    hour: str = ""
    errors: dict[str, str] = field(default_factory=dict)
    """By field, a code: "name-unusable", "day-unreadable", "hour-unreadable", "hour-alone"."""


def typed(form: MultiDict[str, str]) -> LinkForm:
    return LinkForm(
        name=form.get("nom", "").strip()[:MAX_NAME],
        day=form.get("jour", "").strip()[:20],
        hour=form.get("heure", "").strip()[:20],
    )


def checked(form: LinkForm, entrance: Entrance) -> LinkForm:
    errors = {}
    if form.name and not _is_usable(form.name, entrance):
        errors["name"] = "name-unusable"
    if form.day and read_day(form.day) is None:
        errors["day"] = "day-unreadable"
    if form.hour and read_hour(form.hour) is None:
        errors["hour"] = "hour-unreadable"
    if form.hour and not form.day:
        errors["day"] = "hour-alone"
    return LinkForm(name=form.name, day=form.day, hour=form.hour, errors=errors)


def make_link(
    form: LinkForm,
    backend: Backend,
    entrance: Entrance,
    card: AcademyCard,
    *,
    variant_id: str | None = None,
) -> PreparedLink:
    naming = entrance.launch.naming
    name = launch.complete_name(form.name, naming) if form.name else launch.generate_name(naming)
    return _link(name, backend, entrance, card, form=form, variant_id=variant_id)


def sent_back(
    form: MultiDict[str, str], entrance: Entrance, card: AcademyCard
) -> PreparedLink | None:
    """Make again the link that one of our own forms sends back; None if it is not one of ours."""
    name = form.get("complet", "")
    backend = next((b for b in entrance.backends if b.id == form.get("serveur")), None)
    if backend is None or not launch.is_complete(name, entrance.launch.naming):
        return None
    variant_id = form.get("variante") or None
    return _link(name, backend, entrance, card, form=typed(form), variant_id=variant_id)


def zones_differ(link: PreparedLink, card: AcademyCard) -> bool:
    """Tell whether the hour must name its zone: guests may be elsewhere than in the académie."""
    if link.starts_at is None:
        return False
    there = link.starts_at.astimezone(ZoneInfo(_MOST_PEOPLES_ZONE))
    return there.utcoffset() != link.starts_at.astimezone(card.zone).utcoffset()


def calendar(link: PreparedLink, *, title: str, now: datetime) -> bytes:
    """Write the meeting as a calendar file; needs a link with a day and an hour."""
    if link.starts_at is None:
        raise ValueError("a meeting without day and hour has no place in a calendar")
    event = Event()
    event.add("uid", f"{link.name}@{link.backend_id}")
    event.add("dtstamp", now)
    event.add("dtstart", link.starts_at.astimezone(UTC))
    event.add("dtend", (link.starts_at + _DURATION).astimezone(UTC))
    event.add("summary", title)
    event.add("location", link.address)
    event.add("url", link.address)
    meeting = Calendar()
    meeting.add("prodid", "-//La Trousse//FR")
    meeting.add("version", "2.0")
    meeting.add_component(event)
    return bytes(meeting.to_ical())


def read_day(text: str) -> date | None:
    """Read 2026-12-03 (what browsers send) or 3/12/2026 (what people type)."""
    french = re.fullmatch(r"(\d{1,2})[/. ](\d{1,2})[/. ](\d{4})", text)
    try:
        if french:
            day, month, year = map(int, french.groups())
            read = date(year, month, day)
        else:
            read = date.fromisoformat(text)
    except ValueError:
        return None
    return read if read.year in _SENSIBLE_YEARS else None


def read_hour(text: str) -> time | None:
    """Read 18:00, 18h, 18 h 05."""
    found = re.fullmatch(r"(\d{1,2})\s*[h:H]\s*(\d{2})?(?::\d{2})?", text)
    try:
        return time(int(found.group(1)), int(found.group(2) or 0)) if found else None
    except ValueError:
        return None


def _is_usable(name: str, entrance: Entrance) -> bool:
    try:
        launch.complete_name(name, entrance.launch.naming)
    except launch.NameRefusedError:
        return False
    return True


def _link(  # noqa: PLR0913 - what a link is made of
    name: str,
    backend: Backend,
    entrance: Entrance,
    card: AcademyCard,
    *,
    form: LinkForm,
    variant_id: str | None,
) -> PreparedLink:
    day, hour = read_day(form.day), read_hour(form.hour)
    starts_at = datetime.combine(day, hour, tzinfo=card.zone) if day and hour else None
    return PreparedLink(
        address=launch.address(backend, entrance.launch, name=name),
        name=name,
        backend_id=backend.id,
        variant_id=variant_id,
        day=day,
        hour=hour,
        starts_at=starts_at,
    )
