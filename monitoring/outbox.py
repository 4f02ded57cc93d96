"""The outbox: rows are added, claimed by one hand alone, settled; none is lost, none sent twice."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from secrets import randbits
from typing import Any
from uuid import uuid4

from sqlalchemy import String, and_, cast, delete, exists, literal, or_, select, update
from sqlalchemy.orm import Session, aliased

import journal
from database import insert_for
from monitoring import alerts
from monitoring.alert_routes import Route
from monitoring.alerts import Kind, Said
from monitoring.models import Alert, Incident

CLAIM_SECONDS = 45.0
"""Longer than any hand-over; past it whoever claimed a row is taken for dead."""
KEPT = timedelta(days=90)
"""A message that was sent."""
LATE = timedelta(minutes=10)
_LOOKED_AT = 500


@dataclass(frozen=True, kw_only=True)
class Claim:
    """A row in somebody's hand: nobody else takes it before `until`."""

    id: int
    route: str
    attempts: int
    """This one included."""
    until: datetime
    said: Said


def add(  # noqa: PLR0913 - its columns, each by name
    session: Session,
    *,
    subject: str,
    event: str,
    route: str,
    content: Mapping[str, Any],
    due_at: datetime,
    now: datetime,
) -> None:
    """Add a row, unless this was told to this route before."""
    values = {
        "uid": str(uuid4()),
        "subject": subject,
        "event": event,
        "route": route,
        "content": dict(content),
        "created_at": now,
        "due_at": due_at,
    }
    names = ["subject", "event", "route"]
    statement = insert_for(session)(Alert).values(**values)
    session.execute(statement.on_conflict_do_nothing(index_elements=names))


def change_waiting(session: Session, row: Alert, **values: Any) -> bool:
    """Change a row that is in nobody's hand and was never sent; False: it is too late."""
    statement = (
        update(Alert)
        .where(Alert.id == row.id, Alert.event == row.event, _untouched())
        .values(**values)
        .execution_options(synchronize_session=False)
    )
    result: Any = session.execute(statement)
    return bool(result.rowcount == 1)


def rename(session: Session, row: Alert, event: str) -> None:
    """Call what was told by another name, whoever holds it."""
    statement = update(Alert).where(Alert.id == row.id).values(event=event)
    session.execute(statement.execution_options(synchronize_session=False))


def remove_waiting(session: Session, row_id: int) -> bool:
    """Take back a row that is in nobody's hand and was never sent."""
    result: Any = session.execute(delete(Alert).where(Alert.id == row_id, _untouched()))
    return bool(result.rowcount == 1)


def claim(session: Session, route: Route, *, now: datetime) -> Claim | None:
    """Take the next row that is due for a route, under a fenced lease; none: nothing is due.

    What became due in quiet hours is put off to their end. The caller commits before it hands
    anything over.
    """
    for row in session.scalars(_due(now).where(Alert.route == route.name)).all():
        opens = route.quiet_until(now, major=alerts.is_major(row.content))
        if opens > now and alerts.kind_of(row.event) is not Kind.TEST:
            _change(session, row, due_at=opens)
            continue
        until = now + timedelta(seconds=CLAIM_SECONDS)
        uncertain = row.uncertain or row.claimed_until is not None
        attempts = row.attempts + 1
        if _change(session, row, claimed_until=until, uncertain=uncertain, attempts=attempts):
            row.uncertain = uncertain
            said = alerts.said(row)
            session.expunge(row)
            return Claim(id=row.id, route=route.name, attempts=attempts, until=until, said=said)
    return None


def routes_with_due(session: Session, *, now: datetime) -> frozenset[str]:
    due = _due(now).order_by(None).limit(None)
    return frozenset(session.scalars(due.with_only_columns(Alert.route).distinct()))


def settle_sent(session: Session, claimed: Claim, *, now: datetime) -> bool:
    """Write that it arrived. The claim is the fence: whoever claimed it anew has another."""
    values = {"sent_at": now, "claimed_until": None, "error": None}
    return _settle(session, claimed, values)


def settle_failed(
    session: Session, claimed: Claim, *, error: str, may_have_arrived: bool, due_at: datetime
) -> bool:
    """Put it back, to be tried again at `due_at`. `error` is a code, never an address."""
    values: dict[str, Any] = {"due_at": due_at, "claimed_until": None, "error": error[:300]}
    if may_have_arrived:
        values["uncertain"] = True
    return _settle(session, claimed, values)


