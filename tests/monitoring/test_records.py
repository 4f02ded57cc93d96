"""What the monitor writes: states, transitions, roll-ups; on SQLite and on PostgreSQL."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session, sessionmaker

from database import make_sessions, writing
from monitoring import records, rollups
from monitoring.health import Change, Health, Span
from monitoring.models import Day, FiveMinutes, Hour, Target, Transition
from monitoring.records import Batch, Update
from monitoring.rollups import DAY, FIVE_MINUTES, HOUR, Tallies, Tally
from monitoring.target import ProbeResult, ProbeTarget, State

Sessions = sessionmaker[Session]
NINE = datetime(2026, 11, 23, 9, 0, 0, 123456, tzinfo=UTC)
HEALTH = Health(
    state=State.UP,
    since=NINE,
    checked_at=NINE,
    stale_at=NINE + timedelta(seconds=190),
    reason="ok",
    candidate=State.DOWN,
    streak=2,
    candidate_since=NINE,
    expected_end=NINE,
    message="Mise à jour",
    version="2.5.3",
    latency_ms=41,
    certificate_until=NINE + timedelta(days=80),
    intermediate_first=True,
    silent="2001:db8:1234:5678:9abc:def0:1234:5678",
    heard=State.DOWN,
    heard_at=NINE + timedelta(seconds=30),
    maintenance_month="2026-11",
    maintenance_seconds=1200,
)
BECAME_UP = Change(at=NINE, before=State.UNKNOWN, after=State.UP, reason="ok")


@pytest.fixture
def sessions(any_engine: Engine) -> Sessions:
    return make_sessions(any_engine)


def target(n: int) -> ProbeTarget:
    return ProbeTarget(
        key=f"{n:024x}",
        url=f"https://h{n}.example.fr",
        profile="http",
        labels={"operator": ("dne",), "academie": ("rennes", "lyon")},
    )


def register(sessions: Sessions, *numbers: int) -> dict[str, records.Known]:
    with writing(sessions) as session:
        records.register(session, [target(n) for n in numbers])
        return records.read_known(session)


def write(sessions: Sessions, *updates: Update, tallies: Tallies | None = None) -> int:
    batch = Batch(updates=updates, tallies=tallies or {})
    with writing(sessions) as session:
        return len(records.write(session, batch, epoch=7))


def transitions(sessions: Sessions) -> list[tuple[str, str, bool]]:
    with sessions() as session:
        rows = session.scalars(select(Transition).order_by(Transition.id)).all()
        return [(row.before, row.after, row.unstable) for row in rows]


def test_a_target_never_probed_has_no_health(sessions: Sessions) -> None:
    known = register(sessions, 1)
    assert known[target(1).key].health is None
    with sessions() as session:
        assert records.read_health(session) == {}


def test_everything_that_is_known_survives_the_database(sessions: Sessions) -> None:
    """So streaks, since and stale_at survive a restart."""
    target_id = register(sessions, 1)[target(1).key].id
    update = Update(target_id=target_id, seen=State.UNKNOWN, health=HEALTH, changes=(BECAME_UP,))
    assert write(sessions, update) == 1
    with sessions() as session:
        assert records.read_health(session) == {target(1).key: HEALTH}
        assert records.read_known(session)[target(1).key].health == HEALTH
        assert session.scalar(select(Target.epoch)) == 7


def test_a_quiet_update_writes_no_transition(sessions: Sessions) -> None:
    target_id = register(sessions, 1)[target(1).key].id
    write(
        sessions,
        Update(target_id=target_id, seen=State.UNKNOWN, health=HEALTH, changes=(BECAME_UP,)),
    )
    later = replace(HEALTH, checked_at=NINE + timedelta(minutes=1), candidate=None, streak=0)
    assert write(sessions, Update(target_id=target_id, seen=State.UP, health=later)) == 0
    with sessions() as session:
        assert records.read_health(session)[target(1).key] == later
    assert transitions(sessions) == [("unknown", "up", False)]


def test_a_change_worked_out_from_another_state_is_dropped(sessions: Sessions) -> None:
    target_id = register(sessions, 1)[target(1).key].id
    update = Update(target_id=target_id, seen=State.UNKNOWN, health=HEALTH, changes=(BECAME_UP,))
    assert write(sessions, update) == 1
    assert write(sessions, update) == 0
    assert transitions(sessions) == [("unknown", "up", False)]


def test_an_older_epoch_changes_nothing(sessions: Sessions) -> None:
    target_id = register(sessions, 1)[target(1).key].id
    write(sessions, Update(target_id=target_id, seen=State.UNKNOWN, health=HEALTH))
    with writing(sessions) as session:
        late = Update(target_id=target_id, seen=State.UP, health=replace(HEALTH, reason="late"))
        records.write(session, Batch(updates=(late,)), epoch=6)
    with sessions() as session:
        assert records.read_health(session)[target(1).key].reason == "ok"


def test_a_day_holds_two_hundred_transitions_then_one_marked_unstable(sessions: Sessions) -> None:
    target_id = register(sessions, 1)[target(1).key].id
    flapping = [
        Change(
            at=NINE + timedelta(seconds=n),
            before=State.DOWN if n % 2 else State.UP,
            after=State.UP if n % 2 else State.DOWN,
            reason="flap",
        )
        for n in range(300)
    ]
    update = Update(target_id=target_id, seen=State.UNKNOWN, health=HEALTH, changes=tuple(flapping))
    assert write(sessions, update) == 300
    lines = transitions(sessions)
    assert [line[2] for line in lines] == [False] * 200 + [True]
    tomorrow = replace(flapping[0], at=NINE + timedelta(days=1))
    again = Update(target_id=target_id, seen=State.UP, health=HEALTH, changes=(tomorrow,))
    assert write(sessions, again) == 1
    assert len(transitions(sessions)) == 202


def test_a_target_that_nobody_shows_keeps_its_history(sessions: Sessions) -> None:
    known = register(sessions, 1, 2)
    write(
        sessions,
        Update(target_id=known[target(1).key].id, seen=State.UNKNOWN, health=HEALTH),
    )
    assert register(sessions, 2)[target(1).key].health == HEALTH
    with sessions() as session:
        rows = session.execute(select(Target.key, Target.watched))
        watched = {key: shown for key, shown in rows}  # noqa: C416 - a row is not a pair
    assert watched == {target(1).key: False, target(2).key: True}
    assert register(sessions, 1, 2)[target(1).key].id == known[target(1).key].id


def test_words_that_are_too_long_are_cut(sessions: Sessions) -> None:
    target_id = register(sessions, 1)[target(1).key].id
    long = replace(HEALTH, reason="r" * 500, message="m" * 500, version="v" * 500)
    change = replace(BECAME_UP, reason="r" * 500)
    write(sessions, Update(target_id=target_id, seen=State.UNKNOWN, health=long, changes=(change,)))
    with sessions() as session:
        health = records.read_health(session)[target(1).key]
    assert (len(health.reason), len(health.message or ""), len(health.version or "")) == (
        100,
        300,
        100,
    )


def test_rollups_add_up(sessions: Sessions) -> None:
    place = (1, rollups.bucket(NINE, FIVE_MINUTES))
    first, second = Tally(), Tally()
    first.count(ProbeResult(state=State.UP, reason="ok", latency_ms=40))
    first.hold(State.UP, 60)
    first.count(ProbeResult(state=State.DOWN, reason="timeout"))
    first.hold(State.DOWN, 45)
    second.count(ProbeResult(state=State.UP, reason="ok", latency_ms=10))
    second.hold(State.UP, 15)
    second.hold(State.UNKNOWN, 60)
    write(sessions, tallies={place: first})
    write(sessions, tallies={place: second})
    with sessions() as session:
        for table, span in ((FiveMinutes, FIVE_MINUTES), (Hour, HOUR), (Day, DAY)):
            row: Any = session.scalars(select(table)).one()
            assert row.bucket == rollups.bucket(NINE, span)
            assert (row.up, row.degraded, row.down, row.maintenance) == (75, 0, 45, 0)
            assert (row.checks, row.failures) == (3, 1)
            assert (row.latency_sum, row.latency_count, row.latency_max) == (50, 2, 40)


def test_never_one_row_per_probe(sessions: Sessions) -> None:
    target_id = register(sessions, 1)[target(1).key].id
    for n in range(50):
        at = NINE + timedelta(seconds=n)
        tally = Tally(up=1)
        write(
            sessions,
            Update(
                target_id=target_id,
                seen=State.UP if n else State.UNKNOWN,
                health=replace(HEALTH, checked_at=at),
                changes=() if n else (BECAME_UP,),
            ),
            tallies={(target_id, rollups.bucket(at, FIVE_MINUTES)): tally},
        )
    with sessions() as session:
        for table in (Target, Transition, FiveMinutes, Hour, Day):
            assert session.scalar(select(func.count()).select_from(table)) == 1


def test_two_thousand_states_are_read_quickly(sessions: Sessions) -> None:
    known = register(sessions, *range(2000))
    write(
        sessions,
        *(Update(target_id=item.id, seen=State.UNKNOWN, health=HEALTH) for item in known.values()),
    )
    with sessions() as session:
        started = time.perf_counter()
        assert len(records.read_health(session)) == 2000
        taken = time.perf_counter() - started
    assert taken < 0.5


results = st.lists(
    st.tuples(st.integers(1, 3), st.integers(0, 400), st.sampled_from(State), st.integers(0, 9999))
)
spans = st.builds(
    lambda state, start, seconds: Span(state=state, start=start, end=start + seconds),
    st.sampled_from(State),
    st.integers(0, 10_000),
    st.integers(1, 1000),
)


def tally_all(found: list[tuple[int, int, State, int]]) -> Tallies:
    tallies: Tallies = {}
    for target_id, bucket, state, latency in found:
        result = ProbeResult(state=state, reason="x", latency_ms=latency)
        tallies.setdefault((target_id, bucket), Tally()).count(result)
    return tallies


@given(results, results)
def test_merging_two_windows_equals_the_whole(
    first: list[tuple[int, int, State, int]], second: list[tuple[int, int, State, int]]
) -> None:
    merged = tally_all(first)
    rollups.merge(merged, tally_all(second))
    assert merged == tally_all(first + second)
    for span in (HOUR, DAY):
        parts = rollups.regroup(tally_all(first), span)
        rollups.merge(parts, rollups.regroup(tally_all(second), span))
        assert parts == rollups.regroup(merged, span)


@given(st.lists(spans))
def test_seconds_are_neither_lost_nor_found_when_they_are_split(found: list[Span]) -> None:
    tallies: Tallies = {}
    for span in found:
        rollups.hold(tallies, 1, span)
    for state in (State.UP, State.DEGRADED, State.DOWN, State.MAINTENANCE):
        expected = sum(span.end - span.start for span in found if span.state is state)
        assert sum(getattr(tally, state) for tally in tallies.values()) == expected
