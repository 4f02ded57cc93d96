"""Announcements to every académie, written as an académie writes its own."""

from __future__ import annotations

from flask import Blueprint
from flask.typing import ResponseReturnValue

from accounts.permissions import Action
from instances.national import NATIONAL_CARD
from web import dates, links
from web.admin import announcement_desk
from web.admin.announcement_desk import Board
from web.admin.national_desk import ZONE, national_desk, page
from web.guards import needs
from web.site import utc_now

blueprint = Blueprint("national_announcements", __name__, url_prefix="/national/gestion/annonces")


@blueprint.get("")
@needs(Action.GOVERN)
def index() -> ResponseReturnValue:
    return announcement_desk.index(_board())


@blueprint.get("/nouvelle")
@needs(Action.GOVERN)
def new() -> ResponseReturnValue:
    return announcement_desk.new(_board())


@blueprint.post("/nouvelle")
@needs(Action.GOVERN)
def create() -> ResponseReturnValue:
    return announcement_desk.create(_board())


@blueprint.get("/<int(max=2147483647):number>")
@needs(Action.GOVERN)
def edit(number: int) -> ResponseReturnValue:
    return announcement_desk.edit(_board(), number)


@blueprint.post("/<int(max=2147483647):number>")
@needs(Action.GOVERN)
def change(number: int) -> ResponseReturnValue:
    return announcement_desk.change(_board(), number)


@blueprint.get("/<int(max=2147483647):number>/retirer")
@needs(Action.GOVERN)
def ask_withdrawal(number: int) -> ResponseReturnValue:
    return announcement_desk.ask_withdrawal(_board(), number)


@blueprint.post("/<int(max=2147483647):number>/retirer")
@needs(Action.GOVERN)
def withdraw(number: int) -> ResponseReturnValue:
    return announcement_desk.withdraw(_board(), number)


@blueprint.post("/<int(max=2147483647):number>/remettre")
@needs(Action.GOVERN)
def restore(number: int) -> ResponseReturnValue:
    return announcement_desk.restore(_board(), number)


def _board() -> Board:
    at = national_desk()
    return Board(
        academie=None,
        zone=ZONE,
        place=dates.zone_name(NATIONAL_CARD),
        actor=at.person.actor,
        now=utc_now(),
        services={item.id: item.title for item in at.snapshot.catalogue.services},
        layout="layouts/national.html",
        show=lambda template, **values: page(template, at, **values),
        address=lambda name, **values: links.url(f"{blueprint.name}.{name}", **values),
    )
