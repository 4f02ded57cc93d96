"""Availability of every target, worked out now and then and kept, so that no page adds it up."""

from __future__ import annotations

import struct
import zlib
from base64 import b64decode, b64encode
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from database import insert_for
from monitoring.availability import Availability, DayLine, Period
from monitoring.calendars import DAYS
from monitoring.models import History, Target
from monitoring.target import State

FORMAT = 1
_NOTHING = Availability(share=None, coverage=0)
_PERIODS = tuple(Period)
_HEAD = struct.Struct(f"<{len(_PERIODS)}I")
_ZONE = struct.Struct(f"<I{len(_PERIODS)}I{DAYS}I")
"""Number of the first day, the periods in school hours, the days."""
_BITS, _NO_SHARE = 14, (1 << 14) - 1
_STATES = (None, State.UP, State.MAINTENANCE, State.DEGRADED, State.DOWN)


@dataclass(frozen=True, kw_only=True)
class ZoneFigures:
    """What is worked out for one target in a time zone."""

    first: date
    school_hours: Mapping[Period, Availability]
    days: tuple[tuple[Availability, State | None], ...]
    """Ninety, the oldest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetHistory:
    """Kept packed: a web worker holds that of a thousand targets, and shows a few at a time."""

    at: datetime
    """When it was worked out."""
    zones: Mapping[str, int] = field(default_factory=dict)
    """Which block is a zone's: those with the same hours share one."""
    packed: bytes = b""

    def over(self, period: Period) -> Availability:
        if not self.packed:
            return _NOTHING
        return _availability(_HEAD.unpack_from(self._raw())[_PERIODS.index(period)])

    def in_school_hours(self, period: Period, zone: str) -> Availability:
        found = self._zone(zone)
        return _availability(found[1 + _PERIODS.index(period)]) if found else _NOTHING

    def days(self, zone: str) -> tuple[DayLine, ...]:
        """Return ninety days in a time zone, the oldest first."""
        found = self._zone(zone)
        if not found:
            return ()
        first = date.fromordinal(found[0])
        return tuple(
            DayLine(
                day=first + timedelta(days=n),
                availability=_availability(code),
                worst=_STATES[code >> (2 * _BITS)],
            )
            for n, code in enumerate(found[1 + len(_PERIODS) :])
        )

    def _raw(self) -> bytes:
        return zlib.decompress(self.packed)

    def _zone(self, zone: str) -> tuple[int, ...]:
        place = self.zones.get(zone)
        if place is None or not self.packed:
            return ()
        return _ZONE.unpack_from(self._raw(), _HEAD.size + place * _ZONE.size)


def pack(
    whole: Mapping[Period, Availability], zones: Mapping[str, ZoneFigures], *, at: datetime
) -> TargetHistory:
    """Put figures away; zones with the same figures share them."""
    blocks: dict[bytes, int] = {}
    places = {}
    for zone, figures in zones.items():
        block = _block(figures)
        places[zone] = blocks.setdefault(block, len(blocks))
    head = _HEAD.pack(*(_code(whole[period]) for period in _PERIODS))
    return TargetHistory(
        at=at, zones=places, packed=zlib.compress(b"".join((head, *blocks)), level=9)
    )


def read_history(session: Session) -> dict[str, TargetHistory]:
    """Return what is worked out, by key of the target."""
    statement = select(Target.key, History.at, History.content).join(
        Target, Target.id == History.target_id
    )
    return {
        key: _of(at, content)
        for key, at, content in session.execute(statement)
        if content.get("v") == FORMAT
    }


def write(session: Session, worked_out: Mapping[int, TargetHistory]) -> None:
    """Store what was worked out, by number of the target."""
    rows = [
        {"target_id": target_id, "at": history.at, "content": content_of(history)}
        for target_id, history in sorted(worked_out.items())
    ]
    if not rows:
        return
    statement = insert_for(session)(History)
    changed = {name: getattr(statement.excluded, name) for name in ("at", "content")}
    upsert = statement.on_conflict_do_update(index_elements=["target_id"], set_=changed)
    session.execute(upsert, rows)


def stored(session: Session, ids: Iterable[int]) -> dict[int, TargetHistory]:
    """Return what is stored of some targets, by number."""
    statement = select(History).where(History.target_id.in_(list(ids)))
    return {
        row.target_id: _of(row.at, row.content)
        for row in session.scalars(statement)
        if row.content.get("v") == FORMAT
    }


def content_of(history: TargetHistory) -> dict[str, Any]:
    packed = b64encode(history.packed).decode("ascii")
    return {"v": FORMAT, "zones": dict(history.zones), "packed": packed}


def _of(at: datetime, content: Mapping[str, Any]) -> TargetHistory:
    zones = _shared(tuple(content["zones"].items()))
    return TargetHistory(at=at, zones=zones, packed=b64decode(content["packed"]))


@lru_cache(maxsize=64)
def _shared(zones: tuple[tuple[str, int], ...]) -> Mapping[str, int]:
    """Return one mapping for all targets that have the same."""
    return MappingProxyType(dict(zones))


def _block(figures: ZoneFigures) -> bytes:
    periods = (_code(figures.school_hours[period]) for period in _PERIODS)
    days = (_code(availability, worst) for availability, worst in figures.days)
    return _ZONE.pack(figures.first.toordinal(), *periods, *days)


def _code(availability: Availability, worst: State | None = None) -> int:
    share = _NO_SHARE if availability.share is None else availability.share
    return share | availability.coverage << _BITS | _STATES.index(worst) << (2 * _BITS)


def _availability(code: int) -> Availability:
    share = code & _NO_SHARE
    coverage = (code >> _BITS) & _NO_SHARE
    return Availability(share=None if share == _NO_SHARE else share, coverage=coverage)
