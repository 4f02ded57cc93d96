"""Préparer un lien: the form, the link, and its ways out (large, slips, calendar)."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from flask import Response, abort, make_response, redirect, render_template, request

from instances import launch
from instances.launch import Entrance
from instances.page import InstancePage, Tile
from web import current, links, prepared, readers
from web.absence import absent_page
from web.headers import keep, no_store
from web.link_words import meeting_title
from web.opening import blueprint, count
from web.prepared import LinkForm, PreparedLink
from web.site import utc_now

__all__ = ["blueprint"]
"""The opening blueprint, with the routes of this module too."""

_BAD_REQUEST, _FORBIDDEN, _SEE_OTHER = 400, 403, 303


@blueprint.get("/<academie>/lien/<service_id>")
def prepare(academie: str, service_id: str) -> Response:
    page = current.page_of(academie)
    absent = absent_page(page, service_id, endpoint="opening.prepare")
    if absent is not None:
        return absent
    tile, _ = _named_entrance(page, service_id)
    body = render_template("opening/prepare.html", page=page, tile=tile, form=LinkForm(), errors={})
    return keep(make_response(body), until=page.valid_until, targets=page.targets)


@blueprint.post("/<academie>/lien/<service_id>")
def make(academie: str, service_id: str) -> Response:
    """Answer the POST with the link itself: the name never stands in an address of ours."""
    _refuse_other_sites()
    page = current.page_of(academie)
    tile, entrance = _named_entrance(page, service_id)
    form = prepared.checked(prepared.typed(request.form), entrance)
    if form.errors:
        return _form_again(page, tile, form)
    backend = launch.choose_backend(entrance.backends, current.snapshot().health, now=utc_now())
    if backend is None:
        trouble = links.url("opening.trouble", service_id=service_id)
        return no_store(make_response(redirect(trouble, _SEE_OTHER)))
    variant_id = request.form.get("variante") or None
    link = prepared.make_link(form, backend, entrance, page.card, variant_id=variant_id)
    count(page.card, tile.service, outcome="opened")
    return _show("ready", page, tile, link)


def _with_link(
    view: Callable[[InstancePage, Tile, PreparedLink], Response],
) -> Callable[[str, str], Response]:
    """Give a view the link that our own form sends back."""

    @wraps(view)
    def found(academie: str, service_id: str) -> Response:
        _refuse_other_sites()
        page = current.page_of(academie)
        tile, entrance = _named_entrance(page, service_id)
        link = prepared.sent_back(request.form, entrance, page.card)
        if link is None:
            form_page = links.url("opening.prepare", service_id=service_id)
            return no_store(make_response(redirect(form_page, _SEE_OTHER)))
        return view(page, tile, link)

    return found


@blueprint.post("/<academie>/lien/<service_id>/pret", endpoint="again")
@_with_link
def again(page: InstancePage, tile: Tile, link: PreparedLink) -> Response:
    """Come back to the link from one of its ways out."""
    return _show("ready", page, tile, link)


@blueprint.post("/<academie>/lien/<service_id>/grand", endpoint="large")
@_with_link
def large(page: InstancePage, tile: Tile, link: PreparedLink) -> Response:
    return _show("large", page, tile, link)


@blueprint.post("/<academie>/lien/<service_id>/imprimer", endpoint="slips")
@_with_link
def slips(page: InstancePage, tile: Tile, link: PreparedLink) -> Response:
    return _show("slips", page, tile, link)


@blueprint.post("/<academie>/lien/<service_id>/agenda.ics", endpoint="agenda")
@_with_link
def agenda(page: InstancePage, tile: Tile, link: PreparedLink) -> Response:
    if link.starts_at is None:
        return _show("ready", page, tile, link)
    title = meeting_title(tile)
    response = make_response(prepared.calendar(link, title=title, now=utc_now()))
    response.headers["Content-Type"] = "text/calendar; charset=utf-8"
    response.headers["Content-Disposition"] = 'attachment; filename="rendez-vous.ics"'
    return no_store(response)


def _named_entrance(page: InstancePage, service_id: str) -> tuple[Tile, Entrance]:
    """Return what a name opens; another service has no link to prepare: 404."""
    tile = current.tile_of(page, service_id)
    variant_id = request.values.get("variante") or None
    entrance = launch.entrance(tile.service, variant_id)
    if entrance is None or not launch.needs_name(entrance.launch):
        current.not_found()
    return tile, entrance


def _refuse_other_sites() -> None:
    if not readers.is_from_our_own_page(request):
        abort(_FORBIDDEN)


def _form_again(page: InstancePage, tile: Tile, form: LinkForm) -> Response:
    body = render_template(
        "opening/prepare.html", page=page, tile=tile, form=form, errors=form.errors
    )
    return no_store(make_response(body, _BAD_REQUEST))


def _show(name: str, page: InstancePage, tile: Tile, link: PreparedLink) -> Response:
    body = render_template(
        f"opening/{name}.html",
        page=page,
        tile=tile,
        link=link,
        zones_differ=prepared.zones_differ(link, page.card),
    )
    return no_store(make_response(body))
