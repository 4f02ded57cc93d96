"""Incidents of every server: what goes on, what people say of it, merging."""

from __future__ import annotations

from flask import Blueprint
from flask.typing import ResponseReturnValue

from accounts.permissions import Action
from web import incident_care, incident_desk, links
from web.guards import needs
from web.incident_desk import Board
from web.incident_names import Names
from web.ops.desk import ZONE, ops_desk, page
from web.site import utc_now

blueprint = Blueprint("ops_incidents", __name__, url_prefix="/ops")


@blueprint.get("/incidents")
@needs(Action.WATCH)
def index() -> ResponseReturnValue:
    return incident_desk.index(_board())


@blueprint.get("/incidents/<int(max=2147483647):number>")
@needs(Action.WATCH)
def incident(number: int) -> ResponseReturnValue:
    return incident_desk.incident(_board(), number)


@blueprint.post("/incidents/<int(max=2147483647):number>/messages")
@needs(Action.OPERATE)
def say(number: int) -> ResponseReturnValue:
    return incident_desk.add_message(_board(), number)


@blueprint.post("/incidents/<int(max=2147483647):number>/regrouper")
@needs(Action.OPERATE)
def merge(number: int) -> ResponseReturnValue:
    return incident_desk.merge(_board(), number)


@blueprint.post("/incidents/<int(max=2147483647):number>/prendre")
@needs(Action.OPERATE)
def take(number: int) -> ResponseReturnValue:
    return incident_care.take(_board(), number)


@blueprint.post("/incidents/<int(max=2147483647):number>/laisser")
@needs(Action.OPERATE)
def let_go(number: int) -> ResponseReturnValue:
    return incident_care.let_go(_board(), number)


def _board() -> Board:
    at = ops_desk()
    return Board(
        names=Names(snapshot=at.snapshot),
        zone=ZONE,
        actor=at.person.actor,
        now=utc_now(),
        acts=at.acts,
        layout="layouts/ops.html",
        show=lambda template, **values: page(template, at, **values),
        address=lambda name, **values: links.url(f"{blueprint.name}.{name}", **values),
        server=lambda backend: links.url("ops_backends.server", backend=backend),
    )
