"""Works availability out of the roll-ups, a few targets at a time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from monitoring import history
from monitoring.availability import Availability, Period, availability, worst
from monitoring.calendars import Calendar, Stretch, calendars
from monitoring.history import TargetHistory, ZoneFigures
from monitoring.models import FiveMinutes, Hour, Target
from monitoring.rollups import DAY, FIVE_MINUTES, HOUR
from monitoring.series import Row, Series

AT_ONCE = 10
"""Targets."""
REST = timedelta(hours=1)
"""What stays the same is written this often, so that it does not look forgotten."""
_DAYS = {Period.WEEK: 7, Period.MONTH: 30, Period.QUARTER: 90}
_LONGEST = timedelta(days=91)
"""Ninety local days begin less than this ago, wherever they are."""


@dataclass(frozen=True, kw_only=True)
class Done:
    """What became of one piece of work."""

    last_id: int
    """From which to go on."""
    fresh: Mapping[int, TargetHistory]
    """What is to be written, by number of the target."""


def settled(now: datetime) -> datetime:
    """Return the end of the last five minutes of which every verdict is counted.

    A verdict counts once the next one is heard: of the latest minutes some are still to come.
    """
    return datetime.fromtimestamp((int(now.timestamp()) // FIVE_MINUTES - 1) * FIVE_MINUTES, UTC)


def work_out(
    session: Session, *, zones: Iterable[str], now: datetime, after: int = 0
) -> Done | None:
    """Work out the next targets after this id; none when all are done. Writes nothing."""
    ids = session.scalars(
        select(Target.id)
        .where(Target.id > after, Target.watched)
        .order_by(Target.id)
        .limit(AT_ONCE)
    ).all()
    if not ids:
        return None
    until = settled(now)
    found = calendars(zones, until=until)
    five, hours = _read(session, FiveMinutes, ids, until), _read(session, Hour, ids, until)
    known = history.stored(session, ids)
    fresh = {}
    for target_id in ids:
        one = figures(five[target_id], hours[target_id], found, until=until, now=now)
        if not _is_known(known.get(target_id), one):
            fresh[target_id] = one
    return Done(last_id=ids[-1], fresh=fresh)


def figures(
    five: Sequence[Row],
    hours: Sequence[Row],
    found: Mapping[str, Calendar],
    *,
    until: datetime,
    now: datetime,
) -> TargetHistory:
    """Work out one target from its rows of the last day and of the last ninety days."""
    end = int(until.timestamp())
    short = Series(
        five, span=FIVE_MINUTES, first=(end - DAY) // FIVE_MINUTES, last=end // FIVE_MINUTES
    )
    first = int((until - _LONGEST).timestamp()) // HOUR
    long = Series(hours, span=HOUR, first=first, last=-(-end // HOUR))
    everything = (Stretch(0, end),)
    return history.pack(
        _periods(short, long, everything, end),
        {zone: _in_zone(short, long, item, end) for zone, item in found.items()},
        at=now,
    )


def _in_zone(short: Series, long: Series, found: Calendar, end: int) -> ZoneFigures:
    days = []
    for day in found.days:
        sums = long.sums((day,))
        days.append((availability(sums, seconds=day.seconds), worst(sums)))
    return ZoneFigures(
        first=found.first,
        school_hours=_periods(short, long, found.school_hours, end),
        days=tuple(days),
    )


def _periods(
    short: Series, long: Series, stretches: Iterable[Stretch], end: int
) -> dict[Period, Availability]:
    """The last day from five minutes, longer ones from hours: whole ones but for the present."""
    starts = {Period.DAY: end - DAY}
    starts |= {period: -(-(end - days * DAY) // HOUR) * HOUR for period, days in _DAYS.items()}
    found = {}
    for period, start in starts.items():
        parts = [part for item in stretches if (part := item.within(start, end)).seconds]
        sums = (short if period is Period.DAY else long).sums(parts)
        found[period] = availability(sums, seconds=sum(part.seconds for part in parts))
    return found


def _read(
    session: Session, table: type[FiveMinutes | Hour], ids: Sequence[int], until: datetime
) -> Mapping[int, list[Row]]:
    span = FIVE_MINUTES if table is FiveMinutes else HOUR
    back = timedelta(days=1) if table is FiveMinutes else _LONGEST
    first = int((until - back).timestamp()) // span
    statement = select(
        table.target_id,
        table.bucket,
        table.up,
        table.degraded,
        table.down,
        table.maintenance,
        table.failures,
    ).where(table.target_id.in_(ids), table.bucket >= first)
    found: dict[int, list[Row]] = defaultdict(list)
    for target_id, *row in session.execute(statement):
        found[target_id].append(tuple(row))
    return found


def _is_known(stored: TargetHistory | None, fresh: TargetHistory) -> bool:
    if stored is None or fresh.at - stored.at >= REST:
        return False
    return stored.packed == fresh.packed and dict(stored.zones) == dict(fresh.zones)
