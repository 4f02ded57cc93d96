"""What the monitor knows now, ahead of the database: states, doubts, what is to be written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from urllib.parse import urlsplit

import structlog

from monitoring import announced, last_probe, rollups
from monitoring.breaker import OUR_NETWORK, Breaker, Verdict, is_failure
from monitoring.health import AT_ONCE, DECLARED, Change, Health, advance, changes, held
from monitoring.last_probe import Look, Told
from monitoring.records import MOST_TRANSITIONS_A_DAY, Batch, Known, Update
from monitoring.rollups import FIVE_MINUTES, Tallies, Tally
from monitoring.target import ProbeResult, ProbeTarget, State

log = structlog.get_logger(__name__)

MOST_TALLIES = 100_000
"""Roll-ups kept while the database is away; the oldest leave first."""
ANSWERING = frozenset({State.UP, State.DEGRADED, State.MAINTENANCE})


@dataclass(kw_only=True)
class Entry:
    target: ProbeTarget
    id: int
    health: Health | None
    stored: State
    """What stands in the database, as far as we know."""
    dirty: bool = False
    changes: list[Change] = field(default_factory=list)
    held: list[tuple[ProbeResult, datetime]] = field(default_factory=list)
    """Failures not counted yet (they may be our own network's), and what was heard since."""
    told: Told | None = None

    @property
    def host(self) -> str:
        return urlsplit(self.target.url).hostname or ""


class Board:
    """Not safe between threads. `now` is in seconds on the prober's clock, `at` is an instant."""

    def __init__(self) -> None:
        self.entries: dict[str, Entry] = {}
        self.doubt_since: datetime | None = None
        self._breaker = Breaker()
        self._tallies: Tallies = {}
        self._looks: dict[int, Look] = {}
        self._holding: dict[str, Entry] = {}
        """Those with something held back."""
        self._left: dict[str, Entry] = {}
        """Followed no longer; what was last heard of them is still to be written."""

    def follow(
        self, targets: Iterable[ProbeTarget], known: Mapping[str, Known], *, now: float
    ) -> None:
        """Keep these targets and no others; what is held of one already there is the fresher."""
        before, self.entries = {**self._left, **self.entries}, {}
        for target in targets:
            entry = before.pop(target.key, None)
            if entry is None:
                entry = _entry(target, known[target.key])
                self._recall(entry, now)
            entry.target = target
            self.entries[target.key] = entry
        for key in before:
            self._breaker.forget(key)
            self._holding.pop(key, None)
        self._left = {key: entry for key, entry in before.items() if entry.dirty}

    def doubt(self, since: datetime | None) -> None:
        """Take over the breaker as the last monitor left it."""
        self.doubt_since = since
        self._breaker = Breaker(is_open=since is not None)

    def hear(  # noqa: PLR0913 - what is known of a probe, each by name
        self,
        key: str,
        result: ProbeResult,
        *,
        at: datetime,
        now: float,
        local: bool,
        online: bool | None = None,
    ) -> None:
        """Take in one result.

        `local`: our own network cannot have caused it. `online`: whether we are, when somebody
        asked because of a failure.
        """
        entry = self.entries[key]
        self._look(entry, result, at)
        result = announced.judged(entry.target, result, at=at)
        was_open = self._breaker.is_open
        if local or result.reason == DECLARED:
            self._breaker.forget(key)
            verdict = self._breaker.verdict(now)
        else:
            self._breaker.online(answer=online, now=now)
            verdict = self._breaker.hear(
                key, result, host=entry.host, interval=entry.target.interval, now=now
            )
        if self._breaker.is_open is not was_open:
            self._breaker_moved(at)
        if local or not is_failure(result):
            self._take_in(entry, result, at)
        elif verdict is Verdict.OURS:
            self._take_in(entry, OUR_NETWORK, at)
        else:
            self._hold(entry, result, at)
        if verdict is Verdict.CALM:
            self._count_held()

    def take(self) -> Batch:
        """Hand over what is not written down yet."""
        tallies, self._tallies = self._tallies, {}
        looks, self._looks = tuple(self._looks.values()), {}
        return Batch(
            updates=tuple(_handed_over(item) for item in self._all() if item.dirty),
            tallies=tallies,
            looks=looks,
            targets=len(self.entries),
            refused_targets=sum(1 for entry in self.entries.values() if _is_refused(entry)),
            breaker_since=self.doubt_since,
        )

    def give_back(self, batch: Batch) -> None:
        """Take back what could not be written."""
        rollups.merge(self._tallies, batch.tallies)
        surplus = len(self._tallies) - MOST_TALLIES
        if surplus > 0:
            for place in sorted(self._tallies, key=lambda place: place[1])[:surplus]:
                del self._tallies[place]
        self._looks = {look.target_id: look for look in batch.looks} | self._looks
        by_id = {entry.id: entry for entry in self._all()}
        for update in batch.updates:
            entry = by_id.get(update.target_id)
            if entry is None:
                continue
            entry.stored, entry.dirty = update.seen, True
            entry.changes = _bounded([*update.changes, *entry.changes])

    def has_changes(self) -> bool:
        return any(entry.changes for entry in self.entries.values())

    def _look(self, entry: Entry, result: ProbeResult, at: datetime) -> None:
        if last_probe.is_news(entry.told, result, at=at):
            entry.told = Told(verdict=last_probe.verdict_of(result), at=at)
            content = last_probe.content_of(result)
            self._looks[entry.id] = Look(target_id=entry.id, at=at, content=content)

    def _all(self) -> tuple[Entry, ...]:
        return (*self.entries.values(), *self._left.values())

    def _recall(self, entry: Entry, now: float) -> None:
        if entry.health is None or entry.health.state not in ANSWERING:
            return
        interval = entry.target.interval
        self._breaker.recall(entry.target.key, host=entry.host, interval=interval, now=now)

    def _breaker_moved(self, at: datetime) -> None:
        if not self._breaker.is_open:
            log.warning("our-network-is-back", since=str(self.doubt_since))
            self.doubt_since = None
            return
        lost = [key for key in self._breaker.lost() if key in self.entries]
        log.warning("our-network-in-doubt", targets=len(lost))
        self.doubt_since = at
        for key in lost:
            entry = self.entries[key]
            if not entry.held:
                self._apply(entry, OUR_NETWORK, at)
        # From the first of them on, nothing is known.
        self._count_held(failures=OUR_NETWORK)

    def _count_held(self, *, failures: ProbeResult | None = None) -> None:
        """Count what was held back; the failures as themselves, or as what they turn out to be."""
        holding, self._holding = self._holding, {}
        for entry in holding.values():
            for result, at in entry.held:
                told = failures if failures and is_failure(result) else result
                self._apply(entry, told, at)
            entry.held.clear()

    def _hold(self, entry: Entry, result: ProbeResult, at: datetime) -> None:
        entry.held.append((result, at))
        self._holding[entry.target.key] = entry

    def _take_in(self, entry: Entry, result: ProbeResult, at: datetime) -> None:
        """Count a result, after those of the same target that are held back."""
        if entry.held:
            entry.held.append((result, at))
        else:
            self._apply(entry, result, at)

    def _apply(self, entry: Entry, result: ProbeResult, at: datetime) -> None:
        span = held(entry.health, until=at)
        if span is not None:
            rollups.hold(self._tallies, entry.id, span)
        health = advance(entry.health, result, at=at, target=entry.target)
        self._count(entry.id, replace(result, state=health.heard or result.state), at)
        entry.changes = _bounded([*entry.changes, *changes(entry.health, health)])
        entry.health, entry.dirty = health, True

    def _count(self, target_id: int, result: ProbeResult, at: datetime) -> None:
        if result.state is State.UNKNOWN and result.latency_ms is None:
            return
        place = (target_id, rollups.bucket(at, FIVE_MINUTES))
        self._tallies.setdefault(place, Tally()).count(result)


def _entry(target: ProbeTarget, known: Known) -> Entry:
    stored = State.UNKNOWN if known.health is None else known.health.state
    return Entry(target=target, id=known.id, health=known.health, stored=stored)


def _handed_over(entry: Entry) -> Update:
    assert entry.health is not None  # noqa: S101 - dirty means that something was learnt
    update = Update(
        target_id=entry.id,
        seen=entry.stored,
        health=entry.health,
        changes=tuple(entry.changes),
    )
    entry.stored, entry.dirty, entry.changes = entry.health.state, False, []
    return update


def _is_refused(entry: Entry) -> bool:
    return entry.health is not None and entry.health.reason.startswith(AT_ONCE[0])


def _bounded(lines: list[Change]) -> list[Change]:
    """More than a day may hold is not written anyway: the database may be away for long."""
    return lines[-MOST_TRANSITIONS_A_DAY:]
