"""One decision for several services: first what would change, then the deed, all or nothing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from flask import Response, request
from sqlalchemy.orm import Session
from wtforms import Field, RadioField, StringField, ValidationError
from wtforms.validators import InputRequired

from accounts.permissions import Action
from catalogue.schema import Rollout, Service
from instances import choice_history, choices
from instances.choices import LONGEST_PRECISION, ChoiceError, Decision, Hiding
from instances.models import HideReason
from instances.versions import ChangedMeanwhileError
from web import current
from web.admin import choice_words, service_words
from web.admin.desk import deciding, desk, page
from web.admin.service_desk import (
    Table,
    back,
    blueprint,
    is_local,
    look,
    look_now,
    place,
    refuse,
)
from web.admin.service_hide_form import AtMost, one_line
from web.admin.service_rows import says_something, status_of
from web.admin.service_words import Status
from web.forms import DeskForm
from web.guards import needs
from web.translation import gettext as _
from web.translation import lazy_gettext, ngettext

_REFUSED, _CONFLICT = 422, 409
_SEPARATOR = ":"


class Deed(StrEnum):
    """What may be done to several; the values stand in addresses."""

    SHOW = "afficher"
    HIDE = "masquer"
    FOLLOW = "comme-le-national"


def deed_name(deed: Deed) -> str:
    return {
        Deed.SHOW: _("Afficher"),
        Deed.HIDE: _("Masquer"),
        Deed.FOLLOW: _("Faire comme le national"),
    }[deed]


class BulkForm(DeskForm):
    reason = RadioField(
        lazy_gettext("Pourquoi ?"),
        validators=[InputRequired(lazy_gettext("Choisissez une raison."))],
    )
    precision = StringField(
        lazy_gettext("Précision"), filters=[one_line], validators=[AtMost(LONGEST_PRECISION)]
    )

    def validate_precision(self, field: Field) -> None:
        if self.reason.data == HideReason.OTHER and not field.data:
            raise ValidationError(_("Pour « Autre », dites en quelques mots pourquoi."))


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What would be done, and what would be left as it is with the reason."""

    deed: Deed
    changed: tuple[Service, ...]
    left: tuple[tuple[Service, str], ...]
    asked: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Aim:
    """One service of the list, as it was seen."""

    service: Service
    by: Decision
    seen: int


@blueprint.get("/services/plusieurs")
@needs(Action.DECIDE)
def bulk_form(academie: str) -> Response:  # noqa: ARG001
    found = request.args.get("action", "")
    asked = tuple(dict.fromkeys(request.args.getlist("service")))
    if found not in tuple(Deed):
        current.not_found()
    if not asked:
        return refuse(_("Cochez d'abord les services, puis choisissez quoi en faire."))
    table = look_now()
    return _screen(table, plan(table, Deed(found), asked), _form(None))


@blueprint.post("/services/plusieurs")
@needs(Action.DECIDE)
def bulk(academie: str) -> Response:  # noqa: ARG001
    found = request.form.get("action", "")
    if found not in tuple(Deed):
        current.not_found()
    seen = _seen(request.form.getlist("service"))
    table, form = look_now(), _form(request.form)
    planned = plan(table, Deed(found), seen)
    if planned.deed is Deed.HIDE and not form.validate():
        return _screen(table, planned, form, status=_REFUSED)
    try:
        with deciding() as session:
            lines = _do(session, planned, seen, form)
    except ChangedMeanwhileError as error:
        table = look_now()
        form.form_errors.append(_changed(table, error))
        return _screen(table, plan(table, planned.deed, seen), form, status=_CONFLICT)
    except ChoiceError as error:
        title = str(error.values.get("service", ""))
        form.form_errors.append(service_words.refusal(error, title))
        return _screen(look_now(), planned, form, status=_REFUSED)
    return back(" ".join(_said(table, planned, len(lines))), lines=lines)


def _seen(items: Iterable[str]) -> dict[str, int]:
    """Read "visio:3": a service and the version that was looked at."""
    found = {}
    for item in items:
        name, _separator, version = item.rpartition(_SEPARATOR)
        if version.isdecimal() and len(version) < 10:  # noqa: PLR2004 - no version is so great
            found[name] = int(version)
    return found


