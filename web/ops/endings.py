"""Certificates, hosting and services that end soon, versions that are supported no more."""

from __future__ import annotations

from flask import Blueprint
from flask.typing import ResponseReturnValue

from accounts.permissions import Action
from web import current
from web.guards import needs

blueprint = Blueprint("ops_endings", __name__, url_prefix="/ops")


@blueprint.get("/echeances")
@needs(Action.WATCH)
def index() -> ResponseReturnValue:
    current.not_found()
