"""Announcements of the académie."""

from __future__ import annotations

from flask import Blueprint
from flask.typing import ResponseReturnValue

from accounts.permissions import Action
from instances.offer import offer
from web import dates, links
from web.admin import announcement_desk
from web.admin.announcement_desk import Board
from web.admin.desk import desk, page
from web.guards import needs
from web.site import utc_now

blueprint = Blueprint("desk_announcements", __name__, url_prefix="/<academie>/gestion")


@blueprint.get("/annonces")
@needs(Action.SEE_DESK)
def index(academie: str) -> ResponseReturnValue:  # noqa: ARG001
    return announcement_desk.index(_board())


@blueprint.get("/annonces/nouvelle")
@needs(Action.DECIDE)
def new(academie: str) -> ResponseReturnValue:  # noqa: ARG001
    return announcement_desk.new(_board())


@blueprint.post("/annonces/nouvelle")
@needs(Action.DECIDE)
def create(academie: str) -> ResponseReturnValue:  # noqa: ARG001
    return announcement_desk.create(_board())


@blueprint.get("/annonces/<int(max=2147483647):number>")
@needs(Action.DECIDE)
def edit(academie: str, number: int) -> ResponseReturnValue:  # noqa: ARG001
    return announcement_desk.edit(_board(), number)


@blueprint.post("/annonces/<int(max=2147483647):number>")
@needs(Action.DECIDE)
def change(academie: str, number: int) -> ResponseReturnValue:  # noqa: ARG001
    return announcement_desk.change(_board(), number)


@blueprint.get("/annonces/<int(max=2147483647):number>/retirer")
@needs(Action.DECIDE)
def ask_withdrawal(academie: str, number: int) -> ResponseReturnValue:  # noqa: ARG001
    return announcement_desk.ask_withdrawal(_board(), number)


@blueprint.post("/annonces/<int(max=2147483647):number>/retirer")
@needs(Action.DECIDE)
def withdraw(academie: str, number: int) -> ResponseReturnValue:  # noqa: ARG001
    return announcement_desk.withdraw(_board(), number)


@blueprint.post("/annonces/<int(max=2147483647):number>/remettre")
@needs(Action.DECIDE)
def restore(academie: str, number: int) -> ResponseReturnValue:  # noqa: ARG001
    return announcement_desk.restore(_board(), number)


def _board() -> Board:
    at, now = desk(), utc_now()
    shown = (item.service for item in offer(at.snapshot, at.card, now) if item.absence is None)
    return Board(
        academie=at.card.slug,
        zone=at.card.zone,
        place=dates.zone_name(at.card),
        actor=at.person.actor,
        now=now,
        services={service.id: service.title for service in shown},
        layout="layouts/desk.html",
        show=lambda template, **values: page(template, at, **values),
        address=lambda name, **values: links.url(f"{blueprint.name}.{name}", **values),
    )
