"""Which troubles are one incident: the rules of docs/incidents.md, pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from monitoring.incidents import Cause, Severity
from monitoring.records import Moved
from monitoring.target import State

TOGETHER = timedelta(minutes=10)
"""Failures no further apart may share a cause."""
AGAIN = timedelta(hours=2)
"""A target that fails again so soon after it came up is still in the same incident."""
TROUBLE = (State.DOWN, State.DEGRADED)
LEAST = {Cause.PROVIDER: 3, Cause.DEPENDS_ON: 2}
"""So many targets of a label, and half of those that are watched, make a common cause."""
RANK = (Cause.TARGET, Cause.HOST, Cause.DEPENDS_ON, Cause.PROVIDER)
"""A cause gives way to a later one."""
Labels = Mapping[str, Sequence[str]]
Reason = tuple[Cause, str]
"""A cause, and the value of its label."""


@dataclass(frozen=True, kw_only=True)
class Trouble:
    """A watched target in trouble."""

    target_id: int
    since: datetime
    """When it last failed."""
    labels: Labels
    incident: int | None = None
    """The open one that it is in; None: it has just failed."""
    returns: bool = False
    """It has just failed again, and is back in its incident."""

    @property
    def is_fresh(self) -> bool:
        return self.incident is None or self.returns


@dataclass(frozen=True, kw_only=True)
class Standing:
    """An open incident."""

    id: int
    opened_at: datetime
    cause: Cause
    value: str
    failed: Mapping[int, datetime] = field(default_factory=dict)
    """When each of its targets last failed, those too that are up again."""


@dataclass(frozen=True, kw_only=True)
class Cluster:
    """Troubles that are one incident."""

    targets: tuple[int, ...]
    fresh: tuple[int, ...]
    """Those among them that have just failed."""
    incidents: tuple[int, ...]
    """Open ones that they are in, the oldest first: it takes in the others."""
    reason: Reason


def in_order(moved: Iterable[Moved]) -> list[Moved]:
    """Sort changes by instant; those of one target stay as they were written."""
    latest: dict[int, datetime] = {}
    dated = []
    for item in moved:
        at = max(item.change.at, latest.get(item.target_id, item.change.at))
        latest[item.target_id] = at
        dated.append((at, item.target_id, item))
    return [item for _at, _id, item in sorted(dated, key=lambda entry: entry[:2])]


def patience(known: int, *, up: timedelta) -> int:
    """Return for how many seconds all must be up before an incident is believed to be over.

    `up`: how long a target held before it failed again; twice as long, of ten minutes at least.
    """
    if not timedelta() <= up <= AGAIN:
        return known
    wanted = min(max(2 * up, TOGETHER), AGAIN)
    return max(known, int(wanted.total_seconds()))


def severity_of(state: State) -> Severity:
    return Severity.MAJOR if state is State.DOWN else Severity.MINOR


def worse(one: State, other: State) -> State:
    return State.DOWN if State.DOWN in (one, other) else one


def overall(current: Severity, members: Iterable[tuple[State, State]]) -> Severity:
    """Return how grave an incident is; each member's state now, and the worst it was in.

    Who cannot be seen, or is being mended, keeps it as grave as it was and makes it no graver.
    """
    found = set()
    for now, worst in members:
        if now in TROUBLE:
            found.add(severity_of(now))
        elif severity_of(worst) is current:
            found.add(current)
    if not found:
        return current
    return Severity.MAJOR if Severity.MAJOR in found else Severity.MINOR


def is_wider(reason: Reason, *, than: Cause) -> bool:
    return RANK.index(reason[0]) > RANK.index(than)


def ties(labels: Labels) -> frozenset[tuple[str, str]]:
    """Return what others may share with a target; two without one in common are never one."""
    names = {"host": "host", "provider": "provider", "depends-on": "service", "service": "service"}
    return frozenset((to, value) for name, to in names.items() for value in labels.get(name, ()))


def clusters(
    troubles: Collection[Trouble], watched: Mapping[int, Labels], standing: Collection[Standing]
) -> tuple[Cluster, ...]:
    """Group all troubles of the moment; return the groups in which one has just failed (again)."""
    groups = _Groups(troubles, standing)
    for reason, members in _shared(troubles, watched, standing):
        groups.join(members, reason)
    return groups.with_fresh()


class _Groups:
    """Sets that grow together, each with every reason that made it grow."""

    def __init__(self, troubles: Collection[Trouble], standing: Collection[Standing]) -> None:
        self._troubles = {item.target_id: item for item in troubles}
        self._standing = {item.id: item for item in standing}
        self._leader = {item.target_id: item.target_id for item in troubles}
        self._reasons: list[tuple[int, Reason]] = []
        of_incident: dict[int, list[int]] = defaultdict(list)
        for item in troubles:
            if item.incident is not None:
                of_incident[item.incident].append(item.target_id)
        for number, members in of_incident.items():
            known = self._standing[number]
            self.join(members, (known.cause, known.value))

    def join(self, members: Sequence[int], reason: Reason) -> None:
        for member in members:
            self._leader[self._head(member)] = self._head(members[0])
        self._reasons.append((members[0], reason))

    def _head(self, member: int) -> int:
        while self._leader[member] != member:
            self._leader[member] = self._leader[self._leader[member]]
            member = self._leader[member]
        return member

    def with_fresh(self) -> tuple[Cluster, ...]:
        members: dict[int, list[Trouble]] = defaultdict(list)
        for item in self._troubles.values():
            members[self._head(item.target_id)].append(item)
        reasons: dict[int, list[Reason]] = defaultdict(list)
        for member, reason in self._reasons:
            reasons[self._head(member)].append(reason)
        found = [
            self._cluster(several, reasons[head])
            for head, several in members.items()
            if any(item.is_fresh for item in several)
        ]
        return tuple(sorted(found, key=lambda cluster: cluster.targets))

    def _cluster(self, members: Sequence[Trouble], reasons: Sequence[Reason]) -> Cluster:
        numbers = {item.incident for item in members if item.incident is not None}
        oldest = sorted((self._standing[n] for n in numbers), key=lambda it: (it.opened_at, it.id))
        return Cluster(
            targets=tuple(sorted(item.target_id for item in members)),
            fresh=tuple(sorted(item.target_id for item in members if item.incident is None)),
            incidents=tuple(item.id for item in oldest),
            reason=_strongest(reasons, [(item.cause, item.value) for item in oldest]),
        )


def _strongest(reasons: Sequence[Reason], standing: Sequence[Reason]) -> Reason:
    """Among reasons of one rank: what an incident already says, the oldest first; then by name."""
    every = [*standing, *reasons, (Cause.TARGET, "")]
    top = max(RANK.index(cause) for cause, _value in every)
    said = [item for item in standing if RANK.index(item[0]) == top]
    return said[0] if said else min(item for item in every if RANK.index(item[0]) == top)


def _shared(
    troubles: Collection[Trouble], watched: Mapping[int, Labels], standing: Collection[Standing]
) -> Iterator[tuple[Reason, Sequence[int]]]:
    """Yield every group of troubles that have something in common, with what that is."""
    yield from _same_host(troubles)
    for cause, least in LEAST.items():
        population = _count(watched, cause)
        for value, several in _by_value(troubles, cause).items():
            needed = max(least, -(-population.get(value, 0) // 2))
            for group in _at_once(several, needed):
                yield (cause, value), group
    yield from _behind_their_dependency(troubles, watched)
    yield from _after_the_others(troubles, standing)


def _same_host(troubles: Collection[Trouble]) -> Iterator[tuple[Reason, Sequence[int]]]:
    for host, several in _by_value(troubles, Cause.HOST).items():
        if host and len(several) > 1:
            yield (Cause.HOST, host), [item.target_id for item in several]


def _at_once(several: Sequence[Trouble], needed: int) -> Iterator[Sequence[int]]:
    """Yield those that failed within ten minutes of one another, where they are enough."""
    ordered = sorted(several, key=lambda item: (item.since, item.target_id))
    end = told = 0
    for first, item in enumerate(ordered):
        while end < len(ordered) and _near(item.since, ordered[end].since):
            end += 1
        if end - first >= needed and end > told:
            # One of those that the group before this one told too ties both together.
            yield [other.target_id for other in ordered[max(first, told - 1) : end]]
            told = end


def _behind_their_dependency(
    troubles: Collection[Trouble], watched: Mapping[int, Labels]
) -> Iterator[tuple[Reason, Sequence[int]]]:
    """Yield those who need a service of which half or more of the own targets are in trouble.

    They failed after it did, or less than ten minutes before.
    """
    own = _by_value(troubles, "service")
    population = _count(watched, "service")
    for value, several in _by_value(troubles, Cause.DEPENDS_ON).items():
        broken = own.get(value, ())
        if not broken or 2 * len(broken) < population.get(value, 0):
            continue
        since = min(item.since for item in broken)
        for item in several:
            if item.since >= since - TOGETHER:
                members = [item.target_id, *(other.target_id for other in broken)]
                yield (Cause.DEPENDS_ON, value), members


def _after_the_others(
    troubles: Collection[Trouble], standing: Collection[Standing]
) -> Iterator[tuple[Reason, Sequence[int]]]:
    """Yield those who fail within ten minutes of one of an incident that is known to be common."""
    inside: dict[int, int] = {}
    for item in troubles:
        if item.incident is not None:
            inside.setdefault(item.incident, item.target_id)
    for known in standing:
        if known.cause not in LEAST or known.id not in inside:
            continue
        for item in troubles:
            is_near = any(_near(item.since, since) for since in known.failed.values())
            if item.is_fresh and is_near and known.value in _values(item, known.cause):
                yield (known.cause, known.value), [inside[known.id], item.target_id]


def _near(one: datetime, other: datetime) -> bool:
    return abs(one - other) <= TOGETHER


def _values(item: Trouble, label: str) -> Sequence[str]:
    return item.labels.get(label, ())


def _by_value(troubles: Collection[Trouble], label: str) -> dict[str, list[Trouble]]:
    found: dict[str, list[Trouble]] = defaultdict(list)
    for item in troubles:
        for value in _values(item, label):
            found[value].append(item)
    return found


def _count(watched: Mapping[int, Labels], label: str) -> dict[str, int]:
    found: dict[str, int] = defaultdict(int)
    for labels in watched.values():
        for value in labels.get(label, ()):
            found[value] += 1
    return found
