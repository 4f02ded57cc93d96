from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from instances.failing_since import with_beginnings
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
from tests.instances.examples import NOW, make_health

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


def test_a_state_never_begins_later_than_it_was_seen() -> None:
    known = {"k": make_health(State.DOWN, since=BEGAN - HOUR), "l": make_health(State.DOWN)}
    assert with_beginnings(known, (incident(),)) is known
