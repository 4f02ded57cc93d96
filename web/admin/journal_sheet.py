"""The journal as a sheet of calculation: what a French Excel opens with a double click."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Protocol

from instances.schema import AcademyCard
from web.admin.journal_values import Told
from web.translation import gettext as _

_BOM = "\N{ZERO WIDTH NO-BREAK SPACE}"
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


class SheetLine(Protocol):
    @property
    def at(self) -> datetime: ...
    @property
    def who(self) -> str: ...
    @property
    def event(self) -> str: ...
    @property
    def subject(self) -> str: ...
    @property
    def told(self) -> tuple[Told, ...]: ...
    @property
    def reason(self) -> str: ...
    @property
    def precision(self) -> str: ...


def sheet(lines: Iterable[SheetLine], card: AcademyCard) -> Iterator[str]:
    """Yield a heading, then one row a line; semicolons, and a mark that says UTF-8."""
    yield _BOM + _row(
        (_("Date"), _("Heure"), _("Qui"), _("Quoi"), _("Sujet"), _("Avant → après"), _("Raison"),
         _("Précision"))
    )  # fmt: skip
    for line in lines:
        local = line.at.astimezone(card.zone)
        told = "\n".join(f"{item.label} : {item.words}" for item in line.told)
        yield _row(
            (
                f"{local:%d/%m/%Y}",
                f"{local:%H:%M:%S}",
                line.who,
                line.event,
                line.subject,
                told,
                line.reason,
                line.precision,
            )
        )


def harmless(text: str) -> str:
    """Keep a spreadsheet from taking what somebody typed for a formula."""
    return f"'{text}" if text.lstrip(" ").startswith(_FORMULA) else text


def _row(cells: Iterable[str]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer, delimiter=";").writerow([harmless(cell) for cell in cells])
    return buffer.getvalue()
