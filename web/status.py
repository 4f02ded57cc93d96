"""Does it work? Every service of an académie with its state; the same for the nation."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Blueprint, Response, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue

from instances.national import NATIONAL_SLUG
from web import current, links
from web.headers import keep
from web.site import utc_now
from web.status_view import StatusView, build_view

blueprint = Blueprint("status", __name__)

View = TypeVar("View", bound=Callable[..., Any])
_MOVED = 308


def at(rest: str, *, methods: tuple[str, ...] = ("GET",)) -> Callable[[View], View]:
    """Put a view at `/<academie>/etat…`, and for the nation at `/etat…`."""

    def put(view: View) -> View:
        nation = {"academie": NATIONAL_SLUG}
        blueprint.route(f"/etat{rest}", methods=methods, defaults=nation)(view)
        blueprint.route(f"/<academie>/etat{rest}", methods=methods)(view)
        return view

    return put


@blueprint.before_request
def one_address_for_the_nation() -> ResponseReturnValue | None:
    if not request.path.startswith(f"/{NATIONAL_SLUG}/"):
        return None
    return redirect(links.url(str(request.endpoint), **(request.view_args or {})), _MOVED)


def view_of(academie: str) -> StatusView:
    """Return what the status of an académie, now its current one, is made from."""
    page = current.page_of(academie)
    return build_view(current.snapshot(), page, now=utc_now())


def follow(response: Response, view: StatusView) -> Response:
    """Let an answer be kept that tells all that a status tells."""
    targets = view.page.targets
    return keep(response, until=view.valid_until, targets=targets, follows=True)


@at("")
def status(academie: str) -> Response:
    view = view_of(academie)
    cards = current.snapshot().directory.cards if academie == NATIONAL_SLUG else ()
    body = render_template("status/status.html", view=view, page=view.page, cards=cards)
    return follow(make_response(body), view)
