"""Who is of the team."""

from __future__ import annotations

from flask import Blueprint, Response

from accounts.permissions import Action
from web import current
from web.guards import needs

blueprint = Blueprint("desk_members", __name__, url_prefix="/<academie>/gestion")


@blueprint.get("/membres")
@needs(Action.MANAGE_MEMBERS)
def index(academie: str) -> Response:  # noqa: ARG001
    current.not_found()
