"""Targets whose answers a test chooses, and monitors that probe them."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from contextlib import contextmanager
from hashlib import sha256
from typing import TYPE_CHECKING

from sqlalchemy.orm import Session, sessionmaker

from monitoring.cycle import Monitor
from monitoring.prober import Prober
from monitoring.target import ProbeResult, ProbeTarget, State

if TYPE_CHECKING:
    from collections.abc import Iterator

    from monitoring.steps import Chore

UP = ProbeResult(state=State.UP, reason="ok", latency_ms=5)
DOWN = ProbeResult(state=State.DOWN, reason="timeout")


def target(n: int, *, interval: int = 1, down_after: int = 3) -> ProbeTarget:
    return ProbeTarget(
        key=sha256(str(n).encode()).hexdigest()[:24],
        url=f"https://h{n}.example.fr",
        profile="http",
        interval=interval,
        timeout=1.0,
        down_after=down_after,
    )


class Scene:
    """What answers what, how slowly, and when each target was asked."""

    def __init__(self, targets: Sequence[ProbeTarget] = ()) -> None:
        self.targets = list(targets)
        self.answers: dict[str, ProbeResult] = {}
        self.hanging: set[str] = set()
        self.hang_seconds = 10.0
        self.asked: dict[str, list[float]] = {}
        self._lock = threading.Lock()

    def check(self, target: ProbeTarget) -> ProbeResult:
        with self._lock:
            self.asked.setdefault(target.key, []).append(time.monotonic())
        if target.key in self.hanging:
            time.sleep(self.hang_seconds)
            return DOWN
        return self.answers.get(target.key, UP)

    def read_targets(self, _session: Session) -> list[ProbeTarget]:
        return self.targets

    def times_asked(self, target: ProbeTarget) -> int:
        with self._lock:
            return len(self.asked.get(target.key, ()))

    def prober(self, *, workers: int = 8) -> Prober:
        return Prober(self.check, workers=workers, is_local=lambda _target: False)

    def monitor(
        self, sessions: sessionmaker[Session], name: str, *, chores: Sequence[Chore] = ()
    ) -> Monitor:
        return Monitor(
            sessions,
            self.prober(),
            read_targets=self.read_targets,
            chores=chores,
            version="1.2.3",
            holder=name,
        )


@contextmanager
def running(monitor: Monitor) -> Iterator[Monitor]:
    stop = threading.Event()
    thread = threading.Thread(target=monitor.run, args=(stop,))
    thread.start()
    try:
        yield monitor
    finally:
        stop.set()
        thread.join(20)
        assert not thread.is_alive(), "the monitor did not stop"


def wait_for(what: Callable[[], bool], *, seconds: float = 10.0) -> None:
    deadline = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < deadline, f"did not happen within {seconds} s"
        time.sleep(0.05)
