"""Words of incidents: who says so, what was seen, what people are at, when more is promised."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from zoneinfo import ZoneInfo

from monitoring.incidents import Cause, IncidentView, Message, Seen, Severity, Source, Stage
from web import dates
from web.translation import gettext, ngettext

NOBODY: Mapping[str, str] = MappingProxyType({})
MOST_NAMED = 4
"""Titles in one line; the others are counted."""
_MINUTE = 60


def source(value: Source) -> str:
    return {
        Source.PROBE: gettext("Constaté automatiquement"),
        Source.PERSON: gettext("Ajouté par l'équipe"),
    }[value]


def stage(value: Stage) -> str:
    return {
        Stage.INVESTIGATING: gettext("Nous cherchons"),
        Stage.IDENTIFIED: gettext("Cause trouvée"),
        Stage.MONITORING: gettext("Nous surveillons"),
        Stage.RESOLVED: gettext("Résolu"),
    }[value]


def progress(item: IncidentView) -> str:
    """Say what people are at; that they call it solved while it still fails is told as it is."""
    if item.is_back:
        return gettext("Tout marche de nouveau : nous attendons de voir si cela tient")
    if item.is_open and item.stage is Stage.RESOLVED:
        return gettext("Résolu d'après l'équipe, pas encore d'après nos vérifications")
    return stage(item.stage)


def severity(value: Severity) -> str:
    return {Severity.MINOR: gettext("Perturbé"), Severity.MAJOR: gettext("En panne")}[value]


def gravity(item: IncidentView) -> str:
    """Say how bad it is, or was; what comes and goes is not called down all the time."""
    if not item.is_unstable:
        return severity(item.severity)
    return {
        Severity.MINOR: gettext("Perturbé par moments"),
        Severity.MAJOR: gettext("En panne par moments"),
    }[item.severity]


def shared(cause: Cause) -> str:
    """Say to anybody what several services have in common; empty for a lone one."""
    return {
        Cause.TARGET: "",
        Cause.HOST: gettext("Plusieurs services d'une même machine sont touchés."),
        Cause.PROVIDER: gettext("Plusieurs services d'un même hébergeur sont touchés."),
        Cause.DEPENDS_ON: gettext("Un service dont d'autres ont besoin est touché."),
    }[cause]


def seen(message: Message, titles: Mapping[str, str] = NOBODY) -> str:
    """Word a line of a probe's; `titles` of the services that may be named, by target key.

    Empty for what concerns none of them.
    """
    if message.code is None:
        return ""
    if message.code is Seen.WIDENED:
        return shared(Cause(message.content["cause"]))
    if message.code is Seen.CLOSED and message.content.get("unwatched"):
        return gettext("Nous ne le surveillons plus.")
    keys = message.content.get("targets", ())
    named = listed(titles[key] for key in keys if key in titles)
    if message.code is Seen.LEFT and message.content.get("unwatched"):
        return gettext("Nous ne surveillons plus : %(titles)s.", titles=named) if named else ""
    return _with_names(message.code, named) if named else _without_names(message.code)


def _with_names(code: Seen, named: str) -> str:
    return {
        Seen.OPENED: gettext("Un souci a commencé : %(titles)s.", titles=named),
        Seen.REOPENED: gettext("Le souci est revenu : %(titles)s.", titles=named),
        Seen.JOINED: gettext("Aussi touché : %(titles)s.", titles=named),
        Seen.LEFT: gettext("Fonctionne de nouveau : %(titles)s.", titles=named),
    }.get(code, "")


def _without_names(code: Seen) -> str:
    return {
        Seen.OPENED: gettext("Un souci a commencé."),
        Seen.REOPENED: gettext("Le souci est revenu."),
        Seen.WORSE: gettext("La situation s'est aggravée : c'est maintenant une panne."),
        Seen.BETTER: gettext("La situation s'améliore : encore perturbé, plus en panne."),
        Seen.CLOSED: gettext("Ce souci est terminé."),
        Seen.MERGED: gettext("Un autre incident, de même cause, a rejoint celui-ci."),
    }.get(code, "")


def listed(titles: Iterable[str]) -> str:
    """Join titles, each once; after a few the others are only counted."""
    every = list(dict.fromkeys(titles))
    rest = len(every) - MOST_NAMED
    if rest <= 1:
        return ", ".join(every)
    others = ngettext("et %(num)d autre", "et %(num)d autres", rest)
    return f"{', '.join(every[:MOST_NAMED])} {others}"


def next_news(at: datetime, zone: ZoneInfo, now: datetime) -> str:
    """Word a promise: "Prochaine nouvelle à 10 h", "demain à 10 h", "le 3 décembre à 10 h"."""
    local, today = at.astimezone(zone), now.astimezone(zone).date()
    values = {"hour": dates.hour(local)}
    if local.date() == today:
        return gettext("Prochaine nouvelle à %(hour)s", **values)
    if local.date() == today + timedelta(days=1):
        return gettext("Prochaine nouvelle demain à %(hour)s", **values)
    day = dates.short_day(local.date(), today=today)
    return gettext("Prochaine nouvelle le %(day)s à %(hour)s", day=day, **values)


def lasted(begun: datetime, ended: datetime) -> str:
    """Word how long something took: "moins d'une minute", or as `dates.length` does."""
    minutes = int((ended - begun).total_seconds()) // _MINUTE
    if minutes < 1:
        return gettext("moins d'une minute")
    return dates.length(minutes)
