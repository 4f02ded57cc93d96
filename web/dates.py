"""Words days, hours and opening times, in the académie's own zone."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from babel.dates import format_date

from catalogue.schema import Support
from instances.schema import AcademyCard
from web.translation import gettext, language, ngettext

PARIS = "Europe/Paris"
_NBSP = "\N{NO-BREAK SPACE}"
_STILL_HOURS = 48
"""What lasts longer is told in days."""


def hour(moment: datetime | time, zone: ZoneInfo | None = None) -> str:
    """Word an hour, "8 h 05" or "18 h"; a datetime is first brought into `zone`."""
    if isinstance(moment, datetime) and zone is not None:
        moment = moment.astimezone(zone)
    if language() == "en":
        return f"{moment.hour}:{moment.minute:02d}"
    minutes = f"{_NBSP}{moment.minute:02d}" if moment.minute else ""
    return f"{moment.hour}{_NBSP}h{minutes}"


def day(value: date) -> str:
    """Word a day with its weekday, "jeudi 3 décembre"."""
    return f"{format_date(value, 'EEEE', locale=language())} {short_day(value)}"


def short_day(value: date, *, today: date | None = None) -> str:
    """Word a day, "3 décembre"; with its year when that is not the year of `today`."""
    number = "1er" if value.day == 1 and language() == "fr" else str(value.day)
    month = format_date(value, "MMMM", locale=language())
    year = f" {value.year}" if today is not None and value.year != today.year else ""
    return f"{number} {month}{year}"


def full_day(value: date) -> str:
    """Word a day with its year, "3 décembre 2026"."""
    return f"{short_day(value)} {value.year}"


def date_of(moment: datetime, zone: ZoneInfo) -> str:
    """Word the day on which a moment falls in a zone, "20 novembre 2026"."""
    return full_day(moment.astimezone(zone).date())


def instant(at: datetime, zone: ZoneInfo, now: datetime) -> str:
    """Word an instant: "mercredi 2 décembre à 12 h 30", with its year when that is another one."""
    local, today = at.astimezone(zone), now.astimezone(zone).date()
    name = day(local.date())
    if local.year != today.year:
        name = f"{name} {local.year}"
    return gettext("%(day)s à %(hour)s", day=name, hour=hour(local))


def zone_name(card: AcademyCard) -> str:
    """Word whose hours these are, "heure de Rennes"; Paris where a card names no place."""
    if card.slug in ("national", "administration-centrale"):
        return gettext("heure de Paris")
    if card.name[0] in "AEÉIOUY":
        return gettext("heure d'%(place)s", place=card.name)
    return gettext("heure de %(place)s", place=card.name)


def last_day(end: datetime, zone: ZoneInfo) -> date | None:
    """Return the day that an end at midnight closes, as people say it; none at another hour."""
    local = end.astimezone(zone)
    return None if local.time() != time() else local.date() - timedelta(days=1)


def since(moment: datetime, zone: ZoneInfo, now: datetime) -> str:
    """Word a start: "depuis 7 h 42", "depuis hier 17 h 10", "depuis le 3 novembre"."""
    local, today = moment.astimezone(zone), now.astimezone(zone).date()
    if local.date() == today:
        return gettext("depuis %(hour)s", hour=hour(local))
    if local.date() == today - timedelta(days=1):
        return gettext("depuis hier %(hour)s", hour=hour(local))
    return gettext("depuis le %(day)s", day=short_day(local.date(), today=today))


def until(moment: datetime, zone: ZoneInfo, now: datetime) -> str:
    """Word the end of something: "jusqu'à 9 h", "jusqu'à demain 9 h", "jusqu'au 3 décembre"."""
    local, today = moment.astimezone(zone), now.astimezone(zone).date()
    if local.date() == today:
        return gettext("jusqu'à %(hour)s", hour=hour(local))
    if local.date() == today + timedelta(days=1):
        return gettext("jusqu'à demain %(hour)s", hour=hour(local))
    return gettext("jusqu'au %(day)s", day=short_day(local.date(), today=today))


def length(minutes: int) -> str:
    """Word a length of time: "12 min", "4 h", "4 h 05", "3 jours"."""
    hours, rest = divmod(minutes, 60)
    if not hours:
        return f"{rest}{_NBSP}min"
    if hours < _STILL_HOURS:
        return f"{hours}{_NBSP}h{_NBSP}{rest:02d}" if rest else f"{hours}{_NBSP}h"
    return ngettext("%(num)d jour", "%(num)d jours", hours // 24)


def support_hours(support: Support | None, card: AcademyCard, *, on: date | None = None) -> str:
    """Word a support's hours in the académie's own zone; empty when they are not known.

    Hours of one zone are not the same all year in another: they are those of the day `on`.
    """
    if support is None or support.opens is None or support.closes is None:
        return ""
    values = {
        "opens": hour(_carried(support.opens, support, card, on)),
        "closes": hour(_carried(support.closes, support, card, on)),
        "zone": gettext("heure de Paris") if card.timezone == PARIS else zone_name(card),
    }
    return gettext("Support de %(opens)s à %(closes)s, %(zone)s.", **values)


def _carried(value: time, support: Support, card: AcademyCard, on: date | None) -> datetime:
    there = ZoneInfo(support.timezone)
    return datetime.combine(on or datetime.now(there).date(), value, there).astimezone(card.zone)
