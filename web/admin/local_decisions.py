"""Preview, publish, retire, put back or drop one service of the académie's own."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from wtforms import HiddenField, SelectField, StringField
from wtforms.validators import Length

from accounts.permissions import Action
from instances import local_services
from instances.local_judging import with_service
from instances.local_reading import published_service
from instances.local_services import Farewell, Handle, LocalServiceError, Ready
from instances.models import LocalServiceRow
from instances.page import InstancePage, Tile, build_page
from instances.schema import LocalService
from instances.versions import ChangedMeanwhileError
from web import current, links
from web.admin import local_editing, local_faults, local_words
from web.admin.desk import Desk, deciding, desk, page
from web.admin.local_services import blueprint, say_published
from web.forms import DeskForm
from web.guards import needs
from web.site import utc_now
from web.translation import gettext as _

__all__ = ["blueprint"]
"""The blueprint of local services, with the routes of this module too."""

_INVALID, _SEE_OTHER = 422, 303


class RetireForm(DeskForm):
    version = HiddenField()
    replaced_by = SelectField()
    word = StringField(validators=[Length(max=140)], render_kw={"maxlength": 140})
    reason = StringField(validators=[Length(max=300)], render_kw={"maxlength": 300})


@blueprint.get("/services-locaux/<name>/apercu")
@needs(Action.SEE_DESK)
def preview(academie: str, name: str) -> Response:
    """Show the tile and the page of a service as they will be, or what keeps them from it."""
    at, row = desk(), _row(academie, name)
    judged = local_editing.judge_entry(at, row.draft or row.content or {}, name)
    titles = local_editing.titles(at)
    values: dict[str, Any] = {
        "row": row,
        "faults": [local_faults.say(item, titles) for item in judged.errors],
        "advice": [local_faults.say(item, titles) for item in judged.warnings],
    }
    if judged.service is None:
        return page("admin/local_preview.html", at, tile=None, **values)
    whole, tile = _as_it_will_be(at, judged.service)
    return page("admin/local_preview.html", at, tile=tile, page=whole, **values)


@blueprint.get("/services-locaux/<name>/apercu/page")
@needs(Action.SEE_DESK)
def preview_page(academie: str, name: str) -> ResponseReturnValue:
    """Show the public page of a service as it will be, in the template of the public one."""
    at, row = desk(), _row(academie, name)
    service = local_editing.judge_entry(at, row.draft or row.content or {}, name).service
    whole, tile = (None, None) if service is None else _as_it_will_be(at, service)
    if whole is None or tile is None:
        return _to("desk_local.preview", name=name)
    alternatives = whole.alternatives_to(tile)
    values = {"page": whole, "tile": tile, "alternatives": alternatives, "name": name}
    return make_response(render_template("admin/local_page.html", **values))


def _as_it_will_be(at: Desk, service: LocalService) -> tuple[InstancePage, Tile | None]:
    hypothetical = with_service(at.snapshot, at.card.slug, service)
    whole = build_page(hypothetical, at.card, now=utc_now(), for_agents=True)
    return whole, next((item for item in whole.tiles if item.service.id == service.id), None)


@blueprint.post("/services-locaux/<name>/publier")
@needs(Action.DECIDE)
def publish(academie: str, name: str) -> ResponseReturnValue:
    """Publish the draft as it was kept."""
    at, row = desk(), _row(academie, name)
    service = local_editing.judge_entry(at, row.draft or row.content or {}, name).service
    if service is None:
        flash(_("Il reste quelque chose à corriger avant de publier."), "error")
        return _to("desk_local.preview", name=name)
    ready = Ready(service=service, contact=row.contact)
    try:
        with deciding() as session:
            local_services.publish(session, _handle(name), ready, by=at.decision())
    except (ChangedMeanwhileError, LocalServiceError) as error:
        return _refused(error, "desk_local.preview", name)
    say_published(service.title)
    return _to("desk_local.index")


@blueprint.get("/services-locaux/<name>/retirer")
@needs(Action.DECIDE)
def ask_to_retire(academie: str, name: str) -> Response:
    at, row = desk(), _row(academie, name)
    form = _retire_form(at, row, RetireForm(formdata=None))
    form.version.data = str(row.version)
    return page("admin/local_retire.html", at, form=form, row=row, title=_title(row))


@blueprint.post("/services-locaux/<name>/retirer")
@needs(Action.DECIDE)
def retire(academie: str, name: str) -> ResponseReturnValue:
    at, row = desk(), _row(academie, name)
    form = _retire_form(at, row, RetireForm())
    if not form.validate():
        values = {"form": form, "row": row, "title": _title(row)}
        return page("admin/local_retire.html", at, status=_INVALID, **values)
    farewell = Farewell(replaced_by=form.replaced_by.data or None, word=form.word.data or None)
    try:
        with deciding() as session:
            local_services.retire(
                session, _handle(name), farewell, by=at.decision(), reason=form.reason.data
            )
    except (ChangedMeanwhileError, LocalServiceError) as error:
        return _refused(error, "desk_local.index", name)
    text = _("%(title)s est retiré de votre page.", title=_title(row))
    undo = links.url("desk_local.put_back", name=name)
    flash({"text": text, "undo": undo}, "done")  # type: ignore[arg-type]
    return _to("desk_local.index")


@blueprint.post("/services-locaux/<name>/remettre")
@needs(Action.DECIDE)
def put_back(academie: str, name: str) -> ResponseReturnValue:
    """Show again what was retired, when nothing stands against it by now."""
    at, row = desk(), _row(academie, name)
    service = published_service(row)
    judged = local_editing.judge_entry(at, row.content or {}, name)
    if service is None or judged.service is None:
        flash(_("La page a changé depuis : relisez ce service, puis publiez-le."), "error")
        return _to("desk_local.edit", name=name)
    try:
        with deciding() as session:
            local_services.put_back(session, _handle(name), by=at.decision())
    except (ChangedMeanwhileError, LocalServiceError) as error:
        return _refused(error, "desk_local.index", name)
    flash(_("%(title)s est de nouveau sur votre page.", title=service.title), "done")
    return _to("desk_local.index")


@blueprint.post("/services-locaux/<name>/abandonner")
@needs(Action.DECIDE)
def drop(academie: str, name: str) -> ResponseReturnValue:
    at, row = desk(), _row(academie, name)
    try:
        with deciding() as session:
            local_services.drop_draft(session, _handle(name), by=at.decision())
    except (ChangedMeanwhileError, LocalServiceError) as error:
        return _refused(error, "desk_local.index", name)
    flash(_("Le brouillon de %(title)s est supprimé.", title=_title(row)), "done")
    return _to("desk_local.index")


def _row(academie: str, name: str) -> LocalServiceRow:
    with current.site().sessions() as session:
        row = local_services.find(session, academie, name)
    if row is None:
        current.not_found()
    return row


def _title(row: LocalServiceRow) -> str:
    entry = row.content or row.draft or {}
    return str(entry.get("title") or _("Sans nom"))


def _handle(name: str) -> Handle:
    """Name it as the page showed it; a way back ("Annuler") has no version and needs none."""
    return Handle(name=name, version=request.form.get("version", type=int))


def _retire_form(at: Desk, row: LocalServiceRow, form: RetireForm) -> RetireForm:
    services = local_editing.shown_services(at, row.name)
    form.replaced_by.choices = [("", _("Aucun")), *services]
    form.replaced_by.label.text = _("À la place (public)")
    form.word.label.text = _("Mot aux collègues (public, facultatif)")
    form.reason.label.text = _("Pourquoi (interne, facultatif)")
    return form


def _refused(
    error: ChangedMeanwhileError | LocalServiceError, endpoint: str, name: str
) -> Response:
    if isinstance(error, LocalServiceError):
        text = local_words.refused(error)
    else:
        text = _("Ce service a changé entre-temps : regardez-le, puis recommencez.")
    flash(text, "error")
    values = {} if endpoint == "desk_local.index" else {"name": name}
    return _to(endpoint, **values)


def _to(endpoint: str, **values: str) -> Response:
    return make_response(redirect(links.url(endpoint, **values), _SEE_OTHER))
