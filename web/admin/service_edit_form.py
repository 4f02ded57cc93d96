"""The form of an académie's own words and addresses for a service; empty means as the nation."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence

from flask import request
from pydantic import ValidationError
from werkzeug.datastructures import MultiDict
from wtforms import (
    BooleanField,
    Field,
    HiddenField,
    IntegerField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import Optional
from wtforms.widgets import HiddenInput

from catalogue.schema import Backend, Probe, Service, Text
from instances.choices import LONGEST_WHY, WORDING_FIELDS
from monitoring.profiles import PROFILES
from web.admin import choice_words, local_words
from web.admin.service_hide_form import AtMost
from web.forms import DeskForm
from web.translation import gettext as _
from web.translation import lazy_gettext

MOST_BACKENDS = 20
_LENGTHS = {"task": 80, "choose_when": 40, "summary": 120}
_LANGUAGES = ("fr", "en")


def _words(label: str, length: int | None) -> Field:
    if length is None:
        return TextAreaField(label, filters=[_trimmed])
    return StringField(
        label,
        filters=[_trimmed],
        validators=[AtMost(length)],
        render_kw={"data-counter": length},
    )


def _trimmed(value: str | None) -> str:
    return (value or "").strip()


class EditForm(DeskForm):
    version = IntegerField(widget=HiddenInput(), default=0)
    seen = HiddenField()
    """What the nation said when the form was opened."""
    task_fr = _words(lazy_gettext("Besoin, en français"), 80)
    task_en = _words(lazy_gettext("Besoin, en anglais (facultatif)"), 80)
    choose_when_fr = _words(lazy_gettext("Plutôt pour, en français"), 40)
    choose_when_en = _words(lazy_gettext("Plutôt pour, en anglais (facultatif)"), 40)
    summary_fr = _words(lazy_gettext("Résumé, en français"), 120)
    summary_en = _words(lazy_gettext("Résumé, en anglais (facultatif)"), 120)
    description_fr = _words(lazy_gettext("Description, en français"), None)
    description_en = _words(lazy_gettext("Description, en anglais (facultatif)"), None)
    shown = BooleanField(lazy_gettext("L'afficher à vos collègues"), default=True)
    why = StringField(
        lazy_gettext("Pourquoi ? (facultatif)"),
        filters=[_trimmed],
        validators=[AtMost(LONGEST_WHY)],
    )

    def fill(self, wording: Mapping[str, Text], *, version: int, seen: str) -> None:
        self.version.data, self.seen.data = version, seen
        for name, text in wording.items():
            self[f"{name}_fr"].data, self[f"{name}_en"].data = text.fr, text.en

    def empty(self, name: str) -> None:
        """Take the national words of a field again."""
        for language in _LANGUAGES:
            self[f"{name}_{language}"].data = ""

    def wording(self, service: Service) -> dict[str, Text]:
        """Return the words that are the académie's own; those of the nation are not kept twice."""
        found = {}
        for name in WORDING_FIELDS:
            french, english = self[f"{name}_fr"].data, self[f"{name}_en"].data
            if french and (text := Text(fr=french, en=english or None)) != getattr(service, name):
                found[name] = text
        return found

    def check_languages(self) -> bool:
        """French is never missing where English is written."""
        fine = True
        for name in WORDING_FIELDS:
            french, english = self[f"{name}_fr"], self[f"{name}_en"]
            if english.data and not french.data:
                french.errors = [*french.errors, _("Écrivez-le aussi en français.")]
                fine = False
        return fine

    def typed(self) -> Iterator[tuple[str, str]]:
        for name in WORDING_FIELDS:
            for language in _LANGUAGES:
                yield self[f"{name}_{language}"].label.text, self[f"{name}_{language}"].data
        yield choice_words.field_name("reason"), self.why.data


class BackendForm(DeskForm):
    """One server of the académie's own."""

    id = StringField(lazy_gettext("Nom du serveur (facultatif)"), filters=[_trimmed])
    url = StringField(lazy_gettext("Adresse"), filters=[_trimmed], render_kw={"inputmode": "url"})
    weight = IntegerField(
        lazy_gettext("Poids (un serveur de poids 2 reçoit deux fois plus d'ouvertures)"),
        validators=[Optional()],
        default=1,
    )
    profile = SelectField(lazy_gettext("Vérification"), validate_choice=False)


