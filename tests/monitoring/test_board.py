"""The board: results in, states out, and our own network in between."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from monitoring.board import MOST_TALLIES, Board
from monitoring.records import Known
from monitoring.rollups import Tally
from monitoring.target import ProbeResult, State
from tests.monitoring.scene import DOWN, UP, target

NINE = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
REFUSED = ProbeResult(state=State.UNKNOWN, reason="refused-address")


def board(count: int, *, down_after: int = 3) -> Board:
    found = Board()
    targets = [target(n, interval=60, down_after=down_after) for n in range(count)]
    known = {item.key: Known(id=n, health=None) for n, item in enumerate(targets, 1)}
    found.follow(targets, known, now=0.0)
    return found


def hear(found: Board, n: int, result: ProbeResult, second: float, *, local: bool = False) -> None:
    at = NINE + timedelta(seconds=second)
    found.hear(target(n).key, result, at=at, now=second, local=local)


def states(found: Board) -> list[State]:
    return [
        entry.health.state if entry.health else State.UNKNOWN for entry in found.entries.values()
    ]


def test_one_target_that_fails_goes_down() -> None:
    found = board(20, down_after=1)
    for n in range(20):
        hear(found, n, UP, n)
    hear(found, 3, DOWN, 63)
    hear(found, 4, UP, 64)
    assert states(found).count(State.DOWN) == 1
    health = found.entries[target(3).key].health
    assert health is not None
    assert health.since == NINE + timedelta(seconds=63)


def test_when_all_fail_at_once_none_goes_down_even_after_one_failure() -> None:
    found = board(20, down_after=1)
    for n in range(20):
        hear(found, n, UP, n)
    for minute in (60, 120, 180, 240):
        for n in range(20):
            hear(found, n, DOWN, minute + n)
            assert State.DOWN not in states(found)
    assert states(found) == [State.UNKNOWN] * 20
    assert {entry.health.reason for entry in found.entries.values() if entry.health} == {
        "our-network"
    }
    assert found.take().breaker_since == NINE + timedelta(seconds=75)


def test_it_comes_back_by_itself() -> None:
    found = board(20)
    for second, result in ((0, UP), (60, DOWN), (120, UP)):
        for n in range(20):
            hear(found, n, result, second + n)
    assert states(found) == [State.UP] * 20
    assert found.take().breaker_since is None
    for _ in range(3):
        second += 60
        for n in range(20):
            hear(found, n, DOWN if n == 7 else UP, second + n)
    assert states(found).count(State.DOWN) == 1


def test_local_targets_are_neither_counted_nor_affected() -> None:
    found = board(24, down_after=1)
    for n in range(24):
        hear(found, n, UP, n, local=n >= 12)
    for n in range(24):
        hear(found, n, UP if n >= 13 else DOWN, 60 + n, local=n >= 12)
    assert states(found) == [State.UNKNOWN] * 12 + [State.DOWN] + [State.UP] * 11


def test_a_doubt_survives_a_restart() -> None:
    found = board(20)
    found.doubt(NINE)
    for n in range(20):
        hear(found, n, DOWN, 60 + n)
    assert {entry.health.reason for entry in found.entries.values() if entry.health} == {
        "our-network"
    }


def test_refused_targets_are_figures() -> None:
    found = board(3)
    hear(found, 1, REFUSED, 0)
    batch = found.take()
    assert (batch.targets, batch.refused_targets) == (3, 1)


def seconds(found: Board, n: int) -> dict[str, int]:
    tallies = [
        tally for (target_id, _), tally in found.take().tallies.items() if target_id == n + 1
    ]
    names = ("up", "down", "maintenance", "checks", "failures")
    return {name: sum(getattr(tally, name) for tally in tallies) for name in names}


def test_failures_held_back_count_from_the_first_one_when_they_are_real() -> None:
    found = board(20)
    for n in range(20):
        hear(found, n, UP, n)
    for second in (60, 80, 100):
        hear(found, 0, DOWN, second)
    assert states(found)[0] is State.UP
    for n in range(1, 20):
        hear(found, n, UP, 180 + n)
    hear(found, 0, UP, 240)
    assert states(found)[0] is State.DOWN
    assert seconds(found, 0) == {
        "up": 60, "down": 180, "maintenance": 0, "checks": 5, "failures": 3,
    }  # fmt: skip


def test_failures_of_our_own_network_count_for_nothing_from_the_first_one() -> None:
    found = board(20)
    for n in range(20):
        hear(found, n, UP, n)
    for second in (60, 120, 180):
        for n in range(20):
            hear(found, n, DOWN, second + n)
    for n in range(20):
        hear(found, n, UP, 240 + n)
    batch = found.take()
    assert sum(tally.down + tally.failures for tally in batch.tallies.values()) == 0
    for n in range(20):
        assert sum(t.up for (target_id, _), t in batch.tallies.items() if target_id == n + 1) == 60


def test_a_success_after_failures_that_are_held_back_waits_behind_them() -> None:
    found = board(20)
    for n in range(20):
        hear(found, n, UP, n)
    for n in range(9):
        hear(found, n, DOWN, 60 + n)
    hear(found, 0, UP, 75)
    hear(found, 0, UP, 135)
    for n in range(9, 20):
        hear(found, n, UP, 140 + n)
    hear(found, 0, UP, 200)
    assert seconds(found, 0) == {
        "up": 185, "down": 15, "maintenance": 0, "checks": 5, "failures": 1,
    }  # fmt: skip


def test_what_was_heard_of_a_target_that_leaves_is_still_written_once() -> None:
    found = board(2)
    for n in range(2):
        hear(found, n, UP, 0)
    found.take()
    hear(found, 0, DOWN, 60)
    stay = target(1, interval=60)
    found.follow([stay], {}, now=61.0)
    batch = found.take()
    found.give_back(batch)
    again = found.take()
    assert [update.health.heard for update in again.updates] == [State.DOWN]
    assert again.tallies == batch.tallies
    found.follow([stay], {}, now=62.0)
    assert found.take().updates == ()


def test_what_was_not_written_is_handed_over_again_with_what_came_since() -> None:
    found = board(1)
    hear(found, 0, UP, 0)
    lost = found.take()
    for second in (60, 120, 180):
        hear(found, 0, DOWN, second)
    found.give_back(lost)
    (update,) = found.take().updates
    assert update.seen is State.UNKNOWN
    assert [change.after for change in update.changes] == [State.UP, State.DOWN]


def test_nothing_is_handed_over_twice() -> None:
    found = board(1)
    hear(found, 0, UP, 0)
    assert len(found.take().updates) == 1
    empty = found.take()
    assert (empty.updates, empty.tallies) == ((), {})


def test_a_long_absence_of_the_database_is_bounded() -> None:
    found = board(1)
    too_many = {(n, bucket): Tally(up=1) for n in range(300) for bucket in range(400)}
    found.give_back(replace(found.take(), tallies=too_many))
    kept = found.take().tallies
    assert len(kept) == MOST_TALLIES
    assert min(bucket for _, bucket in kept) > 60
    for n in range(2000):
        hear(found, 0, (UP, UP, DOWN, DOWN, DOWN)[n % 5], n)
    assert len(found.take().updates[0].changes) <= 200
