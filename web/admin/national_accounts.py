"""Accounts of the whole portal, and the rights that people gave them."""

from __future__ import annotations

from flask import Blueprint, Response

from accounts.permissions import Action
from web import current
from web.guards import needs

blueprint = Blueprint("national_accounts", __name__, url_prefix="/national/gestion/comptes")


@blueprint.get("/")
@needs(Action.GOVERN)
def index() -> Response:
    current.not_found()
