"""Probes every target at its time, whether the database answers or not."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import structlog

from logs import Repeats
from monitoring import lanes, schedule
from monitoring.board import Board
from monitoring.breaker import is_failure
from monitoring.lanes import Lanes
from monitoring.records import Batch, Known
from monitoring.target import ProbeResult, ProbeTarget, State

log = structlog.get_logger(__name__)

Check = Callable[[ProbeTarget], ProbeResult]
TICK = 0.25
"""Seconds between two looks at what is due, at most."""
ASLEEP = 5.0
"""Seconds without a look after which the machine must have slept: what was missed is skipped."""
_BROKEN = ProbeResult(state=State.UNKNOWN, reason="internal-error")


@dataclass(kw_only=True)
class _Turn:
    """When one target comes next. Instants are in seconds on the prober's clock."""

    target: ProbeTarget
    due: float
    running: bool = False
    slow: bool = False
    """It failed or let us wait last time: it goes by the slow lane."""


class Prober:
    """A thread that hands out what is due, the lanes that do it, and the board they fill.

    `is_local` says which targets our own network cannot cut off; `is_online` whether it works.
    """

    def __init__(
        self,
        check: Check,
        *,
        workers: int,
        is_local: Callable[[ProbeTarget], bool],
        is_online: Callable[[], bool] | None = None,
        clock: schedule.Clock | None = None,
    ) -> None:
        self._check = check
        self._is_local = is_local
        self._is_online = is_online
        self._clock = clock or schedule.Clock()
        self._lanes = Lanes(fast=workers, slow=workers)
        self._changed = threading.Condition()
        self._board = Board()
        self._turns: dict[str, _Turn] = {}
        self._probes = 0
        self._lag = 0.0
        self._stopped = False
        self._failures = Repeats()
        self._thread = threading.Thread(target=self._hand_out, name="prober", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def is_alive(self) -> bool:
        """Whether what is due is still handed out; if not, this process is no monitor any more."""
        return self._thread.is_alive()

    def stop(self, *, patience: float) -> None:
        """Begin no more probes, and wait so many seconds for those that run."""
        deadline = time.monotonic() + patience
        self._lanes.close()
        with self._changed:
            self._stopped = True
            self._changed.notify_all()
            while self._lanes.busy() and time.monotonic() < deadline:
                self._changed.wait(0.05)

    def watch(self, targets: Iterable[ProbeTarget], known: Mapping[str, Known]) -> None:
        """Look after these targets from now on, and no others; `known`: as they are stored."""
        wanted = {target.key: target for target in targets}
        with self._changed:
            now, at_once = self._clock.now(), 0
            self._board.follow(wanted.values(), known, now=now)
            before, self._turns = self._turns, {}
            for key, target in wanted.items():
                turn = before.get(key)
                if turn is None:
                    turn = self._first_turn(target, now + at_once / schedule.START_RATE)
                    at_once += not self._is_fresh(key)
                elif turn.target.interval != target.interval:
                    turn.due = schedule.next_due(key, target.interval, after=now)
                turn.target = target
                self._turns[key] = turn
            self._changed.notify_all()

    def doubt(self, since: datetime | None) -> None:
        with self._changed:
            self._board.doubt(since)

    def forget(self) -> None:
        """Drop everything: somebody else is the monitor."""
        with self._changed:
            self._turns, self._board = {}, Board()
            self._probes, self._lag = 0, 0.0

    def take(self) -> Batch:
        """Hand over what is not written down yet; `give_back` it if it could not be written."""
        with self._changed:
            batch = replace(self._board.take(), probes=self._probes, lag_seconds=self._lag)
            self._probes, self._lag = 0, 0.0
            return batch

    def give_back(self, batch: Batch) -> None:
        with self._changed:
            self._board.give_back(batch)
            self._probes += batch.probes
            self._lag = max(self._lag, batch.lag_seconds)

    def has_changes(self) -> bool:
        with self._changed:
            return self._board.has_changes()

    def _first_turn(self, target: ProbeTarget, at_once: float) -> _Turn:
        """A target of which nothing is known begins at once, the others keep their phase."""
        due = at_once
        if self._is_fresh(target.key):
            due = schedule.next_due(target.key, target.interval, after=self._clock.now())
        health = self._board.entries[target.key].health
        slow = health is not None and health.state is State.DOWN
        return _Turn(target=target, due=due, slow=slow)

    def _is_fresh(self, key: str) -> bool:
        health = self._board.entries[key].health
        return health is not None and health.state_at(datetime.now(UTC)) is not State.UNKNOWN

    def _hand_out(self) -> None:
        looked = self._clock.now()
        with self._changed:
            while not self._stopped:
                now = self._clock.now()
                if now - looked > ASLEEP:
                    self._skip_missed(now)
                looked = now
                self._begin_what_is_due(now)
                soonest = min((turn.due for turn in self._turns.values()), default=now + TICK)
                self._changed.wait(min(TICK, max(0.01, soonest - now)))

    def _begin_what_is_due(self, now: float) -> None:
        try:
            for turn in self._turns.values():
                if turn.due <= now:
                    self._begin(turn, now)
            self._lanes.tick()
        except Exception as error:
            # The thread must outlive a fault of ours: states would grow old with the lease held.
            if self._failures.is_new("hand-out", error):
                log.exception("hand-out-failed")

    def _skip_missed(self, now: float) -> None:
        for key, turn in self._turns.items():
            if turn.due <= now:
                turn.due = schedule.next_due(key, turn.target.interval, after=now)

    def _begin(self, turn: _Turn, now: float) -> None:
        due, target = turn.due, turn.target
        turn.due = schedule.next_due(target.key, target.interval, after=now)
        if turn.running:
            return
        turn.running = True
        self._lanes.add(lambda: self._probe(turn, target, due), slow=turn.slow)

    def _probe(self, turn: _Turn, target: ProbeTarget, due: float) -> None:
        # A target that was dropped meanwhile, or that another monitor has, is left alone.
        if self._turns.get(target.key) is not turn:
            return
        started, at = self._clock.now(), datetime.now(UTC)
        result, local = self._look(target)
        online = None if local else self._ask_online(result)
        with self._changed:
            now = self._clock.now()
            turn.running = False
            self._probes += 1
            if not turn.slow:
                self._lag = max(self._lag, started - due)
            turn.slow = is_failure(result) or now - started > lanes.PATIENCE
            if self._turns.get(target.key) is turn:
                self._board.hear(target.key, result, at=at, now=now, local=local, online=online)

    def _look(self, target: ProbeTarget) -> tuple[ProbeResult, bool]:
        try:
            return self._check(target), self._is_local(target)
        except Exception:
            log.exception("probe-failed", target=target.key)
            return _BROKEN, True

    def _ask_online(self, result: ProbeResult) -> bool | None:
        """Find out before a failure is believed; none: nobody can tell, or there is no failure."""
        if self._is_online is None or not is_failure(result):
            return None
        try:
            return self._is_online()
        except Exception as error:
            if self._failures.is_new("am-i-online", error):
                log.exception("am-i-online-failed")
            return None
