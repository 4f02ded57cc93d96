"""Threads for probes: a fast lane, and a slow one for targets that let people wait."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from typing import NamedTuple

import structlog

from logs import Repeats

log = structlog.get_logger(__name__)

PATIENCE = 2.0
"""Seconds after which a running job counts for the slow lane, whichever it came by."""
OVERDUE = 4
"""Fast lanes full of jobs that let us wait, at most: with a time-out of ten seconds there are never
more, so that a fast place is free after the patience above whatever hangs."""
Job = Callable[[], object]


class _Running(NamedTuple):
    started: float
    slow: bool


class Lanes:
    """Runs jobs, at most `fast` quick ones and `slow` slow ones at once.

    A job that turns out to be slow leaves its place in the fast lane to another: targets that begin
    to hang hold up the others for the patience above, not for their time-out.
    The threads are daemons: a program that stops does not wait for a probe that hangs.
    """

    def __init__(self, *, fast: int, slow: int) -> None:
        self._places = {False: fast, True: slow}
        self._waiting: dict[bool, deque[Job]] = {False: deque(), True: deque()}
        self._running: dict[int, _Running] = {}
        self._most_threads = slow + (1 + OVERDUE) * fast
        self._threads = 0
        self._idle = 0
        self._closed = False
        self._failures = Repeats()
        self._changed = threading.Condition()

    def add(self, job: Job, *, slow: bool = False) -> None:
        with self._changed:
            self._waiting[slow].append(job)
            self._staff()

    def tick(self) -> None:
        """To be called a few times a second: time alone may free a place in the fast lane."""
        with self._changed:
            self._staff()

    def close(self) -> None:
        """Forget the jobs that wait; those that run end by themselves."""
        with self._changed:
            self._closed = True
            for jobs in self._waiting.values():
                jobs.clear()
            self._changed.notify_all()

    def busy(self) -> bool:
        with self._changed:
            return bool(self._running)

    def _staff(self) -> None:
        """Wake an idle thread or start a new one, if there is a job that may run."""
        lane = self._open_lane()
        if lane is None:
            return
        if self._idle:
            self._changed.notify(len(self._waiting[lane]))
        elif self._threads < self._most_threads:
            self._hire()

    def _hire(self) -> None:
        """Start a thread; what waits, waits for the next tick if the system has none to give."""
        try:
            threading.Thread(target=self._work, name="probe", daemon=True).start()
        except (RuntimeError, MemoryError) as error:
            if self._failures.is_new("thread", error):
                log.exception("no-thread", threads=self._threads, waiting=self._count_waiting())
        else:
            self._threads += 1

    def _count_waiting(self) -> int:
        return sum(len(jobs) for jobs in self._waiting.values())

    def _open_lane(self) -> bool | None:
        late = time.monotonic() - PATIENCE
        quick = sum(1 for job in self._running.values() if not job.slow and job.started > late)
        used = {False: quick, True: len(self._running) - quick}
        for lane in (False, True):
            if self._waiting[lane] and used[lane] < self._places[lane]:
                return lane
        return None

    def _work(self) -> None:
        try:
            while (job := self._next()) is not None:
                self._do(job)
        finally:
            # Whatever ended this thread, another may have its place.
            with self._changed:
                self._threads -= 1
                self._running.pop(threading.get_ident(), None)

    def _next(self) -> Job | None:
        with self._changed:
            return self._take()

    def _do(self, job: Job) -> None:
        try:
            job()
        except Exception as error:
            if self._failures.is_new("job", error):
                log.exception("probe-job-failed")

    def _take(self) -> Job | None:
        me = threading.get_ident()
        self._running.pop(me, None)
        lane = self._open_lane()
        while lane is None and not self._closed:
            self._idle += 1
            self._changed.wait()
            self._idle -= 1
            lane = self._open_lane()
        if self._closed or lane is None:
            return None
        self._running[me] = _Running(time.monotonic(), lane)
        job = self._waiting[lane].popleft()
        self._staff()
        return job
