"""Certificates, hosting and services that end soon, versions that are supported no more."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from accounts.permissions import Action
from instances.deadlines import AHEAD, Deadline, Kind, Unsupported, deadlines, unsupported
from instances.fleet import Server, fleet_of
from instances.fleet_order import cut
from instances.version_support import VersionSeen
from web import dates
from web.admin import version_words
from web.forms import whole_number
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


@dataclass(frozen=True, kw_only=True)
class Version:
    """A version of some software that gets no corrections, or none soon."""

    software: str
    words: str
    source: str
    newest: str
    servers: tuple[Server, ...]


@blueprint.get("/echeances")
@needs(Action.WATCH)
def index() -> ResponseReturnValue:
    at, now = ops_desk(), utc_now()
    fleet = fleet_of(at.snapshot, now=now)
    found = deadlines(fleet.servers, now=now, zone=times.ZONE)
    kind = next((item for item in Kind if item.value == request.args.get("quoi")), None)
    chosen = [item for item in found if kind in (None, item.kind)]
    shown = cut(chosen, whole_number(request.args.get("page")))
    return page(
        "ops/endings.html",
        at,
        lines=[_line(item, now) for item in shown.items],
        shown=shown,
        total=len(chosen),
        every=len(found),
        kinds=[(item, _name(item), sum(one.kind is item for one in found)) for item in Kind],
        kind=kind,
        versions=[_version(item) for item in unsupported(fleet.servers, today=_today(now))],
        days=AHEAD.days,
    )


def _line(item: Deadline, now: datetime) -> Line:
    left = (item.day - _today(now)).days
    server = item.server
    return Line(
        day=dates.full_day(item.day),
        left=times.in_days(left),
        urgency=fleet_words.urgency(left),
        what=_what(item.kind, server),
        id=server.id,
        title=server.use.service.title,
        operator=fleet_words.operator_name(server),
        academies=len(item.academies),
    )


def _version(item: Unsupported) -> Version:
    seen = VersionSeen(public_id="", version=item.version, support=item.support)
    return Version(
        software=item.support.software,
        words=version_words.say(seen),
        source=version_words.source(seen),
        newest=item.support.newest or "",
        servers=item.servers,
    )


def _today(now: datetime) -> date:
    return now.astimezone(times.ZONE).date()


def _what(kind: Kind, server: Server) -> str:
    provider = server.use.backend.hosting.provider
    if kind is Kind.HOSTING and provider:
        return _("Hébergement (%(provider)s)", provider=provider)
    if kind is Kind.CERTIFICATE and server.health and server.health.intermediate_first:
        return _("Certificat (un certificat intermédiaire se termine avant)")
    return _name(kind)


def _name(kind: Kind) -> str:
    return {
        Kind.CERTIFICATE: _("Certificat"),
        Kind.HOSTING: _("Hébergement"),
        Kind.SERVICE: _("Le service ferme"),
    }[kind]
