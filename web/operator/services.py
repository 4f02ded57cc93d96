"""States and openings of an operator's services in every académie."""

from __future__ import annotations

from flask import Blueprint
from flask.typing import ResponseReturnValue

from accounts.permissions import Action
from web import current
from web.guards import needs

blueprint = Blueprint("operator_services", __name__, url_prefix="/operateur/<operator>")


@blueprint.get("/")
@needs(Action.OPERATE)
def index(operator: str) -> ResponseReturnValue:  # noqa: ARG001 - to be built
    current.not_found()
