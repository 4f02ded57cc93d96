"""What depends on a person: favourites that follow, services reserved to agents, the account."""

from __future__ import annotations

from flask import Blueprint, Response

from accounts.permissions import Action
from web import current
from web.guards import needs

blueprint = Blueprint("personal", __name__)


@blueprint.get("/<academie>/mon-espace")
@needs(Action.USE_OWN_SPACE)
def space(academie: str) -> Response:  # noqa: ARG001
    current.not_found()


@blueprint.get("/mon-compte")
@needs(Action.USE_OWN_SPACE)
def account() -> Response:
    current.not_found()
