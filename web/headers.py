"""Headers of every answer: what browsers may load, and who may keep it."""

from __future__ import annotations

from datetime import datetime

from flask import Flask, Response, g, request

from instances.basis import Shown
from settings import Settings
from web.page_cache import KEEP, ROUTE, SHOWN

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; manifest-src 'self'; form-action 'self'; frame-ancestors 'none'; "
    "base-uri 'none'"
)
KEPT_CACHE_CONTROL = "public, max-age=0, s-maxage=2, stale-while-revalidate=5, stale-if-error=300"
_YEAR = 365 * 24 * 3600


def keep(
    response: Response,
    *,
    until: datetime | None,
    targets: tuple[str, ...] | None = None,
    follows: bool = False,
) -> Response:
    """Let this answer be kept until an instant; None: compressed, given once.

    Who says which targets' states it shows (perhaps none) spares it the changes of all others; a
    page of one académie is spared what the others decide. `follows`: it also tells incidents,
    history and what people signal.
    """
    card = g.get("card")
    request.environ[KEEP] = until
    request.environ[SHOWN] = Shown(targets, card.slug if card else None, follows)
    response.headers["Cache-Control"] = KEPT_CACHE_CONTROL if until else "no-cache"
    return response


def no_store(response: Response) -> Response:
    """An answer that holds a name, or that counts: never kept, closed to robots."""
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response


def register(app: Flask, settings: Settings) -> None:
    secure = settings.public_url.startswith("https://")

    @app.after_request
    def add_headers(response: Response) -> Response:
        headers = response.headers
        headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)
        headers.setdefault("X-Content-Type-Options", "nosniff")
        headers.setdefault("Referrer-Policy", "same-origin")
        headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
        headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
        headers.setdefault("Cache-Control", "no-cache")
        if secure:
            headers.setdefault("Strict-Transport-Security", f"max-age={_YEAR}")
        if response.mimetype == "text/html":
            headers.setdefault("Content-Language", g.get("language", "fr"))
        request.environ[ROUTE] = request.endpoint or "-"
        return response
