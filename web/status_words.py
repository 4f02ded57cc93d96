"""Words of the page of states: plans, promises, availability, days, what people say."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from instances.incidents_here import IncidentHere
from instances.page import Tile
from instances.past_work import Outcome, PastWork
from instances.planned import PlannedWork, Touched
from instances.service_history import DayRun, ServiceHistory
from instances.signals import Signalled
from monitoring.availability import Availability, Period
from monitoring.maintenance import Repeats
from monitoring.target import State
from web import dates, incident_words, state_words
from web.translation import capital, gettext, language, ngettext

_NBSP = "\N{NO-BREAK SPACE}"
_WHOLE = 10_000
_ENOUGH = 100
"""Hundredths of a percent of a time that must be known before a figure stands for it."""


# Plans


def planned(work: PlannedWork, zone: ZoneInfo) -> str:
    """Word a plan: "Mercredi 2 décembre, 12 h 30 à 13 h 30 : Nuage en maintenance"."""
    values = {"when": _when(work, zone), "titles": titles(work.touched)}
    words = gettext("%(when)s : %(titles)s en maintenance", **values)
    return capital(words)


def _when(work: PlannedWork, zone: ZoneInfo) -> str:
    begins, ends = _local(work, zone)
    values = {"opens": dates.hour(begins), "closes": dates.hour(ends)}
    if begins.date() == ends.date():
        return gettext("%(day)s, %(opens)s à %(closes)s", day=dates.day(begins.date()), **values)
    first, last = dates.day(begins.date()), dates.day(ends.date())
    return gettext(
        "du %(first)s, %(opens)s, au %(last)s, %(closes)s", first=first, last=last, **values
    )


def stopped(work: PastWork, zone: ZoneInfo) -> str:
    """Title what went otherwise than announced: "Maintenance annulée : Nuage, mercredi 2 …"."""
    values = {"titles": titles(work.touched), "when": _when(work, zone)}
    if work.outcome is Outcome.CALLED_OFF:
        return gettext("Maintenance annulée : %(titles)s, %(when)s", **values)
    return gettext("Maintenance terminée plus tôt : %(titles)s, %(when)s", **values)


def outcome(work: PastWork, zone: ZoneInfo) -> str:
    """Say what became of it: "La maintenance s'est terminée mercredi 2 décembre à 13 h 05, …"."""
    at = work.stopped_at.astimezone(zone)
    values = {"day": dates.day(at.date()), "hour": dates.hour(at)}
    words = {
        Outcome.DONE: gettext("La maintenance est terminée."),
        Outcome.CUT: gettext(
            "La maintenance s'est terminée %(day)s à %(hour)s, plus tôt que prévu.", **values
        ),
        Outcome.CALLED_OFF: gettext("La maintenance est annulée."),
    }[work.outcome]
    ends_all = work.window.repeats is not Repeats.ONCE and work.stopped_at == work.window.ended_at
    return f"{words} {gettext('Elle ne reviendra plus.')}" if ends_all else words


def notice(work: PlannedWork, zone: ZoneInfo, now: datetime) -> str:
    """Word a plan where its service is named: "Maintenance prévue mercredi 2 décembre, de …"."""
    begins, ends = _local(work, zone)
    if begins <= now:
        end = dates.until(ends, zone, now)
        return gettext("Maintenance annoncée, en cours %(until)s.", until=end)
    values = {"opens": dates.hour(begins), "closes": dates.hour(ends)}
    if begins.date() == ends.date():
        day = dates.day(begins.date())
        return gettext("Maintenance prévue %(day)s, de %(opens)s à %(closes)s.", day=day, **values)
    first, last = dates.day(begins.date()), dates.day(ends.date())
    return gettext(
        "Maintenance prévue du %(first)s, %(opens)s, au %(last)s, %(closes)s.",
        first=first,
        last=last,
        **values,
    )


def soon(work: PlannedWork, zone: ZoneInfo, now: datetime) -> str:
    """Word a plan on the first page: "Nuage : maintenance prévue mercredi 2 décembre, de …"."""
    words = notice(work, zone, now)
    words = words[0].lower() + words[1:]
    return gettext("%(titles)s : %(words)s", titles=titles(work.touched), words=words)


def repeats(work: PlannedWork) -> str:
    """Say how often it comes again; empty when it does not."""
    return {
        Repeats.ONCE: "",
        Repeats.WEEKLY: gettext("Revient chaque semaine."),
        Repeats.MONTHLY: gettext("Revient chaque mois."),
    }[work.window.repeats]


def moment_of(work: PlannedWork) -> str:
    """Write when an occurrence begins, for its address: "20261202T113000Z"."""
    return work.occurrence.starts_at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def titles(touched: Iterable[Touched]) -> str:
    """Name the services that something is about; the first four, the others are counted."""
    return incident_words.listed(
        item.service.title
        if item.wholly
        else gettext("%(title)s (en partie)", title=item.service.title)
        for item in touched
    )


def _local(work: PlannedWork, zone: ZoneInfo) -> tuple[datetime, datetime]:
    return work.occurrence.starts_at.astimezone(zone), work.occurrence.ends_at.astimezone(zone)


# Troubles


def checked(times: tuple[datetime, datetime], zone: ZoneInfo, place: str) -> str:
    """Word when we looked: "Vérifié à 8 h 58, heure de Lyon.", "Vérifié entre 8 h 55 et …"."""
    first, last = (dates.hour(at.astimezone(zone)) for at in times)
    if first == last:
        return gettext("Vérifié à %(hour)s, %(zone)s.", hour=last, zone=place)
    return gettext(
        "Vérifié entre %(first)s et %(last)s, %(zone)s.", first=first, last=last, zone=place
    )


def held_by(name: str, next_at: datetime | None, zone: ZoneInfo, now: datetime) -> str:
    """Word who runs it: "Tenu par la DNE, prochaine nouvelle à 10 h."."""
    if next_at is None:
        return gettext("Tenu par %(name)s.", name=name)
    news = incident_words.next_news(next_at, zone, now)
    news = news[0].lower() + news[1:]
    return gettext("Tenu par %(name)s, %(news)s.", name=name, news=news)


def signalled(found: Signalled, zone: ZoneInfo, now: datetime) -> str:
    """Word how many people said that it does not work: "12 personnes l'ont dit depuis 8 h 30."."""
    return ngettext(
        "%(num)d personne l'a dit %(since)s.",
        "%(num)d personnes l'ont dit %(since)s.",
        found.n,
        since=dates.since(found.since, zone, now),
    )


def moment(at: datetime, zone: ZoneInfo, now: datetime) -> str:
    """Word when a line was written: "8 h 05", "3 novembre, 8 h 05"."""
    local, today = at.astimezone(zone), now.astimezone(zone).date()
    if local.date() == today:
        return dates.hour(local)
    day = dates.short_day(local.date(), today=today)
    return gettext("%(day)s, %(hour)s", day=day, hour=dates.hour(local))


def story_title(story: IncidentHere) -> str:
    """Title an incident: "Visio-Agents, Pad : en panne"."""
    word = incident_words.gravity(story.incident)
    word = word[0].lower() + word[1:]
    return gettext("%(titles)s : %(state)s", titles=titles(story.touched), state=word)


def over(story: IncidentHere, zone: ZoneInfo, now: datetime) -> str:
    """Word when an incident began and how long it took: "3 novembre, 8 h 05, 12 min"."""
    incident = story.incident
    lasted = incident_words.lasted(incident.opened_at, incident.up_since or now)
    begun = moment(incident.opened_at, zone, now)
    span = gettext("%(begun)s, pendant %(lasted)s", begun=begun, lasted=lasted)
    return f"{span}. {incident_words.progress(incident)}." if incident.is_back else span


# History


def period(value: Period) -> str:
    return {
        Period.DAY: gettext("24 heures"),
        Period.WEEK: gettext("7 jours"),
        Period.MONTH: gettext("30 jours"),
        Period.QUARTER: gettext("90 jours"),
    }[value]


def in_short(history: ServiceHistory) -> str:
    """Name what is folded: "90 jours : 99,95 %. Tous les chiffres"."""
    for line in reversed(history.periods):
        if line.whole.share is not None and line.whole.coverage >= _ENOUGH:
            values = {"period": period(line.period), "share": share(line.whole)}
            return gettext("%(period)s : %(share)s. Tous les chiffres", **values)
    return gettext("Tous les chiffres")


def percent(hundredths: int | None) -> str:
    """Word hundredths of a percent, cut rather than rounded: "99,95 %"."""
    if hundredths is None:
        return gettext("pas de mesure")
    point, space = (".", "") if language() == "en" else (",", _NBSP)
    if hundredths == _WHOLE:
        return f"100{space}%"
    return f"{hundredths // 100}{point}{hundredths % 100:02d}{space}%"


def share(found: Availability) -> str:
    """Word an availability; the first hours of a service are no figure for ninety days."""
    return percent(found.share if found.coverage >= _ENOUGH else None)


def worst(value: State | None) -> str:
    """Name the worst of a day; a day on which nothing was heard has none."""
    return gettext("Pas de mesure") if value is None else state_words.state_name(value)


def bar_height(value: State | None) -> int:
    """Draw the worse the higher, out of 32: colours alone would not tell everybody."""
    heights = {State.UP: 14, State.MAINTENANCE: 20, State.DEGRADED: 26, State.DOWN: 32}
    return heights.get(value, 4) if value is not None else 4


def days(run: DayRun) -> str:
    """Name days in a row: "3 novembre", "du 24 août au 6 septembre"."""
    first, last = dates.short_day(run.first), dates.short_day(run.last)
    if run.first == run.last:
        return first
    if language() == "fr" and run.first.month == run.last.month:
        first = first.partition(" ")[0]
    return gettext("du %(first)s au %(last)s", first=first, last=last)


def day_title(run: DayRun) -> str:
    """Word a bar of the history: "3 novembre : En panne, 98,20 %"."""
    values = {"days": days(run), "worst": worst(run.worst)}
    if run.share is None:
        return gettext("%(days)s : %(worst)s", **values)
    return gettext("%(days)s : %(worst)s, %(share)s", share=percent(run.share), **values)


def bars_title(history: ServiceHistory, name: str) -> str:
    """Say in words what the bars draw."""
    bad = sum(run.length for run in history.runs if run.worst in (State.DOWN, State.DEGRADED))
    total = sum(run.length for run in history.runs)
    blank = sum(run.length for run in history.runs if run.worst is None)
    said = ngettext("%(num)d jour avec un souci", "%(num)d jours avec un souci", bad)
    if blank:
        said = gettext("%(said)s, %(num)d sans mesure", said=said, num=blank)
    return gettext("%(name)s, %(total)d jours : %(said)s", name=name, total=total, said=said)


def service_name(tile: Tile, label: str) -> str:
    """Name a service, or one of its variants: "Tubes, Maternelle"."""
    return f"{tile.service.title}, {label}" if label else tile.service.title
