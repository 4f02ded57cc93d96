"""Certificates, hosting and services that end soon, versions that are supported no more."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from flask import Blueprint
from flask.typing import ResponseReturnValue

from accounts.permissions import Action
from instances.deadlines import AHEAD, Deadline, Kind, deadlines
from instances.fleet import fleet_of
from web import dates
from web.guards import needs
from web.ops import fleet_words, times
from web.ops.desk import ops_desk, page
from web.site import utc_now
from web.translation import gettext as _

blueprint = Blueprint("ops_endings", __name__, url_prefix="/ops")


@dataclass(frozen=True, kw_only=True)
class Line:
    day: str
    left: str
    urgency: str
    what: str
    id: str
    """Of the server that its page is about."""
    title: str
    operator: str
    academies: int


@blueprint.get("/echeances")
@needs(Action.WATCH)
def index() -> ResponseReturnValue:
    at, now = ops_desk(), utc_now()
    fleet = fleet_of(at.snapshot, now=now)
    found = deadlines(fleet.servers, now=now, zone=times.ZONE)
    return page(
        "ops/endings.html",
        at,
        lines=[_line(item, now) for item in found],
        days=AHEAD.days,
    )


def _line(item: Deadline, now: datetime) -> Line:
    left = (item.day - _today(now)).days
    server = item.server
    return Line(
        day=dates.full_day(item.day),
        left=times.in_days(left),
        urgency=fleet_words.urgency(left),
        what=_what(item.kind, server.use.backend.hosting.provider),
        id=server.id,
        title=server.use.service.title,
        operator=fleet_words.operator_name(server),
        academies=len(item.academies),
    )


def _today(now: datetime) -> date:
    return now.astimezone(times.ZONE).date()


def _what(kind: Kind, provider: str | None) -> str:
    if kind is Kind.HOSTING and provider:
        return _("Hébergement (%(provider)s)", provider=provider)
    return {
        Kind.CERTIFICATE: _("Certificat"),
        Kind.HOSTING: _("Hébergement"),
        Kind.SERVICE: _("Le service ferme"),
    }[kind]
