"""What the journal tells of decisions about services: who, when and why, and the way back."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

import journal
from instances.choice_writing import ChoiceError, Decision, Deed, decide
from instances.models import ServiceChoice, Visibility
from journal import JournalLine

_OURS = JournalLine.event.like("service.%")
_DATES = frozenset({"review_on", "until"})
UNDONE = "service.undone"


@dataclass(frozen=True, kw_only=True)
class Author:
    """Who decided something, when, and why when that was said."""

    actor: str
    at: datetime
    reason: str | None


def last_line(session: Session, academie: str, service_id: str) -> int | None:
    """Return the number of the last journal line about a service in an académie."""
    session.flush()
    query = select(func.max(JournalLine.id)).where(
        _OURS, JournalLine.academie == academie, JournalLine.subject == service_id
    )
    return session.scalar(query)


def authors_of(session: Session, academie: str, service_id: str) -> dict[str, Author]:
    """Return who last changed each part of a choice.

    Keys are "visibility", "backends" and "wording.task", "wording.summary"…
    """
    query = (
        select(JournalLine)
        .where(_OURS, JournalLine.academie == academie, JournalLine.subject == service_id)
        .order_by(JournalLine.id)
    )
    found: dict[str, Author] = {}
    for line in session.scalars(query):
        author = Author(actor=line.actor, at=line.at, reason=line.reason)
        found.update(dict.fromkeys(_changed(line), author))
    return found


def whys_of(session: Session, academie: str) -> dict[str, str]:
    """Return why each service of an académie is as it is, as the last decision about it says."""
    last = (
        select(func.max(JournalLine.id))
        .where(_OURS, JournalLine.academie == academie)
        .group_by(JournalLine.subject)
    )
    query = select(JournalLine.subject, JournalLine.reason).where(
        JournalLine.id.in_(last),
        JournalLine.event.in_(("service.reworded", "service.re-addressed")),
    )
    return {subject: reason for subject, reason in session.execute(query) if reason}


def undo(session: Session, line_id: int, *, by: Decision, within: Collection[str]) -> str:
    """Put back what was decided before one line of the journal; return the service's id.

    `within` are the académies for which this person decides. Raises ChoiceError "not-yours" for a
    line of another, and "changed-since" when a later line is about the same service.
    """
    # Locks the counter first: nobody decides between the look and the deed.
    journal.bump(session, journal.Revision.DECISIONS)
    line = session.get(JournalLine, line_id)
    academie = (line.academie if line is not None else None) or ""
    if line is None or academie not in within or not line.event.startswith("service."):
        raise ChoiceError("not-yours", line=line_id)
    row = session.get(ServiceChoice, (academie, line.subject), populate_existing=True)
    is_last = last_line(session, academie, line.subject) == line.id
    if row is None or not is_last or row.updated_at != line.at:
        raise ChoiceError("changed-since", service=line.subject)
    there = replace(by, academie=academie)
    deed = Deed(event=UNDONE, values=_values_before(line))
    decide(session, line.subject, deed, by=there)
    return line.subject


def _values_before(line: JournalLine) -> dict[str, Any]:
    before, after = line.before or {}, line.after or {}
    values: dict[str, Any] = dict.fromkeys((*after, *before)) | before
    for name in _DATES & values.keys():
        values[name] = values[name] and date.fromisoformat(values[name])
    if values.get("visibility") is None and "visibility" in values:
        values["visibility"] = Visibility.NATIONAL
    return values


def _changed(line: JournalLine) -> Iterator[str]:
    """Yield the parts of a choice that a line changed."""
    before, after = line.before or {}, line.after or {}
    if before.get("visibility") != after.get("visibility") or "reason" in after:
        yield "visibility"
    if before.get("backends") != after.get("backends"):
        yield "backends"
    old, new = before.get("wording") or {}, after.get("wording") or {}
    for name in old.keys() | new.keys():
        if old.get(name) != new.get(name):
            yield f"wording.{name}"
