"""An operator's announced maintenance."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from flask import Blueprint
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from accounts.permissions import Action
from instances.offer import is_retired
from instances.targets import backend_uses
from instances.usage import openings_by_academie
from instances.window_advice import Concerned
from instances.window_reach import concerned
from monitoring.maintenance import Scope
from web import links, window_desk
from web import window_words as words
from web.guards import needs
from web.operator.desk import ZONE, OperatorDesk, operator_desk, page
from web.site import utc_now
from web.translation import gettext as _
from web.window_board import Board
from web.window_forms import place_code

blueprint = Blueprint("operator_windows", __name__, url_prefix="/operateur/<operator>")

_OPENINGS = timedelta(days=30)


@blueprint.get("/maintenances")
@needs(Action.OPERATE)
def index(operator: str) -> ResponseReturnValue:
    return window_desk.index(_board(operator))


@blueprint.get("/maintenances/nouvelle")
@needs(Action.OPERATE)
def new(operator: str) -> ResponseReturnValue:
    return window_desk.new(_board(operator))


@blueprint.post("/maintenances/nouvelle")
@needs(Action.OPERATE)
def create(operator: str) -> ResponseReturnValue:
    return window_desk.create(_board(operator))


@blueprint.get("/maintenances/<int(max=2147483647):number>")
@needs(Action.OPERATE)
def edit(operator: str, number: int) -> ResponseReturnValue:
    return window_desk.edit(_board(operator), number)


@blueprint.post("/maintenances/<int(max=2147483647):number>")
@needs(Action.OPERATE)
def change(operator: str, number: int) -> ResponseReturnValue:
    return window_desk.change(_board(operator), number)


@blueprint.get("/maintenances/<int(max=2147483647):number>/annuler")
@needs(Action.OPERATE)
def ask_call_off(operator: str, number: int) -> ResponseReturnValue:
    return window_desk.ask_call_off(_board(operator), number)


@blueprint.post("/maintenances/<int(max=2147483647):number>/annuler")
@needs(Action.OPERATE)
def call_off(operator: str, number: int) -> ResponseReturnValue:
    return window_desk.call_off(_board(operator), number)


@blueprint.post("/maintenances/<int(max=2147483647):number>/terminer")
@needs(Action.OPERATE)
def end(operator: str, number: int) -> ResponseReturnValue:
    return window_desk.end(_board(operator), number)


def _board(operator: str) -> Board:
    at, now = operator_desk(operator), utc_now()

    def notice(session: Session, place: tuple[Scope, str]) -> tuple[Concerned, ...]:
        services = [item.id for item in at.services]
        since = now.astimezone(ZONE).date() - _OPENINGS
        openings = openings_by_academie(session, services, since)
        uses = backend_uses(at.snapshot, now=now)
        return concerned(at.snapshot, uses, place, openings=openings)

    return Board(
        owner=at.owner,
        zone=ZONE,
        place=_("heure de Paris"),
        actor=at.person.actor,
        now=now,
        snapshot=at.snapshot,
        layout="layouts/operator.html",
        show=lambda template, **values: page(template, at, **values),
        address=lambda name, **values: links.url(
            f"{blueprint.name}.{name}", operator=at.operator.id, **values
        ),
        acts=True,
        places=dict(_places(at)),
        zones=words.zones(at.snapshot.directory.cards),
        concerned=notice,
    )


def _places(at: OperatorDesk) -> Iterator[tuple[str, str]]:
    """Yield what there is to work on: all of it, each service, each server where it has several."""
    today = utc_now().astimezone(ZONE).date()
    shown = [service for service in at.services if not is_retired(service, today)]
    if not shown:
        return
    found = [(Scope.OPERATOR, at.operator.id)]
    for service in shown:
        found.append((Scope.SERVICE, service.id))
        names = [backend.id for backend in service.backends]
        for variant in service.variants:
            names += [f"{variant.id}.{backend.id}" for backend in variant.backends]
        if len(names) > 1:
            found += [(Scope.BACKEND, f"{service.id}/{name}") for name in names]
    for scope, value in found:
        yield place_code(scope, value), words.about(scope, value, at.snapshot)