def backend_form(
    number: int, sent: MultiDict[str, str] | None, backend: Backend | None
) -> BackendForm:
    form = BackendForm(formdata=sent, prefix=f"serveur-{number}-")
    form.profile.choices = [
        ("", _("Ne pas vérifier")),
        *((name, local_words.probe_profile(name)) for name in PROFILES),
    ]
    if sent is None and backend is not None:
        form.id.data, form.url.data, form.weight.data = backend.id, backend.url, backend.weight
        form.profile.data = backend.probe.profile if backend.probe else ""
    return form


def opened_backends(service: Service, own: Sequence[Backend]) -> list[BackendForm]:
    """Return a form for each server, and an empty one with the nation's kind of check."""
    forms = [backend_form(number, None, item) for number, item in enumerate(own)]
    return forms or [_empty_backend(0, service)]


def sent_backends() -> list[BackendForm]:
    count = min(max(request.form.get("serveurs", 0, type=int), 0), MOST_BACKENDS)
    return [backend_form(number, request.form, None) for number in range(count)]


def _empty_backend(number: int, service: Service) -> BackendForm:
    form = backend_form(number, None, None)
    national = service.backends[0].probe if service.backends else None
    form.profile.data = national.profile if national else "http"
    return form


def add_backend(forms: list[BackendForm], service: Service) -> None:
    if len(forms) < MOST_BACKENDS:
        forms.append(_empty_backend(len(forms), service))


def read_backends(
    forms: Sequence[BackendForm], service: Service, own: Sequence[Backend]
) -> list[Backend] | None:
    """Return the servers that were typed; none, with words beside the fields, when one is wrong."""
    found: list[Backend] = []
    fine = True
    for number, form in enumerate(forms):
        if not form.url.data:
            continue
        backend = read_backend(form, number, service, own)
        if backend is None:
            fine = False
            continue
        if any(item.id == backend.id for item in found):
            form.id.errors = [_("Deux serveurs portent ce nom.")]
            fine = False
        if any(item.url.rstrip("/") == backend.url.rstrip("/") for item in found):
            form.url.errors = [_("Cette adresse est déjà celle d'un autre serveur.")]
            fine = False
        found.append(backend)
    return found if fine else None


def read_backend(
    form: BackendForm, number: int, service: Service, own: Sequence[Backend]
) -> Backend | None:
    if not form.validate():
        return None
    if form.profile.data and form.profile.data not in PROFILES:
        form.profile.errors = [_("Cette vérification n'existe pas.")]
        return None
    name = form.id.data or f"serveur-{number + 1}"
    stored = next((item for item in own if item.id == name), None)
    values = {} if stored is None else stored.model_dump()
    values |= {
        "id": name,
        "url": form.url.data,
        "weight": 1 if form.weight.data is None else form.weight.data,
    }
    values["probe"] = _probe(form.profile.data, service, stored)
    try:
        return Backend.model_validate(values)
    except ValidationError as error:
        _say(form, error)
        return None


def _probe(profile: str, service: Service, stored: Backend | None) -> Probe | None:
    """What else is looked at stays: as it was set, or as the nation does for the same software."""
    if not profile:
        return None
    for backend in (stored, *service.backends):
        if backend is not None and backend.probe is not None and backend.probe.profile == profile:
            kept = backend.probe
            return kept if backend is stored else kept.model_copy(update={"url": None})
    return Probe(profile=profile)


def _say(form: BackendForm, error: ValidationError) -> None:
    words = {
        "id": _("Des minuscules, des chiffres et des traits d'union : serveur-2."),
        "url": _("Écrivez une adresse complète, par exemple https://classe.ac-lyon.fr/"),
        "weight": _("Un nombre de 1 à 1000."),
        "probe": _("Cette vérification n'existe pas."),
    }
    fields = {"id": form.id, "url": form.url, "weight": form.weight, "probe": form.profile}
    for fault in error.errors():
        name = str(fault["loc"][0]) if fault["loc"] else "url"
        fields.get(name, form.url).errors = [words.get(name, words["url"])]


def seen_of(service: Service) -> str:
    """Sum up what the nation says of what an académie may change."""
    said = service.model_dump(
        mode="json", include={*WORDING_FIELDS, "backends", "variants", "title", "lifecycle"}
    )
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:16]
