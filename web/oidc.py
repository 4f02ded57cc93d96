"""Sign-in through an identity provider: OpenID Connect."""

from __future__ import annotations

from flask import Blueprint, Response

from web import current
from web.guards import DOOR, rule

blueprint = Blueprint("oidc", __name__, url_prefix="/connexion/oidc")


@blueprint.get("/")
@rule(DOOR)
def begin() -> Response:
    current.not_found()
