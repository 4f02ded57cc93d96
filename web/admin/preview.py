"""The public page as others see it, or will; links by which they see it for a week."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Any

from flask import Blueprint, Response, flash, g, redirect, request
from flask.typing import ResponseReturnValue
from wtforms import BooleanField, RadioField, ValidationError
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Optional

from accounts.names import names_of
from accounts.permissions import Action
from catalogue.schema import Visibility
from instances import previews
from instances.days import is_usable
from instances.models import PreviewLink
from instances.offer import today
from instances.previews import View
from web import current, dates, links, previewing
from web.admin.actors import say_actor
from web.admin.desk import Desk, deciding, desk, page
from web.admin.moments import DayField
from web.forms import DeskForm
from web.guards import needs
from web.previewing import Banner, Preview
from web.site import utc_now
from web.translation import gettext
from web.translation import lazy_gettext as _

blueprint = Blueprint("desk_preview", __name__, url_prefix="/<academie>/gestion")
blueprint.context_processor(previewing.context)

VISITOR, AGENT = "visiteur", "enseignant"
_DRAFTS = "brouillons"
_VIEW = re.compile(rf"({VISITOR}|{AGENT})(-{_DRAFTS})?(?:-([0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}))?")
_VIEWERS = (
    SelectChoice(VISITOR, _("Un visiteur")),
    SelectChoice(AGENT, _("Un enseignant qui a un compte")),
)
_INVALID, _SEE_OTHER = 422, 303


class PreviewForm(DeskForm):
    viewer = RadioField(
        _("Voir comme"),
        choices=_VIEWERS,
        default=VISITOR,
        validate_choice=False,
    )
    day = DayField(_("Quel jour ? (facultatif)"), validators=[Optional()])
    drafts = BooleanField(_("Avec les brouillons de nos services"))

    def validate_day(self, item: DayField) -> None:
        if item.data is not None and item.data < today(g.card, utc_now()):
            raise ValidationError(gettext("Ce jour est passé : choisissez-en un à venir."))

    @property
    def view(self) -> View:
        return View(
            as_agent=self.viewer.data == AGENT, day=self.day.data, drafts=bool(self.drafts.data)
        )


class LinkForm(PreviewForm):
    """What a link shows: as a visitor, who has no account."""

    viewer = None


@blueprint.get("/apercu")
@needs(Action.SEE_DESK)
def index(academie: str) -> ResponseReturnValue:  # noqa: ARG001
    at = desk()
    wanted = request.args.get("service")
    if wanted:
        return redirect(_service_address(_as_colleague(at, wanted), wanted), _SEE_OTHER)
    return _index(at)


@blueprint.get("/apercu/voir")
@needs(Action.SEE_DESK)
def look(academie: str) -> ResponseReturnValue:  # noqa: ARG001
    """Turn what was chosen into an address that can be looked at again."""
    form = PreviewForm(formdata=request.args)
    if not form.validate():
        return _index(desk(), form=form, status=_INVALID)
    return redirect(_home_address(form.view), _SEE_OTHER)


@blueprint.get("/apercu/voir/<view>/")
@needs(Action.SEE_DESK)
def home(academie: str, view: str) -> Response:
    return previewing.home_page(_preview(academie, view))


@blueprint.get("/apercu/voir/<view>/services/<service_id>")
@needs(Action.SEE_DESK)
def service(academie: str, view: str, service_id: str) -> Response:
    return previewing.service_page(_preview(academie, view), service_id)


@blueprint.post("/apercu/liens")
@needs(Action.DECIDE)
def make_link(academie: str) -> ResponseReturnValue:
    at, form = desk(), LinkForm(prefix="lien-")
    if not form.validate():
        return _index(at, link_form=form, status=_INVALID)
    view = View(day=form.day.data, drafts=bool(form.drafts.data))
    with deciding() as session:
        token = previews.make_link(session, view, by=at.decision())
    path = links.url("preview_link.home", academie=academie, token=token)
    return _index(at, made=f"{current.site().settings.public_url}{path}")


@blueprint.post("/apercu/liens/<token_hash>/retirer")
@needs(Action.DECIDE)
def withdraw_link(academie: str, token_hash: str) -> ResponseReturnValue:  # noqa: ARG001
    at = desk()
    with deciding() as session:
        done = previews.withdraw_link(session, token_hash, by=at.decision())
    told = gettext("Le lien ne montre plus rien.")
    flash(told if done else gettext("Ce lien ne montrait déjà plus rien."), "done")
    return redirect(links.url("desk_preview.index"), _SEE_OTHER)


def _index(at: Desk, *, status: int = 200, **changes: Any) -> Response:
    with current.site().sessions() as session:
        found = previews.links_of(session, at.card.slug, now=utc_now())
        names = names_of(session, (link.created_by for link in found))
    values: dict[str, Any] = {
        "form": PreviewForm(formdata=None),
        "link_form": LinkForm(formdata=None, prefix="lien-"),
        "made": None,
    }
    shown = [_told(link, at, say_actor(link.created_by, names)) for link in found]
    return page("admin/preview.html", at, status=status, shown=shown, **(values | changes))


def _told(link: PreviewLink, at: Desk, who: str) -> dict[str, str]:
    return {
        "hash": link.token_hash,
        "words": previewing.words_of(previews.view_of(link)),
        "author": who,
        "until": _moment(link.expires_at, at),
    }


def _moment(moment: datetime, at: Desk) -> str:
    return f"{dates.date_of(moment, at.card.zone)}, {dates.hour(moment, at.card.zone)}"


def _as_colleague(at: Desk, service_id: str) -> View:
    """Return the view in which a colleague meets this service."""
    services = at.snapshot.services_of(at.card.slug)
    found = next((item for item in services if item.id == service_id), None)
    reserved = found is not None and found.visibility is Visibility.AGENTS
    return View(as_agent=reserved, drafts=found is None)


def _preview(academie: str, name: str) -> Preview:
    view = _read(name)
    banner = Banner(
        words=previewing.words_of(view),
        way_out=links.url("desk_preview.index", academie=academie),
        way_out_words=gettext("Quitter l'aperçu"),
    )
    return previewing.enter(
        academie,
        view,
        banner=banner,
        home=lambda **query: _home_address(view, **query),
        service=lambda service_id, **query: _service_address(view, service_id, **query),
    )


def _home_address(view: View, **query: Any) -> str:
    return links.url("desk_preview.home", view=_name(view), **query)


def _service_address(view: View, service_id: str, **query: Any) -> str:
    values = {"view": _name(view), "service_id": service_id}
    return links.url("desk_preview.service", **values, **query)


def _name(view: View) -> str:
    """Write a view as a part of an address."""
    parts = [AGENT if view.as_agent else VISITOR]
    parts += [_DRAFTS] if view.drafts else []
    return "-".join([*parts, *([view.day.isoformat()] if view.day else [])])


def _read(name: str) -> View:
    found = _VIEW.fullmatch(name)
    if found is None:
        current.not_found()
    viewer, drafts, day = found.groups()
    try:
        parsed = date.fromisoformat(day) if day else None
    except ValueError:
        current.not_found()
    if parsed is not None and not is_usable(parsed):
        current.not_found()
    return View(as_agent=viewer == AGENT, drafts=bool(drafts), day=parsed)
