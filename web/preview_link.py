"""A link that shows an académie's page as it will be, for a week, to whoever has it."""

from __future__ import annotations

from flask import Blueprint, Response, make_response, render_template

from instances import previews
from web import current, dates, links, previewing
from web.guards import TOKEN_IN_ADDRESS, rule
from web.previewing import Banner, Preview
from web.site import utc_now
from web.translation import gettext as _

blueprint = Blueprint("preview_link", __name__)
blueprint.context_processor(previewing.context)

_GONE = 410


@blueprint.get("/<academie>/apercu/<token>/")
@rule(TOKEN_IN_ADDRESS)
def home(academie: str, token: str) -> Response:
    preview = _preview(academie, token)
    return _over() if preview is None else previewing.home_page(preview)


@blueprint.get("/<academie>/apercu/<token>/services/<service_id>")
@rule(TOKEN_IN_ADDRESS)
def service(academie: str, token: str, service_id: str) -> Response:
    preview = _preview(academie, token)
    return _over() if preview is None else previewing.service_page(preview, service_id)


def _preview(academie: str, token: str) -> Preview | None:
    card = current.enter(academie)
    with current.site().sessions() as session:
        link = previews.find_link(session, academie, token, now=utc_now())
    if link is None:
        return None
    view = previews.view_of(link)
    last = _(
        "%(words)s. Ce lien vaut jusqu'au %(day)s.",
        words=previewing.words_of(view),
        day=dates.date_of(link.expires_at, card.zone),
    )
    banner = Banner(
        words=last,
        way_out=links.url("portal.home"),
        way_out_words=_("Voir la page d'aujourd'hui"),
    )
    return previewing.enter(
        academie,
        view,
        banner=banner,
        home=lambda **query: links.url("preview_link.home", token=token, **query),
        service=lambda service_id, **query: links.url(
            "preview_link.service", token=token, service_id=service_id, **query
        ),
    )


def _over() -> Response:
    """One page for a link that ended, was withdrawn or never was: it tells nothing of any."""
    return make_response(render_template("preview/over.html"), _GONE)
