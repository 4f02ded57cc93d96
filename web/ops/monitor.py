"""The monitor's own health."""

from __future__ import annotations

from datetime import datetime

from flask import Blueprint
from flask.typing import ResponseReturnValue

from accounts.permissions import Action
from instances.fleet import Fleet, Server, fleet_of
from monitoring.asking import program_version
from monitoring.health import AT_ONCE
from monitoring.vitals import BLIND, Vitals, read_vitals, troubles
from web import current
from web.guards import needs
from web.ops import fleet_words, monitor_words, times
from web.ops.desk import ops_desk, page
from web.site import utc_now
from web.translation import gettext as _

blueprint = Blueprint("ops_monitor", __name__, url_prefix="/ops")

_NOTHING = "–"
MOST_REFUSED = 50
"""Listed; the others are counted."""


@blueprint.get("/surveillance")
@needs(Action.WATCH)
def index() -> ResponseReturnValue:
    at, now = ops_desk(), utc_now()
    with current.site().sessions() as session:
        vitals = read_vitals(session, now=now)
    found = troubles(vitals, now=now, version=program_version())
    refused = _refused(fleet_of(at.snapshot, now=now), now)
    return page(
        "ops/monitor.html",
        at,
        found=[
            (item in BLIND, monitor_words.what(item, vitals, now), monitor_words.remedy(item))
            for item in found
        ],
        verdict=monitor_words.verdict(found),
        blind=any(item in BLIND for item in found),
        facts=_facts(vitals, now),
        refused=refused[:MOST_REFUSED],
        more=max(0, len(refused) - MOST_REFUSED),
    )


def _facts(vitals: Vitals, now: datetime) -> list[tuple[str, str]]:
    waiting, figures = vitals.waiting, vitals.figures
    alerts = [
        (_("Alertes en attente"), str(waiting.count)),
        (_("La plus ancienne"), times.when(waiting.oldest, now) if waiting.oldest else _NOTHING),
        (_("Dernière erreur d'envoi"), waiting.error or _NOTHING),
    ]
    if figures is None:
        return alerts
    last, doubt = figures.last_batch_at, figures.breaker_since
    return [
        (_("Tenue par"), figures.holder if figures.held else _("personne")),
        (_("Prise en charge n°"), str(figures.epoch)),
        (_("Version"), figures.version or _NOTHING),
        (_("Dernière écriture"), times.when(last, now) if last else _NOTHING),
        (_("Écritures"), _count(figures.cycles)),
        (_("Vérifications faites"), _count(figures.probes)),
        (_("Adresses surveillées"), _count(figures.targets)),
        (_("Adresses interdites"), _count(figures.refused_targets)),
        (_("Retard"), times.latency(figures.lag_seconds * 1000)),
        (_("Durée d'un tour"), times.latency(figures.cycle_seconds * 1000)),
        (_("Notre réseau"), times.when(doubt, now) if doubt else _("pas mis en doute")),
        *alerts,
    ]


def _count(number: int) -> str:
    return f"{number:,}".replace(",", "\N{NARROW NO-BREAK SPACE}")


def _refused(fleet: Fleet, now: datetime) -> list[tuple[Server, str]]:
    """List what may not be looked at, with the reason."""
    return [
        (item, fleet_words.reason_words(item.health.reason))
        for item in fleet.servers
        if item.health is not None and item.health.reason.startswith(AT_ONCE[0])
        if now < item.health.stale_at
    ]
