"""What is old leaves, what is promised stays; on SQLite and on PostgreSQL."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, insert, select
from sqlalchemy.orm import Session, sessionmaker

from database import make_sessions, writing
from monitoring import records, retention, rollups
from monitoring.models import (
    Day,
    FiveMinutes,
    History,
    Hour,
    Incident,
    IncidentMessage,
    IncidentTarget,
    LastProbe,
    MaintenanceWindow,
    Target,
    Transition,
)
from monitoring.rollups import DAY, FIVE_MINUTES, HOUR, Tally
from monitoring.target import ProbeTarget

NOW = datetime(2026, 11, 23, 9, 2, tzinfo=UTC)


@pytest.fixture
def sessions(any_engine: Engine) -> sessionmaker[Session]:
    return make_sessions(any_engine)


def target(n: int) -> ProbeTarget:
    return ProbeTarget(key=f"{n:024x}", url=f"https://h{n}.example.fr", profile="http")


def prune_all(sessions: sessionmaker[Session]) -> int:
    after, pieces = 0, 0
    while True:
        with writing(sessions) as session:
            found = retention.prune(session, now=NOW, after=after)
        if found is None:
            return pieces
        after, pieces = found, pieces + 1


def test_each_history_is_kept_as_long_as_promised(sessions: sessionmaker[Session]) -> None:
    ages = [timedelta(hours=h) for h in (0, 47, 49, 24 * 89, 24 * 91, 24 * 399, 24 * 401)]
    with writing(sessions) as session:
        records.register(session, [target(1)])
        target_id = session.scalars(select(Target.id)).one()
        for age in ages:
            place = (target_id, rollups.bucket(NOW - age, FIVE_MINUTES))
            rollups.write(session, {place: Tally(up=1)})
            line = {"target_id": target_id, "at": NOW - age, "before": "up", "after": "down"}
            session.execute(insert(Transition).values(**line, reason="timeout"))
    prune_all(sessions)

    def left(span: int, *hours: int) -> list[int]:
        return sorted({rollups.bucket(NOW - timedelta(hours=h), span) for h in hours})

    with sessions() as session:
        buckets = {
            table: sorted(session.scalars(select(table.bucket)))
            for table in (FiveMinutes, Hour, Day)
        }
        assert buckets[FiveMinutes] == left(FIVE_MINUTES, 0, 47)
        assert buckets[Hour] == left(HOUR, 0, 47, 49, 24 * 89)
        assert buckets[Day] == left(DAY, *(int(age.total_seconds() // 3600) for age in ages))
        oldest = min(session.scalars(select(Transition.at)))
        assert oldest == NOW - timedelta(days=399)


def test_it_goes_in_pieces(sessions: sessionmaker[Session]) -> None:
    old = rollups.bucket(NOW - timedelta(days=3), FIVE_MINUTES)
    with writing(sessions) as session:
        records.register(session, [target(n) for n in range(250)])
        ids = session.scalars(select(Target.id)).all()
        rollups.write(session, {(target_id, old): Tally(up=1) for target_id in ids})
    assert prune_all(sessions) == 3
    with sessions() as session:
        assert session.scalars(select(FiveMinutes.bucket)).all() == []
        assert len(session.scalars(select(Hour.bucket)).all()) == 250


def incident(number: int, *, closed: timedelta | None, into: int | None = None) -> Incident:
    return Incident(
        id=number,
        uid=str(number),
        cause="target",
        severity="major",
        stage="resolved",
        opened_at=NOW - timedelta(days=500),
        closed_at=None if closed is None else NOW - closed,
        merged_into=into,
        updated_at=NOW,
    )


def test_incidents_leave_four_hundred_days_after_their_end_with_all_that_is_theirs(
    sessions: sessionmaker[Session],
) -> None:
    old, recent = timedelta(days=401), timedelta(days=399)
    with writing(sessions) as session:
        records.register(session, [target(1)])
        target_id = session.scalars(select(Target.id)).one()
        session.add_all([incident(1, closed=old), incident(2, closed=recent)])
        session.add(incident(3, closed=None))
        session.flush()
        # Put into one that leaves, and into one that stays.
        session.add_all([incident(4, closed=old, into=1), incident(5, closed=old, into=3)])
        session.flush()
        for number in range(1, 6):
            message = {"uid": str(number), "incident_id": number, "at": NOW, "source": "probe"}
            session.add(IncidentMessage(**message))
            affected = {"incident_id": number, "target_id": target_id}
            session.add(IncidentTarget(**affected, since=NOW, state="down"))
    prune_all(sessions)
    with sessions() as session:
        assert sorted(session.scalars(select(Incident.id))) == [2, 3, 5]
        assert sorted(session.scalars(select(IncidentMessage.incident_id))) == [2, 3, 5]
        assert sorted(session.scalars(select(IncidentTarget.incident_id))) == [2, 3, 5]


def window(uid: str, **values: Any) -> MaintenanceWindow:
    begins = NOW - timedelta(days=500)
    common = {
        "owner": "operator/dne",
        "scope": "service",
        "value": "visio",
        "title": "Travaux",
        "timezone": "Europe/Paris",
        "created_at": NOW,
        "created_by": "x",
        "updated_at": NOW,
        "updated_by": "x",
        "starts_at": begins,
        "ends_at": begins + timedelta(hours=2),
    }
    return MaintenanceWindow(uid=uid, **{**common, **values})


def test_windows_leave_four_hundred_days_after_their_last_time(
    sessions: sessionmaker[Session],
) -> None:
    ago = {days: NOW - timedelta(days=days) for days in (390, 410, 450)}
    with writing(sessions) as session:
        session.add_all(
            [
                window("once, long ago"),
                window("once, later", ends_at=ago[390]),
                window("weekly, for ever", repeats="weekly"),
                window("weekly, until long ago", repeats="weekly", until=ago[450].date()),
                window("weekly, until later", repeats="weekly", until=ago[390].date()),
                window("called off long ago", repeats="weekly", ended_at=ago[410]),
                window("called off later", repeats="weekly", ended_at=ago[390]),
            ]
        )
    prune_all(sessions)
    with sessions() as session:
        assert sorted(session.scalars(select(MaintenanceWindow.uid))) == [
            "called off later",
            "once, later",
            "weekly, for ever",
            "weekly, until later",
        ]


def test_of_a_target_that_nobody_shows_only_the_roll_ups_stay(
    sessions: sessionmaker[Session],
) -> None:
    with writing(sessions) as session:
        records.register(session, [target(1), target(2)])
        for target_id in session.scalars(select(Target.id)):
            for table in (History, LastProbe):
                session.execute(insert(table).values(target_id=target_id, at=NOW, content={}))
            rollups.write(session, {(target_id, rollups.bucket(NOW, FIVE_MINUTES)): Tally(up=1)})
        records.register(session, [target(2)])
    prune_all(sessions)
    with sessions() as session:
        for kept, left in ((History, 1), (LastProbe, 1), (Day, 2)):
            assert len(session.scalars(select(kept)).all()) == left
