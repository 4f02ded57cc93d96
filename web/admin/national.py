"""The national desk: the picture of the whole country, and the state of the catalogue."""

from __future__ import annotations

from flask import Blueprint, Response

from accounts.permissions import Action
from web import current
from web.guards import needs

blueprint = Blueprint("national_desk", __name__, url_prefix="/national/gestion")


@blueprint.get("/")
@needs(Action.SEE_COUNTRY)
def index() -> Response:
    current.not_found()
