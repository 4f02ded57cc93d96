"""A small fleet that shares hosts and a provider: incidents as a naive calculation finds them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, delete

from database import make_sessions
from monitoring.incidents import Cause
from monitoring.models import Incident, IncidentMessage, IncidentTarget, Target, Transition
from tests.monitoring.incident_scene import DOWN, UP, Fleet, make_target, minute

HOSTS = {"a": "h", "b": "h", "c": "c", "d": "d", "e": "i", "f": "i"}
OVH = {"a", "c", "d", "e"}
TEN, TWO_HOURS = timedelta(minutes=10), timedelta(hours=2)
CAUSES = (Cause.TARGET, Cause.HOST, Cause.PROVIDER)


@dataclass
class Told:
    since: dict[str, datetime] = field(default_factory=dict)
    failed: dict[str, datetime] = field(default_factory=dict)
    """The last time."""
    until: dict[str, datetime | None] = field(default_factory=dict)
    cause: int = 0
    quiet: timedelta = timedelta()
    closed: datetime | None = None

    def active(self) -> set[str]:
        return {key for key, until in self.until.items() if until is None}

    def enter(self, key: str, at: datetime) -> None:
        up = self.until.get(key)
        if up is not None and at - up <= TWO_HOURS:
            self.quiet = max(self.quiet, min(TWO_HOURS, max(TEN, 2 * (at - up))))
        self.since.setdefault(key, at)
        self.failed[key], self.until[key] = at, None


class Naive:
    """Follows one change after the other, and looks at everything each time."""

    def __init__(self) -> None:
        self.all: list[Told] = []

    def recover(self, key: str, at: datetime) -> None:
        next(it for it in self.all if key in it.active()).until[key] = at

    def fail(self, key: str, at: datetime) -> None:
        left = [it for it in self.all if (up := it.until.get(key)) and at - up <= TWO_HOURS]
        still_open = [it for it in left if it.closed is None]
        if still_open:
            max(still_open, key=lambda it: it.until[key] or at).enter(key, at)
        links = self.links(key, at)
        together = {key}
        for _ in links:
            together |= {other for group, _ in links if group & together for other in group}
        reached = [it for it in self.all if it.closed is None and it.active() & together]
        reached.sort(key=lambda it: min(it.since.values()))
        if reached:
            told = reached[0]
        elif left:
            told = max(left, key=lambda it: it.closed or at)
            told.closed = None
        else:
            told = Told()
            self.all.append(told)
        if not still_open:
            told.enter(key, at)
        told.cause = max([told.cause, *(cause for group, cause in links if group & together)])
        for other in reached[1:]:
            self.absorb(told, other)

    def links(self, key: str, at: datetime) -> list[tuple[set[str], int]]:
        """List every group that shares something, with what that is."""
        live = [it for it in self.all if it.closed is None and it.active()]
        since = {k: it.failed[k] for it in live for k in it.active()} | {key: at}
        found = [(it.active(), it.cause) for it in live]
        for host in HOSTS.values():
            group = {k for k in since if HOSTS[k] == host}
            found += [(group, 1)] if len(group) > 1 else []
        for begun in since.values():
            group = {k for k in since if k in OVH and begun <= since[k] <= begun + TEN}
            found += [(group, 2)] if len(group) >= 3 else []
        for it in live:
            near = any(abs(at - begun) <= TEN for begun in it.failed.values())
            found += [({key} | it.active(), 2)] if it.cause == 2 and near and key in OVH else []
        return found

    def absorb(self, told: Told, other: Told) -> None:
        for key, begun in other.since.items():
            ends = [other.until[key], told.until.get(key, other.until[key])]
            told.since[key] = min(begun, told.since.get(key, begun))
            told.failed[key] = max(other.failed[key], told.failed.get(key, begun))
            told.until[key] = None if None in ends else max(end for end in ends if end)
        told.quiet = max(told.quiet, other.quiet)
        self.all.remove(other)

    def close(self, now: datetime) -> None:
        for it in self.all:
            if it.closed is None and not it.active():
                last = max(until for until in it.until.values() if until)
                it.closed = last if now - last >= it.quiet else None


minutes = st.one_of(st.integers(1, 14), st.integers(15, 140))
"""Slow flapping too."""


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.sampled_from("abcdef"), minutes), min_size=6, max_size=30))
def test_incidents_are_those_of_a_naive_calculation(
    engine: Engine, steps: list[tuple[str, int]]
) -> None:
    """Each step: a target becomes the other of up and down, so many minutes after the last."""
    with engine.begin() as connection:
        for table in (IncidentMessage, IncidentTarget, Incident, Transition, Target):
            connection.execute(delete(table))
    real, naive = Fleet(make_sessions(engine), {}), Naive()
    labels = {
        k: {"host": host} | ({"provider": "ovh"} if k in OVH else {}) for k, host in HOSTS.items()
    }
    real.watch(*(make_target(key, **labels[key]) for key in HOSTS))
    broken: set[str] = set()
    clock = 0
    for key, wait in steps:
        clock += wait
        broken ^= {key}
        real.batch((key, DOWN if key in broken else UP, clock))
        (naive.fail if key in broken else naive.recover)(key, minute(clock))
        naive.close(minute(clock))
    real.batch(now=clock + 120)
    naive.close(minute(clock + 120))
    found = [
        (item.opened_at, item.closed_at, item.cause, {it.key: it.until for it in item.targets})
        for item in real.incidents()
    ]
    expected = [(min(it.since.values()), it.closed, CAUSES[it.cause], it.until) for it in naive.all]
    assert sorted(found, key=str) == sorted(expected, key=str)
