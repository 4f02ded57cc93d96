"""Hide a service: why, what instead, until when, for whom; see the effect, then decide."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from flask import Response, request
from sqlalchemy.orm import Session

from accounts.permissions import Action
from catalogue.schema import Service
from instances import choice_history, choices
from instances.choices import ChoiceError, Hiding
from instances.models import ServiceChoice, Visibility
from instances.offer import Absence
from instances.page import CategoryView, InstancePage, Tile, build_page
from instances.supposing import if_hidden
from instances.versions import ChangedMeanwhileError
from web import current, dates
from web.admin import service_words
from web.admin.desk import deciding, desk, page
from web.admin.service_desk import (
    Table,
    back,
    blueprint,
    gone,
    look,
    look_now,
    other_academies,
    place,
    refuse,
    why_not_hidden,
)
from web.admin.service_hide_form import HideForm
from web.context import say
from web.guards import needs
from web.translation import gettext as _

_REFUSED, _CONFLICT = 422, 409


@dataclass(frozen=True, kw_only=True)
class Effect:
    """What people will find once it is hidden."""

    page: InstancePage
    replacement: Tile | None
    broken: tuple[Service, ...]
    """Hidden services that lead here, and will lead nowhere."""
    elsewhere: tuple[str, ...]
    """What is lost in the other académies for which it is decided too."""

    def categories(self, service: Service) -> Iterator[CategoryView]:
        """Yield the categories in which people looked for it."""
        return (item for item in self.page.categories if item.id in service.categories)


@blueprint.get("/services/<service_id>/masquer")
@needs(Action.DECIDE)
def hide_form(academie: str, service_id: str) -> Response:  # noqa: ARG001
    table = look_now()
    service = table.service(service_id)
    if service is None:
        current.not_found()
    impossible = why_not_hidden(service, table.day)
    if impossible:
        return refuse(impossible)
    form = HideForm.of(table, service)
    form.fill(table.rows.get(service_id), version=table.version(service_id))
    return _screen(table, service, form)


@blueprint.post("/services/<service_id>/masquer")
@needs(Action.DECIDE)
def hide(academie: str, service_id: str) -> Response:  # noqa: ARG001
    """Decide, or with the button "voir" only show what would happen."""
    table = look_now()
    service = table.service(service_id)
    if service is None:
        return gone(table, service_id, HideForm.typed())
    form = HideForm.of(table, service)
    valid = form.validate()
    impossible = why_not_hidden(service, table.day)
    if impossible:
        form.form_errors.append(impossible)
    if not valid or impossible:
        return _screen(table, service, form, status=_REFUSED)
    if "voir" in request.form:
        return _screen(table, service, form, effect=_effect(table, service, form))
    return _decide(table, service, form)


def _decide(table: Table, service: Service, form: HideForm) -> Response:
    try:
        with deciding() as session:
            lines = list(_hide_everywhere(session, service, form))
    except ChangedMeanwhileError as error:
        return _conflict(service, form, error)
    except ChoiceError as error:
        form.form_errors.append(service_words.refusal(error, service.title))
        return _screen(table, service, form, status=_REFUSED)
    return back(_hidden(table, service, form.hiding()), lines=lines)


def _hide_everywhere(session: Session, service: Service, form: HideForm) -> Iterator[int]:
    at, hiding = desk(), form.hiding()
    cards = [at.card, *(card for card in other_academies(at) if card.slug in form.also_for.data)]
    for card in cards:
        table = look(session, at, card=card)
        here = card is at.card
        choices.hide_service(
            session,
            service,
            hiding,
            by=table.at.decision(),
            known=table.shown(),
            seen=form.version.data if here else None,
        )
        line = choice_history.last_line(session, card.slug, service.id)
        if line is not None:
            yield line


def _hidden(table: Table, service: Service, hiding: Hiding) -> str:
    values = {"title": service.title, "place": place(table.card)}
    done = _("%(title)s est masqué %(place)s.", **values)
    if hiding.replacement_service:
        other = table.service(hiding.replacement_service)
        title = other.title if other else hiding.replacement_service
        return f"{done} {_('Les anciens liens mènent à %(title)s.', title=title)}"
    if hiding.replacement_url:
        address = hiding.replacement_url
        return f"{done} {_('Les anciens liens mènent à %(title)s.', title=address)}"
    return f"{done} {_('Les anciens liens le disent.')}"


def _conflict(service: Service, form: HideForm, error: ChangedMeanwhileError) -> Response:
    table = look_now()
    form.version.data = error.version
    form.version.raw_data = None
    theirs = table.rows.get(service.id)
    return _screen(
        table,
        service,
        form,
        status=_CONFLICT,
        conflict=(
            table.who(error.actor),
            _("le %(when)s", when=dates.instant(error.at, table.card.zone, table.now)),
            _differences(table, theirs) if theirs else (),
        ),
    )


def _differences(table: Table, theirs: ServiceChoice) -> tuple[tuple[str, str], ...]:
    """Say what stands there now."""
    hidden = theirs.visibility == Visibility.HIDDEN
    state = service_words.Status.HIDDEN if hidden else service_words.Status.SHOWN
    found = [
        (_("Affichage"), service_words.status(state)),
        (_("Raison"), service_words.why(theirs, None)),
        (_("Dates"), service_words.dates_of(theirs, table.day)),
        (_("Mot aux collègues"), theirs.word or ""),
    ]
    return tuple((label, value) for label, value in found if value)


def _effect(table: Table, service: Service, form: HideForm) -> Effect:
    hiding, slug = form.hiding(), table.card.slug
    snapshot = if_hidden(table.snapshot, slug, service.id, hiding)
    after = build_page(snapshot, table.card, now=table.now)
    tiles = {tile.service.id: tile for tile in after.tiles}
    return Effect(
        page=after,
        replacement=tiles.get(hiding.replacement_service or ""),
        broken=tuple(
            item.service
            for item in table.offered.values()
            if item.choice is not None and item.choice.replacement_service == service.id
        ),
        elsewhere=tuple(_elsewhere(service, form)),
    )


def _elsewhere(service: Service, form: HideForm) -> Iterator[str]:
    """Say what was already decided in the other académies."""
    at = desk()
    with current.site().sessions() as session:
        for card in other_academies(at):
            table = look(session, at, card=card)
            row, item = table.rows.get(service.id), table.offered.get(service.id)
            hidden = item is not None and item.absence is Absence.HIDDEN
            if row is not None and hidden and card.slug in form.also_for.data:
                yield _(
                    "%(name)s le masque déjà (%(why)s) : votre décision remplacera la sienne.",
                    name=say(card.title),
                    why=service_words.why(row, None).rstrip("."),
                )


def _screen(  # noqa: PLR0913 - all that the screen may show
    table: Table,
    service: Service,
    form: HideForm,
    *,
    status: int = 200,
    effect: Effect | None = None,
    conflict: tuple[str, str, tuple[tuple[str, str], ...]] | None = None,
) -> Response:
    return page(
        "admin/service_hide.html",
        table.at,
        status=status,
        service=service,
        form=form,
        effect=effect,
        hiding=form.hiding() if effect else None,
        conflict=conflict,
        others=other_academies(table.at),
    )
