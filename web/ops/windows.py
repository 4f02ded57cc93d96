"""Announced maintenance of every operator and académie."""

from __future__ import annotations

from flask import Blueprint
from flask.typing import ResponseReturnValue

from accounts.permissions import Action
from web import links, window_desk
from web.guards import needs
from web.ops.desk import ZONE, ops_desk, page
from web.site import utc_now
from web.translation import gettext as _
from web.window_board import Board

blueprint = Blueprint("ops_windows", __name__, url_prefix="/ops")


@blueprint.get("/maintenances")
@needs(Action.WATCH)
def index() -> ResponseReturnValue:
    return window_desk.index(_board())


@blueprint.post("/maintenances/<int(max=2147483647):number>/terminer")
@needs(Action.OPERATE)
def end(number: int) -> ResponseReturnValue:
    return window_desk.end(_board(), number)


@blueprint.post("/maintenances/<int(max=2147483647):number>/annuler")
@needs(Action.OPERATE)
def call_off(number: int) -> ResponseReturnValue:
    return window_desk.call_off(_board(), number)


def _board() -> Board:
    at = ops_desk()
    return Board(
        owner=None,
        zone=ZONE,
        place=_("heure de Paris"),
        actor=at.person.actor,
        now=utc_now(),
        snapshot=at.snapshot,
        layout="layouts/ops.html",
        show=lambda template, **values: page(template, at, **values),
        address=lambda name, **values: links.url(f"{blueprint.name}.{name}", **values),
        acts=at.acts,
        places={},
        zones={},
        concerned=lambda _session, _place: (),
    )
