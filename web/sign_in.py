"""Where one signs in, with a password or a link, and out."""

from __future__ import annotations

from flask import Blueprint, Response

from web import current
from web.guards import DOOR, rule

blueprint = Blueprint("auth", __name__)


@blueprint.get("/connexion")
@rule(DOOR)
def sign_in() -> Response:
    current.not_found()
