"""Words of one server's page: its three-part verdict, its history, its last probe."""

from __future__ import annotations

from datetime import datetime

from instances.fleet import Server
from instances.fleet_order import Standing
from monitoring.availability import Period
from monitoring.incidents import IncidentView
from monitoring.maintenance import Occurrence
from monitoring.target import Part, State
from monitoring.timeline import Line, Point, Span
from web import dates, incident_words
from web.ops import fleet_words, times
from web.translation import gettext as _
from web.translation import language

_NBSP = "\N{NO-BREAK SPACE}"
NOTHING = "–"


def state(value: State) -> str:
    return fleet_words.standing_name(Standing(value.value))


def part(value: Part) -> str:
    """Word one of the three questions."""
    return {
        Part.REACHABLE: _("Joignable"),
        Part.HEALTHY: _("Le logiciel se dit en bonne santé"),
        Part.WORKS: _("Le chemin utile marche"),
    }[value]


def answer(value: State | None) -> str:
    """Word what a question was answered; none: nobody could measure it."""
    if value is None:
        return _("Pas mesuré")
    return {
        State.UP: _("Oui"),
        State.DEGRADED: _("Avec peine"),
        State.DOWN: _("Non"),
        State.MAINTENANCE: _("En maintenance"),
        State.UNKNOWN: _("Pas mesuré"),
    }[value]


def period(value: Period) -> str:
    return {
        Period.DAY: _("24 heures"),
        Period.WEEK: _("7 jours"),
        Period.MONTH: _("30 jours"),
        Period.QUARTER: _("90 jours"),
    }[value]


def span(value: Span) -> str:
    return {Span.DAY: _("24 heures"), Span.WEEK: _("7 jours"), Span.MONTH: _("30 jours")}[value]


def percent(hundredths: int | None) -> str:
    """Word hundredths of a percent, which are rounded down already: "99,98 %"."""
    if hundredths is None:
        return NOTHING
    whole, rest = divmod(hundredths, 100)
    point = "." if language() == "en" else ","
    return f"{whole}{point}{rest:02d}{_NBSP}%" if rest else f"{whole}{_NBSP}%"


def mean(item: Point) -> str:
    return NOTHING if item.mean_ms is None else times.latency(item.mean_ms)


def longest(item: Point) -> str:
    return NOTHING if item.max_ms is None else times.latency(item.max_ms)


def transition(line: Line) -> str:
    """Say why it changed; of one that is the last to be written that day, that it was."""
    words = fleet_words.reason_words(line.reason, line.after)
    if line.unstable:
        return _("Change trop souvent : la suite de ce jour n'est pas écrite.")
    return words


def full(moment: datetime) -> str:
    """Word an instant with its day: "22 novembre 2026, 8 h 05"."""
    return f"{dates.date_of(moment, times.ZONE)}, {dates.hour(moment, times.ZONE)}"


def when(moment: datetime, now: datetime) -> str:
    return times.when(moment, now)


def occurrence(item: Occurrence, now: datetime) -> str:
    """Word when an announced maintenance takes place."""
    begins, ends = (moment.astimezone(times.ZONE) for moment in (item.starts_at, item.ends_at))
    end = dates.hour(ends) if ends.date() == begins.date() else times.when(ends, now)
    return _("%(begins)s, jusqu'à %(ends)s", begins=times.when(begins, now), ends=end)


def incident(item: IncidentView, now: datetime) -> str:
    """Word an incident in one line: how bad, since when, what people are at."""
    severity = incident_words.gravity(item)
    begins = times.when(item.opened_at, now)
    if item.closed_at is None:
        values = {"severity": severity, "begins": begins, "stage": incident_words.progress(item)}
        return _("%(severity)s depuis %(begins)s, en cours. %(stage)s.", **values)
    length = times.lasted(item.closed_at - item.opened_at)
    values = {"severity": severity, "begins": begins, "length": length}
    return _("%(severity)s, %(begins)s, a duré %(length)s.", **values)


def country(server: Server) -> str:
    """Word where it is hosted, and by whom."""
    hosting = server.use.backend.hosting
    known = [item for item in (hosting.provider, hosting.country) if item]
    return ", ".join(known)
