"""Availability of a service in an académie, from that of its servers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise

from catalogue.schema import Backend, Text
from instances.page import InstancePage, Tile
from instances.targets import key_of
from monitoring.availability import Availability, DayLine, Period
from monitoring.history import TargetHistory
from monitoring.target import State

_MILDEST_FIRST = (State.UP, State.MAINTENANCE, State.DEGRADED, State.DOWN)


@dataclass(frozen=True, kw_only=True)
class PeriodLine:
    period: Period
    whole: Availability
    school_hours: Availability


@dataclass(frozen=True, kw_only=True)
class DayRun:
    """Days in a row that were alike."""

    first: date
    last: date
    offset: int
    """Days between the first of all and this run's first."""
    worst: State | None
    share: int | None

    @property
    def length(self) -> int:
        return (self.last - self.first).days + 1


@dataclass(frozen=True, kw_only=True)
class ServiceHistory:
    """Of one service, or of one of its variants: they are not interchangeable."""

    tile: Tile
    label: Text | None
    """Of the variant."""
    at: datetime
    """When the oldest part of it was worked out."""
    periods: tuple[PeriodLine, ...]
    runs: tuple[DayRun, ...]


def histories_of(
    page: InstancePage, histories: Mapping[str, TargetHistory]
) -> tuple[ServiceHistory, ...]:
    """Return that of every service that is looked after; of each variant by itself."""
    found = []
    for tile in page.tiles:
        groups: list[tuple[Text | None, Sequence[Backend]]] = [(None, tile.service.backends)]
        groups += [(variant.label, variant.backends) for variant in tile.service.variants]
        for label, backends in groups:
            known = _known(backends, histories)
            if known:
                found.append(_history(tile, label, known, page.card.timezone))
    return tuple(found)


def _known(
    backends: Sequence[Backend], histories: Mapping[str, TargetHistory]
) -> list[TargetHistory]:
    keys = dict.fromkeys(key_of(backend) for backend in backends)
    return [histories[key] for key in keys if key is not None and key in histories]


def _history(
    tile: Tile, label: Text | None, known: Sequence[TargetHistory], zone: str
) -> ServiceHistory:
    return ServiceHistory(
        tile=tile,
        label=label,
        at=min(item.at for item in known),
        periods=tuple(
            PeriodLine(
                period=period,
                whole=best([item.over(period) for item in known]),
                school_hours=best([item.in_school_hours(period, zone) for item in known]),
            )
            for period in Period
        ),
        runs=_runs(_best_days([item.days(zone) for item in known])),
    )


def best(several: Iterable[Availability]) -> Availability:
    """Return what a service had at least: its servers are interchangeable, and one is enough.

    One that was hardly looked at says little: it counts if it was for half as long as another.
    """
    ordered = list(several)
    most = max(item.coverage for item in ordered)
    measured = [item for item in ordered if item.share is not None and 2 * item.coverage >= most]
    return max(measured or ordered, key=lambda item: (item.share or 0, item.coverage))


def _best_days(several: Iterable[Sequence[DayLine]]) -> list[DayLine]:
    by_day: dict[date, list[DayLine]] = defaultdict(list)
    for lines in several:
        for line in lines:
            by_day[line.day].append(line)
    return [_best_day(by_day[day]) for day in sorted(by_day)]


def _best_day(lines: Sequence[DayLine]) -> DayLine:
    measured = [line for line in lines if line.worst in _MILDEST_FIRST]
    if not measured:
        return lines[0]
    chosen = best([line.availability for line in measured])
    mildest = min(
        (line.worst for line in measured if line.availability == chosen and line.worst is not None),
        key=_MILDEST_FIRST.index,
    )
    return DayLine(day=lines[0].day, availability=chosen, worst=mildest)


def _runs(days: Sequence[DayLine]) -> tuple[DayRun, ...]:
    if not days:
        return ()
    starts = [0]
    starts += [n for n, (one, two) in enumerate(pairwise(days), start=1) if not _alike(one, two)]
    return tuple(
        DayRun(
            first=days[start].day,
            last=days[end - 1].day,
            offset=(days[start].day - days[0].day).days,
            worst=days[start].worst,
            share=days[start].availability.share,
        )
        for start, end in pairwise([*starts, len(days)])
    )


def _alike(one: DayLine, two: DayLine) -> bool:
    follows = (two.day - one.day).days == 1
    same = one.worst is two.worst and one.availability.share == two.availability.share
    return follows and same
