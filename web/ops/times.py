"""Instants and lengths of time on ops' screens, in Paris; the layout says so once."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from babel.dates import format_date

from instances.national import NATIONAL_CARD
from web import dates
from web.translation import gettext as _
from web.translation import language, ngettext

ZONE = NATIONAL_CARD.zone
_NBSP = "\N{NO-BREAK SPACE}"
_SLOW = 1000
"""Milliseconds from which a time is said in seconds."""


def when(moment: datetime, now: datetime) -> str:
    """Word an instant in few words: "7 h 42", "hier 17 h 10", "3 nov. 17 h 10"."""
    local, today = moment.astimezone(ZONE), now.astimezone(ZONE).date()
    hour = dates.hour(local)
    if local.date() == today:
        return hour
    if local.date() == today - timedelta(days=1):
        return _("hier %(hour)s", hour=hour)
    if local.date() == today + timedelta(days=1):
        return _("demain %(hour)s", hour=hour)
    return f"{_day(local.date(), today)} {hour}"


def _day(day: date, today: date) -> str:
    """Word a day; its year only when it is another."""
    year = "" if day.year == today.year else " y"
    return format_date(day, f"d MMM{year}", locale=language())


def day_or_hour(moment: datetime, now: datetime) -> str:
    """Word an instant gone by in fewer words: "7 h 42", "hier 17 h 10", "3 nov."."""
    local, today = moment.astimezone(ZONE).date(), now.astimezone(ZONE).date()
    if local >= today - timedelta(days=1):
        return when(moment, now)
    return _day(local, today)


def to_the_second(moment: datetime) -> str:
    """Word an hour so that two looks at a screen are told apart: "8 h 05 min 12 s"."""
    local = moment.astimezone(ZONE)
    hour = f"{local.hour}{_NBSP}h {local.minute:02d}{_NBSP}min"
    return f"{hour} {local.second:02d}{_NBSP}s"


def days_left(until: datetime, now: datetime) -> int:
    """Count the days of the calendar; negative once it is over, be it of this day."""
    days = (until.astimezone(ZONE).date() - now.astimezone(ZONE).date()).days
    return min(-1, days) if until < now else days


def in_days(days: int) -> str:
    """Word a number of days to come or gone by: "dans 12 jours", "depuis 3 jours"."""
    if days == 0:
        return _("aujourd'hui")
    if days < 0:
        return ngettext("depuis %(num)d jour", "depuis %(num)d jours", -days)
    return ngettext("dans %(num)d jour", "dans %(num)d jours", days)


def latency(milliseconds: float) -> str:
    """Word how long an answer took: "240 ms", "1,3 s"."""
    if milliseconds < _SLOW:
        return f"{milliseconds:.0f}{_NBSP}ms"
    seconds = f"{milliseconds / 1000:.1f}"
    return f"{seconds if language() == 'en' else seconds.replace('.', ',')}{_NBSP}s"


def lasted(length: timedelta) -> str:
    """Word a length of time roughly: "40 s", "12 min", "3 h 05", "2 jours"."""
    seconds = max(0, int(length.total_seconds()))
    if seconds < 60:  # noqa: PLR2004 - a minute
        return f"{seconds}{_NBSP}s"
    return dates.length(seconds // 60)
