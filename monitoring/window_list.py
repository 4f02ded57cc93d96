"""The maintenances that a desk lists: going on, to come, over; page by page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement, and_, func, not_, or_, select, true
from sqlalchemy.orm import Session

from monitoring.maintenance import Occurrence, Repeats, Window, occurrences
from monitoring.models import MaintenanceWindow
from monitoring.window_rules import LONGEST
from monitoring.windows import window_of

PAGE_SIZE = 50
LOOK_AHEAD = timedelta(days=40)
"""A window that repeats has a time in any span as long as this."""


class Phase(StrEnum):
    """Where a maintenance stands at one instant."""

    CURRENT = "current"
    COMING = "coming"
    OVER = "over"


@dataclass(frozen=True, kw_only=True)
class Listed:
    window: Window
    phase: Phase
    next: Occurrence | None
    """What goes on, or comes next; none for one that is over."""


@dataclass(frozen=True, kw_only=True)
class ListPage:
    items: tuple[Listed, ...]
    number: int
    """1 is the first."""
    pages: int
    counts: dict[Phase, int]


def listed(window: Window, now: datetime) -> Listed:
    start = max(now, window.starts_at - timedelta(seconds=1))
    found = occurrences(window, start=start, end=start + LOOK_AHEAD)
    if not found:
        return Listed(window=window, phase=Phase.OVER, next=None)
    phase = Phase.CURRENT if found[0].starts_at <= now else Phase.COMING
    return Listed(window=window, phase=phase, next=found[0])


def read_list(  # noqa: PLR0913 - which page of what
    session: Session,
    phase: Phase,
    *,
    now: datetime,
    number: int = 1,
    owner: str | None = None,
    size: int = PAGE_SIZE,
) -> ListPage:
    """Read one page of a phase: what comes soonest first, of what is over the latest first.

    `owner`: whose; none: everybody's. A page that there is not is the nearest that there is.
    """
    table = MaintenanceWindow
    mine = true() if owner is None else table.owner == owner
    past = _is_past(now)
    rows = session.scalars(select(table).where(mine, not_(past)).order_by(table.id))
    live = sorted((listed(window_of(row), now) for row in rows), key=_soonest)
    n_past = session.scalar(select(func.count()).select_from(table).where(mine, past)) or 0
    counts = {item: sum(one.phase is item for one in live) for item in Phase}
    counts[Phase.OVER] += n_past
    pages = max(1, -(-counts[phase] // size))
    number = min(max(1, number), pages)
    start = (number - 1) * size
    found = [one for one in live if one.phase is phase]
    items = found[start : start + size]
    if phase is Phase.OVER:
        statement = (
            select(table)
            .where(mine, past)
            .order_by(table.ends_at.desc(), table.id.desc())
            .offset(max(0, start - len(found)))
            .limit(size - len(items))
        )
        items += [listed(window_of(row), now) for row in session.scalars(statement)]
    return ListPage(items=tuple(items), number=number, pages=pages, counts=counts)


def _is_past(now: datetime) -> ColumnElement[bool]:
    """Tell what is over for certain; of one that repeats only its rule knows the last time."""
    table = MaintenanceWindow
    return or_(
        and_(table.ended_at.is_not(None), table.ended_at <= now),
        and_(table.repeats == Repeats.ONCE, table.ends_at <= now),
        and_(
            table.repeats != Repeats.ONCE,
            table.until.is_not(None),
            table.until < (now - LONGEST - timedelta(days=2)).date(),
        ),
    )


def _soonest(item: Listed) -> tuple[datetime, int]:
    at = item.next.starts_at if item.next else item.window.ends_at
    return at, item.window.id
