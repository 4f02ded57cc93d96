"""Pages that a public site must have; their words come from the settings."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, Response, make_response, render_template

from web import current
from web.headers import keep
from web.site import utc_now

blueprint = Blueprint("legal", __name__)


@blueprint.get("/accessibilite")
def accessibility() -> Response:
    return _page("accessibility")


@blueprint.get("/mentions-legales")
def notice() -> Response:
    return _page("notice")


@blueprint.get("/donnees-personnelles")
def personal_data() -> Response:
    return _page("personal_data")


@blueprint.get("/cookies")
def cookies() -> Response:
    return _page("cookies")


@blueprint.get("/plan-du-site")
def site_map() -> Response:
    return _page("site_map", cards=current.snapshot().directory.cards)


@blueprint.get("/contact")
def contact() -> Response:
    return _page("contact")


def _page(name: str, **values: object) -> Response:
    response = make_response(render_template(f"legal/{name}.html", **values))
    return keep(response, until=utc_now() + timedelta(days=1))
