"""Which backends a table shows: filtered, sorted, cut into pages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from typing import Any, Generic, TypeVar

from catalogue.spelling import fold
from instances.fleet import Server
from monitoring.target import State

T = TypeVar("T")
PAGE = 50


class Standing(StrEnum):
    """The state of a backend, or that nothing looks after it; the worst first."""

    DOWN = State.DOWN.value
    DEGRADED = State.DEGRADED.value
    UNKNOWN = State.UNKNOWN.value
    MAINTENANCE = State.MAINTENANCE.value
    UP = State.UP.value
    UNWATCHED = "unwatched"


_RANKS = {standing: rank for rank, standing in enumerate(Standing)}
_OF_STATE = {state: Standing(state.value) for state in State}
Stood = tuple[Server, Standing]


class Column(StrEnum):
    STATE = "state"
    SERVER = "server"
    SINCE = "since"
    LATENCY = "latency"
    VERSION = "version"
    CERTIFICATE = "certificate"
    OPERATOR = "operator"
    ACADEMIES = "academies"
    CHECKED = "checked"
    SIGNALS = "signals"
    INCIDENT = "incident"


LARGEST_FIRST = frozenset(
    {Column.SINCE, Column.LATENCY, Column.ACADEMIES, Column.SIGNALS, Column.INCIDENT}
)
"""What ops look for in these columns is at their end; in all others at their beginning."""


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What somebody asked to see; empty: everything."""

    standing: Standing | None = None
    operator: str = ""
    academie: str = ""
    profile: str = ""
    words: str = ""
    column: Column = Column.STATE
    backwards: bool = False
    """Against the order in which this column is most useful."""

    @property
    def descending(self) -> bool:
        return (self.column in LARGEST_FIRST) is not self.backwards


@dataclass(frozen=True, kw_only=True)
class Found:
    servers: tuple[Server, ...]
    """In the order that was asked for."""
    counts: Counter[Standing]
    """Of all that pass, whatever their state."""


@dataclass(frozen=True, kw_only=True)
class Page(Generic[T]):
    items: tuple[T, ...]
    number: int
    """From 1."""
    last: int


def standing_of(server: Server, now: datetime) -> Standing:
    return _OF_STATE[server.state_at(now)] if server.watched else Standing.UNWATCHED


def choose(servers: Iterable[Server], wanted: Wanted, *, now: datetime) -> Found:
    passing = [(item, standing_of(item, now)) for item in _passing(servers, wanted)]
    counts = Counter(standing for _, standing in passing)
    chosen = [pair for pair in passing if wanted.standing in (None, pair[1])]
    chosen.sort(key=_worst_first)
    return Found(servers=_ordered(chosen, wanted, now), counts=counts)


def cut(items: Sequence[T], number: int) -> Page[T]:
    """Return a page; one that does not exist is the nearest that does."""
    last = max(1, -(-len(items) // PAGE))
    number = min(max(number, 1), last)
    start = (number - 1) * PAGE
    return Page(items=tuple(items[start : start + PAGE]), number=number, last=last)


def _passing(servers: Iterable[Server], wanted: Wanted) -> Iterable[Server]:
    tokens = fold(wanted.words).split()
    for item in servers:
        if wanted.operator and item.place.operator != wanted.operator:
            continue
        if wanted.academie and wanted.academie not in item.academies:
            continue
        if wanted.profile and item.profile != wanted.profile:
            continue
        if all(token in item.place.text for token in tokens):
            yield item


def _worst_first(pair: Stood) -> tuple[Any, ...]:
    """The state, then how many people it is worst for."""
    server, standing = pair
    return (_RANKS[standing], -server.signals, -len(server.academies), server.id)


def _ordered(stood: Sequence[Stood], wanted: Wanted, now: datetime) -> tuple[Server, ...]:
    """Sort by a column; what has nothing there comes last, in either direction."""
    if wanted.column is Column.STATE:
        # Within a state the worst comes first, whichever state does.
        ranked = sorted(stood, key=lambda pair: _RANKS[pair[1]], reverse=wanted.descending)
        return tuple(item for item, _ in ranked)
    value = _value_of(wanted.column, now)
    known = [(value(item), item) for item, _ in stood]
    full = [(found, item) for found, item in known if found is not None]
    full.sort(key=lambda pair: pair[0], reverse=wanted.descending)
    empty = [item for found, item in known if found is None]
    return (*(item for _, item in full), *empty)


def _value_of(column: Column, now: datetime) -> Callable[[Server], Any]:
    """Return what a column sorts by; none where a server has nothing there."""
    values: dict[Column, Callable[[Server], Any]] = {
        Column.SERVER: lambda item: item.id,
        Column.SINCE: lambda item: item.since_at(now),
        Column.LATENCY: lambda item: item.health and item.health.latency_ms,
        Column.VERSION: lambda item: (
            (item.profile, _in_numbers(item.health.version))
            if item.health and item.health.version
            else None
        ),
        Column.CERTIFICATE: lambda item: item.health and item.health.certificate_until,
        Column.OPERATOR: lambda item: item.place.operator,
        Column.ACADEMIES: lambda item: len(item.academies),
        Column.CHECKED: lambda item: item.health and item.health.checked_at,
        Column.SIGNALS: lambda item: item.signals,
        Column.INCIDENT: lambda item: item.incident and item.incident.opened_at,
    }
    return values[column]


@lru_cache(maxsize=1024)
def _in_numbers(version: str) -> tuple[tuple[int, int, str], ...]:
    """So that 10.2 comes after 9.8."""
    parts = version.replace("-", ".").split(".")
    return tuple(
        (0, int(part), "") if part.isdecimal() and len(part) < 10 else (1, 0, part)  # noqa: PLR2004
        for part in parts
    )
