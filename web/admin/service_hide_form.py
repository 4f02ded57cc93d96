"""The form by which a service is hidden: only the replacement and the word are public."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Self

from flask import request
from wtforms import (
    Field,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import InputRequired
from wtforms.widgets import CheckboxInput, HiddenInput, ListWidget

from catalogue.schema import Service
from instances.choices import LONGEST_PRECISION, LONGEST_WORD, Hiding, is_address
from instances.models import HideReason, ServiceChoice, Visibility
from web.admin import choice_words
from web.admin.moments import DayField
from web.admin.service_desk import Table, look, other_academies
from web.context import say
from web.current import site
from web.forms import DeskForm, NotBefore
from web.translation import gettext as _
from web.translation import lazy_gettext

NOTHING, SERVICE, ADDRESS = "nothing", "service", "address"
ALWAYS, REVIEW, UNTIL = "always", "review", "until"


class AtMost:
    """Says by how much a text is too long; nothing is cut."""

    def __init__(self, limit: int) -> None:
        self.limit = limit

    def __call__(self, _form: object, field: Field) -> None:
        length = len(field.data or "")
        if length > self.limit:
            values = {"limit": self.limit, "length": length}
            raise ValidationError(_("%(limit)s signes au plus ; il y en a %(length)s.", **values))


def one_line(value: str | None) -> str | None:
    return " ".join(value.split()) if value else value


class HideForm(DeskForm):
    table: Table
    service: Service

    version = IntegerField(widget=HiddenInput(), default=0)
    reason = RadioField(lazy_gettext("Pourquoi ?"))
    precision = StringField(
        lazy_gettext("Précision"), filters=[one_line], validators=[AtMost(LONGEST_PRECISION)]
    )
    instead = RadioField(lazy_gettext("À la place"), default=NOTHING)
    replacement_service = SelectField(lazy_gettext("Service à la place"), validate_choice=False)
    replacement_url = StringField(lazy_gettext("Adresse à la place"), filters=[one_line])
    word = TextAreaField(
        lazy_gettext("Mot aux collègues"),
        filters=[one_line],
        validators=[AtMost(LONGEST_WORD)],
        render_kw={"data-counter": LONGEST_WORD, "rows": 2},
    )
    lasts = RadioField(lazy_gettext("Jusqu'à quand ?"), default=ALWAYS)
    review_on = DayField(lazy_gettext("À revoir le"))
    until = DayField(lazy_gettext("Jusqu'au"))
    also_for = SelectMultipleField(
        lazy_gettext("Aussi pour"),
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
        default=(),
    )

    @classmethod
    def of(cls, table: Table, service: Service) -> Self:
        """Make the form for one service, as the world is now."""
        form = cls()
        form.table, form.service = table, service
        form.reason.choices = [(item.value, choice_words.reason(item)) for item in HideReason]
        form.instead.choices = [
            (SERVICE, _("Un service")),
            (ADDRESS, _("Une adresse")),
            (NOTHING, _("Rien")),
        ]
        form.lasts.choices = [
            (ALWAYS, _("Sans date")),
            (REVIEW, _("À revoir le… (un rappel, rien ne bouge seul)")),
            (UNTIL, _("Jusqu'au…, puis réafficher")),
        ]
        form.also_for.choices = [(card.slug, say(card.title)) for card in other_academies(table.at)]
        form._propose()
        form.reason.validators = [InputRequired(_("Choisissez une raison."))]
        for field in (form.review_on, form.until):
            field.validators = [NotBefore(table.day)]
        return form

    def _propose(self) -> None:
        """Propose what is shown; what was chosen and is no longer shown keeps its line."""
        shown = {
            name: f"{say(item.task)} ({item.title})"
            for name, item in self.table.shown().items()
            if name != self.service.id
        }
        chosen = self.replacement_service.data
        row = self.table.rows.get(self.service.id)
        chosen = chosen or (row.replacement_service if row else None)
        if chosen and chosen not in shown and chosen != "None":
            shown[chosen] = _("%(name)s (n'est pas affiché)", name=self._title(chosen))
        self.replacement_service.choices = [("", _("Choisir…")), *shown.items()]

    def _title(self, service_id: str) -> str:
        found = self.table.service(service_id)
        return found.title if found else service_id

    def fill(self, row: ServiceChoice | None, *, version: int) -> None:
        """Start from what is decided already."""
        self.version.data = version
        if row is None or row.visibility != Visibility.HIDDEN:
            return
        self.reason.data, self.precision.data = row.reason, row.precision
        self.word.data = row.word
        self.replacement_service.data = row.replacement_service
        self.replacement_url.data = row.replacement_url
        self.instead.data = (
            SERVICE if row.replacement_service else ADDRESS if row.replacement_url else NOTHING
        )
        self.review_on.data, self.until.data = row.review_on, row.until
        self.lasts.data = UNTIL if row.until else REVIEW if row.review_on else ALWAYS

    def validate_precision(self, field: Field) -> None:
        if self.reason.data == HideReason.OTHER and not field.data:
            raise ValidationError(_("Pour « Autre », dites en quelques mots pourquoi."))

    def validate_replacement_service(self, field: Field) -> None:
        if self.instead.data != SERVICE:
            if field.data and field.data != "None":
                self._unused(self.instead.data)
            return
        if not field.data:
            raise ValidationError(_("Choisissez le service qui le remplace."))
        if field.data not in self.table.shown():
            values = {"title": self._title(field.data)}
            raise ValidationError(
                _("%(title)s n'est plus affiché chez vous : choisissez autre chose.", **values)
            )

    def validate_replacement_url(self, field: Field) -> None:
        if self.instead.data != ADDRESS:
            if field.data:
                self._unused(self.instead.data)
            return
        if not is_address(field.data or ""):
            raise ValidationError(
                _("Écrivez une adresse complète, par exemple https://nuage.exemple.fr/")
            )

    def _unused(self, chosen: str) -> None:
        word = dict(self.instead.choices).get(chosen, "")
        raise ValidationError(
            _("« À la place » dit « %(word)s » : changez-le, ou videz ce champ.", word=word)
        )

    def validate_review_on(self, field: Field) -> None:
        self._check_day(field, REVIEW)

    def validate_until(self, field: Field) -> None:
        self._check_day(field, UNTIL)

    def _check_day(self, field: Field, kind: str) -> None:
        if self.lasts.data == kind and field.data is None:
            raise ValidationError(_("Donnez le jour."))
        if self.lasts.data == ALWAYS and field.data is not None:
            raise ValidationError(
                _(
                    "Vous avez choisi « Sans date » : choisissez une autre réponse,"
                    " ou videz ce champ."
                )
            )

    def validate_also_for(self, field: Field) -> None:
        """A replacement must be there too; what is local to one académie is not."""
        if self.instead.data != SERVICE or not self.replacement_service.data:
            return
        cards = {card.slug: card for card in other_academies(self.table.at)}
        with site().sessions() as session:
            for slug in field.data:
                there = look(session, self.table.at, card=cards[slug])
                if self.replacement_service.data not in there.shown():
                    values = {
                        "title": self._title(self.replacement_service.data),
                        "place": say(cards[slug].within),
                    }
                    raise ValidationError(
                        _(
                            "%(title)s n'est pas affiché %(place)s : décochez, ou choisissez autre"
                            " chose à la place.",
                            **values,
                        )
                    )

    def hiding(self) -> Hiding:
        """Return what was asked for; the form is valid."""
        service = self.replacement_service.data if self.instead.data == SERVICE else None
        address = self.replacement_url.data if self.instead.data == ADDRESS else None
        return Hiding(
            reason=HideReason(self.reason.data),
            precision=self.precision.data or None,
            replacement_service=service,
            replacement_url=address,
            word=self.word.data or None,
            review_on=self.review_on.data if self.lasts.data != ALWAYS else None,
            until=self.until.data if self.lasts.data == UNTIL else None,
        )

    @classmethod
    def typed(cls) -> Iterator[tuple[str, str]]:
        """Yield what was sent, by the name of its field, for a service that is no more."""
        for name in ("precision", "replacement_url", "word", "review_on", "until"):
            yield choice_words.field_name(name), request.form.get(name, "")
