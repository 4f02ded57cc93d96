"""Incidents of an operator's services, and what it says of them."""

from __future__ import annotations

from flask import Blueprint
from flask.typing import ResponseReturnValue

from accounts.permissions import Action
from web import incident_care, incident_desk, links
from web.guards import needs
from web.incident_desk import Board
from web.incident_names import Names
from web.operator.desk import ZONE, operator_desk, page
from web.site import utc_now

blueprint = Blueprint("operator_incidents", __name__, url_prefix="/operateur/<operator>")


@blueprint.get("/incidents")
@needs(Action.OPERATE)
def index(operator: str) -> ResponseReturnValue:
    return incident_desk.index(_board(operator))


@blueprint.get("/incidents/<int(max=2147483647):number>")
@needs(Action.OPERATE)
def incident(operator: str, number: int) -> ResponseReturnValue:
    return incident_desk.incident(_board(operator), number)


@blueprint.post("/incidents/<int(max=2147483647):number>/messages")
@needs(Action.OPERATE)
def say(operator: str, number: int) -> ResponseReturnValue:
    return incident_desk.add_message(_board(operator), number)


@blueprint.post("/incidents/<int(max=2147483647):number>/prendre")
@needs(Action.OPERATE)
def take(operator: str, number: int) -> ResponseReturnValue:
    return incident_care.take(_board(operator), number)


@blueprint.post("/incidents/<int(max=2147483647):number>/laisser")
@needs(Action.OPERATE)
def let_go(operator: str, number: int) -> ResponseReturnValue:
    return incident_care.let_go(_board(operator), number)


def _board(operator: str) -> Board:
    at = operator_desk(operator)
    return Board(
        names=Names(snapshot=at.snapshot, operator=at.operator.id),
        zone=ZONE,
        actor=at.person.actor,
        now=utc_now(),
        acts=True,
        layout="layouts/operator.html",
        show=lambda template, **values: page(template, at, **values),
        address=lambda name, **values: links.url(
            f"{blueprint.name}.{name}", operator=operator, **values
        ),
    )
