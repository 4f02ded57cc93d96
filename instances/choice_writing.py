"""How a decision about a service is written: its row, its version, one line of the journal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

import journal
from instances.models import ServiceChoice, Visibility
from instances.versions import check_version


class ChoiceError(Exception):
    """A decision that cannot be taken; `code` says why."""

    def __init__(self, code: str, **values: str | int) -> None:
        self.code = code
        self.values = values
        super().__init__(f"{code} {values}" if values else code)


@dataclass(frozen=True, kw_only=True)
class Decision:
    """Who decides, for whom, and when."""

    academie: str
    actor: str
    now: datetime


@dataclass(frozen=True, kw_only=True)
class Deed:
    """What is done, as the journal keeps it."""

    event: str
    values: Mapping[str, Any]
    """Columns of the choice."""
    why: str | None = None


def decide(
    session: Session, service_id: str, deed: Deed, *, by: Decision, seen: int | None = None
) -> ServiceChoice:
    """Write one decision; raises ChangedMeanwhileError when `seen` is no longer its version."""
    # Locks the counter first: whoever decides at the same moment waits, and then sees this.
    journal.bump(session, journal.Revision.DECISIONS)
    session.flush()
    row = session.get(ServiceChoice, (by.academie, service_id), populate_existing=True)
    check_version(row, seen)
    before = None if row is None else {name: getattr(row, name) for name in deed.values}
    row = row or add_row(session, service_id, by=by)
    for name, value in deed.values.items():
        setattr(row, name, value)
    row.version += 1
    row.updated_at, row.updated_by = by.now, by.actor
    entry = journal.Entry(
        at=by.now,
        actor=by.actor,
        academie=by.academie,
        event=deed.event,
        subject=service_id,
        before=plain(before),
        after=plain(deed.values),
        reason=deed.why,
    )
    journal.record(session, entry)
    return row


def add_row(session: Session, service_id: str, *, by: Decision) -> ServiceChoice:
    """Begin a choice that says nothing yet: version 0, like none at all."""
    row = ServiceChoice(
        academie=by.academie,
        service_id=service_id,
        visibility=Visibility.NATIONAL,
        version=0,
        updated_at=by.now,
        updated_by=by.actor,
    )
    session.add(row)
    return row


def plain(values: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """Make values fit for JSON: dates as text, what is empty left out."""
    if values is None:
        return None
    return {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in values.items()
        if value is not None
    }
