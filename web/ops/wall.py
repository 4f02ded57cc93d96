"""The wall: what is wrong now, large, for a screen in the office."""

from __future__ import annotations

from flask import Blueprint
from flask.typing import ResponseReturnValue

from accounts.permissions import Action
from web import current
from web.guards import needs

blueprint = Blueprint("ops_wall", __name__, url_prefix="/ops")


@blueprint.get("/mur")
@needs(Action.WATCH)
def index() -> ResponseReturnValue:
    current.not_found()
