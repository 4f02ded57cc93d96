"""Announced maintenance in the database: declared, changed, called off."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

import journal
from monitoring.maintenance import Repeats, Scope, Window, occurrences
from monitoring.models import MaintenanceWindow
from monitoring.window_rules import (
    Author,
    Content,
    Known,
    WindowConflictError,
    WindowError,
    checked,
    checked_change,
    is_over,
)

REMEMBERED = timedelta(days=90)
"""A window that is over stays in feeds and histories for so long."""

MOST_OF_AN_OWNER = 500
"""Remembered at a time: every page and every probe looks through all of them."""


def read_windows(session: Session, *, now: datetime) -> tuple[Window, ...]:
    """Return those that go on, come, or were over not long ago, in the order of their numbers."""
    table = MaintenanceWindow
    statement = select(table).where(_remembered(now)).order_by(table.id)
    return tuple(window_of(row) for row in session.scalars(statement))


def _remembered(now: datetime) -> ColumnElement[bool]:
    table, recent = MaintenanceWindow, now - REMEMBERED
    return and_(
        or_(table.repeats != Repeats.ONCE, table.ends_at >= recent),
        or_(table.ended_at.is_(None), table.ended_at >= recent),
        or_(table.until.is_(None), table.until >= recent.date()),
    )


def find(session: Session, number: int, *, owner: str | None = None) -> MaintenanceWindow | None:
    """Return a window to decide about; with `owner`, none when it is somebody else's."""
    row = session.get(MaintenanceWindow, number, with_for_update=True)
    return None if row is None or owner not in (None, row.owner) else row


def declare(
    session: Session, content: Content, *, owner: str, by: Author, known: Known
) -> MaintenanceWindow:
    """Announce maintenance; raises WindowError. `known`: what this owner may announce it for."""
    content = checked(content, known=known, now=by.now)
    mine = and_(MaintenanceWindow.owner == owner, _remembered(by.now))
    if (session.scalar(select(func.count()).where(mine)) or 0) >= MOST_OF_AN_OWNER:
        raise WindowError("too-many")
    row = MaintenanceWindow(
        uid=str(uuid4()),
        owner=owner,
        created_at=by.now,
        created_by=by.actor,
        updated_at=by.now,
        updated_by=by.actor,
        **asdict(content),
    )
    session.add(row)
    session.flush()
    _journal(session, row, event="window.declared", by=by, after=_plain(content))
    return row


def change(
    session: Session, row: MaintenanceWindow, content: Content, *, by: Author, known: Known
) -> None:
    """Write another content; raises WindowError, also when it is over, and WindowConflictError."""
    _check_open(row, by)
    before = content_of(row)
    after = checked_change(before, content, known=known, now=by.now)
    for name, value in asdict(after).items():
        setattr(row, name, value)
    _touch(row, by)
    _journal(
        session, row, event="window.changed", by=by, before=_plain(before), after=_plain(after)
    )


def call_off(session: Session, row: MaintenanceWindow, *, by: Author) -> None:
    """Let nothing of it hold any more, now or later; raises as `change` does."""
    _check_open(row, by)
    row.ended_at = by.now
    _touch(row, by)
    _journal(session, row, event="window.called-off", by=by, before=_plain(content_of(row)))


def end_now(session: Session, row: MaintenanceWindow, *, by: Author) -> None:
    """End what goes on; of one that repeats, the next times hold. Raises as `change` does."""
    _check_open(row, by)
    if going_on(window_of(row), by.now) is None:
        raise WindowError("not-begun")
    if row.repeats == Repeats.ONCE:
        row.ended_at = by.now
    else:
        # A new list: what is added to the one that is there would not be written.
        row.cuts = [*row.cuts, by.now.astimezone(UTC).isoformat()]
    _touch(row, by)
    _journal(session, row, event="window.ended", by=by, after={"ended_at": by.now.isoformat()})


def going_on(window: Window, now: datetime) -> datetime | None:
    """Return when what goes on of a window ends; none when nothing does."""
    found = occurrences(window, start=now, end=now + timedelta(microseconds=1))
    return found[0].ends_at if found else None


def content_of(row: MaintenanceWindow) -> Content:
    return Content(
        scope=Scope(row.scope),
        value=row.value,
        title=row.title,
        text=row.text,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        timezone=row.timezone,
        repeats=Repeats(row.repeats),
        until=row.until,
    )


def window_of(row: MaintenanceWindow) -> Window:
    return Window(
        id=row.id,
        uid=row.uid,
        owner=row.owner,
        ended_at=row.ended_at,
        cuts=tuple(datetime.fromisoformat(cut) for cut in row.cuts),
        version=row.version,
        updated_at=row.updated_at,
        **vars(content_of(row)),
    )


def _check_open(row: MaintenanceWindow, by: Author) -> None:
    if by.seen is not None and row.version != by.seen:
        raise WindowConflictError(actor=row.updated_by, at=row.updated_at, version=row.version)
    if is_over(window_of(row), by.now):
        raise WindowError("over")


def _touch(row: MaintenanceWindow, by: Author) -> None:
    row.version += 1
    row.updated_at, row.updated_by = by.now, by.actor


def _journal(  # noqa: PLR0913 - one line of the journal says all of it
    session: Session,
    row: MaintenanceWindow,
    *,
    event: str,
    by: Author,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    kind, _, name = row.owner.partition("/")
    entry = journal.Entry(
        at=by.now,
        actor=by.actor,
        academie=name if kind == "academie" else None,
        event=event,
        subject=f"window/{row.id}",
        before=before,
        after=after,
        reason=by.why,
    )
    journal.record(session, entry)
    journal.bump(session, journal.Revision.WINDOWS)


def _plain(content: Content) -> dict[str, Any]:
    """Make a content fit for JSON: days and instants as text, what is empty left out."""
    values = asdict(content)
    about = f"{values.pop('scope')}/{values.pop('value')}"
    said = {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in values.items()
        if value not in (None, "")
    }
    return {"about": about, **said}
