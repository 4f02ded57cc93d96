"""Words the dates of an announcement, and what the clocks did to them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from instances.announcement_board import Phase
from instances.announcements import AnnouncementError, AnnouncementLevel
from web import dates
from web.admin.announcement_forms import AnnouncementForm
from web.admin.moments import ClockChange, Moment
from web.translation import gettext as _


def level(value: str) -> str:
    """Word a level; one that this version does not know is said as an information."""
    return _("Important") if value == AnnouncementLevel.IMPORTANT else _("Information")


def title(phase: Phase) -> str:
    """Title the announcements of a phase."""
    return {
        Phase.CURRENT: _("En ce moment"),
        Phase.COMING: _("À venir"),
        Phase.OVER: _("Passées"),
        Phase.WITHDRAWN: _("Retirées"),
    }[phase]


def instant(at: datetime, zone: ZoneInfo, now: datetime) -> str:
    """Word an instant: "lundi 23 novembre à 8 h", with its year when that is another one."""
    local, today = at.astimezone(zone), now.astimezone(zone).date()
    day = dates.day(local.date())
    if local.year != today.year:
        day = f"{day} {local.year}"
    return _("%(day)s à %(hour)s", day=day, hour=dates.hour(local))


def span(starts_at: datetime, ends_at: datetime | None, zone: ZoneInfo, now: datetime) -> str:
    """Word from when until when."""
    start = instant(starts_at, zone, now)
    if ends_at is None:
        return _("Du %(start)s, sans date de fin", start=start)
    last = dates.last_day(ends_at, zone)
    if last is not None:
        day = dates.short_day(last, today=now.astimezone(zone).date())
        return _("Du %(start)s jusqu'au %(day)s", start=start, day=day)
    return _("Du %(start)s au %(end)s", start=start, end=instant(ends_at, zone, now))


def published(starts_at: datetime, zone: ZoneInfo, now: datetime) -> str:
    """Say what has just been published."""
    if starts_at <= now:
        return _("Votre annonce est affichée.")
    return _("Votre annonce paraîtra le %(when)s.", when=instant(starts_at, zone, now))


def refused(error: AnnouncementError) -> str:
    """Say why an announcement cannot stand as it is."""
    return {
        "empty": _("Écrivez ce que vos collègues doivent savoir."),
        "too-long": _("Le texte est trop long."),
        "ends-before-start": _("La fin doit venir après le début."),
        "unknown-service": _("Ce service n'est pas affiché ici : choisissez-en un autre."),
        "over": _("Cette annonce est passée ou retirée : dupliquez-la pour la publier de nouveau."),
    }[error.code]


def clock_notes(form: AnnouncementForm) -> Iterator[str]:
    """Say what becomes of an hour that does not exist, or that comes twice."""
    for found in (form.start(), form.end()):
        if found is not None and found.change is not None:
            yield _clock_note(found, form.setting.zone)


def _clock_note(found: Moment, zone: ZoneInfo) -> str:
    hour = dates.hour(found.at, zone)
    if found.change is ClockChange.SKIPPED:
        return _(
            "Cette nuit-là, on avance les montres d'une heure : l'heure demandée n'existe pas, "
            "ce sera %(hour)s.",
            hour=hour,
        )
    return _(
        "Cette nuit-là, on recule les montres d'une heure : %(hour)s vient deux fois. "
        "Un début compte la première, une fin la seconde.",
        hour=hour,
    )
