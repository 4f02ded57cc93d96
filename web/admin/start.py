"""The desk's first screen: three steps on a first visit, then what waits."""

from __future__ import annotations

from flask import Blueprint, Response

from accounts.permissions import Action
from web import current
from web.guards import needs

blueprint = Blueprint("desk_start", __name__, url_prefix="/<academie>/gestion")


@blueprint.get("/")
@needs(Action.SEE_DESK)
def start(academie: str) -> Response:  # noqa: ARG001
    current.not_found()
