"""The monitor's loop: finite steps in order, under a lease, until it is told to stop."""

from __future__ import annotations

import os
import socket
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import structlog
from sqlalchemy.orm import Session, sessionmaker

import journal
from database import writing
from journal import Revision
from monitoring import lease, records
from monitoring.lease import Lease, LeaseLostError
from monitoring.models import MonitorLease
from monitoring.prober import Prober
from monitoring.records import Batch, Moved
from monitoring.steps import Aside, Beside, Chore, guarded, run_steps
from monitoring.target import ProbeTarget

log = structlog.get_logger(__name__)

RETRY_SECONDS = 1.0
REVISION_SECONDS = 1.0
TARGETS_SECONDS = 60.0
"""What is shown also changes by the date alone."""
CHANGES_SECONDS = 2.0
"""Between two batches, at least, when a state changed."""
FRESHNESS_SECONDS = 5.0
"""Between two batches otherwise."""
NEWS_SECONDS = 15.0
"""Web workers hear of fresher checks this often when no state changed."""
FOLLOWED = (Revision.CATALOGUE, Revision.DECISIONS, Revision.WINDOWS, Revision.SIGNALS)
"""What changes which targets there are, and how they are looked at."""
PATIENCE_SECONDS = 3.0
"""For probes that run when the monitor is told to stop."""
LAST_SECONDS = 3.0
"""For each work beside the loop, at that moment."""


class ProberDiedError(RuntimeError):
    """Nothing is probed any more: the process must end, for another to be started."""


ReadTargets = Callable[[Session], Sequence[ProbeTarget]]
Follow = Callable[[Session, Batch, Sequence[Moved]], None]
"""What is to be written with a batch, in its transaction: incidents, and alerts about them."""


def follow_nothing(_session: Session, _batch: Batch, _moved: Sequence[Moved]) -> None:
    """For a monitor that only keeps states."""


def own_name() -> str:
    return f"{socket.gethostname()}:{os.getpid()}"[:100]


@dataclass(kw_only=True)
class _Times:
    """Monotonic seconds of the last time each thing was done."""

    lease: float = float("-inf")
    revisions: float = float("-inf")
    targets: float = float("-inf")
    chores: float = float("-inf")
    batch: float = float("-inf")
    news: float = float("-inf")


