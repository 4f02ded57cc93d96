"""Addresses that browsers, robots and researchers look for at known places."""

from __future__ import annotations

from datetime import timedelta
from xml.sax.saxutils import escape

from flask import Blueprint, Response, jsonify, make_response, redirect
from flask_babel import gettext as _

from instances.national import NATIONAL_SLUG
from web import current, links
from web.headers import keep
from web.site import utc_now

blueprint = Blueprint("wellknown", __name__)

_CLOSED_TO_ROBOTS = ("ouvrir", "lien", "souci")
_SECURITY_TEXT_LIFETIME = timedelta(days=180)


@blueprint.get("/robots.txt")
def robots() -> Response:
    # An académie's own host leaves its slug out.
    closed = [f"Disallow: {start}/{name}/" for name in _CLOSED_TO_ROBOTS for start in ("", "/*")]
    base = current.site().settings.public_url
    lines = ["User-agent: *", *closed, f"Sitemap: {base}/sitemap.xml", ""]
    return _kept("\n".join(lines), "text/plain; charset=utf-8")


@blueprint.get("/sitemap.xml")
def sitemap() -> Response:
    """Every académie's page and status under its own address, the same whatever host is asked."""
    base = current.site().settings.public_url
    cards = current.snapshot().directory.cards
    homes = [("", base), (f"/{NATIONAL_SLUG}", base)]
    homes += [(f"/{card.slug}", base) for card in cards if not card.hosts]
    homes += [("", links.own_host_url(card)) for card in cards if card.hosts]
    # At the portal's own address the status is the nation's.
    paths = [(f"{path}/", root) for path, root in homes]
    paths += [(f"{path}/etat", root) for path, root in homes if path != f"/{NATIONAL_SLUG}"]
    pages = [f"{root}{language}{path}" for language in ("", "/en") for path, root in paths]
    urls = "".join(f"<url><loc>{escape(page)}</loc></url>" for page in pages)
    body = (
        '<?xml version="1.0" encoding="UTF-8"?>'
        f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{urls}</urlset>'
    )
    return _kept(body, "application/xml; charset=utf-8")


@blueprint.get("/.well-known/security.txt")
def security() -> Response:
    """RFC 9116; 404 when no contact is set, since an empty one would be a lie."""
    settings = current.site().settings
    contact = settings.security_contact or settings.contact_email
    if not contact:
        current.not_found()
    address = contact if contact.startswith(("https://", "mailto:")) else f"mailto:{contact}"
    expires = (utc_now() + _SECURITY_TEXT_LIFETIME).strftime("%Y-%m-%dT00:00:00Z")
    canonical = f"{settings.public_url}/.well-known/security.txt"
    lines = [
        f"Contact: {address}",
        f"Expires: {expires}",
        "Preferred-Languages: fr, en",
        f"Canonical: {canonical}",
        "",
    ]
    return _kept("\n".join(lines), "text/plain; charset=utf-8")


@blueprint.get("/security.txt")
def security_at_the_root() -> Response:
    """Where it stood before RFC 9116; people still look there."""
    return make_response(redirect(links.url("wellknown.security"), 301))


@blueprint.get("/manifest.webmanifest")
def manifest() -> Response:
    site = current.site()
    body = {
        "name": f"{site.settings.name} · {_('les services numériques de votre académie')}",
        "short_name": site.settings.name,
        "lang": "fr",
        "start_url": links.url("portal.choose"),
        "display": "browser",
        "background_color": "#ffffff",
        "theme_color": "#20365a",
        "icons": [
            {
                "src": site.assets.url_path("favicon.svg"),
                "sizes": "any",
                "type": "image/svg+xml",
            }
        ],
    }
    response = keep(jsonify(body), until=utc_now() + timedelta(days=1), targets=())
    response.headers["Content-Type"] = "application/manifest+json"
    return response


@blueprint.get("/favicon.ico")
def favicon() -> Response:
    """Old browsers ask for it by themselves."""
    return make_response(redirect(current.site().assets.url_path("favicon.svg"), 302))


def _kept(body: str, content_type: str) -> Response:
    response = keep(make_response(body), until=utc_now() + timedelta(hours=6), targets=())
    response.headers["Content-Type"] = content_type
    return response
