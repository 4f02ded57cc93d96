"""Does it work? Every service of an académie with its state."""

from __future__ import annotations

from flask import Blueprint, Response, make_response, render_template

from web import current
from web.headers import keep

blueprint = Blueprint("status", __name__)


@blueprint.get("/<academie>/etat")
def status(academie: str) -> Response:
    page = current.page_of(academie)
    body = render_template("status/status.html", page=page)
    return keep(make_response(body), until=page.valid_until, targets=page.targets)
