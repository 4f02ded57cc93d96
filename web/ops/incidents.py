"""Incidents: what goes on, what people say of it, merging."""

from __future__ import annotations

from flask import Blueprint
from flask.typing import ResponseReturnValue

from accounts.permissions import Action
from web import current
from web.guards import needs

blueprint = Blueprint("ops_incidents", __name__, url_prefix="/ops")


@blueprint.get("/incidents")
@needs(Action.WATCH)
def index() -> ResponseReturnValue:
    current.not_found()
