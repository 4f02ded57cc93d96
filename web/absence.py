"""A service that is not on the page explains itself: hidden, retired, renamed, unknown."""

from __future__ import annotations

from difflib import get_close_matches

from flask import Response, make_response, redirect, render_template

from catalogue.schema import Service
from instances import offer
from instances.offer import Absence, Offered
from instances.page import InstancePage, Tile
from instances.schema import LocalService
from web import current, links
from web.context import say
from web.headers import keep, no_store
from web.site import utc_now

_GONE, _NOT_FOUND, _OK = 410, 404, 200
_STATUS = {
    Absence.RETIRED: _GONE,
    Absence.UNKNOWN: _NOT_FOUND,
    Absence.AGENTS_ONLY: _NOT_FOUND,
    Absence.WITHDRAWN: _GONE,
    Absence.HIDDEN: _OK,
    Absence.NOT_OFFERED: _OK,
}
_NEAREST = 3


def absent_page(page: InstancePage, service_id: str, *, endpoint: str) -> Response | None:
    """Return what to say instead of a service; None when it stands on the page."""
    if any(tile.service.id == service_id for tile in page.tiles):
        return None
    renamed = _renamed(service_id)
    if renamed is not None:
        values = {"academie": page.card.slug, "service_id": renamed.id}
        return no_store(make_response(redirect(links.url(endpoint, **values), 303)))
    offered = offer.find(current.snapshot(), page.card, service_id, now=utc_now())
    if offered is None or offered.absence is None:
        return _explain(page, service_id, None, Absence.UNKNOWN)
    return _explain(page, service_id, offered, offered.absence)


def _renamed(service_id: str) -> Service | None:
    services = current.snapshot().catalogue.services
    return next((service for service in services if service_id in service.aliases), None)


def _explain(
    page: InstancePage, service_id: str, offered: Offered | None, absence: Absence
) -> Response:
    # What is reserved to agents is not told to strangers.
    told = None if absence is Absence.AGENTS_ONLY else offered
    reason = Absence.UNKNOWN if told is None else absence
    choice = told.choice if told else None
    body = render_template(
        "portal/not_here.html",
        page=page,
        reason=reason.value,
        service=told.service if told else None,
        replacement=_replacement(page, told),
        replacement_url=choice.replacement_url if choice and reason is Absence.HIDDEN else None,
        word=_word(told, reason),
        nearest=_nearest(page, service_id, told),
    )
    response = make_response(body, _STATUS[reason])
    return keep(response, until=page.valid_until, targets=page.targets)


def _word(offered: Offered | None, reason: Absence) -> str | None:
    """Return what the académie says to those who look for it."""
    if offered is None:
        return None
    if reason is Absence.WITHDRAWN and isinstance(offered.service, LocalService):
        farewell = offered.service.farewell
        return say(farewell) if farewell else None
    return offered.choice.word if offered.choice and reason is Absence.HIDDEN else None


def _replacement(page: InstancePage, offered: Offered | None) -> Tile | None:
    """Return the first that is shown here: chosen by the académie, or the nation's successor."""
    if offered is None:
        return None
    wanted = [offered.service.lifecycle.successor, *offered.service.alternatives]
    if offered.choice is not None and offered.absence is Absence.HIDDEN:
        wanted = [offered.choice.replacement_service]
    if isinstance(offered.service, LocalService) and offered.absence is Absence.WITHDRAWN:
        wanted = [offered.service.replaced_by]
    by_id = {tile.service.id: tile for tile in page.tiles}
    return next((by_id[item] for item in wanted if item in by_id), None)


def _nearest(page: InstancePage, service_id: str, offered: Offered | None) -> tuple[Tile, ...]:
    by_id = {tile.service.id: tile for tile in page.tiles}
    if offered is not None:
        category = offered.service.categories[0]
        return tuple(t for t in page.tiles if t.service.categories[0] == category)[:_NEAREST]
    return tuple(by_id[found] for found in get_close_matches(service_id, by_id, _NEAREST))
