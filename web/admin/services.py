"""Services: the list, show, do as the nation, undo; the sister modules hide, edit and order."""

from __future__ import annotations

import re

from flask import Response, request

from accounts.permissions import Action, scopes_of
from catalogue.schema import Rollout, Service
from instances import choice_history, choices
from instances.choices import ChoiceError
from instances.versions import ChangedMeanwhileError
from web import current
from web.admin import (
    service_bulk,
    service_edit,
    service_hide,
    service_order,
    service_words,
    unknown_words,
)
from web.admin.desk import deciding, desk, page
from web.admin.service_desk import Table, back, blueprint, look, place, refuse
from web.admin.service_rows import chosen_by, in_groups, make_rows
from web.admin.service_words import Filter
from web.guards import needs
from web.translation import gettext as _
from web.translation import ngettext

_LINE = re.compile(r"^[0-9]{1,9}$")

__all__ = ["blueprint", "service_bulk", "service_edit", "service_hide", "service_order"]


@blueprint.get("/services")
@needs(Action.SEE_DESK)
def index(academie: str) -> Response:  # noqa: ARG001
    with current.site().sessions() as session:
        table = look(session, desk())
        rows = make_rows(session, table)
    wanted = _filter()
    counts = [(name, len(chosen_by(rows, name))) for name in Filter]
    return page(
        "admin/services.html",
        table.at,
        groups=in_groups(chosen_by(rows, wanted), table.snapshot.catalogue.categories),
        counts=counts,
        wanted=wanted,
        ordered=any(row.position is not None for row in table.rows.values()),
        words=service_words,
        states=unknown_words,
        bulk_actions=[(deed.value, service_bulk.deed_name(deed)) for deed in service_bulk.Deed],
    )


def _filter() -> Filter:
    found = request.args.get("filtre", "")
    return Filter(found) if found in tuple(Filter) else Filter.ALL


@blueprint.post("/services/<service_id>/afficher")
@needs(Action.DECIDE)
def show(academie: str, service_id: str) -> Response:  # noqa: ARG001
    return _decide(service_id, "show")


@blueprint.post("/services/<service_id>/comme-le-national")
@needs(Action.DECIDE)
def follow(academie: str, service_id: str) -> Response:  # noqa: ARG001
    return _decide(service_id, "follow")


def _decide(service_id: str, deed: str) -> Response:
    at = desk()
    with deciding() as session:
        table = look(session, at)
        service = table.service(service_id)
        if service is None:
            return refuse(_("Ce service n'est plus dans la liste : rien n'est changé."))
        by, seen = at.decision(), request.form.get("version", type=int)
        try:
            if deed == "follow":
                choices.follow_nation_in_all(session, service, by=by, seen=seen)
            elif service.rollout is Rollout.OPT_IN:
                choices.show_service(session, service, by=by, seen=seen)
            else:
                # What the nation shows needs no word of the académie's own.
                choices.follow_nation(session, service, by=by, seen=seen)
        except ChangedMeanwhileError as error:
            return refuse(changed(table, service, error))
        line = choice_history.last_line(session, at.card.slug, service.id)
    said = _followed(table, service) if deed == "follow" else _shown(table, service)
    return back(said, lines=[line] if line else ())


def changed(table: Table, service: Service, error: ChangedMeanwhileError) -> str:
    return _(
        "%(who)s vient de décider autre chose pour %(title)s : rien n'est changé."
        " Relisez sa ligne, puis recommencez si besoin.",
        who=table.who(error.actor),
        title=service.title,
    )


def _shown(table: Table, service: Service) -> str:
    values = {"title": service.title, "place": place(table.card)}
    return _("%(title)s est affiché %(place)s.", **values)


def _followed(table: Table, service: Service) -> str:
    values = {"title": service.title, "place": place(table.card)}
    return _("%(title)s est comme au niveau national %(place)s.", **values)


@blueprint.post("/services/annuler/<lines>")
@needs(Action.DECIDE)
def undo(academie: str, lines: str) -> Response:  # noqa: ARG001
    """Undo what some lines of the journal did, all of it or nothing."""
    at = desk()
    numbers = [int(part) for part in lines.split(".") if _LINE.match(part)]
    within = scopes_of(at.person, Action.DECIDE)
    try:
        with deciding() as session:
            undone = choice_history.undo(session, numbers, by=at.decision(), within=within)
    except ChoiceError as error:
        return refuse(service_words.refusal(error, _title(str(error.values.get("service", "")))))
    if len(undone) == 1:
        return back(_("%(title)s est comme avant.", title=_title(undone.pop())))
    return back(
        ngettext(
            "%(num)d service est comme avant.", "%(num)d services sont comme avant.", len(undone)
        )
    )


def _title(service_id: str) -> str:
    services = current.snapshot().services_of(desk().card.slug)
    return next((item.title for item in services if item.id == service_id), service_id)
