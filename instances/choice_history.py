"""What the journal tells of decisions about services: who, when and why, and the way back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
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


def undo(
    session: Session, lines: Collection[int], *, by: Decision, within: Collection[str]
) -> set[str]:
    """Put back what was decided before these lines of the journal; return the services' ids.

    `within` are the académies for which this person decides. Raises ChoiceError "not-yours" for a
    line of another, and "changed-since" when something else was decided later about a service.
    """
    # Locks the counter first: nobody decides between the look and the deed.
    journal.bump(session, journal.Revision.DECISIONS)
    inside: dict[tuple[str, str], list[JournalLine]] = defaultdict(list)
    for number in sorted(lines):
        line = session.get(JournalLine, number)
        academie = (line.academie if line is not None else None) or ""
        if line is None or academie not in within or not line.event.startswith("service."):
            raise ChoiceError("not-yours", line=number)
        inside[academie, line.subject].append(line)
    for (academie, service_id), several in inside.items():
        _check_nothing_since(session, academie, several)
        values: dict[str, Any] = {}
        for line in reversed(several):
            values |= _values_before(line)
        deed = Deed(event=UNDONE, values=values)
        decide(session, service_id, deed, by=replace(by, academie=academie))
    return {service_id for _, service_id in inside}


def _check_nothing_since(session: Session, academie: str, lines: Sequence[JournalLine]) -> None:
    """Lines are those of one service, the oldest first."""
    service_id, last = lines[0].subject, lines[-1]
    query = select(JournalLine.id).where(
        _OURS,
        JournalLine.academie == academie,
        JournalLine.subject == service_id,
        JournalLine.id >= lines[0].id,
    )
    row = session.get(ServiceChoice, (academie, service_id), populate_existing=True)
    others = set(session.scalars(query)) - {line.id for line in lines}
    if others or row is None or row.updated_at != last.at:
        raise ChoiceError("changed-since", service=service_id)


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
