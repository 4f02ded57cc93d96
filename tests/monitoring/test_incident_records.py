"""Incidents that open, grow and close by themselves; on SQLite and on PostgreSQL."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, delete

import journal
from database import make_sessions, writing
from journal import Revision
from monitoring import incident_records
from monitoring.incidents import Cause, Event, Severity, Source, Stage
from monitoring.models import Incident, IncidentMessage, IncidentTarget, Target, Transition
from monitoring.target import State
from tests.monitoring.incident_scene import (
    DEGRADED,
    DOWN,
    MAINTENANCE,
    UNKNOWN,
    UP,
    Fleet,
    codes,
    keys,
    make_target,
    minute,
)


@pytest.fixture
def fleet(any_engine: Engine) -> Fleet:
    made = Fleet(make_sessions(any_engine), {})
    made.watch(*(make_target(name) for name in ("visio", "pad", "nuage")))
    made.batch(*((name, UP, -60) for name in made.targets))
    return made


def test_a_target_that_fails_opens_an_incident_and_closes_it(fleet: Fleet) -> None:
    (opened,) = fleet.batch(("visio", DOWN, 1))
    found = fleet.only()
    assert (found.cause, found.severity, found.stage) == (
        Cause.TARGET,
        Severity.MAJOR,
        Stage.INVESTIGATING,
    )
    assert (found.opened_at, found.closed_at) == (minute(1), None)
    assert (opened.kind, opened.incident_id, opened.severity) == ("opened", found.id, "major")
    (closed,) = fleet.batch(("visio", UP, 9))
    found = fleet.only()
    assert (found.closed_at, found.stage) == (minute(9), Stage.RESOLVED)
    assert closed.kind == "closed"
    assert closed.message_id > opened.message_id
    (affected,) = found.targets
    assert (affected.key, affected.since, affected.until) == ("visio", minute(1), minute(9))
    assert [message.source for message in found.messages] == [Source.PROBE] * 2
    assert found.messages[0].content == {"targets": ["visio"]}


def test_it_grows_worse_and_better(fleet: Fleet) -> None:
    fleet.batch(("visio", DEGRADED, 1))
    assert fleet.only().severity is Severity.MINOR
    fleet.batch(("visio", DOWN, 5))
    assert fleet.only().severity is Severity.MAJOR
    fleet.batch(("visio", DEGRADED, 8))
    found = fleet.only()
    assert found.severity is Severity.MINOR
    assert found.targets[0].state is DOWN  # the worst it was in
    fleet.batch(("visio", UP, 20))
    assert codes(fleet.only()) == ["opened", "worse", "better", "closed"]


def test_what_nobody_can_see_neither_opens_nor_closes(fleet: Fleet) -> None:
    assert fleet.batch(("pad", UNKNOWN, 1), ("nuage", MAINTENANCE, 1)) == ()
    assert fleet.incidents() == []
    fleet.batch(("visio", DOWN, 2))
    fleet.batch(("visio", DEGRADED, 3))
    for state, at in ((UNKNOWN, 5), (MAINTENANCE, 7)):
        assert fleet.batch(("visio", state, at)) == ()
        found = fleet.only()
        assert (found.closed_at, found.severity) == (None, Severity.MINOR)
    fleet.batch(("visio", UP, 11))
    assert fleet.only().closed_at == minute(11)


def test_what_fails_again_soon_never_ended(fleet: Fleet) -> None:
    fleet.batch(("visio", DOWN, 1))
    fleet.batch(("visio", UP, 5))
    assert fleet.only().closed_at == minute(5)
    (event,) = fleet.batch(("visio", DOWN, 15))
    assert event.kind == "reopened"
    found = fleet.only()
    assert (found.opened_at, found.closed_at, found.stage) == (
        minute(1),
        None,
        Stage.INVESTIGATING,
    )
    fleet.batch(("visio", UP, 20))
    assert fleet.only().is_open  # it held for ten minutes last time: twice that is believed
    assert fleet.batch(now=39) == ()
    (event,) = fleet.batch(now=40)
    assert (event.kind, event.at) == ("closed", minute(20))
    assert fleet.only().closed_at == minute(20)
    fleet.batch(("visio", DOWN, 141))
    assert len(fleet.incidents()) == 2


@pytest.mark.parametrize(("held", "asked"), [(2, 10), (12, 24), (50, 100), (61, 120), (120, 120)])
def test_an_end_is_believed_after_twice_the_time_that_the_last_one_held(
    fleet: Fleet, held: int, asked: int
) -> None:
    fleet.batch(("visio", DOWN, 0))
    fleet.batch(("visio", UP, 3))
    fleet.batch(("visio", DOWN, 3 + held))
    back = 6 + held
    fleet.batch(("visio", UP, back))
    assert fleet.only().is_unstable
    assert fleet.batch(now=back + asked - 1) == ()
    (event,) = fleet.batch(now=back + asked)
    assert (event.kind, event.at) == ("closed", minute(back))


def test_what_flaps_meets_what_fails_beside_it(fleet: Fleet) -> None:
    """Though it is back in its own incident, which waits for its end."""
    fleet.watch(*(make_target(name, host="h") for name in ("visio", "pad")))
    for n in range(4):
        fleet.batch(("visio", DOWN if n % 2 == 0 else UP, 15.0 * n))
    assert fleet.only().is_back
    fleet.batch(("pad", DOWN, 50))
    assert len(fleet.incidents()) == 2
    events = fleet.batch(("visio", DOWN, 51))
    assert sorted(event.kind for event in events) == ["merged", "widened"]
    assert (fleet.only().cause, keys(fleet.only())) == (Cause.HOST, ["pad", "visio"])


def test_what_flaps_is_known_to_fail_with_the_others_when_it_does(fleet: Fleet) -> None:
    """Not when it failed first."""
    fleet.watch(*(make_target(name, provider="OVH") for name in ("visio", "pad", "nuage")))
    for n in range(5):
        fleet.batch(("visio", DOWN if n % 2 == 0 else UP, 20.0 * n))
    fleet.batch(("pad", DOWN, 81))
    fleet.batch(("nuage", DOWN, 82))
    assert (fleet.only().cause, len(fleet.only().keys)) == (Cause.PROVIDER, 3)


def test_what_flaps_and_is_watched_no_longer_is_not_waited_for(fleet: Fleet) -> None:
    for n in range(4):
        fleet.batch(("visio", DOWN if n % 2 == 0 else UP, 50.0 * n))
    fleet.watch(make_target("pad"))
    fleet.batch(now=151)
    assert not fleet.only().is_open


def test_a_target_that_flaps_makes_one_incident_and_few_lines(fleet: Fleet) -> None:
    events: list[Event] = []
    for n in range(300):
        events += fleet.batch(("visio", DOWN if n % 2 == 0 else UP, 3.0 * n))
    events += fleet.batch(now=2000)
    assert [event.kind for event in events] == ["opened", "closed", "reopened", "closed"]
    assert fleet.only().closed_at == minute(3 * 299)


def test_a_member_that_flaps_leaves_a_bounded_story(fleet: Fleet) -> None:
    fleet.watch(make_target("visio", host="h"), make_target("pad", host="h"))
    fleet.batch(("visio", DOWN, 0))
    for n in range(200):
        fleet.batch(("pad", DOWN if n % 2 == 0 else UP, 1.0 + 2 * n))
    found = fleet.only()
    assert len(found.messages) < 65
    fleet.batch(("visio", UP, 500))
    fleet.batch(now=510)
    assert codes(fleet.only())[-1] == "closed"


def test_targets_of_one_host_are_one_incident(fleet: Fleet) -> None:
    fleet.watch(*(make_target(name, host="h") for name in ("visio", "pad")), make_target("nuage"))
    fleet.batch(("visio", DOWN, 1), ("nuage", DOWN, 1))
    events = fleet.batch(("pad", DEGRADED, 90))
    assert sorted(event.kind for event in events) == ["joined", "widened"]
    lone, common = sorted(fleet.incidents(), key=lambda item: len(item.keys))
    assert (lone.cause, keys(lone)) == (Cause.TARGET, ["nuage"])
    assert (common.cause, common.value, keys(common)) == (Cause.HOST, "h", ["pad", "visio"])
    fleet.batch(("visio", UP, 95))
    common = next(item for item in fleet.incidents() if item.id == common.id)
    assert (common.is_open, common.severity) == (True, Severity.MINOR)
    assert codes(common)[-2:] == ["better", "left"]
    fleet.batch(("pad", UP, 99))
    common = next(item for item in fleet.incidents() if item.id == common.id)
    assert common.closed_at == minute(99)


def test_lone_incidents_that_turn_out_to_be_common_become_one(fleet: Fleet) -> None:
    names = ("a", "b", "c", "d", "e", "f")
    fleet.watch(*(make_target(name, provider="OVH") for name in names), make_target("other"))
    fleet.batch(("a", DOWN, 1))
    fleet.batch(("other", DOWN, 2))
    fleet.batch(("b", DOWN, 6))
    assert len(fleet.incidents()) == 3
    events = fleet.batch(("c", DEGRADED, 11))
    assert sorted(event.kind for event in events) == ["joined", "merged", "widened"]
    common, other = fleet.incidents()
    assert (common.cause, common.value, keys(common)) == (Cause.PROVIDER, "OVH", ["a", "b", "c"])
    assert (common.opened_at, keys(other)) == (minute(1), ["other"])
    fleet.batch(("d", DOWN, 15))  # soon after one of them
    fleet.batch(("e", DOWN, 40))  # long after all of them
    assert keys(fleet.incidents()[0]) == ["a", "b", "c", "d"]
    assert keys(fleet.incidents()[2]) == ["e"]


def test_nobody_watched_any_more_ends_its_incident(fleet: Fleet) -> None:
    fleet.batch(("visio", DOWN, 1), ("pad", DOWN, 2))
    fleet.watch(make_target("pad"), make_target("nuage"))
    (event,) = fleet.batch(now=30)
    assert (event.kind, event.at) == ("closed", minute(30))
    gone, other = fleet.incidents()
    assert (gone.is_open, other.is_open) == (False, True)
    # Nobody knows whether it works again, so nobody says so.
    assert gone.is_unwatched
    fleet.batch(("pad", UP, 40))
    assert not fleet.incidents()[1].is_unwatched


def test_who_is_hidden_while_others_still_fail_is_not_told_as_up_again(fleet: Fleet) -> None:
    common = [make_target(name, host="h") for name in ("visio", "pad", "nuage")]
    fleet.watch(*common)
    fleet.batch(*((target.key, DOWN, 1) for target in common))
    fleet.watch(*common[1:])
    fleet.batch(("pad", UP, 30), now=30)
    back, hidden = fleet.only().messages[-2:]
    assert (back.code, hidden.code) == ("left", "left")
    assert back.content == {"targets": ["pad"]}
    assert hidden.content == {"targets": ["visio"], "unwatched": True}
    assert fleet.only().is_open


def test_a_service_shown_again_while_it_still_fails_has_its_incident_again(fleet: Fleet) -> None:
    fleet.batch(("visio", DOWN, 1))
    fleet.watch(make_target("pad"))
    fleet.batch(now=30)
    assert not fleet.only().is_open
    fleet.watch(make_target("pad"), make_target("visio"))
    (event,) = fleet.batch(now=50)
    assert event.kind == "reopened"
    assert fleet.only().is_open


def test_what_failed_before_there_were_incidents_has_one(fleet: Fleet) -> None:
    fleet.batch(("visio", DOWN, 1))
    with writing(fleet.sessions) as session:
        for table in (IncidentMessage, IncidentTarget, Incident):
            session.execute(delete(table))
    (event,) = fleet.batch(now=50)
    assert (event.kind, event.at) == ("opened", minute(1))


def test_a_batch_that_is_written_again_adds_nothing(fleet: Fleet) -> None:
    moves = ("visio", DOWN, 1.0), ("pad", DOWN, 1.0)
    with fleet.sessions() as session:
        before = journal.read_revisions(session)[Revision.INCIDENTS]
    with pytest.raises(ConnectionError):
        fleet.batch(*moves, crash=ConnectionError("the database went away"))
    assert fleet.incidents() == []
    fleet.batch(*moves)
    with writing(fleet.sessions) as session:
        assert incident_records.follow(session, (), now=minute(2)) == ()
    with fleet.sessions() as session:
        assert journal.read_revisions(session)[Revision.INCIDENTS] == before + 1
    assert [codes(item) for item in fleet.incidents()] == [["opened"], ["opened"]]


def empty(engine: Engine) -> None:
    with engine.begin() as connection:
        for table in (IncidentMessage, IncidentTarget, Incident, Transition, Target):
            connection.execute(delete(table))


outages = st.lists(
    st.tuples(st.integers(1, 180), st.integers(1, 40)), min_size=1, max_size=6
)  # minutes up, then down


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    spans=st.fixed_dictionaries({"a": outages, "b": outages}), cuts=st.sets(st.integers(0, 1320))
)
def test_incidents_are_outages_at_most_two_hours_apart(
    engine: Engine, spans: dict[str, list[tuple[int, int]]], cuts: set[int]
) -> None:
    """However the changes are cut into batches."""
    empty(engine)
    fleet = Fleet(make_sessions(engine), {})
    fleet.watch(*(make_target(name) for name in spans))
    moves: list[tuple[str, State, float]] = []
    expected = []
    for name, told in spans.items():
        at, merged = 0, list[list[int]]()
        for up, down in told:
            begun, at = at + up, at + up + down
            moves += [(name, DOWN, float(begun)), (name, UP, float(at))]
            if merged and begun - merged[-1][1] <= 120:
                merged[-1][1] = at
            else:
                merged.append([begun, at])
        expected += [(name, minute(begun), minute(end)) for begun, end in merged]
    batch: list[tuple[str, State, float]] = []
    for move in sorted(moves, key=lambda item: item[2]):
        batch.append(move)
        if int(move[2]) in cuts:
            fleet.batch(*batch)
            batch = []
    if batch:
        fleet.batch(*batch)
    fleet.batch(now=2000)
    found = [(*item.keys, item.opened_at, item.closed_at) for item in fleet.incidents()]
    assert sorted(found, key=str) == sorted(expected, key=str)
