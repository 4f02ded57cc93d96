"""The public page as others see it, or will."""

from __future__ import annotations

from flask import Blueprint, Response

from accounts.permissions import Action
from web import current
from web.guards import needs

blueprint = Blueprint("desk_preview", __name__, url_prefix="/<academie>/gestion")


@blueprint.get("/apercu")
@needs(Action.SEE_DESK)
def index(academie: str) -> Response:  # noqa: ARG001
    current.not_found()
