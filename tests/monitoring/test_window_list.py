"""What a desk lists: what goes on, what comes, what is over, in pages."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine

from database import make_sessions, writing
from monitoring.models import MaintenanceWindow
from monitoring.window_list import Phase, read_list

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def make_row(title: str, starts_at: datetime, **changes: Any) -> MaintenanceWindow:
    values: dict[str, Any] = {
        "uid": title, "owner": "operator/dne", "scope": "service", "value": "visio",
        "title": title, "starts_at": starts_at, "ends_at": starts_at + 2 * HOUR,
        "timezone": "Europe/Paris", "created_at": NOW, "created_by": "account/1",
        "updated_at": NOW, "updated_by": "account/1",
    }  # fmt: skip
    return MaintenanceWindow(**(values | changes))


ROWS: tuple[tuple[str, datetime, dict[str, Any]], ...] = (
    ("going on", NOW - HOUR, {}),
    ("again today", NOW - 7 * DAY - HOUR, {"repeats": "weekly"}),
    ("tomorrow", NOW + DAY, {}),
    ("in a year", NOW + 365 * DAY, {}),
    ("again on monday", NOW - 11 * DAY, {"repeats": "weekly"}),
    ("cut for today", NOW - 7 * DAY - HOUR, {"repeats": "weekly", "cuts": [str(NOW - HOUR / 2)]}),
    ("yesterday", NOW - DAY, {}),
    ("called off", NOW + DAY, {"ended_at": NOW}),
    ("last time was wednesday", NOW - 9 * DAY, {"repeats": "weekly", "until": date(2026, 11, 18)}),
    ("last time was long ago", NOW - 99 * DAY, {"repeats": "weekly", "until": date(2026, 9, 1)}),
    ("another's", NOW + DAY, {"owner": "academie/lyon"}),
)


def titles(engine: Engine, phase: Phase, **wanted: Any) -> list[str]:
    with make_sessions(engine)() as session:
        page = read_list(session, phase, now=NOW, **wanted)
    return [item.window.title for item in page.items]


@pytest.fixture
def engine_with_rows(any_engine: Engine) -> Engine:
    with writing(make_sessions(any_engine)) as session:
        session.add_all(make_row(title, at, **changes) for title, at, changes in ROWS)
    return any_engine


def test_each_stands_in_one_phase_the_soonest_first(engine_with_rows: Engine) -> None:
    current = titles(engine_with_rows, Phase.CURRENT)
    coming = titles(engine_with_rows, Phase.COMING)
    over = titles(engine_with_rows, Phase.OVER)
    assert current == ["going on", "again today"]
    assert coming == ["tomorrow", "another's", "again on monday", "cut for today", "in a year"]
    assert over[0] == "last time was wednesday"
    assert set(over[1:]) == {"yesterday", "called off", "last time was long ago"}
    assert "another's" not in titles(engine_with_rows, Phase.COMING, owner="operator/dne")


def test_pages_hold_each_once_and_an_odd_page_is_the_nearest(engine_with_rows: Engine) -> None:
    whole = titles(engine_with_rows, Phase.OVER)
    paged = [
        title
        for number in (1, 2, 3, 4)
        for title in titles(engine_with_rows, Phase.OVER, number=number, size=1)
    ]
    assert paged == whole
    assert titles(engine_with_rows, Phase.OVER, number=99, size=3) == whole[3:]
    with make_sessions(engine_with_rows)() as session:
        page = read_list(session, Phase.CURRENT, now=NOW, number=0)
    assert (page.number, page.pages) == (1, 1)
    assert page.counts == {Phase.CURRENT: 2, Phase.COMING: 5, Phase.OVER: 4}