class Monitor:
    """Keeps the lease, tells the prober its targets, writes what it found."""

    def __init__(  # noqa: PLR0913 - its parts, each by name
        self,
        sessions: sessionmaker[Session],
        prober: Prober,
        *,
        read_targets: ReadTargets,
        follow: Follow = follow_nothing,
        chores: Sequence[Chore] = (),
        beside: Sequence[Beside] = (),
        version: str = "",
        holder: str | None = None,
    ) -> None:
        self._sessions = sessions
        self._prober = prober
        self._read_targets = read_targets
        self._follow = follow
        self._beside: Sequence[Beside] = (Aside(chores), *beside)
        self._version = version
        self._holder = holder or own_name()
        self._last = _Times()
        self._revisions: tuple[int | None, ...] | None = None
        self._cycle_seconds = 0.0
        self.lease: Lease | None = None

    def run(self, stop: threading.Event) -> None:
        """Work until `stop` is set; then write what is known and give the lease back.

        Raises ProberDiedError, after the same, when probes are not handed out any more.
        """
        self._prober.start()
        log.info("monitor-started", holder=self._holder)

        def stop_without_prober() -> bool:
            if not self._prober.is_alive():
                stop.set()
            return False

        run_steps([stop_without_prober, self.cycle], stop)
        died = not self._prober.is_alive()
        self._prober.stop(patience=PATIENCE_SECONDS)
        for work in self._beside:
            work.wait(LAST_SECONDS)
        guarded(self._write_batch)
        guarded(self._release)
        log.info("monitor-stopped", holder=self._holder)
        if died:
            raise ProberDiedError("the thread that hands out probes ended: see the log before this")

    def cycle(self) -> bool:
        started = time.monotonic()
        steps = (self._keep_lease, self._follow_targets, self._do_chores, self._write)
        worked = [guarded(step) for step in steps]
        self._cycle_seconds = time.monotonic() - started
        return any(worked)

    def _keep_lease(self) -> bool:
        if time.monotonic() - self._last.lease < lease.RENEW_SECONDS:
            return False
        # A database that does not answer is asked again soon, though not at every cycle.
        self._last.lease = time.monotonic() - lease.RENEW_SECONDS + RETRY_SECONDS
        with writing(self._sessions) as session:
            if self.lease is not None and lease.renew(session, self.lease):
                held: Lease | None = self.lease
            else:
                held = lease.take(session, self._holder, version=self._version)
        self._last.lease = time.monotonic()
        self._take_charge(held)
        return True

    def _take_charge(self, held: Lease | None) -> None:
        before, self.lease = self.lease, held
        if held == before:
            return
        if before is not None and held is not None and held.epoch == before.epoch + 1:
            return  # It ran out while the database was away, and nobody took it: we go on.
        if before is not None:
            log.warning("lease-lost", holder=self._holder, epoch=before.epoch)
        self._prober.forget()
        self._revisions = None
        if held is not None:
            log.info("lease-taken", holder=self._holder, epoch=held.epoch)

    def _follow_targets(self) -> bool:
        now = time.monotonic()
        if self.lease is None or now - self._last.revisions < REVISION_SECONDS:
            return False
        with self._sessions() as session:
            read = journal.read_revisions(session)
            revisions = tuple(read.get(name) for name in FOLLOWED)
            self._last.revisions = now
            if revisions == self._revisions and now - self._last.targets < TARGETS_SECONDS:
                return False
            targets = self._read_targets(session)
        self._watch(targets, taking_over=self._revisions is None)
        self._revisions, self._last.targets = revisions, now
        return True

    def _watch(self, targets: Sequence[ProbeTarget], *, taking_over: bool) -> None:
        held = self._held()
        with writing(self._sessions) as session:
            lease.fence(session, held)
            records.register(session, targets)
            known = records.read_known(session)
            figures = lease.read_figures(session)
        if taking_over:
            self._prober.doubt(figures.breaker_since if figures is not None else None)
        self._prober.watch(targets, known)

    def _do_chores(self) -> bool:
        now = time.monotonic()
        if self.lease is None or now - self._last.chores < REVISION_SECONDS:
            return False
        self._last.chores = now
        begun = [work.begin(self.lease) for work in self._beside]
        return any(begun)

    def _write(self) -> bool:
        age = time.monotonic() - self._last.batch
        if age < CHANGES_SECONDS or self.lease is None:
            return False
        if age < FRESHNESS_SECONDS and not self._prober.has_changes():
            return False
        return self._write_batch()

    def _write_batch(self) -> bool:
        if self.lease is None:
            return False
        batch = self._prober.take()
        self._last.batch = time.monotonic()
        try:
            self._store(batch, self.lease)
        except Exception:
            self._prober.give_back(batch)
            # Whether the lease ran out or the database is away, the lease is the first to ask for.
            self._last.lease = min(self._last.lease, time.monotonic() - lease.RENEW_SECONDS + 0.5)
            raise
        return True

    def _store(self, batch: Batch, held: Lease) -> None:
        overdue = time.monotonic() - self._last.news >= NEWS_SECONDS
        with writing(self._sessions) as session:
            lease.fence(session, held, **self._figures(batch))
            moved = records.write(session, batch, epoch=held.epoch)
            self._follow(session, batch, moved)
            news = bool(moved) or (overdue and bool(batch.updates))
            if news:
                journal.bump(session, Revision.HEALTH)
        if news:
            self._last.news = time.monotonic()

    def _figures(self, batch: Batch) -> dict[str, object]:
        return {
            "cycles": MonitorLease.cycles + 1,
            "probes": MonitorLease.probes + batch.probes,
            "targets": batch.targets,
            "refused_targets": batch.refused_targets,
            "lag_seconds": batch.lag_seconds,
            "cycle_seconds": self._cycle_seconds,
            "last_batch_at": datetime.now(UTC),
            "breaker_since": batch.breaker_since,
        }

    def _held(self) -> Lease:
        if self.lease is None:
            raise LeaseLostError("this process is not the monitor")
        return self.lease

    def _release(self) -> bool:
        held = self._held()
        with writing(self._sessions) as session:
            lease.release(session, held)
        return True
