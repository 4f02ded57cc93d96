"""What differs from the nation, and what the nation changed."""

from __future__ import annotations

from flask import Blueprint, Response

from accounts.permissions import Action
from web import current
from web.guards import needs

blueprint = Blueprint("desk_news", __name__, url_prefix="/<academie>/gestion")


@blueprint.get("/ce-qui-change")
@needs(Action.SEE_DESK)
def index(academie: str) -> Response:  # noqa: ARG001
    current.not_found()
