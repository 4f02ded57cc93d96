"""The prober on its own: who is asked when, and who waits for whom."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from monitoring.health import Health
from monitoring.prober import Prober
from monitoring.records import Known
from monitoring.schedule import Clock
from monitoring.target import ProbeTarget, State
from tests.monitoring.scene import Scene, target, wait_for
from tests.threads import no_thread


def never_probed(targets: Sequence[ProbeTarget]) -> dict[str, Known]:
    return {item.key: Known(id=n, health=None) for n, item in enumerate(targets, 1)}


def just_probed(targets: Sequence[ProbeTarget]) -> dict[str, Known]:
    now = datetime.now(UTC)
    up = Health(
        state=State.UP,
        since=now,
        checked_at=now,
        stale_at=now + timedelta(hours=1),
        reason="ok",
    )
    return {item.key: Known(id=n, health=up) for n, item in enumerate(targets, 1)}


@pytest.mark.slow
def test_fifty_that_hang_delay_none_of_the_good_past_its_interval() -> None:
    interval = 4
    targets = [target(n, interval=interval) for n in range(100)]
    scene = Scene(targets)
    scene.hanging = {item.key for item in targets[::2]}
    prober = scene.prober(workers=24)
    prober.watch(targets, never_probed(targets))
    prober.start()
    started = time.monotonic()
    time.sleep(6 * interval)
    prober.stop(patience=0)
    ended = time.monotonic()
    for good in targets[1::2]:
        asked = [started, *scene.asked[good.key], ended]
        gaps = [after - before for before, after in pairwise(asked)]
        assert max(gaps) < 2 * interval, good.url


def test_a_target_is_never_asked_twice_at_once() -> None:
    scene = Scene([target(1, interval=1)])
    scene.hanging, scene.hang_seconds = {target(1).key}, 2.5
    prober = scene.prober()
    prober.watch(scene.targets, never_probed(scene.targets))
    prober.start()
    time.sleep(2.3)
    assert scene.times_asked(target(1)) == 1
    prober.stop(patience=1)


def test_a_new_target_begins_at_once() -> None:
    scene = Scene([target(1, interval=3600)])
    prober = scene.prober()
    prober.start()
    prober.watch(scene.targets, never_probed(scene.targets))
    wait_for(lambda: scene.times_asked(target(1)) == 1, seconds=1)
    prober.stop(patience=1)


def test_after_a_restart_targets_keep_their_phase() -> None:
    scene = Scene([target(n, interval=3600) for n in range(200)])
    prober = scene.prober()
    prober.watch(scene.targets, just_probed(scene.targets))
    prober.start()
    time.sleep(1)
    assert len(scene.asked) < 5
    prober.stop(patience=1)


def test_a_target_that_was_dropped_is_left_alone() -> None:
    scene = Scene([target(1), target(2)])
    prober = scene.prober()
    prober.watch(scene.targets, never_probed(scene.targets))
    prober.start()
    wait_for(lambda: len(scene.asked) == 2)
    prober.watch([target(2)], never_probed(scene.targets))
    time.sleep(0.2)
    before = scene.times_asked(target(1))
    time.sleep(2)
    assert scene.times_asked(target(1)) == before
    assert scene.times_asked(target(2)) >= 2
    prober.stop(patience=1)


def test_another_interval_counts_from_now_on() -> None:
    scene = Scene([target(1, interval=3600)])
    prober = scene.prober()
    prober.watch(scene.targets, just_probed(scene.targets))
    prober.start()
    prober.watch([replace(target(1), interval=1)], {})
    wait_for(lambda: scene.times_asked(target(1)) >= 2, seconds=4)
    prober.stop(patience=1)


@dataclass(frozen=True)
class JumpingClock(Clock):
    """A machine that may sleep for an hour."""

    slept: list[float] = None  # type: ignore[assignment]

    def now(self) -> float:
        return super().now() + sum(self.slept)


def test_a_machine_that_wakes_up_does_not_burst() -> None:
    scene = Scene([target(n, interval=600) for n in range(200)])
    clock = JumpingClock(slept=[])
    prober = Prober(scene.check, workers=8, is_local=lambda _target: False, clock=clock)
    prober.watch(scene.targets, just_probed(scene.targets))
    prober.start()
    time.sleep(0.5)
    clock.slept.append(3600)
    time.sleep(1.5)
    assert len(scene.asked) < 10
    prober.stop(patience=1)


def test_a_check_that_raises_is_unknown_and_the_next_one_comes() -> None:
    asked = []

    def broken(target: ProbeTarget) -> None:
        asked.append(target.key)
        raise RuntimeError("a fault of ours")

    targets = [target(1)]
    prober = Prober(broken, workers=2, is_local=lambda _target: False)  # type: ignore[arg-type]
    prober.watch(targets, never_probed(targets))
    prober.start()
    wait_for(lambda: len(asked) >= 2)
    prober.stop(patience=1)
    (update,) = prober.take().updates
    assert (update.health.state, update.health.reason) == (State.UNKNOWN, "internal-error")


def test_stopping_waits_for_what_runs_but_not_for_ever() -> None:
    scene = Scene([target(1), target(2)])
    scene.hanging = {target(1).key}
    prober = scene.prober()
    prober.watch(scene.targets, never_probed(scene.targets))
    prober.start()
    wait_for(lambda: len(scene.asked) == 2)
    started = time.monotonic()
    prober.stop(patience=1)
    assert time.monotonic() - started < 1.5
    assert [update.health.state for update in prober.take().updates] == [State.UP]


def test_probes_come_again_when_the_system_has_threads_again() -> None:
    scene = Scene([target(1), target(2)])
    prober = scene.prober()
    with no_thread("probe") as attempts:
        prober.watch(scene.targets, never_probed(scene.targets))
        prober.start()
        wait_for(lambda: len(attempts) >= 4)
        assert prober.is_alive()
    wait_for(lambda: len(scene.asked) == 2)
    prober.stop(patience=1)


def test_a_fault_of_ours_does_not_end_the_thread_that_hands_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    scene = Scene([target(1)])
    prober = scene.prober()
    faults = []

    def fail(_lanes: object) -> None:
        faults.append(1)
        raise KeyError("a fault of ours")

    with monkeypatch.context() as broken:
        broken.setattr("monitoring.lanes.Lanes.tick", fail)
        prober.start()
        wait_for(lambda: len(faults) >= 3)
    prober.watch(scene.targets, never_probed(scene.targets))
    wait_for(lambda: len(scene.asked) == 1)
    prober.stop(patience=1)
