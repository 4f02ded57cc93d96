"""Where alerts go, which wait, and a test of each route."""

from __future__ import annotations

from flask import Blueprint
from flask.typing import ResponseReturnValue

from accounts.permissions import Action
from web import current
from web.guards import needs

blueprint = Blueprint("ops_alerts", __name__, url_prefix="/ops")


@blueprint.get("/alertes")
@needs(Action.WATCH)
def index() -> ResponseReturnValue:
    current.not_found()
