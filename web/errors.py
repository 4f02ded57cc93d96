"""What goes wrong, said in words that help; the only module that turns exceptions into answers."""

from __future__ import annotations

import math
from urllib.parse import urlsplit

import structlog
from flask import Flask, Response, current_app, g, make_response, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import (
    Forbidden,
    Gone,
    HTTPException,
    InternalServerError,
    MisdirectedRequest,
    NotFound,
    RequestEntityTooLarge,
    TooManyRequests,
)
from werkzeug.routing import RequestRedirect

from accounts.invitations import InvitationError
from instances.page import InstancePage
from web import account_words, current, links, monitoring_pages, tenancy
from web.credentials import TooManyAttemptsError
from web.current import UnknownAcademieError
from web.guards import NoRightError
from web.headers import no_store
from web.language import current_language

log = structlog.get_logger()

_WITH_A_PAGE = frozenset({403, 404, 405, 421})
_SWALLOWED = 16 * 1024 * 1024
"""Bytes of a refused upload that are read away."""
_PIECE = 64 * 1024


def register(app: Flask) -> None:
    app.register_error_handler(UnknownAcademieError, _unknown_academie)
    app.register_error_handler(NoRightError, _no_right)
    app.register_error_handler(CSRFError, _forged)
    app.register_error_handler(TooManyAttemptsError, _too_many)
    app.register_error_handler(InvitationError, _invitation_over)
    app.register_error_handler(RequestEntityTooLarge, _too_large)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Exception, _our_fault)

    @app.before_request
    def refuse_unknown_hosts() -> None:
        # A load balancer or a Prometheus asks each node by its number.
        for_machines = request.blueprint == monitoring_pages.blueprint.name
        if not request.environ.get(tenancy.KNOWN_HOST, True) and not for_machines:
            raise MisdirectedRequest

    @app.after_request
    def add_a_missing_slash(response: Response) -> Response:
        """The router knows neither the language nor a host of its own; and it names the host."""
        error = request.routing_exception
        if isinstance(error, RequestRedirect):
            parts = urlsplit(error.new_url)
            path = links.localised(parts.path, current_language())
            response.location = f"{path}?{parts.query}" if parts.query else path
        return response


def _unknown_academie(error: UnknownAcademieError) -> Response:
    cards = current.snapshot().directory.nearest(error.slug)
    body = render_template("errors/unknown_academie.html", slug=error.slug, cards=cards)
    return make_response(body, 404)


def _no_right(error: NoRightError) -> Response:
    return no_store(make_response(render_template("errors/no_right.html"), error.code))


def _forged(_error: CSRFError) -> Response:
    """A form without its token: another site sent it, or the session ended meanwhile."""
    return no_store(make_response(render_template("errors/403.html"), Forbidden.code))


def _too_large(error: RequestEntityTooLarge) -> Response:
    """Say it in a page that arrives: a browser that is cut off while it sends shows none."""
    _read_away()
    _remember_academie()
    has_a_form = current_app.url_map.bind("").test(request.path, method="GET")
    back = links.localised(request.path, current_language()) if has_a_form else None
    return no_store(make_response(render_template("errors/413.html", back=back), error.code))


def _read_away() -> None:
    stream = request.environ["wsgi.input"]
    left = min(_SWALLOWED, request.content_length or 0)
    while left > 0:
        piece = stream.read(min(_PIECE, left))
        if not piece:
            return
        left -= len(piece)


def _invitation_over(error: InvitationError) -> Response:
    """A link that leads nowhere (any more), or is somebody else's."""
    body = render_template("auth/invitation_over.html", reason=account_words.refused(error))
    code = NotFound.code if error.code == "unknown" else Gone.code
    return no_store(make_response(body, code))


def _too_many(error: TooManyAttemptsError) -> Response:
    seconds = math.ceil(error.wait.total_seconds())
    body = render_template("errors/429.html", minutes=math.ceil(seconds / 60))
    response = no_store(make_response(body, TooManyRequests.code))
    response.headers["Retry-After"] = str(seconds)
    return response


def _http_error(error: HTTPException) -> ResponseReturnValue:
    code = error.code or InternalServerError.code
    if code not in _WITH_A_PAGE:
        return error
    _remember_academie()
    response = make_response(render_template(f"errors/{code}.html"), code)
    for name, value in error.get_headers(request.environ):
        if name == "Allow":
            response.headers[name] = value
    return response


def _our_fault(error: Exception) -> Response:
    """Say that it is ours, and still show the services: they may well work."""
    log.error("request-failed", route=request.endpoint, exc_info=error)
    body = render_template("errors/500.html", page=_last_known_page())
    return no_store(make_response(body, InternalServerError.code))


def _remember_academie() -> None:
    """Let an error below an académie's address keep that académie's header."""
    slug = (request.view_args or {}).get("academie") or request.path[1:].partition("/")[0]
    card = current.snapshot().card(slug)
    if card is not None:
        g.card = card


def _last_known_page() -> InstancePage | None:
    card = g.get("card")
    try:
        return None if card is None else current.page_of(card.slug)
    except Exception:  # noqa: BLE001 - this is already the page for when things fail
        return None
