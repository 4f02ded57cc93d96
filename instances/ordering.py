"""The order of services within their category, as an académie wants it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import func, select
from sqlalchemy.orm import Session

import journal
from catalogue.schema import Service
from instances.choice_reading import rows_of
from instances.choice_writing import ChoiceError, Decision, add_row
from journal import JournalLine

EVENT = "services.reordered"


class Move(StrEnum):
    UP = "up"
    DOWN = "down"


@dataclass(frozen=True, kw_only=True)
class Moved:
    place: int
    """Within its category, from 1."""
    line: int | None
    """Of the journal, for the way back; none: it was there already."""


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
) -> Moved:
    """Move it one place within its category.

    `services` are all that the académie may show, in the nation's order.
    """
    order = _order_now(session, services, service_id, by=by)
    place = order.index(service_id)
    other = place - 1 if move is Move.UP else place + 1
    if not 0 <= other < len(order):
        return Moved(place=place + 1, line=None)
    moved = list(order)
    moved[place], moved[other] = moved[other], moved[place]
    return Moved(place=other + 1, line=_write(session, order, moved, by=by))


def put_before(
    session: Session,
    services: Sequence[Service],
    service_id: str,
    other: str | None,
    *,
    by: Decision,
) -> Moved:
    """Put it before another of its category, or last."""
    order = _order_now(session, services, service_id, by=by)
    moved = [item for item in order if item != service_id]
    place = moved.index(other) if other in moved else len(moved)
    moved.insert(place, service_id)
    line = _write(session, order, moved, by=by) if moved != order else None
    return Moved(place=place + 1, line=line)


def follow_national_order(session: Session, *, by: Decision) -> int | None:
    """Forget every place that was chosen; return the line of the journal, none without any."""
    journal.bump(session, journal.Revision.DECISIONS)
    rows = [row for row in rows_of(session, by.academie).values() if row.position is not None]
    before = [row.service_id for row in sorted(rows, key=lambda row: row.position or 0)]
    for row in rows:
        row.position = None
    return _record(session, before, None, by=by) if before else None


def undo(session: Session, services: Sequence[Service], number: int, *, by: Decision) -> None:
    """Put back the order that held before a line of the journal.

    Raises ChoiceError "not-yours" for a line of another académie or about something else, and
    "order-changed-since" when what it ordered stands otherwise by now.
    """
    # Locks the counter first: nobody moves anything between the look and the deed.
    journal.bump(session, journal.Revision.DECISIONS)
    line = session.get(JournalLine, number)
    if line is None or (line.event, line.academie) != (EVENT, by.academie):
        raise ChoiceError("not-yours", line=number)
    before, after = ((side or {}).get("order") for side in (line.before, line.after))
    if not before or not _still_holds(session, services, after, by=by):
        raise ChoiceError("order-changed-since", line=number)
    national = before == [item.id for item in services if item.id in before]
    _place(session, dict.fromkeys(before) if national else _ranked(before), by=by)
    _record(session, after, before, by=by)


def _still_holds(
    session: Session, services: Sequence[Service], order: list[str] | None, *, by: Decision
) -> bool:
    """Tell whether services stand in an order; none: in the nation's, with no place chosen.

    What came or went meanwhile is in nobody's way.
    """
    positions = _positions(session, by=by)
    if order is None:
        return not positions
    now = [item.id for item in arranged(services, positions) if item.id in order]
    return now == [name for name in order if name in now]


def _positions(session: Session, *, by: Decision) -> dict[str, int]:
    rows = rows_of(session, by.academie).values()
    return {row.service_id: row.position for row in rows if row.position is not None}


def _order_now(
    session: Session, services: Sequence[Service], service_id: str, *, by: Decision
) -> list[str]:
    """Return the order that holds in its category, from the database and not from what was seen."""
    # Locks the counter first: whoever moves something at the same moment waits, and sees this.
    journal.bump(session, journal.Revision.DECISIONS)
    positions = _positions(session, by=by)
    category = next(item.categories[0] for item in services if item.id == service_id)
    inside = [item for item in services if item.categories[0] == category]
    return [item.id for item in _arranged(inside, positions)]


def _write(session: Session, before: list[str], after: list[str], *, by: Decision) -> int:
    """Give each its place; return the line of the journal."""
    _place(session, _ranked(after), by=by)
    return _record(session, before, after, by=by)


def _ranked(names: Iterable[str]) -> dict[str, int | None]:
    return {name: place for place, name in enumerate(names)}


def _place(session: Session, places: Mapping[str, int | None], *, by: Decision) -> None:
    """No version counts it: a place is in nobody's way who writes words."""
    rows = rows_of(session, by.academie)
    for service_id, place in places.items():
        row = rows.get(service_id) or add_row(session, service_id, by=by)
        row.position = place


def _record(
    session: Session, before: list[str] | None, after: list[str] | None, *, by: Decision
) -> int:
    entry = journal.Entry(
        at=by.now,
        actor=by.actor,
        academie=by.academie,
        event=EVENT,
        subject="services",
        before=None if before is None else {"order": before},
        after=None if after is None else {"order": after},
    )
    journal.record(session, entry)
    session.flush()
    # The counter is locked: the last line of this kind is the one just written.
    query = select(func.max(JournalLine.id)).where(
        JournalLine.event == EVENT, JournalLine.academie == by.academie
    )
    return session.scalars(query).one()
