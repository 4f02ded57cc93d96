"""Every server in one table, and the page of each."""

from __future__ import annotations

from flask import Blueprint
from flask.typing import ResponseReturnValue

from accounts.permissions import Action
from web import current
from web.guards import needs

blueprint = Blueprint("ops_backends", __name__, url_prefix="/ops")


@blueprint.get("/")
@needs(Action.WATCH)
def index() -> ResponseReturnValue:
    current.not_found()
