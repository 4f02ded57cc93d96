"""The wall: what is wrong now, large, for a screen in the office."""

from __future__ import annotations

from datetime import datetime

from flask import Blueprint, Response
from flask.typing import ResponseReturnValue

from accounts.permissions import Action
from instances.fleet import fleet_of
from instances.fleet_order import Standing, Wanted, choose, standing_of
from monitoring.vitals import BLIND, Vitals, read_vitals, troubles
from web import current, incident_takers
from web.guards import needs
from web.ops import fleet_words, monitor_words, times
from web.ops.desk import ops_desk, page
from web.ops.wall_cards import cards
from web.site import utc_now

blueprint = Blueprint("ops_wall", __name__, url_prefix="/ops")

REFRESH = 30
"""Seconds."""
MOST = 8
"""Cards that five metres leave legible; the others are counted."""
WRONG = (Standing.DOWN, Standing.DEGRADED, Standing.UNKNOWN)


@blueprint.get("/mur")
@needs(Action.WATCH)
def index() -> ResponseReturnValue:
    at, now = ops_desk(), utc_now()
    with current.site().sessions() as session:
        vitals = read_vitals(session, now=now)
    fleet = fleet_of(at.snapshot, now=now)
    found = choose(fleet.servers, Wanted(), now=now)
    wrong = [item for item in found.servers if standing_of(item, now) in WRONG]
    takers = incident_takers.takers_of(at.snapshot.incidents)
    shown = cards(wrong, at.snapshot, takers=takers, now=now)
    checked = fleet.checked_at()
    watched = found.counts.total() - found.counts[Standing.UNWATCHED]
    return page(
        "ops/wall.html",
        at,
        blind=_blind(vitals, now),
        cards=shown[:MOST],
        more=max(0, len(shown) - MOST),
        counts=[(item, found.counts[item]) for item in Standing if found.counts[item]],
        watched=watched,
        checked=times.when(checked, now) if checked else "",
        made=times.to_the_second(now),
        words=fleet_words,
    )


@blueprint.after_request
def ask_again(response: Response) -> Response:
    """Errors too: a wall that met one must come back by itself, and need no script for it."""
    response.headers["Refresh"] = str(REFRESH)
    return response


def _blind(vitals: Vitals, now: datetime) -> list[str]:
    """Say why the states cannot be believed; nothing when they can."""
    found = troubles(vitals, now=now)
    return [monitor_words.what(item, vitals, now) for item in found if item in BLIND]
