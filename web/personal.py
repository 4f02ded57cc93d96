"""Somebody's own space in an académie: favourites that follow, services reserved to agents."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, Response, flash, g, make_response, redirect, render_template, request
from sqlalchemy.orm import Session

from accounts.permissions import Action, may
from catalogue.schema import Visibility
from database import writing
from instances import favourites
from instances.page import InstancePage, build_page
from web import current, links, opening
from web.absence import absent_page
from web.auth import require_person
from web.guards import needs
from web.site import utc_now
from web.status_view import news_of
from web.translation import gettext as _
from web.translation import ngettext

blueprint = Blueprint("personal", __name__)

_SEE_OTHER = 303


@blueprint.get("/<academie>/mon-espace")
@needs(Action.USE_OWN_SPACE)
def space(academie: str) -> Response:
    page, person = _page(), require_person()
    with current.site().sessions() as db:
        mine = favourites.list_favourites(db, person.account_id, academie)
    tiles = {tile.service.id: tile for tile in page.tiles}
    kept = [tiles[item] for item in mine if item in tiles]
    body = render_template(
        "personal/space.html",
        page=page,
        mine=mine,
        kept=kept,
        elsewhere=[_titled(item) for item in mine if item not in tiles],
        reserved=[
            tile
            for tile in page.tiles
            if tile.service.visibility is Visibility.AGENTS and tile not in kept
        ],
        manages=may(person, Action.SEE_DESK, scope=academie),
        for_device=[
            {"id": tile.service.id, "name": tile.service.title}
            for tile in kept
            if tile.service.visibility is Visibility.PUBLIC
        ],
    )
    return make_response(body)


@blueprint.post("/<academie>/mon-espace/favoris")
@needs(Action.USE_OWN_SPACE)
def choose(academie: str) -> Response:
    """Keep what is ticked; what the form does not show is left as it is."""
    shown = {tile.service.id for tile in _page().tiles}
    ticked = [item for item in request.form.getlist("favori") if item in shown]

    def write(db: Session, account_id: int) -> None:
        mine = favourites.list_favourites(db, account_id, academie)
        unseen = [item for item in mine if item not in shown]
        favourites.set_favourites(db, account_id, academie, service_ids=[*unseen, *ticked])

    return _write(write, _("Vos favoris sont enregistrés."))


@blueprint.post("/<academie>/mon-espace/favoris/<service_id>")
@needs(Action.USE_OWN_SPACE)
def toggle(academie: str, service_id: str) -> Response:
    """Keep one, or let it go."""
    if request.form.get("garder") != "oui":
        return _write(
            lambda db, account_id: favourites.remove_favourite(
                db, account_id, academie, service_id=service_id
            ),
            _("%(title)s n'est plus dans vos favoris.", title=_titled(service_id)[1]),
        )
    current.tile_of(_page(), service_id)
    return _write(
        lambda db, account_id: favourites.add_favourites(
            db, account_id, academie, service_ids=[service_id]
        ),
        _("%(title)s est dans vos favoris.", title=_titled(service_id)[1]),
    )


@blueprint.post("/<academie>/mon-espace/reprendre")
@needs(Action.USE_OWN_SPACE)
def take_from_device(academie: str) -> Response:
    """Add the favourites that a browser kept; those of other académies stay where they are."""
    known = {service.id for service in current.snapshot().services_of(academie)}
    said = request.form.get("favoris", "").split(",")[: favourites.MOST]
    wanted = [item for item in said if item in known]
    found = ngettext(
        "%(num)d favori de cet appareil est dans votre espace.",
        "%(num)d favoris de cet appareil sont dans votre espace.",
        len(wanted),
    )
    return _write(
        lambda db, account_id: favourites.add_favourites(
            db, account_id, academie, service_ids=wanted
        ),
        found if wanted else _("Cet appareil n'a pas de favoris à reprendre."),
    )


@blueprint.get("/<academie>/mon-espace/ouvrir/<service_id>")
@blueprint.get("/<academie>/mon-espace/ouvrir/<service_id>/<variant_id>")
@needs(Action.USE_OWN_SPACE)
def open_service(academie: str, service_id: str, variant_id: str | None = None) -> Response:
    del academie
    page = _page()
    absent = absent_page(page, service_id, endpoint="personal.open_service")
    return absent or opening.lead(page, current.tile_of(page, service_id), variant_id)


@blueprint.get("/<academie>/mon-espace/services/<service_id>")
@needs(Action.USE_OWN_SPACE)
def service(academie: str, service_id: str) -> Response:
    del academie
    return _about("portal/service.html", service_id, endpoint="personal.service")


@blueprint.get("/<academie>/mon-espace/souci/<service_id>")
@needs(Action.USE_OWN_SPACE)
def trouble(academie: str, service_id: str) -> Response:
    del academie
    return _about("opening/trouble.html", service_id, endpoint="personal.trouble")


def _page() -> InstancePage:
    """Return the académie's page as those see it who are signed in."""
    return build_page(current.snapshot(), g.card, now=utc_now(), for_agents=True)


def _about(template: str, service_id: str, *, endpoint: str) -> Response:
    page = _page()
    absent = absent_page(page, service_id, endpoint=endpoint)
    if absent is not None:
        return absent
    tile = current.tile_of(page, service_id)
    body = render_template(
        template,
        page=page,
        tile=tile,
        news=news_of(current.snapshot(), page, tile, now=page.at),
        alternatives=page.alternatives_to(tile),
    )
    return make_response(body)


def _write(change: Callable[[Session, int], None], told: str) -> Response:
    with writing(current.site().sessions) as db:
        change(db, require_person().account_id)
    flash(told, "done")
    return make_response(redirect(links.url("personal.space"), _SEE_OTHER))


def _titled(service_id: str) -> tuple[str, str]:
    """Return a service's id and title; its id again when nobody knows it any more."""
    services = current.snapshot().services_of(g.card.slug)
    titles = (item.title for item in services if item.id == service_id)
    return service_id, next(titles, service_id)
