"""Why the desk does not know how a service is doing: people there are told the reason."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from instances.service_state import NEVER_LOOKED, StateView
from monitoring.breaker import OUR_NETWORK
from monitoring.health import STALE
from monitoring.target import ProbeResult, State
from web import dates
from web.admin import probe_words
from web.site import utc_now
from web.translation import gettext as _


def is_unknown(view: StateView) -> bool:
    return not view.probed or view.state is State.UNKNOWN


def unknown(view: StateView, zone: ZoneInfo) -> str:
    """Word it with its reason: "État inconnu : personne n'a regardé depuis 8 h 05."."""
    return _("État inconnu : %(why)s", why=_why(view, zone))


def _why(view: StateView, zone: ZoneInfo) -> str:
    if not view.probed:
        return _("aucune vérification n'est choisie.")
    if view.reason == NEVER_LOOKED:
        return _("la première vérification est à venir.")
    if view.reason == STALE and view.checked_at is not None:
        since = dates.since(view.checked_at, zone, utc_now())
        return _("personne n'a regardé %(since)s.", since=since)
    if view.reason == OUR_NETWORK.reason:
        return _("notre propre réseau semble coupé.")
    found = probe_words.reason(ProbeResult(state=State.UNKNOWN, reason=view.reason))
    return f"{found[0].lower()}{found[1:]}"