def _form(sent: object) -> BulkForm:
    form = BulkForm(formdata=sent)
    form.reason.choices = [(item.value, choice_words.reason(item)) for item in HideReason]
    return form


def plan(table: Table, deed: Deed, asked: Iterable[str]) -> Plan:
    changed: list[Service] = []
    left: list[tuple[Service, str]] = []
    asked = tuple(asked)
    for name in asked:
        service = table.service(name)
        if service is None:
            continue
        reason = _why_left(table, service, deed)
        if reason:
            left.append((service, reason))
        else:
            changed.append(service)
    return Plan(deed=deed, changed=tuple(changed), left=tuple(left), asked=asked)


def _why_left(table: Table, service: Service, deed: Deed) -> str:
    """Say why nothing is done to a service; empty when something is."""
    status = status_of(table.offered[service.id])
    if deed is Deed.SHOW:
        return _why_not_shown(status)
    if deed is Deed.HIDE:
        return _why_not_hidden(status)
    if is_local(service):
        return _("c'est un service de l'académie")
    row = table.rows.get(service.id)
    chosen = row is not None and says_something(row)
    return "" if chosen else _("déjà comme au niveau national")


def _why_not_hidden(status: Status) -> str:
    return {
        Status.HIDDEN: _("déjà masqué"),
        Status.RETIRED: _("fermé au niveau national"),
        Status.REQUIRED: _("obligatoire, le ministère demande que chaque académie l'affiche"),
    }.get(status, "")


def _why_not_shown(status: Status) -> str:
    return {
        Status.RETIRED: _("fermé au niveau national"),
        Status.WITHOUT_ADDRESS: _("il faut d'abord lui donner une adresse"),
        Status.SHOWN: _("déjà affiché"),
        Status.REQUIRED: _("déjà affiché"),
    }.get(status, "")


def _do(session: Session, planned: Plan, seen: dict[str, int], form: BulkForm) -> list[int]:
    at = desk()
    # What was true on the screen may not be so any more: decided on what is read here.
    fresh = plan(look(session, at), planned.deed, seen)
    lines = []
    for service in fresh.changed:
        aim = Aim(service=service, by=at.decision(), seen=seen[service.id])
        _do_one(session, aim, fresh.deed, form)
        lines.append(choice_history.last_line(session, at.card.slug, service.id))
    return [line for line in lines if line is not None]


def _do_one(session: Session, aim: Aim, deed: Deed, form: BulkForm) -> None:
    service, by, seen = aim.service, aim.by, aim.seen
    if deed is Deed.HIDE:
        reason, precision = HideReason(form.reason.data), form.precision.data or None
        hiding = Hiding(reason=reason, precision=precision)
        choices.hide_service(session, service, hiding, by=by, seen=seen)
    elif deed is Deed.FOLLOW:
        choices.follow_nation_in_all(session, service, by=by, seen=seen)
    elif service.rollout is Rollout.OPT_IN:
        choices.show_service(session, service, by=by, seen=seen)
    else:
        choices.follow_nation(session, service, by=by, seen=seen)


def _changed(table: Table, error: ChangedMeanwhileError) -> str:
    return _(
        "%(who)s vient de décider autre chose pour l'un de ces services : rien n'est changé."
        " Relisez, puis recommencez.",
        who=table.who(error.actor),
    )


def _said(table: Table, planned: Plan, count: int) -> Iterable[str]:
    values = {"place": place(table.card)}
    if planned.deed is Deed.HIDE:
        yield ngettext(
            "%(num)d service est masqué %(place)s.",
            "%(num)d services sont masqués %(place)s.",
            count,
            **values,
        )
    elif planned.deed is Deed.SHOW:
        yield ngettext(
            "%(num)d service est affiché %(place)s.",
            "%(num)d services sont affichés %(place)s.",
            count,
            **values,
        )
    else:
        yield ngettext(
            "%(num)d service est comme au niveau national.",
            "%(num)d services sont comme au niveau national.",
            count,
        )
    if planned.left:
        titles = ", ".join(service.title for service, _why in planned.left)
        yield _("Sans changement : %(titles)s.", titles=titles)


def _screen(table: Table, planned: Plan, form: BulkForm, *, status: int = 200) -> Response:
    return page(
        "admin/service_bulk.html",
        table.at,
        status=status,
        plan=planned,
        form=form,
        deed=deed_name(planned.deed),
        version=table.version,
    )
