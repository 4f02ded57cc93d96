"""What was announced and is over, or was called off, is told so for a week."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from instances.past_work import TOLD_FOR, Outcome, PastWork, past_work_here
from instances.planned import AHEAD, told_since
from monitoring.maintenance import Repeats, Scope, Window
from tests.instances.examples import NOW, make_card, make_service, make_snapshot
from tests.instances.test_planned import page_with

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
WEEKLY = {"repeats": Repeats.WEEKLY}


def make_window(begins: timedelta, **changes: Any) -> Window:
    """Make one of two hours that begins so long from now."""
    values: dict[str, Any] = {"id": 1, "uid": "w", "owner": "operator/dne", "title": "Entretien"}
    values |= {"scope": Scope.SERVICE, "value": "visio", "updated_at": NOW - 90 * DAY}
    values |= {"starts_at": NOW + begins, "ends_at": NOW + begins + 2 * HOUR}
    return Window(**(values | changes))


def told(window: Window) -> list[PastWork]:
    snapshot = make_snapshot(make_service("visio"), windows=(window,))
    return list(past_work_here(snapshot, make_card("lyon"), now=NOW))


@pytest.mark.parametrize(
    ("window", "outcome"),
    [
        (make_window(DAY, ended_at=NOW - HOUR), Outcome.CALLED_OFF),
        (make_window(-HOUR, ended_at=NOW), Outcome.CUT),
        (make_window(-3 * HOUR), Outcome.DONE),
        (make_window(-3 * HOUR, ended_at=NOW), Outcome.DONE),
    ],
)
def test_it_is_told_what_became_of_it(window: Window, outcome: Outcome) -> None:
    [work] = told(window)
    assert work.outcome is outcome
    assert (work.occurrence.starts_at, work.occurrence.ends_at) == (
        window.starts_at,
        window.ends_at,
    ), "the time that was announced"
    assert [item.service.id for item in work.touched] == ["visio"]


@pytest.mark.parametrize(
    "window",
    [
        make_window(DAY),
        make_window(-HOUR),
        make_window(DAY, ended_at=NOW + HOUR),
        make_window(DAY, ended_at=NOW - TOLD_FOR),
        make_window(-TOLD_FOR - 2 * HOUR),
        make_window(DAY, ended_at=NOW - HOUR, value="pad"),
        make_window(AHEAD + DAY, ended_at=NOW - HOUR),
    ],
    ids=["comes", "goes on", "ends later", "a week ago", "over", "elsewhere", "never in view"],
)
def test_nothing_is_told_of_what_holds_or_is_long_past_or_was_not_told(window: Window) -> None:
    assert told(window) == []


def test_of_a_series_the_last_time_and_when_called_off_the_next_one_alone() -> None:
    first = -15 * DAY
    [done] = told(make_window(first, **WEEKLY))
    assert (done.outcome, done.occurrence.starts_at) == (Outcome.DONE, NOW - DAY)
    off, done = told(make_window(first, **WEEKLY, ended_at=NOW - HOUR))
    assert (off.outcome, off.occurrence.starts_at) == (Outcome.CALLED_OFF, NOW + 6 * DAY)
    assert off.stopped_at == NOW - HOUR
    assert done.outcome is Outcome.DONE
    cut, done = told(make_window(-14 * DAY - HOUR, **WEEKLY, ended_at=NOW))
    assert (cut.outcome, cut.stopped_at) == (Outcome.CUT, NOW)
    assert done.outcome is Outcome.DONE


def test_the_next_time_of_a_series_is_news_of_the_end_of_the_one_before() -> None:
    [work] = page_with(make_window(-15 * DAY, **WEEKLY)).planned
    assert told_since(work) == NOW - DAY + 2 * HOUR
    [work] = page_with(make_window(-15 * DAY, **WEEKLY, updated_at=NOW - HOUR)).planned
    assert told_since(work) == NOW - HOUR
    [work] = page_with(make_window(DAY, **WEEKLY)).planned
    assert told_since(work) == NOW - 90 * DAY, "the first time: since it was announced"
    [work] = page_with(make_window(100 * DAY)).planned
    assert told_since(work) == NOW - 80 * DAY, "too far away when it was announced"
