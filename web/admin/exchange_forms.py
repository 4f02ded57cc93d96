"""The forms of an import and of a copy, before and after what would change is shown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_wtf.file import FileField, FileRequired
from wtforms import HiddenField, SelectField, SelectMultipleField, StringField, widgets
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, ValidationError

from catalogue.yaml_reader import MOST_BYTES
from instances.exchange_copy import BY_DEFAULT, CopyPart
from instances.models import HideReason
from web.admin import choice_words, exchange_words
from web.forms import DeskForm
from web.translation import gettext
from web.translation import lazy_gettext as _

LARGEST = MOST_BYTES + 100_000
"""Bytes of a form that carries a file, the rest of the form included."""
LONGEST_REASON = 300


class ImportForm(DeskForm):
    file = FileField(
        _("Fichier"),
        validators=[FileRequired(message=_("Choisissez le fichier à importer."))],
        render_kw={"accept": ".yaml,.yml"},
    )
    reason = StringField(
        _("Pourquoi ? (facultatif)"),
        validators=[Length(max=LONGEST_REASON, message=_("300 caractères au plus."))],
    )


class ReplaceForm(DeskForm):
    """The file again, and what was shown before it replaces anything."""

    content = HiddenField(validators=[InputRequired()])
    reason = HiddenField(validators=[Length(max=LONGEST_REASON)])
    seen = HiddenField()


class CopyForm(DeskForm):
    source = SelectField(_("Académie"), validate_choice=False)
    parts = SelectMultipleField(
        _("Ce qui est copié"),
        widget=widgets.ListWidget(prefix_label=False),
        option_widget=widgets.CheckboxInput(),
        validate_choice=False,
    )
    reason = SelectField(
        _("Pourquoi ces services seront masqués"), id="raison-copie", validate_choice=False
    )
    """Its id is its own: the other form of the screen has a reason too."""
    precision = StringField(
        _("Précision (facultatif, interne)"),
        validators=[Length(max=LONGEST_REASON, message=_("300 caractères au plus."))],
    )
    seen = HiddenField()

    def __init__(self, sources: Mapping[str, str], **values: Any) -> None:
        super().__init__(**values)
        known = {"": gettext("Choisissez"), **sources}
        self.source.choices = [SelectChoice(slug, title) for slug, title in known.items()]
        self.parts.choices = [
            SelectChoice(part.value, exchange_words.copy_part(part)) for part in CopyPart
        ]
        self.reason.choices = [
            SelectChoice(item.value, choice_words.reason(item)) for item in HideReason
        ]
        self.known = frozenset(sources)
        # What was sent may be the other form of the screen: this one is then told to read nothing.
        if "formdata" in values or not self.is_submitted():
            self.parts.data = [part.value for part in BY_DEFAULT]
            self.reason.data = HideReason.OTHER.value

    def validate_source(self, item: SelectField) -> None:
        if item.data not in self.known:
            raise ValidationError(gettext("Choisissez une académie de la liste."))

    def validate_parts(self, _item: SelectMultipleField) -> None:
        if not self.chosen:
            raise ValidationError(gettext("Cochez au moins une chose à copier."))

    def validate_reason(self, item: SelectField) -> None:
        if item.data not in set(HideReason):
            raise ValidationError(gettext("Choisissez une raison de la liste."))

    @property
    def chosen(self) -> tuple[CopyPart, ...]:
        return tuple(part for part in CopyPart if part.value in (self.parts.data or ()))
