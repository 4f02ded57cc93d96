"""The order of services within their category, by buttons or by hand."""

from __future__ import annotations

from flask import Response, flash, request

from accounts.permissions import Action
from catalogue.schema import Service
from instances import ordering
from instances.choices import ChoiceError
from instances.ordering import Move
from web import links
from web.admin import service_words
from web.admin.desk import deciding, desk
from web.admin.service_desk import blueprint, refuse, to_list
from web.guards import needs
from web.translation import gettext as _
from web.translation import language

_MOVES = {"monter": Move.UP, "descendre": Move.DOWN}


@blueprint.post("/services/ordre")
@needs(Action.DECIDE)
def move(academie: str) -> Response:  # noqa: ARG001
    """Move one service: `sens` by one place, or before the service `avant` (empty: last)."""
    at = desk()
    services = at.snapshot.services_of(at.card.slug)
    wanted = request.form.get("service", "")
    service = next((item for item in services if item.id == wanted), None)
    if service is None:
        return refuse(_("Ce service n'est plus dans la liste : rien n'est changé."))
    direction = request.form.get("sens", "")
    with deciding() as session:
        if direction in _MOVES:
            way = _MOVES[direction]
            moved = ordering.move_service(session, services, service.id, way, by=at.decision())
        else:
            other = request.form.get("avant") or None
            moved = ordering.put_before(session, services, service.id, other, by=at.decision())
    _say(_moved(service, moved.place), moved.line)
    # The keyboard stays on the button that was pressed.
    return to_list(f"{direction if direction in _MOVES else 'monter'}-{service.id}")


def _say(text: str, line: int | None) -> None:
    """Say what was done, with the way to undo it when something was."""
    undo = links.url("desk_services.undo_order", line=line) if line else None
    flash({"text": text, "undo": undo}, "done")  # type: ignore[arg-type] # read by messages.html


def _moved(service: Service, place: int) -> str:
    return _(
        "%(title)s est maintenant en %(place)s place.", title=service.title, place=_rank(place)
    )


def _rank(place: int) -> str:
    if language() == "en":
        last = 0 if 10 < place % 100 < 20 else place % 10  # noqa: PLR2004 - 11th to 19th
        return f"{place}{ {1: 'st', 2: 'nd', 3: 'rd'}.get(last, 'th') }"
    return "1re" if place == 1 else f"{place}e"


@blueprint.post("/services/ordre-national")
@needs(Action.DECIDE)
def follow_order(academie: str) -> Response:  # noqa: ARG001
    at = desk()
    with deciding() as session:
        line = ordering.follow_national_order(session, by=at.decision())
    if line:
        _say(_("Les services sont dans l'ordre national."), line)
    else:
        flash(_("Les services étaient déjà dans l'ordre national."), "done")
    return to_list()


@blueprint.post("/services/ordre/annuler/<int(max=2147483647):line>")
@needs(Action.DECIDE)
def undo_order(academie: str, line: int) -> Response:  # noqa: ARG001
    """Put back the order that held before a line of the journal."""
    at = desk()
    services = at.snapshot.services_of(at.card.slug)
    try:
        with deciding() as session:
            ordering.undo(session, services, line, by=at.decision())
    except ChoiceError as error:
        return refuse(service_words.refusal(error, ""))
    flash(_("Les services sont de nouveau dans l'ordre d'avant."), "done")
    return to_list()
