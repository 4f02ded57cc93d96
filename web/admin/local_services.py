"""Services of the académie's own: the list, the models, writing, publishing."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash, make_response, redirect, request
from flask.typing import ResponseReturnValue

from accounts.names import names_of
from accounts.permissions import Action
from instances import local_services
from instances.local_reading import local_id
from instances.local_services import LocalServiceError, Ready
from instances.models import LocalServiceRow
from instances.service_models import find_model, service_models
from instances.version_support import VersionSeen, versions_of
from instances.versions import ChangedMeanwhileError
from web import current, links
from web.admin import (
    local_editing,
    local_entry,
    local_words,
    probe_now,
    probe_words,
    version_words,
)
from web.admin.actors import say_actor
from web.admin.desk import Desk, deciding, desk, page
from web.admin.local_editing import Editing
from web.admin.local_rows import rows_of, when
from web.forms import whole_number
from web.guards import needs
from web.site import utc_now
from web.translation import gettext as _

blueprint = Blueprint("desk_local", __name__, url_prefix="/<academie>/gestion")

_INVALID, _CONFLICT, _SEE_OTHER = 422, 409, 303
_LOOK = "essayer-"


@blueprint.get("/services-locaux")
@needs(Action.SEE_DESK)
def index(academie: str) -> Response:  # noqa: ARG001
    at = desk()
    with current.site().sessions() as session:
        rows = rows_of(session, at)
    return page(
        "admin/local_services.html",
        at,
        rows=rows,
        duplicates=local_services.duplicates(at.snapshot, at.card.slug),
        local_words=local_words,
    )


@blueprint.get("/services-locaux/modeles")
@needs(Action.DECIDE)
def models(academie: str) -> Response:  # noqa: ARG001
    return page("admin/local_models.html", desk(), models=service_models())


@blueprint.get("/services-locaux/nouveau")
@needs(Action.DECIDE)
def new(academie: str) -> Response:  # noqa: ARG001
    at = desk()
    return _form(local_editing.opened(at, None, _model_entry(at)))


@blueprint.post("/services-locaux/nouveau")
@needs(Action.DECIDE)
def create(academie: str) -> ResponseReturnValue:  # noqa: ARG001
    at = desk()
    return _answer(local_editing.posted(at, None, _model_entry(at)))


@blueprint.get("/services-locaux/<name>/modifier")
@needs(Action.SEE_DESK)
def edit(academie: str, name: str) -> Response:
    at, row = desk(), _row(academie, name)
    return _form(local_editing.opened(at, row, row.draft or row.content or {}))


@blueprint.post("/services-locaux/<name>/modifier")
@needs(Action.DECIDE)
def change(academie: str, name: str) -> ResponseReturnValue:
    at = desk()
    with current.site().sessions() as session:
        row = local_services.find(session, academie, name)
    editing = local_editing.posted(at, row, (row.draft or row.content or {}) if row else {})
    if row is None:
        text = _(
            "Ce service a été renommé ou supprimé pendant que vous écriviez. Tout ce que vous "
            "avez tapé est ici : l'enregistrer en fera un nouveau."
        )
        editing.form.form_errors.append(text)
        return _form(editing, status=_CONFLICT)
    return _answer(editing)


def _model_entry(at: Desk) -> dict[str, Any]:
    model = find_model(request.values.get("modele", ""))
    if model is None:
        return {}
    return model.as_draft(frozenset(item.id for item in at.snapshot.catalogue.categories))


def _row(academie: str, name: str) -> LocalServiceRow:
    with current.site().sessions() as session:
        row = local_services.find(session, academie, name)
    if row is None:
        current.not_found()
    return row


def _answer(editing: Editing) -> ResponseReturnValue:
    """Do what the button that was pressed says; the form comes back with all that was typed."""
    wanted = request.form.get("do", "brouillon")
    if wanted.startswith(_LOOK):
        return _look(editing, wanted.removeprefix(_LOOK))
    if wanted == "serveur":
        editing.add_backend()
        return _form(editing)
    try:
        return _publish(editing) if wanted == "publier" else _keep(editing, wanted)
    except ChangedMeanwhileError as error:
        return _conflict(editing, error)
    except LocalServiceError as error:
        editing.form.form_errors.append(local_words.refused(error))
        return _form(editing, status=_INVALID)


def _look(editing: Editing, number: str) -> Response:
    wanted = whole_number(number)
    place = wanted if wanted < len(editing.backends) else 0
    backend = editing.backend(place)
    if backend is not None:
        editing.seen[place] = probe_now.look(backend)
    return _form(editing, status=_INVALID if editing.faulty else 200)


def _keep(editing: Editing, wanted: str) -> ResponseReturnValue:
    at, reason = editing.at, editing.form.reason.data
    with deciding() as session:
        row = local_services.save_draft(
            session, editing.handle, editing.written(), by=at.decision(), reason=reason
        )
        name = row.name
    if wanted == "apercu":
        return _to("desk_local.preview", name=name)
    flash(_("Le brouillon est enregistré. Personne d'autre que votre équipe ne le voit."), "done")
    return _to("desk_local.edit", name=name)


def _publish(editing: Editing) -> ResponseReturnValue:
    at, service = editing.at, editing.judged().service
    if service is None:
        return _form(editing, status=_INVALID)
    ready = Ready(service=service, contact=editing.form.contact.data)
    with deciding() as session:
        local_services.publish(
            session, editing.handle, ready, by=at.decision(), reason=editing.form.reason.data
        )
    say_published(service.title)
    return _to("desk_local.index")


def say_published(title: str) -> None:
    flash(_("%(title)s est publié : il est sur votre page.", title=title), "done")


def _conflict(editing: Editing, error: ChangedMeanwhileError) -> Response:
    """Tell who changed what meanwhile; what was typed stays, and may be sent again."""
    at, name = editing.at, editing.name or ""
    with current.site().sessions() as session:
        row = local_services.find(session, at.card.slug, name)
        names = names_of(session, [error.actor])
    theirs = local_entry.form_values((row.draft or row.content or {}) if row else {}, None)
    labels = local_words.labels()
    differences = [
        (labels[key], str(value))
        for key, value in theirs.items()
        if isinstance(value, str) and key != "contact" and value != _typed(editing, key)
    ]
    editing.form.version.data = str(error.version)
    conflict = {
        "who": say_actor(error.actor, names),
        "when": when(error.at, at),
        "differences": differences,
    }
    return _form(editing, status=_CONFLICT, conflict=conflict)


def _typed(editing: Editing, key: str) -> str:
    return str(editing.form[key].data or "").replace("\r\n", "\n").strip()


def _form(
    editing: Editing, *, status: int = 200, conflict: dict[str, Any] | None = None
) -> Response:
    return page(
        "admin/local_form.html",
        editing.at,
        status=status,
        editing=editing,
        model=find_model(editing.model or ""),
        conflict=conflict,
        words=probe_words,
        versions=_versions(editing),
        version_words=version_words,
    )


def _versions(editing: Editing) -> tuple[VersionSeen, ...]:
    """What its servers run as they are published, whatever is being written."""
    at = editing.at
    seen = versions_of(at.snapshot, at.card, now=utc_now())
    return seen.get(local_id(at.card.slug, editing.name), ()) if editing.name else ()


def _to(endpoint: str, **values: str) -> Response:
    return make_response(redirect(links.url(endpoint, **values), _SEE_OTHER))
