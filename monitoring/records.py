"""Current states and transitions in the database: what the monitor writes and the site reads."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, func, insert, select, update
from sqlalchemy.orm import Session

from database import insert_for
from monitoring import last_probe, rollups
from monitoring.health import Change, Health
from monitoring.last_probe import Look
from monitoring.models import Target, Transition
from monitoring.rollups import Tallies
from monitoring.target import ProbeTarget, State

MOST_TRANSITIONS_A_DAY = 200
"""Of one target: after so many comes a line marked unstable, then nothing until midnight UTC."""
_FIELDS = tuple(field.name for field in fields(Health))
_LONGEST = {"reason": 100, "message": 300, "version": 100}


@dataclass(frozen=True, kw_only=True)
class Known:
    """A target as it is stored."""

    id: int
    health: Health | None
    """None before its first probe."""


@dataclass(frozen=True, kw_only=True)
class Update:
    """What became of one target since the last batch."""

    target_id: int
    seen: State
    """The stored state that this was worked out from: if another stands there, it is dropped."""
    health: Health
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Moved:
    """A change of state that this batch made, whether or not its line was still written down."""

    target_id: int
    change: Change


@dataclass(frozen=True, kw_only=True)
class Batch:
    """Everything the monitor has to write down at once."""

    updates: tuple[Update, ...] = ()
    tallies: Tallies = field(default_factory=dict)
    looks: tuple[Look, ...] = ()
    """Probes that people may want to look into, one of a target at most."""
    probes: int = 0
    """Made since the last batch."""
    lag_seconds: float = 0.0
    """How late the latest of them began."""
    targets: int = 0
    refused_targets: int = 0
    breaker_since: datetime | None = None


def read_health(session: Session) -> dict[str, Health]:
    """Return what is known of every target that was ever probed, by key."""
    rows = session.execute(select(Target.key, *_health_columns()).where(_probed()))
    return {key: _health(values) for key, *values in rows}


def read_known(session: Session) -> dict[str, Known]:
    """Return every target by key, as the monitor takes them up."""
    rows = session.execute(select(Target.key, Target.id, *_health_columns()))
    return {key: _known(target_id, values) for key, target_id, *values in rows}


def register(session: Session, targets: Iterable[ProbeTarget]) -> None:
    """Store who the watched targets are; all others are watched no longer."""
    rows = [_identity(target) for target in targets]
    session.execute(update(Target).values(watched=False).where(Target.watched))
    if not rows:
        return
    statement = insert_for(session)(Target)
    names = ("url", "profile", "labels", "watched")
    changed = {name: getattr(statement.excluded, name) for name in names}
    upsert = statement.on_conflict_do_update(index_elements=["key"], set_=changed)
    session.execute(upsert, rows)


def write(session: Session, batch: Batch, *, epoch: int) -> tuple[Moved, ...]:
    """Write one batch under a fenced lease; return the changes of state that it made."""
    quiet = [item for item in batch.updates if not item.changes]
    if quiet:
        session.connection().execute(_quiet_update(), [_row(item, epoch) for item in quiet])
    moved = []
    for item in batch.updates:
        if not item.changes or not _change_state(session, item, epoch=epoch):
            continue
        for change in item.changes:
            _add_transition(session, item.target_id, change)
            moved.append(Moved(target_id=item.target_id, change=change))
    rollups.write(session, batch.tallies)
    last_probe.write(session, batch.looks)
    return tuple(moved)


def _change_state(session: Session, item: Update, *, epoch: int) -> bool:
    """Change the stored state if it is still the one that was seen."""
    values = {**_columns(item.health), "epoch": epoch}
    statement = (
        update(Target)
        .where(Target.id == item.target_id, Target.state == item.seen, Target.epoch <= epoch)
        .values(**values)
        .execution_options(synchronize_session=False)
    )
    result: Any = session.execute(statement)
    return bool(result.rowcount == 1)


def _add_transition(session: Session, target_id: int, change: Change) -> None:
    so_far = _transitions_of_the_day(session, target_id, change.at)
    if so_far > MOST_TRANSITIONS_A_DAY:
        return
    values = {
        "target_id": target_id,
        "at": change.at,
        "before": change.before,
        "after": change.after,
        "reason": change.reason[: _LONGEST["reason"]],
        "unstable": so_far == MOST_TRANSITIONS_A_DAY,
    }
    session.execute(insert(Transition).values(**values))


def _transitions_of_the_day(session: Session, target_id: int, at: datetime) -> int:
    midnight = at.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    line = Transition
    statement = select(func.count()).where(
        line.target_id == target_id,
        line.at >= midnight,
        line.at < midnight + timedelta(days=1),
    )
    return session.scalar(statement) or 0


def _quiet_update() -> Any:
    values: dict[str, Any] = {name: bindparam(name) for name in (*_FIELDS, "epoch")}
    table = Target
    return (
        update(table)
        .where(
            table.id == bindparam("target_id"),
            table.state == bindparam("seen"),
            table.epoch <= bindparam("epoch"),
        )
        .values(**values)
    )


def _row(item: Update, epoch: int) -> dict[str, Any]:
    return {
        **_columns(item.health),
        "epoch": epoch,
        "target_id": item.target_id,
        "seen": item.seen,
    }


def _identity(target: ProbeTarget) -> dict[str, Any]:
    labels: Mapping[str, Any] = {name: list(values) for name, values in target.labels.items()}
    return {
        "key": target.key,
        "url": target.url,
        "profile": target.profile,
        "labels": labels,
        "watched": True,
    }


def _columns(health: Health) -> dict[str, Any]:
    values = {name: getattr(health, name) for name in _FIELDS}
    for name, longest in _LONGEST.items():
        if values[name] is not None:
            values[name] = values[name][:longest]
    return values


def _health_columns() -> list[Any]:
    return [getattr(Target, name) for name in _FIELDS]


def _probed() -> Any:
    return Target.checked_at.is_not(None)


def _known(target_id: int, values: list[Any]) -> Known:
    probed = values[_FIELDS.index("checked_at")] is not None
    return Known(id=target_id, health=_health(values) if probed else None)


def _health(values: list[Any]) -> Health:
    found = dict(zip(_FIELDS, values, strict=True))
    found["state"] = State(found["state"])
    for name in ("candidate", "heard"):
        found[name] = None if found[name] is None else State(found[name])
    return Health(**found)
