"""Opening a service with one click, and the page for when it does not work."""

from __future__ import annotations

from flask import Blueprint, Response, make_response, redirect, render_template, request

from catalogue.schema import Service
from instances import launch
from instances.offer import today
from instances.page import InstancePage, Tile
from instances.schema import AcademyCard
from instances.usage import Opening
from web import current, links, metrics, readers
from web.absence import absent_page
from web.headers import keep, no_store
from web.site import utc_now
from web.status_view import news_of

blueprint = Blueprint("opening", __name__)

INSIST = "quand-meme"
"""Query parameter of "Essayer quand même"."""


@blueprint.get("/<academie>/ouvrir/<service_id>")
@blueprint.get("/<academie>/ouvrir/<service_id>/<variant_id>")
def open_service(academie: str, service_id: str, variant_id: str | None = None) -> Response:
    """Lead to a backend that is up; never waits for the database."""
    page = current.page_of(academie)
    absent = absent_page(page, service_id, endpoint="opening.open_service")
    if absent is not None:
        return no_store(absent)
    return lead(page, current.tile_of(page, service_id), variant_id)


def lead(page: InstancePage, tile: Tile, variant_id: str | None) -> Response:
    """Lead into a service that stands on the page, or to what explains why it cannot be entered."""
    if tile.service.variants and variant_id is None:
        return no_store(
            make_response(render_template("portal/variants.html", page=page, tile=tile))
        )
    entrance = launch.entrance(tile.service, variant_id)
    if entrance is None:
        current.not_found()
    location = _location(entrance)
    if location is None:
        count(page.card, tile.service, outcome="trouble")
        trouble_page = links.service_url("opening.trouble", tile.service)
        return no_store(make_response(redirect(trouble_page, 303)))
    count(page.card, tile.service, outcome="opened")
    return no_store(make_response(redirect(location, 303)))


@blueprint.get("/<academie>/souci/<service_id>")
def trouble(academie: str, service_id: str) -> Response:
    page = current.page_of(academie)
    absent = absent_page(page, service_id, endpoint="opening.trouble")
    if absent is not None:
        return absent
    tile = current.tile_of(page, service_id)
    news = news_of(current.snapshot(), page, tile, now=page.at)
    body = render_template(
        "opening/trouble.html",
        page=page,
        tile=tile,
        news=news,
        alternatives=page.alternatives_to(tile),
    )
    until = min(page.valid_until, news.next_at or page.valid_until)
    response = keep(make_response(body), until=until, targets=page.targets, follows=True)
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def count(card: AcademyCard, service: Service, *, outcome: str) -> None:
    """Count an opening that a person asked for; only one that led somewhere goes to the tally."""
    if not readers.is_a_person_clicking(request):
        return
    metrics.OPENINGS.labels(academie=card.slug, service=service.id, outcome=outcome).inc()
    if outcome == "opened":
        day = today(card, utc_now())
        current.site().tally.add(Opening(card.slug, service.id, day))


def _location(entrance: launch.Entrance) -> str | None:
    backend = launch.choose_backend(
        entrance.backends,
        current.snapshot().health,
        now=utc_now(),
        even_in_trouble=INSIST in request.args,
    )
    if backend is None:
        return None
    name = None
    if launch.needs_name(entrance.launch):
        name = launch.generate_name(entrance.launch.naming)
    return launch.address(backend, entrance.launch, name=name)
