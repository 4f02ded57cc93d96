"""All decisions as one file, out and in; another académie's choices as one's own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, flash, make_response, redirect
from flask.typing import ResponseReturnValue

from accounts.permissions import Action
from catalogue.problems import Problem
from catalogue.schema import Rollout
from instances import exchange
from instances.exchange import ChangedSinceError, Replacing
from instances.exchange_changes import changes, fingerprint, notices
from instances.exchange_copy import Copying, copied
from instances.exchange_file import read_file, write_file
from instances.exchange_rows import read_decisions
from instances.exchange_values import Decisions
from instances.models import HideReason
from instances.offer import today
from web import current, links
from web.admin import exchange_words, journal_words
from web.admin.desk import Desk, deciding, desk, page
from web.admin.exchange_forms import LARGEST, CopyForm, ImportForm, ReplaceForm
from web.guards import needs
from web.site import utc_now
from web.translation import gettext as _
from web.translation import ngettext

blueprint = Blueprint("desk_exchange", __name__, url_prefix="/<academie>/gestion")
_INVALID, _CONFLICT, _SEE_OTHER = 422, 409, 303


@blueprint.get("/export-import")
@needs(Action.SEE_DESK)
def index(academie: str) -> ResponseReturnValue:  # noqa: ARG001
    return _index(desk())


@blueprint.get("/export-import/fichier")
@needs(Action.SEE_DESK)
def export(academie: str) -> Response:
    at = desk()
    response = make_response(write_file(_decisions(at)))
    day = today(at.card, utc_now()).isoformat()
    response.headers["Content-Type"] = "application/yaml; charset=utf-8"
    response.headers["Content-Disposition"] = f'attachment; filename="{academie}-{day}.yaml"'
    return response


@blueprint.post("/export-import/importer")
@needs(Action.REPLACE_ALL, largest=LARGEST)
def upload(academie: str) -> ResponseReturnValue:  # noqa: ARG001
    """Say what a file would change; nothing is written."""
    at, form = desk(), ImportForm()
    if not form.validate():
        return _index(at, importing=form, status=_INVALID)
    content = form.file.data.read()
    wanted, problems = _wanted(at, content)
    if wanted is None:
        return _index(at, importing=form, problems=problems, status=_INVALID)
    again = ReplaceForm(formdata=None)
    again.content.data = content.decode()
    again.reason.data = form.reason.data
    return _show_import(at, wanted, again)


@blueprint.post("/export-import/remplacer")
@needs(Action.REPLACE_ALL, largest=LARGEST)
def replace(academie: str) -> ResponseReturnValue:  # noqa: ARG001
    """Put the file in the place of every decision, if nothing changed since it was looked at."""
    at, form = desk(), ReplaceForm()
    wanted, problems = _wanted(at, (form.content.data or "").encode())
    if wanted is None or not form.validate():
        return _index(at, problems=problems, status=_INVALID)
    how = Replacing(
        by=at.decision(),
        zone=at.card.zone,
        reason=form.reason.data or None,
        seen=form.seen.data,
    )
    return _replaced(wanted, how) or _show_import(at, wanted, form, status=_CONFLICT)


@blueprint.post("/export-import/copier")
@needs(Action.REPLACE_ALL)
def copy(academie: str) -> ResponseReturnValue:  # noqa: ARG001
    """Say what would change if another académie's choices were one's own."""
    at = desk()
    form = CopyForm(_sources(at))
    if not form.validate():
        return _index(at, copying=form, status=_INVALID)
    return _show_copy(at, _copied(at, form), form)


@blueprint.post("/export-import/reprendre")
@needs(Action.REPLACE_ALL)
def take_over(academie: str) -> ResponseReturnValue:  # noqa: ARG001
    at = desk()
    form = CopyForm(_sources(at))
    if not form.validate():
        return _index(at, copying=form, status=_INVALID)
    wanted = _copied(at, form)
    if form.seen.data != _seen(at, wanted):
        return _show_copy(at, wanted, form, status=_CONFLICT)
    how = Replacing(
        by=at.decision(),
        zone=at.card.zone,
        reason=_("Comme : %(name)s", name=_sources(at)[form.source.data]),
        came=exchange.COPIED,
    )
    return _replaced(wanted, how) or _show_copy(at, wanted, form, status=_CONFLICT)


def _index(
    at: Desk,
    *,
    importing: ImportForm | None = None,
    copying: CopyForm | None = None,
    problems: tuple[str, ...] = (),
    status: int = 200,
) -> Response:
    may_replace = at.may(Action.REPLACE_ALL)
    return page(
        "admin/exchange.html",
        at,
        status=status,
        may_replace=may_replace,
        importing=importing or ImportForm(formdata=None),
        copying=copying or CopyForm(_sources(at), formdata=None),
        problems=problems,
    )


def _sources(at: Desk) -> dict[str, str]:
    others = (card for card in at.snapshot.directory.cards if card.slug != at.card.slug)
    return {card.slug: card.title.fr for card in others}


def _decisions(at: Desk, slug: str | None = None) -> Decisions:
    card = at.card if slug is None else at.snapshot.directory.by_slug(slug)
    if card is None:
        current.not_found()
    with current.site().sessions() as session:
        return read_decisions(session, card.slug, card.zone)


def _wanted(at: Desk, content: bytes) -> tuple[Decisions | None, tuple[str, ...]]:
    """Read a file; none, and why, when it cannot be used here."""
    found = read_file(content, file="", zone=at.card.zone)
    if found.decisions is None:
        return None, tuple(map(_say_problem, found.problems))
    if found.decisions.academie == at.card.slug:
        return found.decisions, ()
    other = at.snapshot.directory.by_slug(found.decisions.academie)
    name = other.title.fr if other else found.decisions.academie
    return None, (
        _(
            "Ce fichier contient les réglages d'une autre académie (%(name)s). Pour vous en "
            "inspirer, utilisez plutôt « Copier les choix d'une autre académie », plus bas.",
            name=name,
        ),
    )


def _say_problem(found: Problem) -> str:
    return exchange_words.problem(found)


def _copied(at: Desk, form: CopyForm) -> Decisions:
    how = Copying(
        parts=form.chosen,
        national=frozenset(service.id for service in at.snapshot.catalogue.services),
        now=utc_now(),
        reason=HideReason(form.reason.data),
        precision=form.precision.data or None,
    )
    return copied(_decisions(at, form.source.data), _decisions(at), how)


def _seen(at: Desk, wanted: Decisions) -> str:
    """Return what is the same as long as neither académie decided anything more."""
    return f"{fingerprint(_decisions(at))} {fingerprint(wanted)}"


def _show_import(at: Desk, wanted: Decisions, form: ReplaceForm, *, status: int = 200) -> Response:
    form.seen.data = fingerprint(_decisions(at))
    return _show(at, wanted, form, status=status, action=links.url("desk_exchange.replace"))


def _show_copy(at: Desk, wanted: Decisions, form: CopyForm, *, status: int = 200) -> Response:
    form.seen.data = _seen(at, wanted)
    action = links.url("desk_exchange.take_over")
    return _show(at, wanted, form, status=status, action=action)


def _show(
    at: Desk, wanted: Decisions, form: ReplaceForm | CopyForm, *, status: int, **values: Any
) -> Response:
    found = changes(_decisions(at), wanted)
    words = journal_words.glossary(at.snapshot, at.card, {})
    services = at.snapshot.catalogue.services
    required = [item.id for item in services if item.rollout is Rollout.REQUIRED]
    noted = notices(wanted, known=[item.id for item in services], required=required)
    return page(
        "admin/exchange_changes.html",
        at,
        status=status,
        form=form,
        fields=_hidden(form),
        count=exchange_words.count(found),
        groups=exchange_words.groups(found, words),
        notices=[exchange_words.notice(item, words) for item in noted],
        changed_meanwhile=status == _CONFLICT,
        **values,
    )


@dataclass(frozen=True, kw_only=True)
class Hidden:
    """What a form sends back although nobody sees it."""

    name: str
    value: str


def _hidden(form: ReplaceForm | CopyForm) -> tuple[Hidden, ...]:
    found = []
    for item in form:
        values = item.data if isinstance(item.data, list) else [item.data or ""]
        found += [Hidden(name=item.name, value=value) for value in values]
    return tuple(found)


def _replaced(wanted: Decisions, how: Replacing) -> ResponseReturnValue | None:
    """Write it, and say so; none when somebody decided something meanwhile."""
    try:
        with deciding() as session:
            n = exchange.replace_all(session, wanted, how)
    except ChangedSinceError:
        return None
    told = ngettext("%(num)d réglage remplacé.", "%(num)d réglages remplacés.", n)
    flash(told if n else _("Rien n'a changé : tout était déjà ainsi."), "done")
    return redirect(links.url("desk_exchange.index"), _SEE_OTHER)
