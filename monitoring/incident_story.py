"""The open incidents while a batch is written: their rows, their targets, the lines they get."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from monitoring.incident_merging import members_of, put_into
from monitoring.incident_rules import Reason, patience, worse
from monitoring.incidents import Cause, Event, Seen, Severity, Source, Stage
from monitoring.models import Incident, IncidentMessage, IncidentTarget, Target
from monitoring.target import State

MOST_LINES = 60
"""Of one incident by probes: past them only what opens, closes, widens or merges it is a line."""
_ALWAYS = (Seen.OPENED, Seen.REOPENED, Seen.CLOSED, Seen.WIDENED, Seen.MERGED)


@dataclass(kw_only=True)
class Told:
    """One incident, and what this batch changed of it."""

    row: Incident
    members: dict[int, IncidentTarget]
    """Every target it ever had, by number."""
    begins: bool = False
    """This batch opened it, or opened it again."""
    changed_at: datetime | None = None
    """Instant of the last change of this batch; None: nothing changed."""
    joined: dict[int, datetime] = field(default_factory=dict)
    left: dict[int, datetime] = field(default_factory=dict)

    def active(self) -> list[IncidentTarget]:
        return [member for member in self.members.values() if member.until is None]

    def touch(self, at: datetime) -> None:
        self.changed_at = at if self.changed_at is None else max(self.changed_at, at)


class Story:
    """All incidents that are open, and those that this batch opens."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.changed = False
        """Whether anything was written, be it no line."""
        self._written: list[tuple[Incident, IncidentMessage]] = []
        self._open: dict[int, Told] = {}
        self._place: dict[int, Told] = {}
        """Where each target that is in trouble is."""
        # The oldest first, as whoever merges two of them: nobody waits for one another.
        open_ones = select(Incident).where(is_open()).order_by(Incident.id).with_for_update()
        for row in session.scalars(open_ones.execution_options(populate_existing=True)).all():
            self._open[row.id] = Told(row=row, members={})
        for member in members_of(session, *self._open):
            told = self._open[member.incident_id]
            told.members[member.target_id] = member
            if member.until is None:
                self._place[member.target_id] = told

    def __iter__(self) -> Iterator[Told]:
        return iter(list(self._open.values()))

    def __getitem__(self, number: int) -> Told:
        return self._open[number]

    def of(self, target_id: int) -> Told | None:
        """Return the open incident in which a target is in trouble."""
        return self._place.get(target_id)

    def open(self, *, at: datetime, severity: Severity, reason: Reason) -> Told:
        cause, value = reason
        row = Incident(
            uid=str(uuid4()),
            cause=cause,
            value=value,
            severity=severity,
            stage=Stage.INVESTIGATING,
            opened_at=at,
            version=1,
            updated_at=at,
        )
        self.session.add(row)
        self.session.flush()
        self._open[row.id] = Told(row=row, members={}, begins=True)
        return self._open[row.id]

    def reopen(self, row: Incident) -> Told:
        row.closed_at, row.stage = None, Stage.INVESTIGATING
        row.version += 1
        members = {member.target_id: member for member in members_of(self.session, row.id)}
        self._open[row.id] = Told(row=row, members=members, begins=True)
        return self._open[row.id]

    def close(self, told: Told, *, at: datetime, content: Mapping[str, Any] | None = None) -> None:
        told.row.closed_at, told.row.stage = at, Stage.RESOLVED
        told.row.version += 1
        self.tell(told, Seen.CLOSED, at=at, content=content)
        del self._open[told.row.id]

    def enter(self, told: Told, target_id: int, *, since: datetime, state: State) -> None:
        """Count a target as in trouble, again when it was before."""
        member = told.members.get(target_id)
        if member is None:
            member = IncidentTarget(
                incident_id=told.row.id, target_id=target_id, since=since, state=state
            )
            self.session.add(member)
            told.members[target_id] = member
            told.row.held_until = None
        elif member.until is not None:
            held = since - member.until
            told.row.quiet_seconds = patience(told.row.quiet_seconds, up=held)
            member.again_at = since
        member.until, member.state = None, worse(State(member.state), state)
        told.row.opened_at = min(told.row.opened_at, since)
        self._place[target_id] = told
        self.changed = True
        told.touch(since)

    def leave(self, told: Told, target_id: int, *, at: datetime) -> None:
        member = told.members[target_id]
        member.until = max(at, member.since)
        told.left[target_id] = member.until
        told.joined.pop(target_id, None)
        del self._place[target_id]
        self.changed = True
        told.touch(at)

    def absorb(self, into: Told, others: Sequence[Told], *, at: datetime) -> None:
        """Put everything of other incidents into one."""
        into.members = put_into(self.session, into.row, [other.row for other in others], at=at)
        for member in into.active():
            self._place[member.target_id] = into
        for other in others:
            into.joined |= other.joined
            into.left |= other.left
            del self._open[other.row.id]
        into.row.held_until = None
        into.touch(at)
        numbers = [other.row.id for other in others]
        self.tell(into, Seen.MERGED, at=at, content={"incidents": numbers})

    def tell(
        self, told: Told, code: Seen, *, at: datetime, content: Mapping[str, Any] | None = None
    ) -> None:
        """Write one line of a probe's."""
        self.changed = True
        told.row.updated_at = max(told.row.updated_at, at)
        if code is Seen.WORSE:
            told.row.held_until = None
        if code not in _ALWAYS and self._lines(told.row.id) >= MOST_LINES:
            return
        line = IncidentMessage(
            uid=str(uuid4()),
            incident_id=told.row.id,
            at=at,
            source=Source.PROBE,
            code=code,
            content=dict(content or {}),
        )
        self.session.add(line)
        self.session.flush()
        self._written.append((told.row, line))

    def keys(self, numbers: Sequence[int]) -> dict[str, list[str]]:
        """Name targets in a line."""
        statement = select(Target.key).where(Target.id.in_(numbers)).order_by(Target.id)
        return {"targets": list(self.session.scalars(statement))}

    def events(self) -> tuple[Event, ...]:
        return tuple(
            Event(
                kind=Seen(line.code),
                incident_id=row.id,
                message_id=line.id,
                at=line.at,
                severity=Severity(row.severity),
                cause=Cause(row.cause),
                value=row.value,
                content=line.content,
            )
            for row, line in self._written
        )

    def _lines(self, number: int) -> int:
        line = IncidentMessage
        mine = (line.incident_id == number, line.source == Source.PROBE)
        return self.session.scalar(select(func.count()).select_from(line).where(*mine)) or 0


def is_open() -> Any:
    return Incident.closed_at.is_(None) & Incident.merged_into.is_(None)
