"""Who takes care of an incident, and who is reminded of it; on SQLite and on PostgreSQL."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlalchemy import Engine, select

from database import make_sessions, writing
from journal import JournalLine
from monitoring import alert_following, incident_care, incident_people, incident_reading, outbox
from monitoring.alert_routes import Route
from monitoring.incident_care import TakenMeanwhileError
from monitoring.incident_people import IncidentError, Saying
from tests.monitoring.incident_scene import DEGRADED, DOWN, UP, Fleet, make_target, minute

OMAR, ODILE = "account/1", "account/2"
HOURLY = Route.model_validate({"name": "ops", "to": "json://127.0.0.1", "reminder_hours": 1})


@pytest.fixture
def fleet(any_engine: Engine) -> Fleet:
    made = Fleet(make_sessions(any_engine), {})
    common = [make_target(name, host="h", service=name) for name in ("visio", "pad")]
    made.watch(*common, make_target("nuage", service="nuage"))
    made.batch(*((name, UP, -60) for name in made.targets))
    watch(made, ("visio", DEGRADED, 0))
    return made


def watch(fleet: Fleet, *seen: object, now: float = 0) -> list[str]:
    """Live through a moment: what is seen, what is told of it."""
    events = fleet.batch(*seen, now=now)  # type: ignore[arg-type]
    told = []
    with writing(fleet.sessions) as session:
        alert_following.follow(session, events, routes=(HOURLY,), doubt_since=None, now=minute(now))
        alert_following.catch_up(session, routes=(HOURLY,), now=minute(now))
        while (claimed := outbox.claim(session, HOURLY, now=minute(now + 1))) is not None:
            told.append(claimed.said.kind.value)
            assert outbox.settle_sent(session, claimed, now=minute(now))
    return told


def take(
    fleet: Fleet, actor: str, at: float, seen: datetime | None = None, number: int = 1
) -> None:
    with writing(fleet.sessions) as session:
        incident_care.take(session, number, actor=actor, now=minute(at), seen=seen)


def let_go(fleet: Fleet, actor: str, at: float) -> None:
    with writing(fleet.sessions) as session:
        incident_care.let_go(session, 1, actor=actor, now=minute(at))


def story(fleet: Fleet) -> list[tuple[str, str, object]]:
    with fleet.sessions() as session:
        actors = incident_reading.authors_of(session, 1)
        lines = incident_reading.lines_of_care(session, 1)
        return [(str(it.code), actors[it.uid], it.content["before"]) for it in lines]


def test_who_takes_care_is_kept_told_to_the_team_and_journalled(fleet: Fleet) -> None:
    before = fleet.only()
    take(fleet, OMAR, 5)
    found = fleet.only()
    assert (found.taken_by, found.taken_at) == (OMAR, minute(5))
    take(fleet, ODILE, 9, seen=minute(5))
    take(fleet, ODILE, 10)  # twice is once
    let_go(fleet, ODILE, 12)
    let_go(fleet, ODILE, 13)
    assert (fleet.only().taken_by, fleet.only().taken_at) == ("", None)
    assert story(fleet) == [
        ("taken", OMAR, None),
        ("taken", ODILE, OMAR),
        ("let-go", ODILE, ODILE),
    ]
    with fleet.sessions() as session:
        lines = session.scalars(select(JournalLine).order_by(JournalLine.id)).all()
    assert [(line.event, line.actor) for line in lines] == [
        ("incident.taken", OMAR),
        ("incident.taken", ODILE),
        ("incident.let-go", ODILE),
    ]
    # Nothing that public pages are made from, nor forms of messages, has changed.
    assert (found.messages, found.updated_at) == (before.messages, before.updated_at)
    assert fleet.only().version == before.version


def test_the_second_of_two_who_take_care_at_once_is_told(fleet: Fleet) -> None:
    take(fleet, OMAR, 5)
    with pytest.raises(TakenMeanwhileError) as caught:
        take(fleet, ODILE, 6)
    assert (caught.value.actor, caught.value.at) == (OMAR, minute(5))
    take(fleet, ODILE, 7, seen=minute(5))
    with pytest.raises(TakenMeanwhileError):
        take(fleet, "account/3", 8, seen=minute(5))
    with pytest.raises(TakenMeanwhileError):
        let_go(fleet, OMAR, 9)
    assert fleet.only().taken_by == ODILE


def test_nobody_takes_care_of_what_is_over_or_gone(fleet: Fleet) -> None:
    watch(fleet, ("visio", UP, 3), now=3)
    for number, code in ((1, "over"), (99, "gone")):
        with pytest.raises(IncidentError, match=code):
            take(fleet, OMAR, 5, number=number)


def test_a_promise_stands_though_somebody_takes_care_after_it(fleet: Fleet) -> None:
    with writing(fleet.sessions) as session:
        saying = Saying(text="On regarde.", next_at=minute(60))
        incident_people.add_message(session, 1, saying, actor=OMAR, now=minute(1), seen_version=1)
    take(fleet, OMAR, 5)
    assert fleet.only().next_at == minute(60)


def test_nobody_is_reminded_for_four_hours_while_somebody_takes_care(fleet: Fleet) -> None:
    assert watch(fleet, now=61) == ["reminder"]
    take(fleet, OMAR, 70)
    told = [watch(fleet, now=now) for now in (125, 185, 245, 309)]
    assert told == [[], [], [], []]
    assert watch(fleet, now=311) == ["reminder"]
    assert watch(fleet, ("visio", UP, 320), now=320) == ["closed"]


def test_reminders_come_again_when_nobody_takes_care_any_more(fleet: Fleet) -> None:
    take(fleet, OMAR, 5)
    assert watch(fleet, now=61) == []
    let_go(fleet, OMAR, 62)
    assert watch(fleet, now=63) == ["reminder"]


def test_reminders_come_again_when_it_grows_worse(fleet: Fleet) -> None:
    take(fleet, OMAR, 5)
    assert watch(fleet, ("visio", DOWN, 61), now=61) == ["worse"]
    assert watch(fleet, now=100) == []
    assert watch(fleet, now=125) == ["reminder"]
    take(fleet, ODILE, 126, seen=minute(5))
    assert watch(fleet, now=185) == []
    assert watch(fleet, ("pad", DOWN, 186), now=186) == ["reminder"], "one more server"
    assert fleet.only().taken_by == ODILE


def test_what_comes_back_has_whoever_took_care_of_it(fleet: Fleet) -> None:
    take(fleet, OMAR, 5)
    assert watch(fleet, ("visio", UP, 10), now=10) == ["closed"]
    assert watch(fleet, ("visio", DOWN, 30), now=30) == ["opened"]
    assert fleet.only().taken_by == OMAR
    assert watch(fleet, ("visio", UP, 95), now=95) == [], "nobody is reminded of what is up"


def test_of_two_that_become_one_whoever_takes_care_of_the_first_goes_on(fleet: Fleet) -> None:
    fleet.batch(("nuage", DOWN, 1))
    take(fleet, ODILE, 2, number=2)
    with writing(fleet.sessions) as session:
        incident_people.merge(session, 1, 2, actor=OMAR, now=minute(3))
    assert (fleet.only().taken_by, fleet.only().taken_at) == (ODILE, minute(2))
    assert story(fleet) == [("taken", ODILE, None)]
    take(fleet, OMAR, 5, seen=minute(2))
    assert watch(fleet, now=62) == []
