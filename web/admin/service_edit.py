"""Own words and addresses for a service, each beside what the nation says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from flask import Response, redirect, request
from flask.typing import ResponseReturnValue

from accounts.names import names_of
from accounts.permissions import Action
from catalogue.schema import Backend, Rollout, Service, Text
from instances import choice_history, choices
from instances.choice_history import Author
from instances.choice_reading import Choice, as_choice
from instances.choices import WORDING_FIELDS, ChoiceError
from instances.offer import Absence
from instances.version_support import versions_of
from instances.versions import ChangedMeanwhileError
from web import current, dates, links
from web.admin import choice_words, probe_now, probe_words, service_words, version_words
from web.admin.actors import say_actor
from web.admin.desk import deciding, page
from web.admin.probe_now import Seen
from web.admin.service_desk import Table, back, blueprint, gone, is_local, look_now, place
from web.admin.service_edit_form import (
    BackendForm,
    EditForm,
    add_backend,
    opened_backends,
    read_backend,
    read_backends,
    seen_of,
    sent_backends,
)
from web.guards import needs
from web.translation import gettext as _

_REFUSED, _CONFLICT = 422, 409


@dataclass(kw_only=True)
class Editing:
    table: Table
    service: Service
    form: EditForm
    backends: list[BackendForm]
    seen: dict[int, Seen] = field(default_factory=dict)
    """What a look at each server saw, by its place."""
    conflict: tuple[str, str, tuple[tuple[str, str], ...]] | None = None

    @property
    def choice(self) -> Choice | None:
        row = self.table.rows.get(self.service.id)
        return None if row is None else as_choice(row)

    @property
    def own_wording(self) -> Mapping[str, Text]:
        return self.choice.wording if self.choice else {}

    @property
    def own_backends(self) -> tuple[Backend, ...]:
        return (self.choice.backends if self.choice else None) or ()

    @property
    def can_show(self) -> bool:
        """Whether the page waits for an address, and for this académie to want the service."""
        here = self.table.offered.get(self.service.id)
        if here is None or here.service.variants or here.service.backends:
            return False
        return here.absence is Absence.NOT_OFFERED and self.service.rollout is Rollout.OPT_IN


@blueprint.get("/services/<service_id>")
@needs(Action.SEE_DESK)
def edit(academie: str, service_id: str) -> ResponseReturnValue:
    table = look_now()
    service = table.service(service_id)
    if service is None:
        current.not_found()
    if is_local(service):
        name = service_id.removeprefix(f"{academie}.")
        return redirect(links.url("desk_local.edit", name=name), 303)
    editing = Editing(table=table, service=service, form=EditForm(formdata=None), backends=[])
    editing.form.fill(editing.own_wording, version=table.version(service_id), seen=seen_of(service))
    editing.backends = opened_backends(service, editing.own_backends)
    return _screen(editing)


@blueprint.post("/services/<service_id>")
@needs(Action.DECIDE)
def save(academie: str, service_id: str) -> Response:  # noqa: ARG001
    """Keep it all; other buttons add a server, look at one, or take national words again."""
    table, form = look_now(), EditForm()
    service = table.service(service_id)
    if service is None or is_local(service):
        return gone(table, service_id, form.typed())
    editing = Editing(table=table, service=service, form=form, backends=sent_backends())
    if "ajouter" in request.form:
        add_backend(editing.backends, service)
        return _screen(editing)
    if "verifier" in request.form:
        return _check(editing, request.form.get("verifier", 0, type=int))
    _take_national(editing, request.form.get("national", ""))
    if form.seen.data != seen_of(service):
        form.form_errors.append(_national_changed(service))
        form.seen.data, form.seen.raw_data = seen_of(service), None
        return _screen(editing, status=_CONFLICT)
    return _keep(editing)


def _national_changed(service: Service) -> str:
    return _(
        "Le ministère a changé %(title)s pendant que vous écriviez. Rien de ce que vous avez tapé"
        " n'est perdu : relisez les textes nationaux, puis enregistrez de nouveau.",
        title=service.title,
    )


def _take_national(editing: Editing, name: str) -> None:
    if name in WORDING_FIELDS:
        editing.form.empty(name)
    elif name == "backends":
        editing.backends = []


def _check(editing: Editing, number: int) -> Response:
    """Look at one server at once; nothing is kept."""
    if not 0 <= number < len(editing.backends):
        return _screen(editing)
    form = editing.backends[number]
    backend = read_backend(form, number, editing.service, editing.own_backends)
    if backend is None:
        editing.form.form_errors.append(_("L'adresse est à corriger, plus bas."))
        return _screen(editing, status=_REFUSED)
    editing.seen[number] = probe_now.look(backend)
    return _screen(editing)


def _keep(editing: Editing) -> Response:
    form, service = editing.form, editing.service
    valid, complete = form.validate(), form.check_languages()
    backends = read_backends(editing.backends, service, editing.own_backends)
    if backends is None:
        form.form_errors.append(_("L'adresse est à corriger, plus bas."))
    if not valid or not complete or backends is None:
        return _screen(editing, status=_REFUSED)
    try:
        lines = _write(editing, form.wording(service), backends)
    except ChangedMeanwhileError as error:
        return _conflict(editing, error)
    except ChoiceError as error:
        form.form_errors.append(service_words.refusal(error, service.title))
        return _screen(editing, status=_REFUSED)
    if not lines:
        return back(_("Rien n'a changé pour %(title)s.", title=service.title))
    return back(_said(editing, backends), lines=lines)


def _said(editing: Editing, backends: list[Backend]) -> str:
    values = {"title": editing.service.title, "place": place(editing.table.card)}
    if not (editing.can_show and backends):
        return _("%(title)s est modifié %(place)s.", **values)
    if editing.form.shown.data:
        return _("%(title)s est affiché %(place)s, avec votre adresse.", **values)
    return _("L'adresse est gardée. %(title)s n'est pas encore affiché %(place)s.", **values)


def _write(editing: Editing, wording: Mapping[str, Text], backends: list[Backend]) -> list[int]:
    """Write what is not as before, one decision for words and one for addresses."""
    service, by = editing.service, editing.table.at.decision()
    why, lines = editing.form.why.data or None, []
    seen: int | None = editing.form.version.data
    with deciding() as session:
        if wording != editing.own_wording:
            choices.reword_service(session, service, wording, by=by, why=why, seen=seen)
            lines.append(choice_history.last_line(session, by.academie, service.id))
            seen = None  # what this same form has just written
        if backends != list(editing.own_backends):
            choices.set_backends(session, service, backends, by=by, why=why, seen=seen)
            lines.append(choice_history.last_line(session, by.academie, service.id))
        if backends and editing.can_show and editing.form.shown.data:
            choices.show_service(session, service, by=by)
            lines.append(choice_history.last_line(session, by.academie, service.id))
    return [line for line in lines if line is not None]


def _conflict(editing: Editing, error: ChangedMeanwhileError) -> Response:
    editing.table = table = look_now()
    editing.form.version.data, editing.form.version.raw_data = error.version, None
    when = _("le %(when)s", when=dates.instant(error.at, table.card.zone, table.now))
    editing.conflict = (table.who(error.actor), when, tuple(_theirs(editing)))
    return _screen(editing, status=_CONFLICT)


def _theirs(editing: Editing) -> Iterator[tuple[str, str]]:
    """Yield what stands there now and is not what was typed."""
    mine = editing.form.wording(editing.service)
    for name in WORDING_FIELDS:
        theirs = editing.own_wording.get(name)
        if theirs != mine.get(name):
            said = theirs.fr if theirs else _("comme au niveau national")
            yield choice_words.field_name(name), said
    typed = [form.url.data for form in editing.backends if form.url.data]
    theirs_now = [backend.url for backend in editing.own_backends]
    if typed != theirs_now:
        addresses = ", ".join(theirs_now) or _("comme au niveau national")
        yield choice_words.field_name("backends"), addresses


def _screen(editing: Editing, *, status: int = 200) -> Response:
    slug, service_id = editing.table.card.slug, editing.service.id
    with current.site().sessions() as session:
        authors = choice_history.authors_of(session, slug, service_id)
        names = names_of(session, (author.actor for author in authors.values()))
    said = {part: _author(editing.table, author, names) for part, author in authors.items()}
    return page(
        "admin/service_edit.html",
        editing.table.at,
        status=status,
        editing=editing,
        service=editing.service,
        form=editing.form,
        fields=WORDING_FIELDS,
        authors=said,
        field_name=choice_words.field_name,
        probe_words=probe_words,
        versions=versions_of(editing.table.snapshot, editing.table.card, now=editing.table.now).get(
            service_id, ()
        ),
        version_words=version_words,
    )


def _author(table: Table, author: Author, names: Mapping[str, str]) -> str:
    """Word who decided a part, when and why."""
    day = dates.full_day(author.at.astimezone(table.card.zone).date())
    said = _("Décidé par %(who)s le %(day)s.", who=say_actor(author.actor, names), day=day)
    return f"{said} « {author.reason} »" if author.reason else said
