"""What the request at hand is about: the site, its snapshot, its académie."""

from __future__ import annotations

from typing import NoReturn

from flask import abort, current_app, g

from instances.page import InstancePage, Tile, build_page
from instances.schema import AcademyCard
from instances.snapshot import Snapshot
from web.site import SITE, Site, utc_now


class UnknownAcademieError(Exception):
    """No académie has this slug."""

    def __init__(self, slug: str) -> None:
        self.slug = slug
        super().__init__(slug)


def site() -> Site:
    found: Site = current_app.extensions[SITE]
    return found


def snapshot() -> Snapshot:
    """Return the snapshot of this request: the same one from beginning to end."""
    if "snapshot" not in g:
        g.snapshot = site().snapshot
    found: Snapshot = g.snapshot
    return found


def enter(academie: str) -> AcademyCard:
    """Make an académie the current one; raises UnknownAcademieError."""
    card = snapshot().card(academie)
    if card is None:
        raise UnknownAcademieError(academie)
    g.card = card
    return card


def page_of(academie: str) -> InstancePage:
    card = enter(academie)
    return build_page(snapshot(), card, now=utc_now())


def tile_of(page: InstancePage, service_id: str) -> Tile:
    tile = next((item for item in page.tiles if item.service.id == service_id), None)
    if tile is None:
        not_found()
    return tile


def not_found() -> NoReturn:
    abort(404)
