"""States of an operator's services in every académie, what goes on, what comes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from flask import Blueprint, Response, make_response, request
from flask.typing import ResponseReturnValue

from accounts.permissions import Action
from instances import operator_view
from instances.endings import Ending
from instances.operator_view import ServiceView
from instances.window_reach import planned
from web import ending_words, links, window_words
from web.admin import unknown_words
from web.ending_words import Letter
from web.guards import needs
from web.operator.desk import ZONE, OperatorDesk, operator_desk, page
from web.operator.openings import Openings, read_openings, sheet
from web.site import utc_now

SORT = "tri"

blueprint = Blueprint("operator_services", __name__, url_prefix="/operateur/<operator>")


@dataclass(frozen=True, kw_only=True)
class Task:
    """Something that ends, and what to write about it."""

    title: str
    letter: Letter


@dataclass(frozen=True, kw_only=True)
class Planned:
    title: str
    when: str
    often: str
    about: str
    url: str


@blueprint.get("/")
@needs(Action.OPERATE)
def index(operator: str) -> ResponseReturnValue:
    at, now = operator_desk(operator), utc_now()
    services = operator_view.in_use(at.services, now)
    views = operator_view.service_views(at.snapshot, services, now=now)
    endings = operator_view.endings(services, now=now)
    return page(
        "operator/services.html",
        at,
        views=views,
        tasks=[_task(at, views, ending) for ending in endings],
        incidents=len(operator_view.open_incidents(at.snapshot, at.operator)),
        planned=list(_planned(at, operator)),
        openings=_openings(at),
        states=unknown_words,
    )


@blueprint.get("/ouvertures.csv")
@needs(Action.OPERATE)
def openings_sheet(operator: str) -> Response:
    at = operator_desk(operator)
    response = make_response("".join(sheet(_openings(at))))
    response.headers["Content-Type"] = "text/csv; charset=utf-8"
    response.headers["Content-Disposition"] = 'attachment; filename="ouvertures.csv"'
    return response


def _openings(at: OperatorDesk) -> Openings:
    services = operator_view.in_use(at.services, utc_now())
    return read_openings(at, services, order=request.args.get(SORT, ""))


def _planned(at: OperatorDesk, operator: str) -> Iterator[Planned]:
    now = utc_now()
    uses = operator_view.operated(at.snapshot, at.operator, now=now)
    told = set()
    for item in planned(at.snapshot, uses, now=now):
        window = item.window
        if window.id in told:
            continue  # Of one that repeats the next time is enough.
        told.add(window.id)
        yield Planned(
            title=window.title,
            when=window_words.span(item.starts_at, item.ends_at, ZONE, now),
            often=window_words.repeats(window),
            about=window_words.about(window.scope, window.value, at.snapshot),
            url=links.url("operator_windows.index", operator=operator),
        )


def _task(at: OperatorDesk, views: tuple[ServiceView, ...], ending: Ending) -> Task:
    view = next(item for item in views if item.service.id == ending.service.id)
    letter = ending_words.letter_to_academies(
        ending, at.operator, shown=len(view.shown), day=utc_now().astimezone(ZONE).date()
    )
    return Task(title=ending_words.task(ending), letter=letter)
