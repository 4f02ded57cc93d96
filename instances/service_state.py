"""State of a service in an académie, from the states of its backends."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from catalogue.schema import Backend, Service
from instances.targets import key_of
from monitoring.health import STALE, Health
from monitoring.target import State

NEVER_LOOKED = "never-looked"


@dataclass(frozen=True, kw_only=True)
class StateView:
    """State of a service or variant as a page shows it."""

    state: State
    probed: bool = True
    """False: nothing looks after it, so nothing is said of it."""
    since: datetime | None = None
    checked_at: datetime | None = None
    stale_at: datetime | None = None
    expected_end: datetime | None = None
    reason: str = ""
    """Of what is unknown: a code of a probe, STALE or NEVER_LOOKED."""


# Among backends that are interchangeable the best one speaks for all.
_BEST_FIRST = (State.UP, State.DEGRADED, State.UNKNOWN, State.MAINTENANCE, State.DOWN)
_NOT_PROBED = StateView(state=State.UNKNOWN, probed=False)


def backend_state(backend: Backend, health: Mapping[str, Health], *, now: datetime) -> StateView:
    """A stale result is unknown, not the last good one."""
    key = key_of(backend)
    if key is None:
        return _NOT_PROBED
    found = health.get(key)
    if found is None:
        return StateView(state=State.UNKNOWN, reason=NEVER_LOOKED)
    if found.stale_at <= now:
        return StateView(state=State.UNKNOWN, checked_at=found.checked_at, reason=STALE)
    return StateView(
        state=found.state,
        since=found.since,
        checked_at=found.checked_at,
        stale_at=found.stale_at,
        expected_end=found.expected_end,
        reason=found.reason if found.state is State.UNKNOWN else "",
    )


def backends_state(
    backends: Sequence[Backend], health: Mapping[str, Health], *, now: datetime
) -> StateView:
    states = [backend_state(backend, health, now=now) for backend in backends]
    probed = [state for state in states if state.probed]
    if not probed:
        return _NOT_PROBED
    # Of two in the same state, the one that has been so for longest is the one that people met.
    return min(probed, key=lambda view: (_BEST_FIRST.index(view.state), view.since or now))


def service_state(service: Service, health: Mapping[str, Health], *, now: datetime) -> StateView:
    if not service.variants:
        return backends_state(service.backends, health, now=now)
    return variants_state(
        [backends_state(variant.backends, health, now=now) for variant in service.variants]
    )


def variants_state(states: Iterable[StateView]) -> StateView:
    """Variants are not interchangeable: one in trouble among others that work is a disturbance."""
    probed = [state for state in states if state.probed]
    if not probed:
        return _NOT_PROBED
    ordered = sorted(probed, key=lambda view: _BEST_FIRST.index(view.state))
    best, worst = ordered[0], ordered[-1]
    if best.state is State.UP and worst.state in (State.DOWN, State.MAINTENANCE, State.DEGRADED):
        return StateView(
            state=State.DEGRADED,
            since=worst.since,
            checked_at=worst.checked_at,
            stale_at=worst.stale_at,
        )
    return best
