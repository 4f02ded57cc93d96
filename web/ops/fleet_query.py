"""What the table of servers is asked for in its address, and the addresses that ask otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from werkzeug.datastructures import MultiDict

from instances.fleet_order import Column, Standing, Wanted
from web.forms import whole_number

STATE, OPERATOR, ACADEMIE, PROFILE, WORDS = "etat", "operateur", "academie", "logiciel", "q"
COLUMN, ORDER, PAGE = "tri", "sens", "page"
BACKWARDS = "inverse"
_LONGEST = 100
E = TypeVar("E", bound=StrEnum)


@dataclass(frozen=True, kw_only=True)
class Query:
    wanted: Wanted
    page: int = 1

    @property
    def filters(self) -> dict[str, str]:
        """Return what narrows the table, without its order."""
        wanted = self.wanted
        return _full(
            {
                STATE: wanted.standing.value if wanted.standing else "",
                OPERATOR: wanted.operator,
                ACADEMIE: wanted.academie,
                PROFILE: wanted.profile,
                WORDS: wanted.words,
            }
        )

    @property
    def order(self) -> dict[str, str]:
        wanted = self.wanted
        column = "" if wanted.column is Column.STATE else wanted.column.value
        return _full({COLUMN: column, ORDER: BACKWARDS if wanted.backwards else ""})

    @property
    def narrows(self) -> bool:
        """Tell whether a list of choices was used, or another order."""
        return bool(self.order or self.filters.keys() - {STATE, WORDS})

    @property
    def all(self) -> dict[str, str]:
        return self.filters | self.order

    def in_state(self, standing: Standing | None) -> dict[str, str]:
        """Return the query for another state, all else being equal."""
        return _full(self.all | {STATE: standing.value if standing else ""})

    def by(self, column: Column) -> dict[str, str]:
        """Return the query in the order of a column; asked again, the other way round."""
        again = column is self.wanted.column and not self.wanted.backwards
        name = "" if column is Column.STATE else column.value
        return self.filters | _full({COLUMN: name, ORDER: BACKWARDS if again else ""})


def read(arguments: MultiDict[str, str]) -> Query:
    """Read an address; what nobody wrote for us asks for nothing."""
    column = _one_of(Column, arguments.get(COLUMN, "")) or Column.STATE
    wanted = Wanted(
        standing=_one_of(Standing, arguments.get(STATE, "")),
        operator=arguments.get(OPERATOR, "")[:_LONGEST],
        academie=arguments.get(ACADEMIE, "")[:_LONGEST],
        profile=arguments.get(PROFILE, "")[:_LONGEST],
        words=arguments.get(WORDS, "").strip()[:_LONGEST],
        column=column,
        backwards=arguments.get(ORDER) == BACKWARDS,
    )
    return Query(wanted=wanted, page=max(1, whole_number(arguments.get(PAGE))))


def _one_of(choices: type[E], value: str) -> E | None:
    return next((choice for choice in choices if choice.value == value), None)


def _full(values: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in values.items() if value}
