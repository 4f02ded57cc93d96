"""What is kept of a target's past, read back; on SQLite and on PostgreSQL."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session, sessionmaker

from database import make_sessions, writing
from monitoring import timeline
from monitoring.models import FiveMinutes, Hour, Target, Transition
from monitoring.target import State
from monitoring.timeline import PAGE, Span

NOW = datetime(2026, 10, 25, 12, 2, tzinfo=UTC)
"""In Paris clocks went back in the night before."""
PARIS = ZoneInfo("Europe/Paris")


@pytest.fixture
def sessions(any_engine: Engine) -> sessionmaker[Session]:
    sessions = make_sessions(any_engine)
    with writing(sessions) as session:
        session.add_all(Target(id=n, key=f"k{n}", url="-", profile="-", labels={}) for n in (1, 2))
    return sessions


def five_minutes(at: datetime, *, total: int, count: int, highest: int, target: int = 1) -> object:
    return FiveMinutes(
        target_id=target, bucket=int(at.timestamp()) // 300, **_verdicts(),
        latency_sum=total, latency_count=count, latency_max=highest,
    )  # fmt: skip


def hour(at: datetime, mean: int) -> object:
    return Hour(
        target_id=1, bucket=int(at.timestamp()) // 3600, **_verdicts(),
        latency_sum=mean, latency_count=1, latency_max=mean,
    )  # fmt: skip


def _verdicts() -> dict[str, int]:
    return {"up": 300, "degraded": 0, "down": 0, "maintenance": 0, "checks": 5, "failures": 1}


def test_a_target_that_no_monitor_knew_has_no_number(sessions: sessionmaker[Session]) -> None:
    with sessions() as session:
        assert timeline.target_id_of(session, "k2") == 2
        assert timeline.target_id_of(session, "other") is None


def test_transitions_come_in_pages_the_newest_first(sessions: sessionmaker[Session]) -> None:
    lines = [
        Transition(
            target_id=1, at=NOW - timedelta(hours=n), before="up", after="down", reason=str(n)
        )
        for n in range(PAGE + 5)
    ]
    other = Transition(target_id=2, at=NOW, before="up", after="down", reason="other")
    with writing(sessions) as session:
        session.add_all([*lines, other])
    with sessions() as session:
        first = timeline.read_lines(session, 1, page=1)
        last = timeline.read_lines(session, 1, page=99)
    assert [item.reason for item in first.lines] == [str(n) for n in range(PAGE)]
    assert [item.reason for item in last.lines] == [str(n) for n in range(PAGE, PAGE + 5)]
    assert (first.last, last.number) == (2, 2)
    assert first.lines[0].after is State.DOWN


def test_a_day_is_told_by_five_minutes_and_in_hours(sessions: sessionmaker[Session]) -> None:
    start = NOW.replace(minute=0)
    with writing(sessions) as session:
        session.add_all(
            [
                five_minutes(start - timedelta(minutes=10), total=300, count=3, highest=150),
                five_minutes(start - timedelta(minutes=5), total=100, count=1, highest=100),
                five_minutes(start, total=0, count=0, highest=0),
                five_minutes(start, total=9000, count=1, highest=9000, target=2),
                five_minutes(start - timedelta(hours=25), total=9000, count=1, highest=9000),
            ]
        )
    with sessions() as session:
        found = timeline.read_latency(session, 1, Span.DAY, now=NOW, zone=PARIS)
    assert [(item.mean_ms, item.max_ms) for item in found.points] == [
        (100, 150), (100, 100), (None, None),
    ]  # fmt: skip
    assert [(item.at, item.mean_ms, item.checks, item.failures) for item in found.rows] == [
        (start - timedelta(hours=1), 100, 10, 2),
        (start, None, 5, 1),
    ]
    assert found.end - found.start == timedelta(hours=24)
    assert found.start <= found.points[0].at < found.end


def test_rows_of_a_month_are_days_as_clocks_show_them(sessions: sessionmaker[Session]) -> None:
    midnights = [
        datetime(2026, 10, 24, tzinfo=PARIS),  # UTC+2
        datetime(2026, 10, 25, tzinfo=PARIS),  # UTC+2, and this day has 25 hours
    ]
    with writing(sessions) as session:
        session.add_all(hour(at - timedelta(hours=1), 100) for at in midnights)
        session.add_all(hour(at, 300) for at in midnights)
    with sessions() as session:
        found = timeline.read_latency(session, 1, Span.MONTH, now=NOW, zone=PARIS)
    assert [(item.at, item.mean_ms) for item in found.rows] == [
        (midnights[0] - timedelta(days=1), 100),
        (midnights[0], 200),
        (midnights[1], 300),
    ]
