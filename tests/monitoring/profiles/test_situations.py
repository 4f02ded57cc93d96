"""Each profile in each situation that is written down, and in those that any server may meet."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from monitoring.memory import Memory
from monitoring.probe import check
from monitoring.profiles import PROFILES
from monitoring.target import Part, ProbeResult, ProbeTarget, State
from outbound import Guard
from tests.monitoring.profiles.replay import HERE, make_guard, make_guard_of_names
from tests.monitoring.profiles.situation import Situation, Software, read_all, serving
from tests.monitoring.profiles.test_profiles import ANY, NOT_MEASURABLE, WRONG, LateGuard
from tests.servers import free_port

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
ALL = read_all()
SITUATIONS = [situation for software in ALL.values() for situation in software.situations]
SIDES = [(name, side) for name, software in ALL.items() for side in software.sides]
# What any answer may mean, whatever the profile: docs/probe-profiles.md.
GENERAL = {
    "ok": State.UP,
    "slow": State.DEGRADED,
    "retry-after": State.MAINTENANCE,
    "wrong-software": State.DOWN,
    "bad-json": State.DOWN,
    "not-measurable": State.UNKNOWN,
    "redirected-elsewhere": State.UNKNOWN,
}


def probe(
    software: Software, url: str, *, guard: Guard | None = None, memory: Memory | None = None
) -> ProbeResult:
    target = ProbeTarget(key="k", url=url + software.path, profile=software.profile, timeout=20)
    return check(target, guard=guard or make_guard(), clock=lambda: NOON, memory=memory)


@pytest.mark.parametrize("situation", SITUATIONS, ids=str)
def test_the_verdict_of_a_situation(situation: Situation) -> None:
    with serving(situation.answers) as server:
        result = probe(ALL[situation.profile], server.url)
    assert f"{result.state} {result.reason}" == situation.verdict
    assert (result.version, result.message) == (situation.version, situation.message)
    end = None if situation.ends_in is None else NOON + timedelta(seconds=situation.ends_in)
    assert result.expected_end == end
    if situation.parts is not None:
        assert {part.value: state.value for part, state in result.parts.items()} == situation.parts


@pytest.mark.parametrize("situation", SITUATIONS, ids=str)
def test_every_reason_is_documented_with_its_state(situation: Situation) -> None:
    told: dict[str, set[State]] = {reason: {state} for reason, state in GENERAL.items()}
    for part in PROFILES[situation.profile].checks:
        for reason, meant in part.tells.items():
            told.setdefault(reason, set()).add(meant)
    state, reason = situation.verdict.split()
    assert state in told.get(reason, {State.DOWN} if reason.startswith("http-") else set())


@pytest.mark.parametrize("profile", ALL)
@pytest.mark.parametrize(("answer", "state", "reason"), ANY)
def test_what_stands_in_front_is_told_from_the_software(
    profile: str, answer: str, state: State, reason: str
) -> None:
    with serving({"GET": answer, "POST": answer}) as server:
        result = probe(ALL[profile], server.url)
    assert (result.state, result.reason) == (state, reason)
    assert result.parts[Part.REACHABLE] is State.UP


@pytest.mark.parametrize("profile", ALL)
@pytest.mark.parametrize("answer", WRONG)
def test_other_software_at_the_right_address_is_down(profile: str, answer: str) -> None:
    with serving({"GET": answer, "POST": answer}) as server:
        result = probe(ALL[profile], server.url)
    assert (result.state, result.reason) == (State.DOWN, "wrong-software")


@pytest.mark.parametrize(("profile", "side"), SIDES)
def test_a_side_check_that_cannot_be_measured_leaves_the_verdict(profile: str, side: str) -> None:
    healthy = ALL[profile].healthy
    for answer in NOT_MEASURABLE:
        with serving({"GET /round ": answer} | dict(healthy) | {side: answer}) as server:
            result = probe(ALL[profile], server.url)
        assert (result.state, result.reason) == (State.UP, "ok"), answer
        assert any(f"{line} ".startswith(side) for line in server.lines)


@pytest.mark.parametrize(("profile", "side"), SIDES)
def test_a_side_check_that_fails_is_trouble(profile: str, side: str) -> None:
    for answer in ("shared/gateway_timeout", "shared/unavailable"):
        with serving(dict(ALL[profile].healthy) | {side: answer}) as server:
            result = probe(ALL[profile], server.url)
        assert result.state in {State.DOWN, State.DEGRADED}
        assert result.reason != "slow"


@pytest.mark.parametrize("profile", ALL)
def test_each_side_check_has_its_request_written_down(profile: str) -> None:
    optional = [part for part in PROFILES[profile].checks if not part.essential]
    assert len(ALL[profile].sides) == len(optional)


@pytest.mark.parametrize("profile", ALL)
def test_a_heavy_check_rests_after_a_success_and_keeps_its_part(profile: str) -> None:
    software, memory = ALL[profile], Memory()
    with serving(software.healthy) as server:
        first = probe(software, server.url, memory=memory)
        asked = len(server.lines)
        second = probe(software, server.url, memory=memory)
    resting = [part for part in PROFILES[profile].checks if part.rest]
    assert len(server.lines) - asked == asked - len(resting)
    assert (second.state, second.version, second.parts) == (State.UP, first.version, first.parts)


@pytest.mark.parametrize("profile", ALL)
def test_each_profile_says_slow(profile: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """After 0.2 of 20 seconds: far from the time-out, however busy the machine."""
    monkeypatch.setattr("monitoring.probe.SLOW_SHARE", 0.01)
    with serving(ALL[profile].healthy) as server:
        guard = LateGuard(HERE, user_agent="Tests")
        result = probe(ALL[profile], server.url, guard=guard)
    assert (result.state, result.reason) == (State.DEGRADED, "slow")


@pytest.mark.parametrize("profile", ALL)
def test_a_stopped_server_is_not_reachable_and_nothing_else_is_known(profile: str) -> None:
    result = probe(ALL[profile], f"http://127.0.0.1:{free_port()}")
    assert (result.state, result.reason) == (State.DOWN, "connection-refused")
    assert result.parts == {Part.REACHABLE: State.DOWN}


@pytest.mark.parametrize(("profile", "place"), [("galene", "/ws"), ("cryptpad", "/cryptpad_webs")])
def test_a_web_socket_is_asked_for_as_such(profile: str, place: str) -> None:
    with serving(ALL[profile].healthy) as server:
        probe(ALL[profile], server.url)
    request = next(one for one in server.requests if one.startswith(f"GET {place}".encode()))
    lines = {line.lower() for line in request.split(b"\r\n")}
    assert {b"connection: upgrade", b"upgrade: websocket"} <= lines


@pytest.mark.parametrize(
    "answer",
    [
        {"json": {"error": "Unsupported redirect", "errorcode": "redirecterrordetected"}},
        {"json": [{"error": False, "data": {"wwwroot": "https://moodle.lyon.example"}}]},
    ],
    ids=["leads people away", "answers to any name"],
)
def test_a_moodle_asked_by_the_name_of_another_is_down(answer: dict[str, object]) -> None:
    with serving({"POST ": answer}) as server:
        url = server.url.replace("127.0.0.1", "autre.lyon.example")
        result = probe(ALL["moodle"], url, guard=make_guard_of_names())
    assert (result.state, result.reason) == (State.DOWN, "wrong-host")


def test_a_version_with_the_pages_of_another_is_asked_at_its_own_place() -> None:
    """A place that means nothing to this version is no failure, whatever its status."""
    page = {"body": "<!DOCTYPE html><html><title>Rocket.Chat</title></html>"}
    with serving(dict(ALL["rocketchat"].healthy) | {"GET /readyz": page}) as server:
        result = probe(ALL["rocketchat"], server.url)
    assert [step.reason for step in result.steps] == ["wrong-software", "ok", "ok", "ok"]
    assert result.parts[Part.HEALTHY] is State.UP
