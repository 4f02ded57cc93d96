"""Announced work on the board: every result is maintenance while it lasts, and no longer."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from monitoring.announced import judged, with_announced
from monitoring.board import Board
from monitoring.health import DECLARED
from monitoring.maintenance import Repeats, Scope, Window
from monitoring.records import Known
from monitoring.target import ProbeResult, ProbeTarget, State
from tests.monitoring.scene import DOWN, UP, target

NINE = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
WINDOW = Window(
    id=1,
    uid="6f1c",
    owner="operator/dne",
    scope=Scope.OPERATOR,
    value="dne",
    title="Nouveaux disques",
    starts_at=NINE + timedelta(minutes=5),
    ends_at=NINE + timedelta(minutes=8),
    updated_at=NINE,
)


def worked_on(count: int = 1) -> list[ProbeTarget]:
    found = [
        replace(target(n, interval=60), labels={"operator": ("dne",), "backend": (f"visio/{n}",)})
        for n in range(count)
    ]
    return list(with_announced(found, [WINDOW], now=NINE))


def play(story: str, targets: list[ProbeTarget]) -> tuple[Board, list[State]]:
    """One result a minute for each target, from nine on."""
    board, seen = Board(), []
    known = {item.key: Known(id=n, health=None) for n, item in enumerate(targets, 1)}
    board.follow(targets, known, now=0.0)
    for minute, letter in enumerate(story):
        for n, item in enumerate(targets):
            board.hear(
                item.key,
                DOWN if letter == "D" else UP,
                at=NINE + timedelta(minutes=minute, seconds=n),
                now=60.0 * minute + n,
                local=False,
            )
        health = board.entries[targets[0].key].health
        assert health is not None
        seen.append(health.state)
    return board, seen


@pytest.mark.parametrize(
    ("story", "expected"),
    [
        # Whatever is seen within it is maintenance at once; two successes end it.
        ("UUUUUUUUUUU", "uuuuummmmuu"),
        ("UUUUUDDDUUU", "uuuuummmmuu"),
        # Who still fails after it fails like anybody else, three times.
        ("UUUUUDDDDDDD", "uuuuummmmmdd"),
        # Failures before it are forgotten.
        ("UUUDDDDDDUU", "uuuuummmmmu"),
    ],
)
def test_story(story: str, expected: str) -> None:
    _, seen = play(story, worked_on())
    assert "".join(state[0] for state in seen) == expected


def test_a_target_that_was_up_all_along_is_never_in_trouble() -> None:
    board, _ = play("UUUUUDDDUUUU", worked_on())
    (update,) = board.take().updates
    assert [(change.before, change.after, change.reason) for change in update.changes] == [
        (State.UNKNOWN, State.UP, "ok"),
        (State.UP, State.MAINTENANCE, DECLARED),
        (State.MAINTENANCE, State.UP, "ok"),
    ]


def test_its_seconds_are_maintenance_and_its_failures_are_none() -> None:
    board, _ = play("UUUUUDDDUUUU", worked_on())
    tallies = board.take().tallies.values()
    assert sum(tally.maintenance for tally in tallies) == 180
    assert sum(tally.down + tally.failures for tally in tallies) == 0


def test_a_hundred_targets_that_are_worked_on_at_once_do_not_open_the_breaker() -> None:
    board, seen = play("UUUUUDDDUUUU", worked_on(50))
    assert board.doubt_since is None
    assert "".join(state[0] for state in seen) == "uuuuummmmuuu"


def test_pages_learn_its_end_and_its_title() -> None:
    board, _ = play("UUUUUU", worked_on())
    health = board.entries[target(0).key].health
    assert health is not None
    assert (health.reason, health.expected_end, health.message) == (
        DECLARED,
        NINE + timedelta(minutes=8),
        "Nouveaux disques",
    )


def test_of_several_windows_the_one_that_ends_last_is_told() -> None:
    longer = replace(WINDOW, id=2, title="Réseau", ends_at=NINE + timedelta(hours=2))
    (found,) = with_announced(
        [replace(target(0), labels={"operator": ("dne",)})], [longer, WINDOW], now=NINE
    )
    result = judged(found, UP, at=NINE + timedelta(minutes=6))
    assert (result.message, result.expected_end) == ("Réseau", NINE + timedelta(hours=2))


def test_work_that_goes_on_in_another_window_ends_with_it() -> None:
    begins, length = WINDOW.starts_at, timedelta(hours=1)
    windows = [
        replace(WINDOW, id=n, starts_at=begins + after, ends_at=begins + after + length)
        for n, after in enumerate((timedelta(hours=4), timedelta(0), length, length * 3 / 2), 1)
    ]
    (found,) = with_announced(
        [replace(target(0), labels={"operator": ("dne",)})], windows, now=NINE
    )
    result = judged(found, UP, at=begins + timedelta(minutes=1))
    assert result.expected_end == begins + length * 5 / 2


def test_others_are_left_alone() -> None:
    other = replace(target(0), labels={"operator": ("renater",)})
    assert with_announced([other], [WINDOW], now=NINE) == (other,)
    weekly = replace(WINDOW, repeats=Repeats.WEEKLY)
    (found,) = with_announced(worked_on(), [weekly], now=NINE + timedelta(days=7))
    assert len(found.announced) == 1
    result = ProbeResult(state=State.DOWN, reason="timeout")
    assert judged(found, result, at=NINE) is result
