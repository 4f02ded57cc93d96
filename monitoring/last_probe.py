"""What the last probe of a target asked and got, for people who look into a failure."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from database import insert_for
from monitoring.models import LastProbe, Target
from monitoring.target import Part, ProbeResult, State, Step

GROWS_OLD = timedelta(minutes=5)
"""What stands there is written anew this often, though it says the same."""
MOST_BYTES = 4000
LONGEST_URL = 300
MOST_STEPS = 12


@dataclass(frozen=True, kw_only=True)
class Look:
    """One probe, to be written down."""

    target_id: int
    at: datetime
    content: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class LastLook:
    """What a probe saw, before thresholds, windows and our own network are thought of."""

    at: datetime
    state: State
    reason: str
    message: str | None = None
    version: str | None = None
    expected_end: datetime | None = None
    parts: Mapping[Part, State] = field(default_factory=dict)
    steps: tuple[Step, ...] = ()
    cut: bool = False
    """There was more than is kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """Which verdict was last handed over, and when: not the same one again at every probe."""

    verdict: object
    at: datetime


def is_news(told: Told | None, result: ProbeResult, *, at: datetime) -> bool:
    return told is None or told.verdict != verdict_of(result) or at - told.at >= GROWS_OLD


def verdict_of(result: ProbeResult) -> object:
    return result.state, result.reason, dict(result.parts)


def content_of(result: ProbeResult) -> dict[str, Any]:
    """Return plain values, in at most `MOST_BYTES` of JSON: the last steps tell the most."""
    content: dict[str, Any] = {
        "state": result.state.value,
        "reason": result.reason[:100],
        "message": (result.message or "")[:300] or None,
        "version": (result.version or "")[:100] or None,
        "expected_end": result.expected_end.isoformat() if result.expected_end else None,
        "parts": {part.value: state.value for part, state in result.parts.items()},
        "steps": [_step(step) for step in result.steps[-MOST_STEPS:]],
        "cut": len(result.steps) > MOST_STEPS,
    }
    while len(json.dumps(content)) > MOST_BYTES and content["steps"]:
        content["steps"].pop(0)
        content["cut"] = True
    return content


def write(session: Session, looks: Iterable[Look]) -> None:
    rows = [
        {"target_id": look.target_id, "at": look.at, "content": dict(look.content)}
        for look in sorted(looks, key=lambda look: look.target_id)
    ]
    if not rows:
        return
    statement = insert_for(session)(LastProbe)
    changed = {name: getattr(statement.excluded, name) for name in ("at", "content")}
    upsert = statement.on_conflict_do_update(index_elements=["target_id"], set_=changed)
    session.execute(upsert, rows)


def read_last(session: Session, key: str) -> LastLook | None:
    """Return the last probe of a target that was written down; none: there was none."""
    statement = (
        select(LastProbe.at, LastProbe.content)
        .join(Target, Target.id == LastProbe.target_id)
        .where(Target.key == key)
    )
    found = session.execute(statement).one_or_none()
    return None if found is None else _look(found.at, found.content)


def _look(at: datetime, content: Mapping[str, Any]) -> LastLook:
    ends = content["expected_end"]
    return LastLook(
        at=at,
        state=State(content["state"]),
        reason=content["reason"],
        message=content["message"],
        version=content["version"],
        expected_end=datetime.fromisoformat(ends) if ends else None,
        parts={Part(part): State(state) for part, state in content["parts"].items()},
        steps=tuple(
            Step(**{**step, "part": Part(step["part"]) if step["part"] else None})
            for step in content["steps"]
        ),
        cut=content["cut"],
    )


def _step(step: Step) -> dict[str, Any]:
    return {
        "url": step.url[:LONGEST_URL],
        "status": step.status,
        "latency_ms": step.latency_ms,
        "reason": step.reason[:100],
        "part": step.part.value if step.part else None,
    }
