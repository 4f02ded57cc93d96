"""Every server in one table: filtered, sorted and paged here, and as a sheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, Response, make_response, request
from flask.typing import ResponseReturnValue

from accounts.permissions import Action
from instances.fleet import Fleet, fleet_of
from instances.fleet_order import Column, Found, Standing, choose, cut
from instances.snapshot import Snapshot
from web import links
from web.admin.journal_sheet import harmless
from web.guards import needs
from web.ops import fleet_query, fleet_words
from web.ops.desk import ops_desk, page
from web.ops.fleet_query import Query
from web.site import utc_now
from web.translation import gettext as _

blueprint = Blueprint("ops_backends", __name__, url_prefix="/ops")

_BOM = "\N{ZERO WIDTH NO-BREAK SPACE}"
NUMBERS = frozenset({Column.LATENCY, Column.CERTIFICATE, Column.ACADEMIES, Column.SIGNALS})


@dataclass(frozen=True, kw_only=True)
class Heading:
    column: Column
    title: str
    href: str
    sort: str
    """As `aria-sort` says it; empty: not by this one."""
    number: bool


@blueprint.get("/")
@needs(Action.WATCH)
def index() -> ResponseReturnValue:
    at, now, query = ops_desk(), utc_now(), fleet_query.read(request.args)
    fleet = fleet_of(at.snapshot, now=now)
    found = choose(fleet.servers, query.wanted, now=now)
    shown = cut(found.servers, query.page)
    return page(
        "ops/backends.html",
        at,
        lines=[fleet_words.line(item, now) for item in shown.items],
        shown=shown,
        total=len(found.servers),
        every=found.counts.total(),
        states=_states(found, query),
        headings=_headings(query),
        orders=[(item.value, fleet_words.column_name(item)) for item in Column],
        query=query,
        wanted=query.wanted,
        choices=_choices(fleet, at.snapshot),
        words=fleet_words,
    )


@blueprint.get("/serveurs.csv")
@needs(Action.WATCH)
def sheet() -> Response:
    now, query = utc_now(), fleet_query.read(request.args)
    fleet = fleet_of(ops_desk().snapshot, now=now)
    found = choose(fleet.servers, query.wanted, now=now)
    response = make_response("".join(_sheet(found, now)))
    response.headers["Content-Type"] = "text/csv; charset=utf-8"
    response.headers["Content-Disposition"] = 'attachment; filename="serveurs.csv"'
    return response


def _states(found: Found, query: Query) -> list[tuple[Standing, int, str, bool]]:
    """List each state with how many are in it, and where they alone are shown."""
    chosen = query.wanted.standing
    return [
        (
            item,
            found.counts[item],
            links.url("ops_backends.index", **query.in_state(item)),
            item is chosen,
        )
        for item in Standing
        if found.counts[item] or item is chosen
    ]


def _headings(query: Query) -> list[Heading]:
    sorted_by = query.wanted.column
    way = "descending" if query.wanted.descending else "ascending"
    return [
        Heading(
            column=item,
            title=fleet_words.column_name(item),
            href=links.url("ops_backends.index", **query.by(item)),
            sort=way if item is sorted_by else "",
            number=item in NUMBERS,
        )
        for item in Column
    ]


def _choices(fleet: Fleet, snapshot: Snapshot) -> dict[str, list[tuple[str, str]]]:
    """List what the filters offer: operators and software that are there, académies by name."""
    operators = {name: fleet_words.operator_name(one) for name, one in fleet.operators.items()}
    return {
        "operators": sorted(operators.items(), key=lambda pair: pair[1].casefold()),
        "academies": [(card.slug, card.name) for card in snapshot.directory.cards],
        "profiles": sorted((item, fleet_words.profile_name(item)) for item in fleet.profiles),
    }


def _sheet(found: Found, now: datetime) -> Iterator[str]:
    """Yield a heading, then one row a server; semicolons, and a mark that says UTF-8."""
    heading = (
        *(_("Serveur"), _("Service"), _("État"), _("Raison"), _("Depuis (UTC)")),
        *(_("Réponse (ms)"), _("Version"), _("Certificat (jours)"), _("Opérateur")),
        *(_("Académies"), _("Vérifié (UTC)"), _("Signalements"), _("Incident")),
    )
    yield _BOM + _row(heading)
    for server in found.servers:
        line = fleet_words.line(server, now)
        health, since = server.health, server.since_at(now)
        yield _row(
            (
                *(line.id, line.title, line.state, line.reason, _instant(since)),
                *(_number(health.latency_ms if health else None), line.version),
                *(_number(line.certificate), line.operator, str(line.academies)),
                *(_instant(health.checked_at if health else None), str(line.signals)),
                _number(line.incident),
            )
        )


def _instant(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S}" if moment else ""


def _number(value: int | None) -> str:
    return "" if value is None else str(value)


def _row(values: tuple[str, ...]) -> str:
    cells = io.StringIO()
    # A negative number is none of the formulas that a sheet must be kept from.
    plain = [item if item.lstrip("-").isdecimal() else harmless(item) for item in values]
    csv.writer(cells, delimiter=";").writerow(plain)
    return cells.getvalue()
