"""Words of the screen of alerts: what a route gets, why a message waits."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from monitoring.alert_routes import DAYS, Quiet, Route, Topic
from monitoring.incidents import Severity
from web import dates
from web.alert_words import Names
from web.translation import gettext as _
from web.translation import ngettext

_EVERY_DAY = len(DAYS)


def facts(route: Route, names: Names) -> Iterator[str]:
    """Say what a route is told of, and when not."""
    yield _joined(
        _("Gravité"), [_severity(item) for item in route.severities], everything=len(Severity)
    )
    yield _joined(_("Évènements"), [_topic(item) for item in route.events], everything=len(Topic))
    if route.operators is not None:
        said = [names.operators.get(item, item) for item in route.operators]
        yield _joined(_("Opérateurs"), said)
    if route.academies is not None:
        said = [names.academies.get(item, item) for item in route.academies]
        yield _joined(_("Académies"), said)
    for period in route.quiet:
        yield _quiet(period)
    if route.reminder_hours is not None:
        count = route.reminder_hours
        yield ngettext("Rappel toutes les heures", "Rappel toutes les %(num)d heures", count)
    if route.delay_minutes:
        count = route.delay_minutes
        yield ngettext(
            "Attend %(num)d minute avant d'annoncer un incident",
            "Attend %(num)d minutes avant d'annoncer un incident",
            count,
        )


def unknown_names(route: Route, names: Names) -> list[str]:
    """List the operators and académies of a route that nobody knows: it waits for them in vain."""
    operators = set(route.operators or ()) - names.operators.keys()
    academies = set(route.academies or ()) - names.academies.keys()
    return sorted(operators | academies)


def error(code: str | None) -> str:
    """Say why a message did not go; no address is ever part of it."""
    if not code:
        return ""
    known: Mapping[str, str] = {
        "refused": _("personne n'écoute à cette adresse"),
        "certificate": _("son certificat n'est pas valable"),
        "tls": _("la liaison chiffrée ne s'établit pas"),
        "name-unknown": _("le nom de son serveur est inconnu"),
        "network-unreachable": _("son réseau n'est pas joignable"),
        "connect-timeout": _("son serveur n'accepte pas la connexion"),
        "timeout": _("son serveur n'a pas répondu à temps"),
        "sign-in-refused": _("son serveur refuse notre identifiant"),
        "recipient-refused": _("son serveur refuse le destinataire"),
        "failed": _("l'envoi a échoué"),
        "address-unreadable": _("l'adresse de cette règle n'est pas comprise"),
        "address-missing": _("l'adresse de cette règle est vide"),
        "address-file-unreadable": _("le fichier qui tient l'adresse n'est pas lisible"),
        "routes-file-broken": _("l'adresse n'est plus connue tant que le fichier est à corriger"),
        "route-unknown": _("cette règle n'est plus dans le fichier"),
    }
    if code.startswith("http-"):
        return _("son serveur a répondu par l'erreur %(code)s", code=code.removeprefix("http-"))
    return known.get(code, known["failed"])


def _joined(label: str, names: Sequence[str], *, everything: int | None = None) -> str:
    said = _("tout") if len(names) == everything else ", ".join(names)
    return _("%(label)s : %(names)s", label=label, names=said)


def _severity(value: Severity) -> str:
    return {Severity.MINOR: _("perturbé"), Severity.MAJOR: _("en panne")}[value]


def _topic(value: Topic) -> str:
    return {
        Topic.OPENED: _("début"),
        Topic.WORSE: _("aggravation"),
        Topic.REMINDER: _("rappel"),
        Topic.CLOSED: _("fin"),
        Topic.NETWORK: _("notre réseau"),
    }[value]


def _quiet(period: Quiet) -> str:
    if period.start == period.end:
        said = _("Se tait toute la journée")
    else:
        start, end = dates.hour(period.start), dates.hour(period.end)
        said = _("Se tait de %(start)s à %(end)s", start=start, end=end)
    if len(period.days) < _EVERY_DAY:
        said = _("%(hours)s, les %(days)s", hours=said, days=_days(period))
    if period.zone != dates.PARIS:
        said += f" ({period.zone})"
    return said + (_(", sauf panne") if period.even_at_night else "")


def _days(period: Quiet) -> str:
    # A week of which only the names matter: the fifth of January 1970 was a Monday.
    weekdays = [datetime(1970, 1, 5 + DAYS.index(day)) for day in period.days]  # noqa: DTZ001
    return ", ".join(dates.day(day.date()).partition(" ")[0] for day in weekdays)
