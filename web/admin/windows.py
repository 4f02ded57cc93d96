"""Announced maintenance of what an académie runs itself."""

from __future__ import annotations

from collections.abc import Iterator

from flask import Blueprint
from flask.typing import ResponseReturnValue

from accounts.permissions import Action
from instances.offer import offer
from instances.schema import LocalService
from instances.window_advice import Concerned
from monitoring.maintenance import Scope
from web import dates, links, window_desk
from web import window_words as words
from web.admin.desk import Desk, desk, page
from web.guards import needs
from web.site import utc_now
from web.window_board import Board
from web.window_forms import place_code

blueprint = Blueprint("desk_windows", __name__, url_prefix="/<academie>/gestion")


@blueprint.get("/maintenances")
@needs(Action.SEE_DESK)
def index(academie: str) -> ResponseReturnValue:  # noqa: ARG001
    return window_desk.index(_board())


@blueprint.get("/maintenances/nouvelle")
@needs(Action.DECIDE)
def new(academie: str) -> ResponseReturnValue:  # noqa: ARG001
    return window_desk.new(_board())


@blueprint.post("/maintenances/nouvelle")
@needs(Action.DECIDE)
def create(academie: str) -> ResponseReturnValue:  # noqa: ARG001
    return window_desk.create(_board())


@blueprint.get("/maintenances/<int(max=2147483647):window>")
@needs(Action.DECIDE)
def edit(academie: str, window: int) -> ResponseReturnValue:  # noqa: ARG001
    return window_desk.edit(_board(), window)


@blueprint.post("/maintenances/<int(max=2147483647):window>")
@needs(Action.DECIDE)
def change(academie: str, window: int) -> ResponseReturnValue:  # noqa: ARG001
    return window_desk.change(_board(), window)


@blueprint.get("/maintenances/<int(max=2147483647):window>/annuler")
@needs(Action.DECIDE)
def ask_call_off(academie: str, window: int) -> ResponseReturnValue:  # noqa: ARG001
    return window_desk.ask_call_off(_board(), window)


@blueprint.post("/maintenances/<int(max=2147483647):window>/annuler")
@needs(Action.DECIDE)
def call_off(academie: str, window: int) -> ResponseReturnValue:  # noqa: ARG001
    return window_desk.call_off(_board(), window)


@blueprint.post("/maintenances/<int(max=2147483647):window>/terminer")
@needs(Action.DECIDE)
def end(academie: str, window: int) -> ResponseReturnValue:  # noqa: ARG001
    return window_desk.end(_board(), window)


def _board() -> Board:
    at, now = desk(), utc_now()
    card = at.card
    us = Concerned(slug=card.slug, name=card.name, zone=card.timezone)
    return Board(
        owner=f"academie/{card.slug}",
        zone=card.zone,
        place=dates.zone_name(card),
        actor=at.person.actor,
        now=now,
        snapshot=at.snapshot,
        layout="layouts/desk.html",
        show=lambda template, **values: page(template, at, **values),
        address=lambda name, **values: links.url(
            f"{blueprint.name}.{name}",
            **{"window" if key == "number" else key: value for key, value in values.items()},
        ),
        acts=at.may(Action.DECIDE),
        places=dict(_places(at)),
        zones={card.timezone: card.name},
        # What an académie runs itself, nobody else opens.
        concerned=lambda _session, _place: (us,),
    )


def _places(at: Desk) -> Iterator[tuple[str, str]]:
    """Yield its own services, and the nation's that it has at an address of its own."""
    for item in offer(at.snapshot, at.card, utc_now()):
        service = item.service
        own_address = item.choice is not None and item.choice.backends is not None
        if isinstance(service, LocalService):
            name = service.id.partition(".")[2]
        elif own_address and not service.variants:
            name = service.id
        else:
            continue
        value = f"{at.card.slug}:{name}"
        yield place_code(Scope.SERVICE, value), words.about(Scope.SERVICE, value, at.snapshot)
