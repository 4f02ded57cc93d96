"""Where alerts go, which wait, and a test of each route."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import Blueprint, flash, redirect
from flask.typing import ResponseReturnValue

from accounts.permissions import Action
from monitoring import alerts as outbox_values
from monitoring import outbox, outbox_reading, route_book
from monitoring.alert_routes import Route
from monitoring.models import Alert
from monitoring.route_book import Book
from web import alert_words as message_words
from web import current, links
from web.admin.desk import deciding
from web.alert_words import Names, names_of
from web.guards import needs
from web.ops import alert_words, times
from web.ops.desk import ops_desk, page
from web.site import utc_now
from web.translation import gettext as _

blueprint = Blueprint("ops_alerts", __name__, url_prefix="/ops")

_SEE_OTHER = 303
_LATE = timedelta(minutes=10)
_MANY = 3
"""Attempts, after which somebody should look."""


@dataclass(frozen=True, kw_only=True)
class RouteLine:
    name: str
    scheme: str | None
    """None: its address cannot be read here."""
    facts: tuple[str, ...]
    unknown: str
    """Operators and académies that do not exist."""
    last: str


@dataclass(frozen=True, kw_only=True)
class WaitingLine:
    number: int
    title: str
    route: str
    since: str
    due: str
    attempts: int
    error: str
    is_late: bool
    is_going: bool
    """Being handed over at this moment."""


@blueprint.get("/alertes")
@needs(Action.WATCH)
def index() -> ResponseReturnValue:
    at, now, book = ops_desk(), utc_now(), _book()
    names = names_of(at.snapshot)
    with current.site().sessions() as session:
        rows = outbox_reading.waiting(session)
        sent = outbox_reading.last_sent(session)
    routes = [_route_line(route, names, sent.get(route.name), now) for route in book.routes]
    return page(
        "ops/alerts.html",
        at,
        is_set=current.site().settings.alerts is not None,
        problems=book.problems,
        routes=routes,
        waiting=[_waiting_line(row, names, now) for row in rows],
        most=outbox_reading.MOST,
    )


@blueprint.post("/alertes/regles/<name>/essai")
@needs(Action.OPERATE)
def test(name: str) -> ResponseReturnValue:
    at, route = ops_desk(), _book().route(name)
    if route is None:
        current.not_found()
    with deciding() as session:
        outbox.add_test(session, route, now=utc_now(), actor=at.person.actor)
    flash(_("L'essai part dans quelques secondes. S'il échoue, il reste dans la liste."), "done")
    return redirect(links.url("ops_alerts.index"), _SEE_OTHER)


@blueprint.post("/alertes/<int(max=2147483647):number>/abandonner")
@needs(Action.OPERATE)
def drop(number: int) -> ResponseReturnValue:
    at = ops_desk()
    with deciding() as session:
        dropped = outbox.drop(session, number, now=utc_now(), actor=at.person.actor)
    if dropped:
        flash(_("Ce message ne partira pas."), "done")
    else:
        flash(_("Trop tard : ce message est parti, ou en train de partir."), "error")
    return redirect(links.url("ops_alerts.index"), _SEE_OTHER)


def _book() -> Book:
    settings = current.site().settings
    return route_book.look(settings.alerts, settings.state_dir)


def _scheme(route: Route) -> str | None:
    path = current.site().settings.alerts
    return None if path is None else route_book.scheme_of(route, path)


def _route_line(route: Route, names: Names, sent: datetime | None, now: datetime) -> RouteLine:
    return RouteLine(
        name=route.name,
        scheme=_scheme(route),
        facts=tuple(alert_words.facts(route, names)),
        unknown=", ".join(alert_words.unknown_names(route, names)),
        last=_("rien encore") if sent is None else times.when(sent, now),
    )


def _waiting_line(row: Alert, names: Names, now: datetime) -> WaitingLine:
    said = outbox_values.said(row)
    return WaitingLine(
        number=row.id,
        title=message_words.title(said, names),
        route=row.route,
        since=times.when(row.created_at, now),
        due=times.when(max(row.due_at, now), now),
        attempts=row.attempts,
        error=alert_words.error(row.error),
        is_late=row.due_at + _LATE < now or row.attempts > _MANY,
        is_going=row.claimed_until is not None and row.claimed_until > now,
    )