def note_error(
    session: Session, routes: Collection[str], *, error: str, due_at: datetime, now: datetime
) -> None:
    """Tell why rows of these routes cannot go, and look at them again at `due_at`."""
    statement = (
        update(Alert)
        .where(Alert.route.in_(routes), Alert.due_at <= now, _untouched())
        .values(error=error, due_at=due_at)
        .execution_options(synchronize_session=False)
    )
    session.execute(statement)


def add_test(session: Session, route: Route, *, now: datetime, actor: str) -> None:
    """Send a message that says it is a test, at once and whatever the hour."""
    subject = f"{alerts.TEST}{randbits(31)}"
    event = Kind.TEST.value
    add(session, subject=subject, event=event, route=route.name, content={}, due_at=now, now=now)
    entry = journal.Entry(at=now, actor=actor, event="alert.tested", subject=route.name)
    journal.record(session, entry)


def drop(session: Session, row_id: int, *, now: datetime, actor: str) -> bool:
    """Give a message up that will never go; False: it was sent, or is being handed over."""
    row = session.get(Alert, row_id)
    if row is None or row.sent_at is not None:
        return False
    if row.claimed_until is not None and row.claimed_until > now:
        return False
    before = {"subject": row.subject, "event": row.event, "attempts": row.attempts}
    if not _change(session, row, sent_at=now, error="dropped", claimed_until=None):
        return False
    entry = journal.Entry(
        at=now, actor=actor, event="alert.dropped", subject=row.route, before=before
    )
    journal.record(session, entry)
    return True


def forget_old(session: Session, *, now: datetime) -> None:
    """Forget what was sent long ago, but who was told of what is open still."""
    subject = literal(alerts.INCIDENT) + cast(Incident.id, String)
    is_open = Alert.subject.in_(select(subject).where(Incident.closed_at.is_(None)))
    turns = (Kind.OPENED, *alerts.ENDS)
    is_turn = or_(*(Alert.event.startswith(kind.value) for kind in turns))
    session.execute(delete(Alert).where(Alert.sent_at < now - KEPT, ~and_(is_open, is_turn)))


def of_subject(session: Session, subject: str) -> Sequence[Alert]:
    """Return what was told or waits about one subject, the oldest first."""
    return session.scalars(select(Alert).where(Alert.subject == subject).order_by(Alert.id)).all()


def _due(now: datetime) -> Any:
    """Select what may be handed over: of one subject, a route is told in order."""
    earlier = aliased(Alert)
    is_behind = exists().where(
        earlier.subject == Alert.subject,
        earlier.route == Alert.route,
        earlier.id < Alert.id,
        earlier.sent_at.is_(None),
    )
    free = or_(Alert.claimed_until.is_(None), Alert.claimed_until <= now)
    return (
        select(Alert)
        .where(Alert.sent_at.is_(None), Alert.due_at <= now, free, ~is_behind)
        .order_by(Alert.due_at, Alert.id)
        .limit(_LOOKED_AT)
    )


def _untouched() -> Any:
    return and_(Alert.sent_at.is_(None), Alert.claimed_until.is_(None), ~Alert.uncertain)


def _change(session: Session, row: Alert, **values: Any) -> bool:
    """Change a row if it still is what was seen."""
    statement = (
        update(Alert)
        .where(
            Alert.id == row.id,
            Alert.event == row.event,
            Alert.sent_at.is_(None),
            Alert.attempts == row.attempts,
            Alert.claimed_until.is_(None)
            if row.claimed_until is None
            else Alert.claimed_until == row.claimed_until,
        )
        .values(**values)
        .execution_options(synchronize_session=False)
    )
    result: Any = session.execute(statement)
    return bool(result.rowcount == 1)


def _settle(session: Session, claimed: Claim, values: dict[str, Any]) -> bool:
    statement = (
        update(Alert)
        .where(
            Alert.id == claimed.id,
            Alert.sent_at.is_(None),
            Alert.attempts == claimed.attempts,
            Alert.claimed_until == claimed.until,
        )
        .values(**values)
        .execution_options(synchronize_session=False)
    )
    result: Any = session.execute(statement)
    return bool(result.rowcount == 1)
