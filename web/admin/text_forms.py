"""The forms of "Notre académie": its words, what it puts forward, whom to ask, its logo."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from pydantic import ValidationError as ShapeError
from wtforms import (
    FileField,
    HiddenField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.fields.choices import SelectChoice
from wtforms.widgets import CheckboxInput

from catalogue.schema import Profile, Text
from instances.schema import ContactKind, HelpContact
from instances.texts import Spotlight
from web import wording
from web.admin.moments import DayField
from web.forms import DeskForm, whole_number
from web.translation import lazy_gettext as _

LONGEST_NAME, LONGEST_SENTENCE = 80, 300
_MOST_OF_A_LOGO = 2**32 - 1
"""Its version is a part of its hash."""
FEWEST, MOST = 3, 6
"""Services of a mise en avant."""


def _text(french: Any, english: Any) -> Text | None:
    """Return words as the catalogue holds them; none when nothing was typed in French."""
    typed = (french.data or "").strip()
    return Text(fr=typed, en=(english.data or "").strip() or None) if typed else None


class AtMost:
    """Refuses what is longer; the browser cuts nothing off, so that nothing is lost unsaid."""

    def __init__(self, limit: int) -> None:
        self.limit = limit

    def __call__(self, _form: DeskForm, item: Any) -> None:
        over = len((item.data or "").strip()) - self.limit
        if over > 0:
            message = _("Trop long de %(over)d : %(limit)d au plus.", over=over, limit=self.limit)
            raise ValidationError(message)


def _counted(limit: int, rows: int = 3) -> dict[str, Any]:
    return {
        "validators": [AtMost(limit)],
        "render_kw": {"data-counter": str(limit), "rows": rows},
    }


class ReasonedForm(DeskForm):
    """What each decision carries: why, and which version it was made from."""

    reason = TextAreaField(
        _("Pourquoi ? (facultatif, reste entre vous)"), **_counted(LONGEST_SENTENCE, 2)
    )
    version = HiddenField(default="0")

    @property
    def why(self) -> str | None:
        return (self.reason.data or "").strip() or None

    @property
    def seen(self) -> int:
        return whole_number(self.version.data, most=_MOST_OF_A_LOGO)


class DelegationForm(ReasonedForm):
    words = StringField(_("Nom"), **_counted(LONGEST_NAME))
    words_en = StringField(_("En anglais (facultatif)"), **_counted(LONGEST_NAME))

    def validate_words(self, item: StringField) -> None:
        if not (item.data or "").strip():
            raise ValidationError(_("Écrivez quelque chose, ou revenez à la page précédente."))

    def fill(self, said: Text | None) -> None:
        if said is not None:
            self.words.data, self.words_en.data = said.fr, said.en

    def text(self) -> Text | None:
        return _text(self.words, self.words_en)


class WelcomeForm(DelegationForm):
    words = TextAreaField(_("Votre phrase"), **_counted(LONGEST_SENTENCE))
    words_en = TextAreaField(_("En anglais (facultatif)"), **_counted(LONGEST_SENTENCE))


class SpotlightForm(ReasonedForm):
    title = StringField(_("Titre"), **_counted(LONGEST_NAME))
    title_en = StringField(_("Titre en anglais (facultatif)"), **_counted(LONGEST_NAME))
    service_1 = SelectField(_("Premier service"), validate_choice=False, default="")
    service_2 = SelectField(_("Deuxième service"), validate_choice=False, default="")
    service_3 = SelectField(_("Troisième service"), validate_choice=False, default="")
    service_4 = SelectField(_("Quatrième (facultatif)"), validate_choice=False, default="")
    service_5 = SelectField(_("Cinquième (facultatif)"), validate_choice=False, default="")
    service_6 = SelectField(_("Sixième (facultatif)"), validate_choice=False, default="")
    starts = DayField(_("À partir du"))
    ends = DayField(_("Jusqu'au"))

    def set_against(self, services: Mapping[str, str], today: date) -> None:
        """Say what is shown here (titles by id) and which day it is."""
        self.shown, self.today = services, today
        for item in self.services:
            item.choices = [
                SelectChoice("", "–"),
                *(SelectChoice(service_id, title) for service_id, title in services.items()),
            ]

    @property
    def services(self) -> Sequence[SelectField]:
        return [self[f"service_{rank}"] for rank in range(1, MOST + 1)]

    def fill(self, said: Spotlight) -> None:
        self.title.data, self.title_en.data = said.title.fr, said.title.en
        self.starts.data, self.ends.data = said.starts, said.ends
        for item, service_id in zip(self.services, said.services, strict=False):
            item.data = service_id if service_id in self.shown else ""

    def validate_title(self, item: StringField) -> None:
        if not (item.data or "").strip():
            raise ValidationError(_("Donnez-lui un titre, comme « Pour les conseils de classe »."))

    def validate_ends(self, item: DayField) -> None:
        if item.data is None:
            return
        if item.data < self.today:
            raise ValidationError(_("Ce jour est passé : choisissez-en un à venir."))
        if self.starts.data is not None and item.data < self.starts.data:
            raise ValidationError(_("La fin doit venir après le début."))

    def validate(self, extra_validators: Any = None) -> bool:
        fine = bool(super().validate(extra_validators))
        return self._has_services() and fine

    def _has_services(self) -> bool:
        chosen: list[str] = []
        for item in self.services:
            if item.data and item.data not in self.shown:
                item.errors = [_("Ce service n'est pas affiché ici.")]
            elif item.data in chosen:
                item.errors = [_("Il est déjà plus haut dans la liste.")]
            elif item.data:
                chosen.append(item.data)
        if len(chosen) < FEWEST and not any(item.errors for item in self.services):
            empty = next(item for item in self.services if not item.data)
            empty.errors = [_("Choisissez au moins trois services.")]
        return not any(item.errors for item in self.services)

    def spotlight(self) -> Spotlight:
        """Return what was typed; only of a form that is valid."""
        return Spotlight(
            title=_text(self.title, self.title_en),
            services=tuple(item.data for item in self.services if item.data),
            starts=self.starts.data or self.today,
            ends=self.ends.data,
        )


_SHAPE_ERRORS = {
    "name": _("Donnez un nom, 80 caractères au plus."),
    "phone": _("Des chiffres, des espaces, un + : 04 72 80 60 60."),
    "email": _("Une adresse comme assistance@ac-lyon.fr."),
    "url": _("Une adresse comme https://assistance.ac-lyon.fr/."),
    "hours": _("300 caractères au plus."),
    "note": _("300 caractères au plus."),
}


class ContactForm(ReasonedForm):
    kind = RadioField(_("Où ?"), validate_choice=False, default=ContactKind.ACADEMIE.value)
    name = StringField(_("Nom"), **_counted(LONGEST_NAME))
    profiles = SelectMultipleField(
        _("Pour qui ?"), validate_choice=False, option_widget=CheckboxInput()
    )
    phone = StringField(_("Téléphone (facultatif)"), render_kw={"type": "tel"})
    email = StringField(_("Adresse mail (facultatif)"), render_kw={"type": "email"})
    url = StringField(_("Page d'aide (facultatif)"), render_kw={"type": "url"})
    hours = StringField(_("Horaires (facultatif)"), **_counted(LONGEST_SENTENCE))
    note = TextAreaField(_("À savoir (facultatif)"), **_counted(LONGEST_SENTENCE, 2))
    name_en = StringField(_("Nom en anglais (facultatif)"), **_counted(LONGEST_NAME))
    hours_en = StringField(_("Horaires en anglais (facultatif)"), **_counted(LONGEST_SENTENCE))
    note_en = StringField(_("À savoir, en anglais (facultatif)"), **_counted(LONGEST_SENTENCE))

    def set_choices(self) -> None:
        self.kind.choices = [
            SelectChoice(kind.value, wording.contact_kind(kind)) for kind in ContactKind
        ]
        self.profiles.choices = [
            SelectChoice(profile.value, wording.profile_place(profile)) for profile in Profile
        ]

    def fill(self, said: HelpContact) -> None:
        self.kind.data = said.kind.value
        self.profiles.data = [profile.value for profile in said.profiles]
        self.phone.data, self.email.data, self.url.data = said.phone, said.email, said.url
        for name in ("name", "hours", "note"):
            text = getattr(said, name)
            if text is not None:
                self[name].data, self[f"{name}_en"].data = text.fr, text.en

    def validate(self, extra_validators: Any = None) -> bool:
        fine = bool(super().validate(extra_validators))
        return not list(self._misshapen()) and fine

    def contact(self) -> HelpContact:
        """Return what was typed; only of a form that is valid."""
        return HelpContact.model_validate(self._typed())

    def _misshapen(self) -> Iterator[str]:
        try:
            self.contact()
        except ShapeError as error:
            for fault in error.errors():
                name = str(fault["loc"][0])
                item = self[name]
                if not item.errors:
                    item.errors = [_SHAPE_ERRORS.get(name, _("Choisissez dans la liste."))]
                yield name

    def _typed(self) -> dict[str, Any]:
        plain = {name: _one_line(self[name].data) for name in ("phone", "email", "url")}
        texts = {name: _text(self[name], self[f"{name}_en"]) for name in ("name", "hours", "note")}
        return {**plain, **texts, "kind": self.kind.data, "profiles": self.profiles.data or ()}


def _one_line(typed: str | None) -> str | None:
    return " ".join((typed or "").split()) or None


class LogoForm(ReasonedForm):
    logo = FileField(_("Votre logo"), render_kw={"accept": "image/png,image/jpeg,image/webp"})

    def content(self) -> bytes:
        """Return the bytes that were sent; none at all when no file was chosen."""
        read = getattr(self.logo.data, "read", None)
        return bytes(read()) if read is not None else b""


class RevertForm(ReasonedForm):
    """Back to what the card says."""


class MoveForm(DeskForm):
    """One step in a list; nothing to explain."""

    version = HiddenField(default="0")
    seen = ReasonedForm.seen
