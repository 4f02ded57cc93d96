"""Services: show, hide, reword, re-address, order."""

from __future__ import annotations

from flask import Blueprint, Response

from accounts.permissions import Action
from web import current
from web.guards import needs

blueprint = Blueprint("desk_services", __name__, url_prefix="/<academie>/gestion")


@blueprint.get("/services")
@needs(Action.SEE_DESK)
def index(academie: str) -> Response:  # noqa: ARG001
    current.not_found()
