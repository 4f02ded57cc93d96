"""Addresses of our own pages: in the reader's language, without the slug on an académie's host."""

from __future__ import annotations

from typing import Any

from flask import current_app, g, request, url_for

from catalogue.schema import Service, Visibility
from instances.national import NATIONAL_SLUG
from instances.schema import AcademyCard
from settings import SETTINGS_KEY
from web import tenancy
from web.page_cache import PROFILE

_WITHOUT_LANGUAGE = ("wellknown.", "metrics.", "api.")
_FOR_AGENTS = {
    "opening.open_service": "personal.open_service",
    "opening.trouble": "personal.trouble",
    "portal.service": "personal.service",
}


def url(endpoint: str, *, language: str | None = None, **values: Any) -> str:
    """Return the path of a page; the académie is the current one unless it is given."""
    if "academie" not in values and g.get("card") is not None:
        rule_wants_it = current_app.url_map.is_endpoint_expecting(endpoint, "academie")
        if rule_wants_it:
            values["academie"] = g.card.slug
    path = url_for(endpoint, **values)
    of_the_nation = endpoint.startswith("status.") and values.get("academie") == NATIONAL_SLUG
    if request.environ.get(tenancy.OWN_SLUG) and (endpoint == "portal.choose" or of_the_nation):
        # An académie's own host has no page on which another one is chosen; its status is its own.
        prefix = tenancy.ENGLISH if (language or g.get("language")) == "en" else ""
        return f"{current_app.extensions[SETTINGS_KEY].public_url}{prefix}{path}"
    if endpoint.startswith(_WITHOUT_LANGUAGE):
        return path
    return localised(path, language or g.get("language", "fr"))


def service_url(endpoint: str, service: Service, **values: Any) -> str:
    """Return the path of a page about a service; what is reserved to agents has its own."""
    if service.visibility is Visibility.AGENTS:
        endpoint = _FOR_AGENTS[endpoint]
    return url(endpoint, service_id=service.id, **values)


def absolute_url(endpoint: str, **values: Any) -> str:
    """Return the whole address, from the settings or the card's host, never from the request."""
    settings = current_app.extensions[SETTINGS_KEY]
    path = url(endpoint, **values)
    on_own_host = request.environ.get(tenancy.OWN_SLUG) and g.get("card") and g.card.hosts
    return f"{own_host_url(g.card) if on_own_host else settings.public_url}{path}"


def own_host_url(card: AcademyCard) -> str:
    """Return the address of an académie's own host: the first, under the portal's scheme."""
    settings = current_app.extensions[SETTINGS_KEY]
    scheme = settings.public_url.partition("://")[0]
    return f"{scheme}://{card.hosts[0]}"


def other_language_url() -> str:
    """Return the address of the same page in the other language."""
    other = "fr" if g.get("language") == "en" else "en"
    if request.endpoint is None or request.method == "POST":
        return url("portal.choose", language=other)
    values = dict(request.view_args or {})
    # What is not known does not travel: the page may be kept for everybody.
    query = {"pour": request.environ.get(PROFILE), "q": request.args.get("q")}
    return url(request.endpoint, language=other, **values, **query)


def asked_for() -> str:
    """Return the path that was asked for, with its query, as its reader wrote it."""
    path = localised(f"{request.script_root}{request.path}", g.get("language", "fr"))
    query = request.query_string.decode("utf-8", "replace")
    return f"{path}?{query}" if query else path


def localised(path: str, language: str) -> str:
    """Write a path of the route map as readers see it."""
    root = request.script_root
    inside = path[len(root) :]
    own_slug = request.environ.get(tenancy.OWN_SLUG)
    if own_slug and inside.startswith(f"/{own_slug}/"):
        inside = inside[len(own_slug) + 1 :]
    prefix = tenancy.ENGLISH if language == "en" else ""
    return f"{root}{prefix}{inside}"
