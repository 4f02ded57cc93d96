"""For machines that watch: /healthz, /readyz, /metrics."""

from __future__ import annotations

from hmac import compare_digest

from flask import Blueprint, Response, abort, make_response, request

from web import current, tenancy
from web.headers import no_store

blueprint = Blueprint("metrics", __name__)

_FORBIDDEN, _NOT_READY = 403, 503


@blueprint.get("/healthz")
def healthz() -> Response:
    """The process lives."""
    return _plain("ok\n")


@blueprint.get("/readyz")
def readyz() -> Response:
    """A snapshot is loaded: pages can be made."""
    ready = current.site().ready
    return _plain("ready\n" if ready else "loading\n", 200 if ready else _NOT_READY)


@blueprint.get("/metrics")
def metrics() -> Response:
    if not _may_scrape():
        abort(_FORBIDDEN)
    abort(501)


def _may_scrape() -> bool:
    settings = current.site().settings
    token = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if settings.metrics_token and compare_digest(token.encode(), settings.metrics_token.encode()):
        return True
    address = tenancy.client_address(request.environ, settings.trusted_proxies)
    return tenancy.is_in(address, settings.metrics_allow)


def _plain(body: str, status: int = 200) -> Response:
    response = no_store(make_response(body, status))
    response.headers["Content-Type"] = "text/plain; charset=utf-8"
    return response
