from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session, sessionmaker

from database import writing
from instances.failing_since import with_beginnings
from instances.publication import Sources
from instances.snapshot import read_snapshot
from monitoring.incidents import (
    Affected,
    Cause,
    IncidentView,
    Message,
    Seen,
    Severity,
    Source,
    Stage,
)
from monitoring.target import State
from tests.conftest import SettingsFactory
from tests.instances.examples import NOW, make_health
from tests.monitoring.incident_scene import DOWN, UNKNOWN, Fleet, make_target, minute

HOUR = timedelta(hours=1)
BEGAN = NOW - 3 * HOUR


def incident(*turns: datetime, until: datetime | None = None) -> IncidentView:
    lines = [Message(uid="1", at=BEGAN, source=Source.PROBE, code=Seen.OPENED)]
    lines += [Message(uid="2", at=at, source=Source.PROBE, code=Seen.WORSE) for at in turns]
    return IncidentView(
        id=1,
        uid="u",
        cause=Cause.TARGET,
        value="",
        severity=Severity.MAJOR,
        stage=Stage.INVESTIGATING,
        opened_at=BEGAN,
        closed_at=until,
        targets=(Affected(key="k", labels={}, since=BEGAN, until=until, state=State.DOWN),),
        messages=tuple(lines),
        version=1,
        updated_at=NOW,
    )


@pytest.mark.parametrize(
    ("state", "story", "since"),
    [
        (State.DOWN, incident(), BEGAN),
        (State.DEGRADED, incident(), BEGAN),
        # Disturbed first: down since it grew worse.
        (State.DOWN, incident(NOW - 2 * HOUR), NOW - 2 * HOUR),
        (State.DOWN, incident(until=NOW - HOUR), NOW),
        (State.MAINTENANCE, incident(), NOW),
        (State.UP, incident(), NOW),
    ],
)
def test_one_that_fails_does_so_since_its_incident_says(
    state: State, story: IncidentView, since: datetime
) -> None:
    told = with_beginnings({"k": make_health(state, since=NOW)}, (story,))
    assert told["k"].since == since


def test_one_that_came_back_in_between_fails_since_it_failed_again() -> None:
    (affected,) = incident().targets
    again = replace(affected, again_at=NOW - HOUR)
    told = with_beginnings(
        {"k": make_health(State.DOWN, since=NOW)}, (replace(incident(), targets=(again,)),)
    )
    assert told["k"].since == NOW - HOUR


def test_a_state_never_begins_later_than_it_was_seen() -> None:
    known = {"k": make_health(State.DOWN, since=BEGAN - HOUR), "l": make_health(State.DOWN)}
    assert with_beginnings(known, (incident(),)) is known


def test_every_page_is_made_from_it(
    sessions: sessionmaker[Session], make_settings: SettingsFactory
) -> None:
    fleet = Fleet(sessions, {})
    fleet.watch(make_target("k"))
    for seen in (("k", DOWN, 0), ("k", UNKNOWN, 10), ("k", DOWN, 30)):
        fleet.batch(seen)
    settings = make_settings()
    sources = Sources(catalogue=settings.catalogue, academies=settings.academies)
    with writing(sessions) as session:
        assert read_snapshot(session, sources, now=NOW).health["k"].since == minute(0)
