"""The forms of accounts: a new one, and a right to give."""

from __future__ import annotations

from typing import Any

from wtforms import BooleanField, RadioField, SelectField, StringField, ValidationError
from wtforms.fields.choices import SelectChoice

from accounts.permissions import SCOPED, Right, Role
from instances.snapshot import Snapshot
from web import account_words
from web.context import say
from web.forms import DeskForm
from web.translation import gettext
from web.translation import lazy_gettext as _

GIVEN = tuple(role for role in Role if role is not Role.TEACHER)


class RightForm(DeskForm):
    role = RadioField(_("Rôle"), validate_choice=False)
    academie = SelectField(_("Pour quelle académie"), validate_choice=False, default="")
    operator = SelectField(_("Pour quel opérateur"), validate_choice=False, default="")

    def __init__(self, snapshot: Snapshot, **values: Any) -> None:
        super().__init__(**values)
        self.places = {
            "academie": {card.slug: say(card.title) for card in snapshot.directory.cards},
            "operator": {item.id: say(item.name) for item in snapshot.catalogue.operators},
        }
        self.role.choices = [SelectChoice(role.value, _about(role)) for role in GIVEN]
        for kind, names in self.places.items():
            known = {"": gettext("Aucune") if kind == "academie" else gettext("Aucun"), **names}
            self[kind].choices = [SelectChoice(name, title) for name, title in known.items()]

    def validate_role(self, item: RadioField) -> None:
        if item.data not in {role.value for role in GIVEN}:
            raise ValidationError(gettext("Choisissez un rôle."))

    def validate_academie(self, item: SelectField) -> None:
        self._check_place(item, "academie")

    def validate_operator(self, item: SelectField) -> None:
        self._check_place(item, "operator")

    def _check_place(self, item: SelectField, kind: str) -> None:
        role = self._role()
        if role is None or SCOPED.get(role) != kind:
            return
        if item.data not in self.places[kind]:
            raise ValidationError(gettext("Ce rôle vaut pour un endroit : choisissez lequel."))

    def _role(self) -> Role | None:
        return Role(self.role.data) if self.role.data in set(GIVEN) else None

    @property
    def right(self) -> Right | None:
        """Return what was chosen; what is not for this role is left aside."""
        role = self._role()
        if role is None:
            return None
        kind = SCOPED.get(role)
        return Right(role=role, scope=None if kind is None else self[kind].data)


class NewAccountForm(RightForm):
    email = StringField(_("Adresse mail"), render_kw={"type": "email", "autocomplete": "off"})
    name = StringField(_("Nom"), render_kw={"autocomplete": "off"})


class DeleteForm(DeskForm):
    sure = BooleanField(_("Oui, supprimer ce compte pour de bon"))

    def validate_sure(self, item: BooleanField) -> None:
        if not item.data:
            raise ValidationError(gettext("Cochez la case pour confirmer."))


def _about(role: Role) -> str:
    return gettext(
        "%(role)s : %(about)s",
        role=account_words.role(role),
        about=account_words.role_at_length(role),
    )
