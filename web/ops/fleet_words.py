"""Words of the table of servers: its columns, its states, one line of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from instances.deadlines import support_at
from instances.fleet import Server
from instances.fleet_order import Column, Standing, standing_of
from instances.service_state import NEVER_LOOKED
from monitoring.breaker import OUR_NETWORK
from monitoring.end_of_life import Standing as Support
from monitoring.health import STALE
from monitoring.target import ProbeResult, State
from web.admin import probe_words
from web.context import say
from web.ops import times
from web.translation import capital, language
from web.translation import gettext as _

SOON = 30
"""Days of a certificate from which it is marked; below a week, strongly."""
VERY_SOON = 7


@dataclass(frozen=True, kw_only=True)
class Line:
    """One server as a row shows it; a figure that nobody knows is empty."""

    id: str
    title: str
    standing: Standing
    state: str
    reason: str
    since: str
    since_day: str
    """The same, without its hour once that no longer matters."""
    latency: str
    version: str
    unsupported: bool
    """It gets no corrections any more."""
    silent: str
    certificate: int | None
    """Days left."""
    urgency: str
    """Of the certificate: "soon", "now" or nothing."""
    operator: str
    operator_id: str
    """As in the catalogue: where room is short, it says more than the beginning of a name."""
    academies: int
    checked: str
    signals: int
    incident: int | None


def line(server: Server, now: datetime) -> Line:
    health, standing = server.health, standing_of(server, now)
    since = server.since_at(now)
    until = health.certificate_until if health else None
    days = times.days_left(until, now) if until else None
    support = support_at(server, now.astimezone(times.ZONE).date())
    return Line(
        id=server.id,
        title=server.use.service.title,
        standing=standing,
        state=standing_name(standing),
        reason=reason(server, now),
        since=times.when(since, now) if since else "",
        since_day=times.day_or_hour(since, now) if since else "",
        latency=times.latency(health.latency_ms)
        if health and health.latency_ms is not None
        else "",
        version=(health.version or "") if health else "",
        unsupported=support is not None and support.standing is Support.ENDED,
        silent=silent(health.silent) if health else "",
        certificate=days,
        urgency=urgency(days),
        operator=operator_name(server),
        operator_id=server.place.operator,
        academies=len(server.academies),
        checked=times.when(health.checked_at, now) if health else "",
        signals=server.signals,
        incident=server.incident.id if server.incident else None,
    )


def urgency(days: int | None) -> str:
    if days is None or days >= SOON:
        return ""
    return "now" if days < VERY_SOON else "soon"


def operator_name(server: Server) -> str:
    operator = server.use.operator
    name = say(operator.name) if operator else server.place.operator
    return capital(name)


def standing_name(standing: Standing) -> str:
    return _standing_names(language())[standing]


@lru_cache(maxsize=4)
def _standing_names(_language: str) -> dict[Standing, str]:
    return {
        Standing.DOWN: _("En panne"),
        Standing.DEGRADED: _("Perturbé"),
        Standing.UNKNOWN: _("État inconnu"),
        Standing.MAINTENANCE: _("En maintenance"),
        Standing.UP: _("Fonctionne"),
        Standing.UNWATCHED: _("Pas surveillé"),
    }


def shape(standing: Standing) -> str:
    """Return the drawing of a state."""
    return "state-unknown" if standing is Standing.UNWATCHED else f"state-{standing.value}"


def column_name(column: Column) -> str:
    return _column_names(language())[column]


@lru_cache(maxsize=4)
def _column_names(_language: str) -> dict[Column, str]:
    return {
        Column.STATE: _("État"),
        Column.SERVER: _("Serveur"),
        Column.SINCE: _("Depuis"),
        Column.LATENCY: _("Réponse"),
        Column.VERSION: _("Version"),
        Column.CERTIFICATE: _("Certificat"),
        Column.OPERATOR: _("Opérateur"),
        Column.ACADEMIES: _("Académies"),
        Column.CHECKED: _("Vérifié"),
        Column.SIGNALS: _("Signalé"),
        Column.INCIDENT: _("Incident"),
    }


def reason(server: Server, now: datetime) -> str:
    """Say why it is in a state that is not a good one; empty when all is well."""
    state = server.state_at(now)
    if not server.watched or state is State.UP:
        return ""
    return reason_words(server.reason_at(now), state)


def silent(address: str | None) -> str:
    """Say of which family a server leaves an address unanswered; empty: of none."""
    if not address:
        return ""
    return _("Ne répond pas en %(family)s", family="IPv6" if ":" in address else "IPv4")


def reason_words(code: str, state: State = State.UNKNOWN) -> str:
    """Word the code of a reason; in the language of the page."""
    return "" if code in ("", "ok") else _reason_words(code, state, language())


@lru_cache(maxsize=512)
def _reason_words(code: str, state: State, _language: str) -> str:
    own = {
        NEVER_LOOKED: _("La première vérification est à venir."),
        STALE: _("La dernière vérification est trop ancienne."),
        OUR_NETWORK.reason: _("Notre propre réseau semble coupé."),
        "refused-address": _("Adresse d'un réseau privé : la vérification n'y va pas."),
    }
    return own.get(code) or probe_words.reason(ProbeResult(state=state, reason=code))


@lru_cache(maxsize=256)
def profile_name(profile: str) -> str:
    """Name what is looked for as people write it: "nextcloud" is "Nextcloud"."""
    return _NAMES.get(profile, profile.replace("-", " ").capitalize())


_NAMES = {
    "http": "HTTP",
    "tcp": "TCP",
    "bigbluebutton": "BigBlueButton",
    "codimd": "CodiMD",
    "cryptpad": "CryptPad",
    "esup-pod": "Esup-Pod",
    "filesender": "FileSender",
    "gitlab": "GitLab",
    "hedgedoc": "HedgeDoc",
    "limesurvey": "LimeSurvey",
    "mediawiki": "MediaWiki",
    "onlyoffice": "OnlyOffice",
    "peertube": "PeerTube",
    "rocketchat": "Rocket.Chat",
    "wordpress": "WordPress",
}
