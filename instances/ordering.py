"""The order of services within their category, as an académie wants it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum

from sqlalchemy.orm import Session

import journal
from catalogue.schema import Service
from instances.choice_reading import rows_of
from instances.choice_writing import Decision, add_row

EVENT = "services.reordered"


class Move(StrEnum):
    UP = "up"
    DOWN = "down"


def arranged(services: Iterable[Service], positions: Mapping[str, int]) -> tuple[Service, ...]:
    """Put services in an académie's order, category by category.

    One without position came later: it stands behind the one that it follows in the nation's
    list, and last when it follows none, for the first place is the académie's to give.
    """
    inside: dict[str, list[Service]] = defaultdict(list)
    for service in services:
        inside[service.categories[0]].append(service)
    return tuple(item for several in inside.values() for item in _arranged(several, positions))


def _arranged(services: Sequence[Service], positions: Mapping[str, int]) -> list[Service]:
    placed = sorted(
        (item for item in services if item.id in positions), key=lambda item: positions[item.id]
    )
    if not placed:
        return list(services)
    before: Service | None = None
    for service in services:
        if service.id not in positions:
            placed.insert(len(placed) if before is None else placed.index(before) + 1, service)
        before = service
    return placed


def move_service(
    session: Session, services: Sequence[Service], service_id: str, move: Move, *, by: Decision
) -> int:
    """Move it one place within its category; return its place, from 1.

    `services` are all that the académie may show, in the nation's order.
    """
    order = _order_now(session, services, service_id, by=by)
    place = order.index(service_id)
    other = place - 1 if move is Move.UP else place + 1
    if not 0 <= other < len(order):
        return place + 1
    moved = list(order)
    moved[place], moved[other] = moved[other], moved[place]
    _write(session, order, moved, by=by)
    return other + 1


def put_before(
    session: Session,
    services: Sequence[Service],
    service_id: str,
    other: str | None,
    *,
    by: Decision,
) -> int:
    """Put it before another of its category, or last; return its place, from 1."""
    order = _order_now(session, services, service_id, by=by)
    moved = [item for item in order if item != service_id]
    place = moved.index(other) if other in moved else len(moved)
    moved.insert(place, service_id)
    if moved != order:
        _write(session, order, moved, by=by)
    return place + 1


def follow_national_order(session: Session, *, by: Decision) -> bool:
    """Forget every place that was chosen; tell whether there was one."""
    journal.bump(session, journal.Revision.DECISIONS)
    rows = [row for row in rows_of(session, by.academie).values() if row.position is not None]
    before = [row.service_id for row in sorted(rows, key=lambda row: row.position or 0)]
    for row in rows:
        row.position = None
    if before:
        _record(session, before, None, by=by)
    return bool(before)


def _order_now(
    session: Session, services: Sequence[Service], service_id: str, *, by: Decision
) -> list[str]:
    """Return the order that holds in its category, from the database and not from what was seen."""
    # Locks the counter first: whoever moves something at the same moment waits, and sees this.
    journal.bump(session, journal.Revision.DECISIONS)
    rows = rows_of(session, by.academie)
    positions = {row.service_id: row.position for row in rows.values() if row.position is not None}
    category = next(item.categories[0] for item in services if item.id == service_id)
    inside = [item for item in services if item.categories[0] == category]
    return [item.id for item in _arranged(inside, positions)]


def _write(session: Session, before: list[str], after: list[str], *, by: Decision) -> None:
    """Give each its place. No version counts it: a place is in nobody's way who writes words."""
    rows = rows_of(session, by.academie)
    for place, service_id in enumerate(after):
        row = rows.get(service_id) or add_row(session, service_id, by=by)
        row.position = place
    _record(session, before, after, by=by)


def _record(session: Session, before: list[str], after: list[str] | None, *, by: Decision) -> None:
    entry = journal.Entry(
        at=by.now,
        actor=by.actor,
        academie=by.academie,
        event=EVENT,
        subject="services",
        before={"order": before},
        after=None if after is None else {"order": after},
    )
    journal.record(session, entry)
