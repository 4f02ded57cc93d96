"""Words the dates of an announcement, and what the clocks did to them."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from instances.announcement_board import Phase
from instances.announcements import AnnouncementError, AnnouncementLevel
from web import dates
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


def span(starts_at: datetime, ends_at: datetime | None, zone: ZoneInfo, now: datetime) -> str:
    """Word from when until when."""
    start = dates.instant(starts_at, zone, now)
    if ends_at is None:
        return _("Du %(start)s, sans date de fin", start=start)
    last = dates.last_day(ends_at, zone)
    if last is not None:
        day = dates.short_day(last, today=now.astimezone(zone).date())
        return _("Du %(start)s jusqu'au %(day)s", start=start, day=day)
    return _("Du %(start)s au %(end)s", start=start, end=dates.instant(ends_at, zone, now))


def published(starts_at: datetime, zone: ZoneInfo, now: datetime) -> str:
    """Say what has just been published."""
    if starts_at <= now:
        return _("Votre annonce est affichée.")
    return _("Votre annonce paraîtra le %(when)s.", when=dates.instant(starts_at, zone, now))


def refused(error: AnnouncementError) -> str:
    """Say why an announcement cannot stand as it is."""
    return {
        "empty": _("Écrivez ce que vos collègues doivent savoir."),
        "too-long": _("Le texte est trop long."),
        "ends-before-start": _("La fin doit venir après le début."),
        "unknown-service": _("Ce service n'est pas affiché ici : choisissez-en un autre."),
        "over": _("Cette annonce est passée ou retirée : dupliquez-la pour la publier de nouveau."),
    }[error.code]
