"""A fleet whose states a test chooses, and the incidents that they make."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy.orm import Session, sessionmaker

from database import writing
from monitoring import incident_records, records
from monitoring.health import Change, Health
from monitoring.incident_reading import read_incidents
from monitoring.incidents import Event, IncidentView
from monitoring.records import Batch, Update
from monitoring.target import ProbeTarget, State

START = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
UP, DOWN, DEGRADED = State.UP, State.DOWN, State.DEGRADED
MAINTENANCE, UNKNOWN = State.MAINTENANCE, State.UNKNOWN
Sessions = sessionmaker[Session]
Seen = tuple[str, State, float]
"""A target, what it becomes, and at which minute."""


def minute(n: float) -> datetime:
    return START + timedelta(minutes=n)


def make_target(key: str, **labels: str | tuple[str, ...]) -> ProbeTarget:
    """Make one on a host of its own, unless its labels say otherwise."""
    told = {name: (value,) if isinstance(value, str) else value for name, value in labels.items()}
    told = {name.replace("_", "-"): value for name, value in told.items()}
    return ProbeTarget(
        key=key, url=f"https://{key}.example.fr", profile="http", labels={"host": (key,)} | told
    )


@dataclass
class Fleet:
    sessions: Sessions
    targets: dict[str, ProbeTarget]

    def watch(self, *targets: ProbeTarget) -> None:
        self.targets = {target.key: target for target in targets}
        with writing(self.sessions) as session:
            records.register(session, targets)

    def batch(
        self, *seen: Seen, now: float | None = None, crash: Exception | None = None
    ) -> tuple[Event, ...]:
        """Write what was seen, in one transaction, as the monitor does; or crash at its end."""
        latest = max((at for _key, _state, at in seen), default=0.0)
        with writing(self.sessions) as session:
            moved = records.write(session, Batch(updates=self._updates(session, seen)), epoch=1)
            assert len(moved) == len(seen)
            at = minute(latest if now is None else now)
            events = incident_records.follow(session, moved, now=at)
            if crash is not None:
                raise crash
        return events

    def _updates(self, session: Session, seen: Sequence[Seen]) -> tuple[Update, ...]:
        known = records.read_known(session)
        states: dict[str, State] = {}
        changes: dict[str, list[Change]] = {}
        for key, state, at in seen:
            stored = known[key].health
            before = states.get(key) or (stored.state if stored else UNKNOWN)
            change = Change(at=minute(at), before=before, after=state, reason="test")
            changes.setdefault(key, []).append(change)
            states[key] = state
        return tuple(
            Update(
                target_id=known[key].id,
                seen=changes[key][0].before,
                health=_health(states[key], changes[key][-1].at),
                changes=tuple(changes[key]),
            )
            for key in states
        )

    def incidents(self) -> list[IncidentView]:
        """Return all, the oldest first."""
        with self.sessions() as session:
            found = read_incidents(session, now=START)
        return sorted(found, key=lambda item: item.id)

    def only(self) -> IncidentView:
        (found,) = self.incidents()
        return found


def _health(state: State, at: datetime) -> Health:
    stale = at + timedelta(days=300)
    return Health(state=state, since=at, checked_at=at, stale_at=stale, reason="test")


def keys(item: IncidentView) -> list[str]:
    return sorted(item.keys)


def codes(item: IncidentView) -> list[str]:
    return [message.code for message in item.messages if message.code is not None]
