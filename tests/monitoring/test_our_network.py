"""Our own network cut: nobody is said to be down, and one alert is written."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session, sessionmaker

from database import make_sessions, writing
from monitoring import alert_following, incident_records, records
from monitoring.alert_routes import Route
from monitoring.board import Board
from monitoring.models import Alert, Day, Incident, Transition
from monitoring.target import ProbeResult
from tests.monitoring.scene import DOWN, UP, target

NINE = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
ROUTES = [Route(name="ops", to="json://127.0.0.1")]
COUNT = 50
Sessions = sessionmaker[Session]


@pytest.fixture
def sessions(any_engine: Engine) -> Sessions:
    return make_sessions(any_engine)


class Portal:
    """Fifty targets on fifty hosts, a probe a minute of each, a batch every ten seconds."""

    def __init__(self, sessions: Sessions, *, count: int = COUNT) -> None:
        self.sessions, self.count, self.board = sessions, count, Board()
        targets = [target(n, interval=60) for n in range(count)]
        with writing(sessions) as session:
            records.register(session, targets)
            self.board.follow(targets, records.read_known(session), now=0.0)

    def minute(self, number: int, failing: int, *, online: bool | None = None) -> None:
        """Probe everybody; the first so many do not answer."""
        for n in range(self.count):
            # In an order that spreads those who fail over the minute.
            number_heard = n * 7 % self.count
            result: ProbeResult = DOWN if number_heard < failing else UP
            second = 60.0 * (number + n / self.count)
            self.board.hear(
                target(number_heard).key,
                result,
                at=NINE + timedelta(seconds=second),
                now=second,
                local=False,
                online=online if result is DOWN else None,
            )
            if n % 8 == 0:
                self.write(NINE + timedelta(seconds=second))

    def write(self, at: datetime) -> None:
        batch = self.board.take()
        with writing(self.sessions) as session:
            moved = records.write(session, batch, epoch=1)
            events = incident_records.follow(session, moved, now=at)
            alert_following.follow(
                session, events, routes=ROUTES, doubt_since=batch.breaker_since, now=at
            )

    def said(self) -> tuple[set[str], int, int, int]:
        """Return the states that were reached, the alerts, the incidents, the failed probes."""
        with self.sessions() as session:
            return (
                set(session.scalars(select(Transition.after))),
                session.scalar(select(func.count()).select_from(Alert)) or 0,
                session.scalar(select(func.count()).select_from(Incident)) or 0,
                session.scalar(select(func.sum(Day.down + Day.failures))) or 0,
            )


def test_when_nine_in_ten_fail_at_once_none_is_down_and_one_alert_is_written(
    sessions: Sessions,
) -> None:
    portal = Portal(sessions)
    portal.minute(0, failing=0)
    for minute in range(1, 6):
        portal.minute(minute, failing=45)
    assert portal.said() == ({"up", "unknown"}, 1, 0, 0)


def test_when_nobody_answers_whether_we_are_online_none_is_down_and_one_alert_is_written(
    sessions: Sessions,
) -> None:
    portal = Portal(sessions, count=3)
    portal.minute(0, failing=0)
    for minute in range(1, 6):
        portal.minute(minute, failing=3, online=False)
    assert portal.said() == ({"up", "unknown"}, 1, 0, 0)


def test_the_same_failures_while_we_are_online_are_theirs(sessions: Sessions) -> None:
    portal = Portal(sessions, count=3)
    portal.minute(0, failing=0)
    for minute in range(1, 6):
        portal.minute(minute, failing=3, online=True)
    states, _alerts, incidents, _failed = portal.said()
    assert states == {"up", "down"}
    assert incidents > 0
    with sessions() as session:
        subjects = session.scalars(select(Alert.subject)).all()
        assert not [subject for subject in subjects if subject.startswith("network/")]
