"""What is old leaves, what is promised stays; on SQLite and on PostgreSQL."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, insert, select
from sqlalchemy.orm import Session, sessionmaker

from database import make_sessions, writing
from monitoring import records, retention, rollups
from monitoring.models import Day, FiveMinutes, Hour, Target, Transition
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
