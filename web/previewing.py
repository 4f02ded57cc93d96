"""The public page inside a preview: the same templates, under a banner, nothing counted or kept."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Response, g, make_response, render_template, request

from catalogue.schema import Profile, Service
from catalogue.selection import search, suggestion
from instances import launch
from instances.local_judging import Surroundings
from instances.page import InstancePage, Tile, build_page
from instances.previews import Seen, View, see
from web import current, dates, links
from web.absence import absent_page
from web.admin.local_editing import ICONS
from web.context import search_index
from web.headers import no_store
from web.language import current_language
from web.portal import MAX_QUERY
from web.site import utc_now
from web.translation import gettext as _

Address = Callable[..., str]


@dataclass(frozen=True, kw_only=True)
class Banner:
    """What stands above the page so that nobody takes it for the page itself."""

    words: str
    way_out: str
    """Where "Quitter l'aperçu" leads."""
    way_out_words: str


@dataclass(frozen=True, kw_only=True)
class Preview:
    seen: Seen
    view: View
    banner: Banner
    home: Address
    """Make the address of the preview's own first page; takes query parameters."""
    service: Address
    """Make the address of a service's page inside the preview; takes its id, and a query."""


def enter(academie: str, view: View, **addresses: Any) -> Preview:
    """Look at an académie through a view, from here to the end of the request."""
    card = current.enter(academie)
    around = Surroundings(snapshot=current.snapshot(), card=card, now=utc_now(), icons=ICONS)
    with current.site().sessions() as session:
        seen = see(session, view, around)
    preview = Preview(seen=seen, view=view, **addresses)
    g.snapshot, g.preview = seen.snapshot, preview
    return preview


def context() -> dict[str, Any]:
    """Keep the links of a page inside the preview; for the blueprints that show one."""
    preview: Preview | None = g.get("preview")
    if preview is None:
        return {}
    return {"url": _url, "service_url": _service_url}


def _url(endpoint: str, **values: Any) -> str:
    preview: Preview = g.preview
    if endpoint == "portal.home" and "language" not in values:
        return preview.home(**values)
    service_id = values.get("service_id")
    if service_id is not None and endpoint.partition(".")[0] in ("opening", "portal"):
        return preview.service(service_id)
    return links.url(endpoint, **values)


def _service_url(endpoint: str, service: Service, **values: Any) -> str:
    """Lead to the service itself, past our door, which counts; else to its page in here."""
    preview: Preview = g.preview
    if endpoint == "opening.open_service":
        if service.variants and "variant_id" not in values:
            return preview.service(service.id, niveau="")
        entrance = launch.entrance(service, values.get("variant_id"))
        if entrance is not None and entrance.backends and not launch.needs_name(entrance.launch):
            return launch.address(entrance.backends[0], entrance.launch)
    return preview.service(service.id)


def words_of(view: View) -> str:
    """Say what one sees, for the banner and for a list of links."""
    who = _("une personne qui a un compte") if view.as_agent else _("un visiteur")
    when = _("en ce moment")
    if view.day is not None:
        when = _("le %(day)s à midi", day=dates.full_day(view.day))
    words = _("ce que voit %(who)s, %(when)s", who=who, when=when)
    return _("%(words)s, brouillons compris", words=words) if view.drafts else words


def home_page(preview: Preview) -> Response:
    page = _page(preview, _profile())
    query = request.args.get("q", "").strip()[:MAX_QUERY] or None
    results, suggested = (None, None) if query is None else _results(page, query)
    body = render_template(
        "portal/home.html", page=page, query=query, results=results, suggestion=suggested
    )
    return no_store(make_response(body))


def service_page(preview: Preview, service_id: str) -> Response:
    page = _page(preview, None)
    tile = page.tile(service_id)
    if tile is None:
        absent = absent_page(page, service_id, endpoint="portal.service")
        return no_store(absent) if absent is not None else current.not_found()
    if tile.service.variants and "niveau" in request.args:
        return no_store(
            make_response(render_template("portal/variants.html", page=page, tile=tile))
        )
    body = render_template(
        "portal/service.html", page=page, tile=tile, alternatives=page.alternatives_to(tile)
    )
    return no_store(make_response(body))


def _page(preview: Preview, profile: Profile | None) -> InstancePage:
    return build_page(
        preview.seen.snapshot,
        g.card,
        now=preview.seen.at,
        profile=profile,
        for_agents=preview.view.as_agent,
    )


def _profile() -> Profile | None:
    wanted = request.args.get("pour", "")
    return Profile(wanted) if wanted in set(Profile) else None


def _results(page: InstancePage, query: str) -> tuple[tuple[Tile, ...], str | None]:
    language = current_language()
    entries = [(tile.service.id, search_index(tile.service, language)) for tile in page.tiles]
    by_id = {tile.service.id: tile for tile in page.tiles}
    found = tuple(by_id[service_id] for service_id in search(entries, query))
    return found, None if found else suggestion(entries, query)
