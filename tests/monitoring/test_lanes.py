"""The fast lane stays open whatever hangs."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from functools import partial

import pytest

from monitoring.lanes import PATIENCE, Lanes
from tests.monitoring.scene import wait_for
from tests.threads import no_thread


@pytest.fixture
def release() -> Iterator[threading.Event]:
    event = threading.Event()
    yield event
    event.set()


def test_never_more_at_once_than_places(release: threading.Event) -> None:
    lanes, running = Lanes(fast=3, slow=2), []

    def job() -> None:
        running.append(1)
        release.wait(5)

    for _ in range(10):
        lanes.add(job)
    time.sleep(0.3)
    assert len(running) == 3
    lanes.close()


def test_a_slow_job_never_takes_a_fast_place(release: threading.Event) -> None:
    lanes = Lanes(fast=2, slow=2)
    done: list[int] = []
    for _ in range(10):
        lanes.add(lambda: release.wait(5), slow=True)
    for n in range(10):
        lanes.add(partial(done.append, n))
    wait_for(lambda: len(done) == 10, seconds=1)
    lanes.close()


def test_a_job_that_hangs_leaves_the_fast_lane(release: threading.Event) -> None:
    lanes = Lanes(fast=2, slow=2)
    done: list[int] = []
    for _ in range(2):
        lanes.add(lambda: release.wait(30))
    lanes.add(lambda: done.append(1))
    started = time.monotonic()
    while not done and time.monotonic() - started < PATIENCE + 2:
        lanes.tick()
        time.sleep(0.05)
    assert done == [1]
    lanes.close()


def test_a_job_that_fails_frees_its_place() -> None:
    lanes = Lanes(fast=1, slow=1)
    done: list[int] = []
    for _ in range(3):
        lanes.add(lambda: 1 / 0)
    lanes.add(lambda: done.append(1))
    wait_for(lambda: done == [1])
    lanes.close()


def test_what_waits_is_forgotten_when_closed(release: threading.Event) -> None:
    lanes = Lanes(fast=1, slow=1)
    done: list[int] = []
    lanes.add(lambda: release.wait(5))
    lanes.add(lambda: done.append(1))
    lanes.close()
    release.set()
    wait_for(lambda: not lanes.busy())
    assert done == []


def test_jobs_wait_while_the_system_has_no_thread_to_give() -> None:
    lanes = Lanes(fast=1, slow=1)
    done: list[int] = []
    with no_thread("probe") as attempts:
        for n in range(10):
            lanes.add(partial(done.append, n))
            lanes.tick()
        assert len(attempts) == 20, "each tick tries again"
    assert done == []
    lanes.tick()
    wait_for(lambda: done == list(range(10)))
    lanes.close()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_thread_that_ends_gives_its_place_back() -> None:
    lanes = Lanes(fast=1, slow=1)
    done: list[int] = []
    for _ in range(20):
        lanes.add(exit_thread)
    lanes.add(lambda: done.append(1))

    def ticked() -> bool:
        lanes.tick()
        return done == [1]

    wait_for(ticked)
    wait_for(lambda: not lanes.busy())
    lanes.close()


def exit_thread() -> None:
    raise SystemExit
