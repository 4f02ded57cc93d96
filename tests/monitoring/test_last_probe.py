"""What the last probe saw: kept when it says something new, in little room."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session, sessionmaker

from database import make_sessions, writing
from monitoring import last_probe, records
from monitoring.board import Board
from monitoring.last_probe import MOST_BYTES, content_of, read_last
from monitoring.records import Batch
from monitoring.target import Part, ProbeResult, State, Step
from tests.monitoring.scene import UP, target

NINE = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
STEP = Step(
    url="https://h1.example.fr/status.php",
    status=502,
    latency_ms=40,
    reason="http-502",
    part=Part.HEALTHY,
)
BAD = ProbeResult(
    state=State.DOWN,
    reason="http-502",
    message="Erreur",
    expected_end=NINE + timedelta(hours=1),
    steps=(STEP, replace(STEP, status=None, part=None)),
    parts={Part.REACHABLE: State.UP, Part.HEALTHY: State.DOWN},
)


@pytest.fixture
def sessions(any_engine: Engine) -> sessionmaker[Session]:
    return make_sessions(any_engine)


def board(sessions: sessionmaker[Session]) -> Board:
    found = Board()
    with writing(sessions) as session:
        records.register(session, [target(1)])
        found.follow([target(1)], records.read_known(session), now=0.0)
    return found


def hear(found: Board, result: ProbeResult, second: int) -> None:
    at = NINE + timedelta(seconds=second)
    found.hear(target(1).key, result, at=at, now=second, local=False)


def write(sessions: sessionmaker[Session], batch: Batch) -> None:
    with writing(sessions) as session:
        records.write(session, batch, epoch=1)


def test_everything_comes_back_as_it_was_seen(sessions: sessionmaker[Session]) -> None:
    found = board(sessions)
    for second, result in ((0, UP), (60, BAD)):
        hear(found, result, second)
        write(sessions, found.take())
    with sessions() as session:
        look = read_last(session, target(1).key)
        assert read_last(session, target(2).key) is None
    assert look is not None
    assert (look.at, look.state, look.reason) == (
        NINE + timedelta(seconds=60),
        State.DOWN,
        "http-502",
    )
    assert (look.message, look.expected_end) == ("Erreur", BAD.expected_end)
    assert (look.steps, dict(look.parts), look.cut) == (BAD.steps, BAD.parts, False)


def test_the_same_verdict_is_written_every_five_minutes_only(
    sessions: sessionmaker[Session],
) -> None:
    found = board(sessions)
    written = []
    for second in range(0, 660, 60):
        hear(found, UP, second)
        written += [look.at for look in found.take().looks]
    assert [(at - NINE).seconds for at in written] == [0, 300, 600]


def test_another_part_in_trouble_is_news(sessions: sessionmaker[Session]) -> None:
    found = board(sessions)
    hear(found, BAD, 0)
    hear(found, BAD, 20)
    assert len(found.take().looks) == 1
    hear(found, replace(BAD, parts={Part.REACHABLE: State.DOWN}), 40)
    assert len(found.take().looks) == 1


def test_what_could_not_be_written_is_handed_over_again_unless_there_is_fresher(
    sessions: sessionmaker[Session],
) -> None:
    found = board(sessions)
    hear(found, UP, 0)
    lost = found.take()
    found.give_back(lost)
    assert found.take().looks == lost.looks
    hear(found, BAD, 60)
    found.give_back(lost)
    assert [look.content["reason"] for look in found.take().looks] == ["http-502"]


def test_a_chatty_probe_is_cut_from_the_front() -> None:
    long = replace(STEP, url="https://h.example.fr/" + "é" * 900, reason="r" * 500)
    last = replace(STEP, reason="the-last")
    content = content_of(replace(BAD, message="m" * 5000, steps=(*[long] * 40, last)))
    assert len(json.dumps(content)) <= MOST_BYTES
    assert content["cut"]
    assert content["steps"][-1]["reason"] == "the-last"
    assert last_probe.content_of(BAD)["cut"] is False
