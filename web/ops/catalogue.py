"""Health of the national catalogue and of the cards: what is withheld, since when, why."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint
from flask.typing import ResponseReturnValue

from accounts.permissions import Action
from instances.catalogue_health import Fate, Fault, Published, read_catalogue_health
from web import current, problem_words
from web.guards import needs
from web.ops import backend_words, times
from web.ops.desk import ops_desk, page
from web.site import utc_now
from web.translation import gettext as _

blueprint = Blueprint("ops_catalogue", __name__, url_prefix="/ops")


@dataclass(frozen=True, kw_only=True)
class Line:
    """One fault: where it is, what is wrong and what to do, what readers see meanwhile."""

    file: str
    line: int
    column: int
    path: str
    words: str
    fate: str
    withheld: bool


@blueprint.get("/catalogue")
@needs(Action.WATCH)
def index() -> ResponseReturnValue:
    at, now = ops_desk(), utc_now()
    with current.site().sessions() as session:
        health = read_catalogue_health(session)
    return page(
        "ops/catalogue.html",
        at,
        health=health,
        parts=[
            (_("Services"), health.catalogue, _lines(health.catalogue)),
            (_("Fiches des académies"), health.cards, _lines(health.cards)),
        ],
        when=lambda moment: times.when(moment, now),
        full=backend_words.full,
    )


def _lines(published: Published | None) -> list[Line]:
    return [_line(item) for item in published.faults] if published else []


def _line(fault: Fault) -> Line:
    problem = fault.problem
    return Line(
        file=problem.file,
        line=problem.line,
        column=problem.column,
        path=problem.path,
        words=problem_words.sentence(problem.code, problem.values),
        fate=_fate(fault.fate),
        withheld=fault.fate is not Fate.SERVED,
    )


def _fate(fate: Fate) -> str:
    return {
        Fate.SERVED: _("Servi quand même"),
        Fate.LAST_GOOD: _("Retenu : la dernière bonne version reste servie"),
        Fate.ABSENT: _("Retenu : absent des pages"),
        Fate.FILE: _("Fichier refusé : la dernière bonne version reste servie"),
    }[fate]
