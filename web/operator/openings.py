"""How often an operator's services were opened in each académie: a table, and a sheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

from catalogue.schema import Service
from instances.operator_view import OpeningsRow, openings_table
from instances.usage import openings_by_academie
from web import current
from web.admin.journal_sheet import harmless
from web.operator.desk import ZONE, OperatorDesk
from web.site import utc_now
from web.translation import gettext as _

DAYS = 30
BY_NAME, BY_TOTAL = "academie", "total"
_BOM = "\N{ZERO WIDTH NO-BREAK SPACE}"


@dataclass(frozen=True, kw_only=True)
class Openings:
    services: tuple[Service, ...]
    """Those that were opened somewhere."""
    rows: tuple[OpeningsRow, ...]
    order: str
    """What it is sorted by: BY_NAME, BY_TOTAL or the id of a service."""

    @property
    def totals(self) -> tuple[int, ...]:
        return tuple(sum(column) for column in zip(*(row.counts for row in self.rows), strict=True))


def read_openings(at: OperatorDesk, services: Sequence[Service], *, order: str) -> Openings:
    """Read the last 30 days, sorted as asked; by all openings when nobody knows that order."""
    since = utc_now().astimezone(ZONE).date() - timedelta(days=DAYS)
    with current.site().sessions() as session:
        counts = openings_by_academie(session, [item.id for item in services], since)
    opened = {service_id for _slug, service_id in counts}
    kept = tuple(item for item in services if item.id in opened)
    rows = openings_table(at.snapshot, kept, counts)
    ids = [service.id for service in kept]
    if order == BY_NAME:
        rows = tuple(sorted(rows, key=lambda row: row.card.name))
    elif order in ids:
        place = ids.index(order)
        rows = tuple(sorted(rows, key=lambda row: -row.counts[place]))
    else:
        order = BY_TOTAL
    return Openings(services=kept, rows=rows, order=order)


def sheet(openings: Openings) -> Iterator[str]:
    """Yield a heading, then one row for each académie; semicolons, in UTF-8."""
    titles = [service.title for service in openings.services]
    yield _BOM + _row((_("Académie"), _("Total"), *titles))
    for row in openings.rows:
        yield _row((row.card.title.fr, str(row.total), *map(str, row.counts)))


def _row(values: Sequence[str]) -> str:
    line = io.StringIO()
    csv.writer(line, delimiter=";").writerow(map(harmless, values))
    return line.getvalue()
