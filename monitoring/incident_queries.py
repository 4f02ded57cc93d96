"""What the database is asked when a batch is followed: who fails untold, what may be over."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from monitoring.incident_rules import AGAIN, TROUBLE
from monitoring.incident_story import is_open
from monitoring.models import Incident, IncidentTarget, Target
from monitoring.target import State


@dataclass(frozen=True, kw_only=True)
class Failed:
    """A target that has just failed, and is in no incident yet."""

    since: datetime
    state: State


def untold(session: Session, *, now: datetime) -> dict[int, Failed]:
    """Return who is known to fail and is in no open incident, whenever its change was written.

    Such as a service that is shown again, or what failed before there were incidents.
    """
    told = (
        exists()
        .where(IncidentTarget.target_id == Target.id, IncidentTarget.until.is_(None))
        .where(Incident.id == IncidentTarget.incident_id, is_open())
    )
    statement = select(Target.id, Target.since, Target.state).where(
        Target.watched, Target.state.in_(TROUBLE), Target.stale_at > now, ~told
    )
    return {
        number: Failed(since=since or now, state=State(state))
        for number, since, state in session.execute(statement)
    }


def may_be_over(session: Session) -> bool:
    """Tell whether some open incident has nobody in trouble, or somebody nobody looks after."""
    mine = (IncidentTarget.incident_id == Incident.id, IncidentTarget.until.is_(None))
    empty = select(Incident.id).where(is_open(), ~exists().where(*mine))
    return bool(unwatched(session)) or session.scalar(empty.limit(1)) is not None


def unwatched(session: Session) -> Sequence[int]:
    """Return who is in trouble in an open incident, and is watched no longer."""
    statement = (
        select(IncidentTarget.target_id)
        .join(Incident, Incident.id == IncidentTarget.incident_id)
        .join(Target, Target.id == IncidentTarget.target_id)
        .where(is_open(), IncidentTarget.until.is_(None), ~Target.watched)
        .order_by(IncidentTarget.target_id)
    )
    return session.scalars(statement).all()


def closed_just_before(session: Session, failed: Mapping[int, Failed]) -> Incident | None:
    """Return the last incident that one of these left less than two hours before it failed."""
    oldest = min(item.since for item in failed.values()) - AGAIN
    statement = (
        select(Incident, IncidentTarget)
        .join(IncidentTarget, IncidentTarget.incident_id == Incident.id)
        .where(
            Incident.closed_at >= oldest,
            Incident.merged_into.is_(None),
            IncidentTarget.target_id.in_(failed),
        )
        .order_by(Incident.closed_at.desc(), Incident.id.desc())
    )
    for row, member in session.execute(statement):
        if member.until and failed[member.target_id].since - member.until <= AGAIN:
            found: Incident = row
            return found
    return None


def states(session: Session, numbers: Sequence[int]) -> dict[int, State]:
    rows = session.execute(select(Target.id, Target.state).where(Target.id.in_(numbers)))
    return {number: State(state) for number, state in rows}
