"""What people write into incidents; on SQLite and on PostgreSQL."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import Engine, select

import journal
from database import make_sessions, writing
from journal import JournalLine, Revision
from monitoring import incident_people
from monitoring.incident_people import IncidentChangedError, IncidentError, Saying
from monitoring.incident_reading import merged_into
from monitoring.incidents import Cause, Severity, Source, Stage
from tests.monitoring.incident_scene import (
    DEGRADED,
    DOWN,
    UP,
    Fleet,
    codes,
    keys,
    make_target,
    minute,
)

OMAR, ODILE = "account/1", "account/2"


@pytest.fixture
def fleet(any_engine: Engine) -> Fleet:
    """Two targets that fail, each for itself: incidents of one version."""
    made = Fleet(make_sessions(any_engine), {})
    made.watch(*(make_target(name) for name in ("visio", "pad", "nuage")))
    made.batch(*((name, UP, -60) for name in made.targets))
    made.batch(("visio", DEGRADED, 1), ("pad", DOWN, 2))
    return made


def say(fleet: Fleet, number: int, text: str, seen: int | None = None, **values: object) -> None:
    saying = Saying(text=text, **values)  # type: ignore[arg-type]
    with writing(fleet.sessions) as session:
        incident_people.add_message(
            session, number, saying, actor=OMAR, now=minute(5), seen_version=seen
        )


def lines(fleet: Fleet) -> list[JournalLine]:
    with fleet.sessions() as session:
        return list(session.scalars(select(JournalLine).order_by(JournalLine.id)))


def test_a_message_is_told_journalled_and_seen_by_pages(fleet: Fleet) -> None:
    visio, _pad = fleet.incidents()
    with fleet.sessions() as session:
        before = journal.read_revisions(session)[Revision.INCIDENTS]
    promised = minute(60)
    say(
        fleet, visio.id, " Le disque.\r\n ", visio.version, stage=Stage.IDENTIFIED, next_at=promised
    )
    found = fleet.incidents()[0]
    said = found.messages[-1]
    assert (said.source, said.text, said.stage) == (Source.PERSON, "Le disque.", Stage.IDENTIFIED)
    assert (found.stage, found.next_at, found.version) == (Stage.IDENTIFIED, promised, 2)
    (line,) = lines(fleet)
    assert (line.event, line.subject, line.actor) == ("incident.said", f"incident/{visio.id}", OMAR)
    with fleet.sessions() as session:
        assert journal.read_revisions(session)[Revision.INCIDENTS] == before + 1


def test_resolved_does_not_close_what_still_fails(fleet: Fleet) -> None:
    visio, _pad = fleet.incidents()
    say(fleet, visio.id, "Réparé.", stage=Stage.RESOLVED)
    found = fleet.incidents()[0]
    assert (found.is_open, found.stage) == (True, Stage.RESOLVED)
    fleet.batch(("visio", UP, 9))
    say(fleet, visio.id, "C'était le disque.", stage=Stage.INVESTIGATING, next_at=minute(99))
    found = fleet.incidents()[0]
    assert (found.is_open, found.stage, found.next_at) == (False, Stage.RESOLVED, None)


def test_the_second_of_two_is_told_and_loses_nothing(fleet: Fleet) -> None:
    visio, _pad = fleet.incidents()
    say(fleet, visio.id, "Je regarde.", visio.version)
    with pytest.raises(IncidentChangedError) as caught:
        say(fleet, visio.id, "Moi aussi.", visio.version)
    assert (caught.value.actor, caught.value.at, caught.value.version) == (OMAR, minute(5), 2)
    fleet.batch(("visio", DOWN, 6))  # what probes see in between disturbs nobody
    say(fleet, visio.id, "C'est pire.", 2)
    fleet.batch(("visio", UP, 7))
    with pytest.raises(IncidentChangedError) as caught:
        say(fleet, visio.id, "Toujours.", 3)
    assert (caught.value.actor, caught.value.at) == ("", minute(7))
    assert len(lines(fleet)) == 2


@pytest.mark.parametrize(
    ("text", "next_at", "code"),
    [
        (" \n", None, "empty"),
        ("x" * 2001, None, "too-long"),
        ("x", minute(5), "promised-in-the-past"),
    ],
)
def test_what_cannot_be_said(fleet: Fleet, text: str, next_at: object, code: str) -> None:
    with pytest.raises(IncidentError, match=code):
        say(fleet, fleet.incidents()[0].id, text, next_at=next_at)
    with pytest.raises(IncidentError, match="gone"):
        say(fleet, 999, "x")


def test_two_that_people_know_to_be_one_are_merged(fleet: Fleet) -> None:
    visio, pad = fleet.incidents()
    say(fleet, pad.id, "Même baie.", stage=Stage.IDENTIFIED)
    with writing(fleet.sessions) as session:
        incident_people.merge(session, visio.id, pad.id, actor=OMAR, now=minute(6), seen_version=2)
    found = fleet.only()
    assert (found.id, keys(found), found.severity) == (visio.id, ["pad", "visio"], Severity.MAJOR)
    assert (found.opened_at, found.cause) == (minute(1), Cause.TARGET)
    assert [item.text for item in found.messages if item.text] == ["Même baie."]
    assert codes(found) == ["opened", "merged"]
    assert found.messages[-1].source is Source.PERSON
    assert lines(fleet)[-1].after == {"into": visio.id}
    with fleet.sessions() as session:
        assert merged_into(session, pad.id) == visio.id
    fleet.batch(("visio", UP, 9))
    assert fleet.only().is_open
    fleet.batch(("pad", UP, 12))
    assert fleet.only().closed_at == minute(12)


def test_what_cannot_be_merged(fleet: Fleet) -> None:
    visio, pad = fleet.incidents()

    def merge(into: int, other: int) -> None:
        with writing(fleet.sessions) as session:
            incident_people.merge(session, into, other, actor=ODILE, now=minute(6))

    with pytest.raises(IncidentError, match="same"):
        merge(visio.id, visio.id)
    with pytest.raises(IncidentError, match="gone"):
        merge(visio.id, 999)
    fleet.batch(("pad", UP, 4))
    with pytest.raises(IncidentError, match="closed"):
        merge(visio.id, pad.id)
    assert lines(fleet) == []


def test_a_target_that_was_in_both_is_in_one_trouble(fleet: Fleet) -> None:
    fleet.batch(("visio", UP, 3))
    fleet.batch(("visio", DOWN, 150))
    old, pad, new = fleet.incidents()
    assert not old.is_open
    with writing(fleet.sessions) as session:
        incident_people.merge(session, new.id, pad.id, actor=OMAR, now=minute(151))
    kept = fleet.incidents()[-1]
    assert (kept.opened_at, keys(kept)) == (minute(2), ["pad", "visio"])
    assert kept.updated_at - kept.opened_at == timedelta(minutes=149)
