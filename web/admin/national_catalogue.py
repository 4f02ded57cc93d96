"""The national catalogue as it stands: version, what is withheld, what the last ones changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint
from flask.typing import ResponseReturnValue

from accounts.permissions import Action
from catalogue.changes import Change, ChangeKind, Part
from instances.catalogue_record import Version, read_record
from instances.national import NATIONAL_CARD
from web import current, dates
from web.admin import exchange_words, journal_words
from web.admin.journal_values import Told, tell
from web.admin.journal_words import Glossary
from web.admin.national_desk import ZONE, national_desk, page
from web.guards import needs
from web.translation import gettext as _

blueprint = Blueprint("national_catalogue", __name__, url_prefix="/national/gestion/catalogue")

MOST_CHANGES = 40


@dataclass(frozen=True, kw_only=True)
class Line:
    words: str
    told: tuple[Told, ...]


@dataclass(frozen=True, kw_only=True)
class Block:
    """One version, told."""

    since: str
    short_hash: str
    lines: tuple[Line, ...]
    more: int
    compared: bool
    """Whether the version before it is known."""


@blueprint.get("")
@needs(Action.SEE_COUNTRY)
def index() -> ResponseReturnValue:
    at = national_desk()
    with current.site().sessions() as session:
        record = read_record(session)
    glossary = journal_words.glossary(at.snapshot, NATIONAL_CARD, {})
    return page(
        "admin/national_catalogue.html",
        at,
        record=record,
        withheld=[exchange_words.problem(item) for item in record.withheld] if record else [],
        remarks=[exchange_words.problem(item) for item in record.remarks] if record else [],
        blocks=[_block(item, glossary) for item in record.versions] if record else [],
        since=_moment(record.since) if record else "",
        checked=_moment(record.checked_at) if record else "",
    )


def _moment(moment: datetime) -> str:
    return f"{dates.date_of(moment, ZONE)}, {dates.hour(moment, ZONE)}"


def _block(version: Version, glossary: Glossary) -> Block:
    found = version.changes or ()
    return Block(
        since=_moment(version.since),
        short_hash=version.content_hash[:12],
        lines=tuple(_line(item, glossary) for item in found[:MOST_CHANGES]),
        more=max(0, len(found) - MOST_CHANGES),
        compared=version.changes is not None,
    )


def _line(change: Change, glossary: Glossary) -> Line:
    what = {
        Part.SERVICE: _("Service"),
        Part.OPERATOR: _("Opérateur"),
        Part.CATEGORY: _("Rubrique"),
    }[change.part]
    name = glossary.titles.get(change.id, change.id)
    if change.field is None:
        done = _("ajouté") if change.kind is ChangeKind.ADDED else _("retiré")
        words = _("%(what)s %(name)s : %(done)s", what=what, name=name, done=done)
        return Line(words=words, told=())
    path = change.field.replace("[", ".[").split(".")
    before, after = change.before, change.after
    for step in reversed(path):
        before, after = {step: before}, {step: after}
    words = _("%(what)s %(name)s : changé", what=what, name=name)
    return Line(words=words, told=tell(before, after, glossary))
