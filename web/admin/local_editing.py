"""A local service while somebody writes it: the form, its servers, and what is said of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import request
from werkzeug.datastructures import MultiDict

from catalogue.schema import Backend
from catalogue.typed import Judged
from instances.local_judging import Surroundings, judge
from instances.local_reading import local_id
from instances.local_services import Handle, Written
from instances.models import LocalServiceRow
from instances.offer import offer
from instances.schema import LocalService
from instances.stored import readable
from settings import ROOT
from web.admin import local_entry
from web.admin.desk import Desk
from web.admin.local_faults import put_beside
from web.admin.local_form import BackendForm, LocalServiceForm, fill_backend, fill_choices
from web.admin.probe_now import Seen
from web.context import say
from web.forms import whole_number
from web.site import utc_now

MOST_BACKENDS = 20
_UNNAMED = "en-cours-de-saisie"
"""Stands for the name of one that was never kept."""
_FOLDED = (
    *("description", "other_categories", "profiles", "with_pupils", "with_pupils_note"),
    *("launch_kind", "launch_path", "alternative", "run_by_kind", "run_by_name", "help_url"),
    *("limits", "software", "data_host", "data_location", "data_retention", "takeout"),
    *("stage", "since", "until", "visibility"),
)
_FOLDED_OF_BACKEND = ("path", "codes", "text", "probe_url", "weight")
ICONS = frozenset(path.stem for path in (ROOT / "static" / "icons").glob("*.svg"))


@dataclass(kw_only=True)
class Editing:
    at: Desk
    form: LocalServiceForm
    backends: list[BackendForm]
    before: Mapping[str, Any]
    """The entry as it was, for what the form does not show."""
    name: str | None = None
    model: str | None = None
    """Id of the model it started from, until it is kept."""
    seen: dict[int, Seen] = field(default_factory=dict)
    """What was just seen at some of the servers."""

    @property
    def handle(self) -> Handle | None:
        if self.name is None:
            return None
        return Handle(name=self.name, version=whole_number(self.form.version.data))

    @property
    def faulty(self) -> bool:
        return bool(self.form.errors) or any(item.errors for item in self.backends)

    @property
    def wrong_fields(self) -> list[Any]:
        """List the fields that have something wrong, in the order of the screen."""
        forms = (self.form, *self.backends)
        return [item for form in forms for item in form if item.errors]

    @property
    def details(self) -> bool:
        """Tell whether something is wrong in the folded part."""
        return any(self.form[name].errors for name in _FOLDED)

    def has_details(self, number: int) -> bool:
        backend = self.backends[number]
        return any(backend[name].errors for name in _FOLDED_OF_BACKEND)

    def entry(self) -> dict[str, Any]:
        typed = [_typed(item) for item in self.backends]
        return local_entry.entry_of(_typed(self.form), typed, self.before)

    def written(self) -> Written:
        return Written(entry=self.entry(), contact=self.form.contact.data)

    def judged(self) -> Judged[LocalService]:
        """Judge what was typed, and put what is wrong with it beside the fields."""
        judged = judge_entry(self.at, self.entry(), self.name)
        put_beside(judged.errors, self.form, self.backends, titles(self.at))
        return judged

    def backend(self, number: int) -> Backend | None:
        """Return a server as it was typed; none, with words beside it, when it cannot be one."""
        typed = local_entry.backend_of(_typed(self.backends[number]), number, {})
        entry = {"backends": [typed]}
        judged = judge_entry(self.at, entry, self.name)
        faults = [item for item in judged.errors if item.where[:1] == ("backends",)]
        put_beside(faults, self.form, self.backends[number:], titles(self.at))
        return None if faults else readable(Backend, typed, "typed backend")

    def add_backend(self) -> None:
        if len(self.backends) < MOST_BACKENDS:
            values = {"profile": self.backends[-1].profile.data}
            self.backends.append(_backend_form(len(self.backends), values, None))


def opened(at: Desk, row: LocalServiceRow | None, entry: Mapping[str, Any]) -> Editing:
    """Open the form on an entry: a row's, a model's, or nothing."""
    values = local_entry.form_values(entry, row.contact if row else None)
    if row is None:
        values = _defaults(at) | {key: value for key, value in values.items() if value}
    form = LocalServiceForm(formdata=None, data=values)
    form.version.data = str(row.version if row else 0)
    backends = [
        _backend_form(number, item, None)
        for number, item in enumerate(local_entry.backend_values(entry))
    ]
    return _ready(at, row, Editing(at=at, form=form, backends=backends, before=entry))


def posted(at: Desk, row: LocalServiceRow | None, entry: Mapping[str, Any]) -> Editing:
    """Read the form as it was sent, over the entry that it was opened on."""
    sent: MultiDict[str, str] = request.form
    form = LocalServiceForm(formdata=sent)
    count = min(max(sent.get("serveurs", 1, type=int), 1), MOST_BACKENDS)
    backends = [_backend_form(number, {}, sent) for number in range(count)]
    return _ready(at, row, Editing(at=at, form=form, backends=backends, before=entry))


def judge_entry(at: Desk, entry: Mapping[str, Any], name: str | None) -> Judged[LocalService]:
    around = Surroundings(snapshot=at.snapshot, card=at.card, now=utc_now(), icons=ICONS)
    return judge(entry, local_id(at.card.slug, name or _UNNAMED), around)


def titles(at: Desk) -> dict[str, str]:
    return {item.id: item.title for item in at.snapshot.services_of(at.card.slug)}


def shown_services(at: Desk, besides: str | None) -> list[tuple[str, str]]:
    """List what may stand in for a service: all that people see here but itself."""
    own = local_id(at.card.slug, besides) if besides else None
    return [
        (item.service.id, item.service.title)
        for item in offer(at.snapshot, at.card, utc_now())
        if item.absence is None and item.service.id != own
    ]


def _ready(at: Desk, row: LocalServiceRow | None, editing: Editing) -> Editing:
    editing.name = row.name if row else None
    editing.model = request.values.get("modele")
    categories = [(item.id, say(item.title)) for item in at.snapshot.catalogue.categories]
    fill_choices(editing.form, categories, shown_services(at, editing.name))
    return editing


def _backend_form(
    number: int, values: Mapping[str, Any], sent: MultiDict[str, str] | None
) -> BackendForm:
    form = BackendForm(formdata=sent, data=dict(values), prefix=f"serveur-{number}-")
    fill_backend(form)
    return form


def _typed(form: LocalServiceForm | BackendForm) -> dict[str, Any]:
    """Return what was typed: text without spaces around it, lists as they are."""
    return {
        item.short_name: _plain(item.data) if item.type != "Boxes" else list(item.data or ())
        for item in form
    }


def _plain(data: Any) -> str:
    return str(data or "").strip()


def _defaults(at: Desk) -> dict[str, Any]:
    """Return what is most often right, so that little is left to type."""
    return {
        "icon": "portail",
        "category": at.snapshot.catalogue.categories[-1].id,
        "users_agents": "direct",
        "sign_in": ["agent"],
    }
