"""The teacher's pages: choose an académie, find a service, read about it."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, Response, make_response, render_template, request

from catalogue.schema import Profile
from catalogue.selection import search, suggestion
from instances.page import InstancePage, Tile, build_page
from web import current
from web.absence import absent_page
from web.context import search_index
from web.headers import keep
from web.language import current_language
from web.page_cache import PROFILE
from web.site import utc_now

blueprint = Blueprint("portal", __name__)

MAX_QUERY = 100
"""Characters of a search that are read."""
FOR_EVER = "public, max-age=31536000, immutable"
_A_DAY = timedelta(days=1)


@blueprint.get("/")
def choose() -> Response:
    directory = current.snapshot().directory
    query = _query()
    matches = directory.search(query) if query else None
    body = render_template(
        "portal/choose.html", cards=directory.cards, query=query, matches=matches
    )
    until = None if query else utc_now() + _A_DAY
    return keep(make_response(body), until=until, targets=())


@blueprint.get("/<academie>/")
def home(academie: str) -> Response:
    card = current.enter(academie)
    page = build_page(current.snapshot(), card, now=utc_now(), profile=_profile())
    query = _query() or None
    results, suggested = (None, None) if query is None else _results(page, query)
    body = render_template(
        "portal/home.html", page=page, query=query, results=results, suggestion=suggested
    )
    until = None if query else page.valid_until
    return keep(make_response(body), until=until, targets=page.targets)


@blueprint.get("/<academie>/services/<service_id>")
def service(academie: str, service_id: str) -> Response:
    page = current.page_of(academie)
    absent = absent_page(page, service_id, endpoint="portal.service")
    if absent is not None:
        return absent
    tile = current.tile_of(page, service_id)
    body = render_template(
        "portal/service.html", page=page, tile=tile, alternatives=page.alternatives_to(tile)
    )
    return keep(make_response(body), until=page.valid_until, targets=page.targets)


@blueprint.get("/<academie>/logo/<digest>")
def logo(academie: str, digest: str) -> Response:
    """The académie's logo, under an address that names its content."""
    card = current.enter(academie)
    found = current.snapshot().texts_of(card.slug).logo
    if found is None:
        current.not_found()
    response = make_response(found.content)
    response.headers["Content-Type"] = found.media_type
    # Another worker's page may already name the next one, or still the last.
    if digest == found.digest:
        response.headers["Cache-Control"] = FOR_EVER
    return response


def _query() -> str:
    return request.args.get("q", "").strip()[:MAX_QUERY]


def _profile() -> Profile | None:
    wanted = request.environ.get(PROFILE)
    return Profile(wanted) if wanted else None


def _results(page: InstancePage, query: str) -> tuple[tuple[Tile, ...], str | None]:
    language = current_language()
    entries = [(tile.service.id, search_index(tile.service, language)) for tile in page.tiles]
    by_id = {tile.service.id: tile for tile in page.tiles}
    found = tuple(by_id[service_id] for service_id in search(entries, query))
    return found, None if found else suggestion(entries, query)
