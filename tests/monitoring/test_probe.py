"""One probe: its deadline, its memory, its manners, and what it never does."""

from __future__ import annotations

import json
import socket
import threading
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network

import pytest

from monitoring import probe
from monitoring.memory import Memory
from monitoring.probe import check, result_as_json
from monitoring.target import Expectation, Part, ProbeTarget, State, target_key
from outbound import Answer, Guard
from outbound.names import Resolver
from tests import ill_behaved
from tests.ill_behaved import Listener, forbidden_listener
from tests.monitoring.profiles.replay import HERE, make_guard, read_answer, replaying

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
ETHERPAD = {"GET /health ": "etherpad/health_up", "GET /p/": "etherpad/export_missing"}


def target(url: str, profile: str = "http", **more: float) -> ProbeTarget:
    return ProbeTarget(
        key=target_key(url, profile, None),
        url=url,
        profile=profile,
        timeout=more.get("timeout", 20),
    )


def at(now: datetime = NOON) -> datetime:
    return now


def failing_lookup(number: int) -> Guard:
    def lookup(_host: str) -> list[str]:
        raise socket.gaierror(number, "no")

    return Guard(HERE, user_agent="Tests", resolver=Resolver(lookup))


def test_a_missing_name_is_down_and_a_broken_look_up_unknown() -> None:
    missing = check(target("http://a.test/"), guard=failing_lookup(socket.EAI_NONAME))
    assert (missing.state, missing.reason) == (State.DOWN, "name-not-found")
    broken = check(target("http://a.test/"), guard=failing_lookup(socket.EAI_AGAIN))
    assert (broken.state, broken.reason) == (State.UNKNOWN, "name-temporary")


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("http://127.0.0.2:{port}/", "refused-address"),
        ("http://0x7f000002:{port}/", "refused-address"),
        ("ftp://127.0.0.1:{port}/", "refused-scheme"),
        ("http://127.0.0.1:6379/", "refused-port"),
        ("http://me:word@127.0.0.1:{port}/", "refused-credentials"),
    ],
)
@pytest.mark.parametrize("profile", ["http", "nextcloud", "jitsi"])
def test_a_target_that_must_not_be_asked_is_unknown(url: str, reason: str, profile: str) -> None:
    with forbidden_listener() as listener:
        result = check(target(url.format(port=listener.port), profile), guard=make_guard())
    assert (result.state, result.reason) == (State.UNKNOWN, reason)
    assert result.steps[0].status is None


@pytest.mark.parametrize(
    ("handler", "reason"),
    [
        (ill_behaved.hangs_up, "connection-reset"),
        (ill_behaved.says(b"SSH-2.0-OpenSSH\r\n"), "bad-answer"),
        (ill_behaved.redirects_to("/round"), "too-many-redirects"),
    ],
)
def test_a_server_that_does_not_answer_properly_is_down(
    handler: ill_behaved.Handler, reason: str
) -> None:
    with Listener(handler) as server:
        result = check(target(server.url), guard=make_guard())
    assert (result.state, result.reason) == (State.DOWN, reason)


LONG = b"x" * 3_000_000


@pytest.mark.parametrize(
    ("profile", "expect", "status", "start", "verdict"),
    [
        ("http", Expectation(), "200 OK", b"<p>Bonjour", "up ok"),
        ("http", Expectation(text="Bonjour"), "200 OK", b"<p>Bonjour", "up ok"),
        ("http", Expectation(text="Bonsoir"), "200 OK", b"<p>Bonjour", "unknown too-large"),
        ("http", Expectation(json_path="a"), "200 OK", b'{"a": 1, "b": "', "unknown too-large"),
        ("http", Expectation(codes=(204,)), "200 OK", b"<p>Bonjour", "down http-200"),
        ("http", Expectation(text="Bonsoir"), "500 Oh", b"<p>Bonjour", "down http-500"),
        ("nextcloud", Expectation(), "200 OK", b'{"installed": true, "b": "', "unknown too-large"),
        ("wordpress", Expectation(), "500 Oh", b"<p>Bonjour", "down http-500"),
    ],
)
def test_a_long_answer_is_judged_by_its_beginning_and_never_down_for_the_rest(
    profile: str, expect: Expectation, status: str, start: bytes, verdict: str
) -> None:
    with Listener(ill_behaved.says(ill_behaved.http_answer(status, start + LONG))) as server:
        asked = replace(target(server.url, profile), expect=expect)
        result = check(asked, guard=make_guard())
    assert f"{result.state} {result.reason}" == verdict
    assert result.parts[Part.REACHABLE] is State.UP


def test_an_answer_without_end_is_that_of_its_beginning() -> None:
    with Listener(ill_behaved.floods(b"HTTP/1.1 200 OK\r\n\r\n", b"x" * 65536)) as server:
        result = check(target(server.url), guard=make_guard())
    assert (result.state, result.reason) == (State.UP, "ok")


def test_an_optional_check_too_long_to_tell_is_left_out() -> None:
    def handle(connection: socket.socket, _over: threading.Event) -> None:
        asks_for_pad = b"/p/" in ill_behaved.read_request(connection)
        body = LONG if asks_for_pad else b'{"status": "pass"}'
        connection.sendall(ill_behaved.http_answer(body=body))

    with Listener(handle) as server:
        result = check(target(server.url, "etherpad"), guard=make_guard())
    assert (result.state, result.parts[Part.HEALTHY]) == (State.UP, State.UP)


def test_all_steps_together_end_at_the_time_out() -> None:
    """The first step answers, the next hangs: the time-out is the probe's, not the step's."""

    def handle(connection: socket.socket, over: threading.Event) -> None:
        if b"/health" in ill_behaved.read_request(connection):
            connection.sendall(ill_behaved.http_answer(body=b'{"status": "pass"}'))
        else:
            over.wait(20)

    with Listener(handle) as server:
        started = time.monotonic()
        result = check(target(server.url, "etherpad", timeout=3), guard=make_guard())
        assert time.monotonic() - started < 13
    assert (result.state, result.reason) == (State.DOWN, "timeout")
    assert [step.reason for step in result.steps] == ["ok", "timeout"]


def late(seconds: dict[str, float], answers: dict[str, str]) -> ill_behaved.Handler:
    """Both by how the request line begins; a request that is not listed is never answered."""

    def handle(connection: socket.socket, over: threading.Event) -> None:
        request = ill_behaved.read_request(connection).decode()
        over.wait(next((wait for start, wait in seconds.items() if request.startswith(start)), 0))
        names = [name for start, name in answers.items() if request.startswith(start)]
        if names:
            connection.sendall(read_answer(names[0]))
        else:
            over.wait(20)

    return handle


def test_a_healthy_answer_after_half_the_time_out_is_slow() -> None:
    with Listener(late({"GET": 4}, {"GET": "shared/welcome_to_nginx"})) as server:
        slow = check(target(server.url, timeout=7.5), guard=make_guard())
        quick = check(target(server.url, timeout=30), guard=make_guard())
    assert (slow.state, slow.reason) == (State.DEGRADED, "slow")
    assert [(step.status, step.reason) for step in slow.steps] == [(200, "slow")]
    assert (quick.state, quick.reason) == (State.UP, "ok")


@pytest.fixture
def soon_slow(monkeypatch: pytest.MonkeyPatch) -> None:
    """Slow after 0.2 of 20 seconds: far from the time-out, however busy the machine."""
    monkeypatch.setattr(probe, "SLOW_SHARE", 0.01)


@pytest.mark.usefixtures("soon_slow")
def test_what_is_no_health_does_not_become_slow() -> None:
    for answer, state in (("gateway_timeout", State.DOWN), ("maintenance_page", State.MAINTENANCE)):
        with Listener(late({"GET": 0.4}, {"GET": f"shared/{answer}"})) as server:
            assert check(target(server.url), guard=make_guard()).state is state


@pytest.mark.usefixtures("soon_slow")
def test_a_slow_check_is_asked_again_at_each_probe() -> None:
    memory = Memory()
    with Listener(late({"GET /p/": 0.4}, ETHERPAD)) as server:
        for _ in range(2):
            result = check(target(server.url, "etherpad"), guard=make_guard(), memory=memory)
            assert (result.state, result.reason) == (State.DEGRADED, "slow")
            assert result.steps[1].reason == "slow"


@pytest.mark.usefixtures("soon_slow")
def test_what_the_software_says_of_itself_tells_more_than_slow() -> None:
    for place in ("GET /health ", "GET /p/"):
        answers = ETHERPAD | {"GET /health ": "etherpad/health_warn"}
        with Listener(late({place: 0.4}, answers)) as server:
            result = check(target(server.url, "etherpad"), guard=make_guard())
        assert (result.state, result.reason) == (State.DEGRADED, "health-warn")


@pytest.mark.parametrize(
    ("share", "state", "reason"), [(0.98, State.DEGRADED, "slow"), (0.5, State.DOWN, "timeout")]
)
def test_a_side_check_is_not_blamed_for_the_time_that_others_took(
    share: float, state: State, reason: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first answer takes a tenth of the time; whether that is a fair rest depends on us."""
    monkeypatch.setattr(probe, "SLOW_SHARE", share)
    answers = {"GET /health ": "etherpad/health_up"}
    with Listener(late({"GET /health ": 0.4}, answers)) as server:
        result = check(target(server.url, "etherpad", timeout=4), guard=make_guard())
    assert (result.state, result.reason, result.version) == (state, reason, "2.5.3")
    assert [step.reason for step in result.steps] == ["ok", "timeout"]


def test_a_fault_of_ours_is_unknown_and_never_raises() -> None:
    class Broken(Guard):
        def fetch(self, *_args: object, **_options: object) -> Answer:
            raise RuntimeError("a fault of ours")

    result = check(target("http://127.0.0.1/"), guard=Broken(user_agent="Tests"))
    assert (result.state, result.reason) == (State.UNKNOWN, "probe-error")
    other = check(target("http://127.0.0.1/", "no-such-profile"), guard=make_guard())
    assert (other.state, other.reason) == (State.UNKNOWN, "unknown-profile")


def test_a_heavy_check_rests_after_a_success() -> None:
    memory = Memory()
    with replaying(ETHERPAD) as server:
        for _ in range(3):
            result = check(target(server.url, "etherpad"), guard=make_guard(), memory=memory)
            assert (result.state, result.version) == (State.UP, "2.5.3")
    assert len([line for line in server.lines if line.startswith("GET /health")]) == 3
    assert len([line for line in server.lines if line.startswith("GET /p/")]) == 1


def test_a_heavy_check_that_fails_is_asked_again_at_each_probe() -> None:
    memory = Memory()
    answers = ETHERPAD | {"GET /p/": "etherpad/export_database_gone"}
    with replaying(answers) as server:
        for _ in range(3):
            result = check(target(server.url, "etherpad"), guard=make_guard(), memory=memory)
            assert (result.state, result.reason) == (State.DOWN, "database")
    assert len([line for line in server.lines if line.startswith("GET /p/")]) == 3


def test_the_version_read_by_a_check_at_rest_is_still_told() -> None:
    memory = Memory()
    answers = {"GET /srv/status ": "discourse/status_up", "GET /about.json ": "discourse/about_up"}
    with replaying(answers) as server:
        for _ in range(2):
            result = check(target(server.url, "discourse"), guard=make_guard(), memory=memory)
            assert result.version == "3.5.2"
    assert len(server.lines) == 4
    assert len([line for line in server.lines if line.startswith("GET /about.json")]) == 1


def test_a_server_that_finds_us_too_many_is_left_alone() -> None:
    memory = Memory()
    with replaying({"GET ": "shared/too_many_requests"}) as server:
        aim = target(server.url)
        first = check(aim, guard=make_guard(), clock=at, memory=memory)
        later = NOON + timedelta(seconds=119)
        second = check(aim, guard=make_guard(), clock=lambda: later, memory=memory)
        after = NOON + timedelta(seconds=121)
        third = check(aim, guard=make_guard(), clock=lambda: after, memory=memory)
    for result in (first, second, third):
        assert (result.state, result.reason) == (State.UNKNOWN, "asked-too-often")
    assert first.expected_end == second.expected_end == NOON + timedelta(seconds=120)
    assert second.steps == ()
    assert len(server.lines) == 2


def test_a_maintenance_page_gives_its_words_and_its_end() -> None:
    with replaying({"GET ": "shared/maintenance_page"}) as server:
        result = check(target(server.url), guard=make_guard(), clock=at)
    assert result.state is State.MAINTENANCE
    assert result.message == "Maintenance De retour à 14 h."
    assert result.expected_end == NOON + timedelta(hours=1)


@pytest.mark.parametrize(
    ("value", "end"),
    [
        ("60", NOON + timedelta(minutes=1)),
        ("Fri, 20 Nov 2026 14:00:00 GMT", NOON + timedelta(hours=2)),
        ("Fri, 20 Nov 2026 11:00:00 GMT", None),
        ("99999999999999999999", None),
        ("soon", None),
        ("Fri, 20 Nov 99999999999999999999 14:00:00 GMT", None),
        ("Fri, 31 Dec 9999 23:59:59 -1400", None),
        ("-5", None),
        ("", None),
    ],
)
def test_an_end_that_makes_no_sense_is_not_told(value: str, end: datetime | None) -> None:
    answer = ill_behaved.http_answer("503 Service Unavailable", b"", Retry_After=value)
    with Listener(ill_behaved.says(answer)) as server:
        result = check(target(server.url), guard=make_guard(), clock=at)
    assert (result.state, result.expected_end) == (State.MAINTENANCE, end)


@pytest.mark.parametrize("charset", ["idna", "punycode", "utf-7", "rot13", "no-such-charset"])
def test_words_in_an_odd_charset_are_read_as_utf_8_at_once(charset: str) -> None:
    body = "École en travaux ".encode() + b"a" * 200_000
    kind = f"text/plain; charset={charset}"
    answer = ill_behaved.http_answer("503 Nap", body, Retry_After="60", Content_Type=kind)
    before = time.process_time()
    with Listener(ill_behaved.says(answer)) as server:
        result = check(target(server.url), guard=make_guard(), clock=at)
    assert time.process_time() - before < 0.5
    assert (result.state, result.reason) == (State.MAINTENANCE, "retry-after")
    assert (result.message or "").startswith("École en travaux aaa")


@pytest.mark.parametrize("charset", ["ISO-8859-1", "windows-1252", "latin-1", "cp1252"])
def test_words_in_an_old_charset_keep_their_accents(charset: str) -> None:
    body = "École en travaux".encode(charset)
    kind = f'text/plain; charset="{charset}"'
    answer = ill_behaved.http_answer("503 Nap", body, Retry_After="60", Content_Type=kind)
    with Listener(ill_behaved.says(answer)) as server:
        result = check(target(server.url), guard=make_guard(), clock=at)
    assert result.message == "École en travaux"


def test_a_result_prints_as_plain_json() -> None:
    with replaying(ETHERPAD | {"GET /health ": "shared/maintenance_page"}) as server:
        result = check(target(server.url, "etherpad"), guard=make_guard(), clock=at)
    printed = json.loads(json.dumps(result_as_json(result)))
    assert printed["state"] == "maintenance"
    assert printed["expected_end"] == "2026-11-20T13:00:00+00:00"
    assert printed["version"] is None
    assert printed["steps"][0]["status"] == 503
    assert printed["latency_ms"] == printed["steps"][0]["latency_ms"]


@pytest.mark.parametrize(
    "url",
    [
        *("https://pad.example.fr", "https://pad.example.fr/", "HTTPS://Pad.Example.FR:443/"),
        *("https://pad.example.fr./", "https://pad.example.fr/#top"),
    ],
)
def test_a_cosmetic_edit_keeps_the_history(url: str) -> None:
    assert target_key(url, "http", None) == target_key("https://pad.example.fr", "http", "")


def test_another_address_profile_or_path_is_another_target() -> None:
    keys = {
        target_key("https://pad.example.fr", "http", None),
        target_key("http://pad.example.fr", "http", None),
        target_key("https://pad.example.fr:8443", "http", None),
        target_key("https://pad.example.fr/Pad", "http", None),
        target_key("https://pad.example.fr/pad", "http", None),
        target_key("https://pad.example.fr", "etherpad", None),
        target_key("https://pad.example.fr", "http", "/health"),
        target_key("tcp://pad.example.fr:443", "tcp", None),
        target_key("https://pad.example.fr/doku.php?id=start", "http", None),
        target_key("https://pad.example.fr/doku.php?id=other", "http", None),
    }
    assert len(keys) == 10
    assert all(len(key) == 24 and set(key) <= set("0123456789abcdef") for key in keys)


def test_a_host_that_cannot_be_still_has_a_key() -> None:
    assert len(target_key("http://a..fr/", "http", None)) == 24
    assert target_key("http://École.fr/", "http", None) == target_key(
        "http://xn--cole-9oa.fr", "http", None
    )


def test_what_could_not_be_asked_is_neither_reachable_nor_not() -> None:
    unsure = check(target("http://a.test/"), guard=failing_lookup(socket.EAI_AGAIN))
    assert unsure.parts == {Part.REACHABLE: State.UNKNOWN}
    missing = check(target("http://a.test/"), guard=failing_lookup(socket.EAI_NONAME))
    assert missing.parts == {Part.REACHABLE: State.DOWN}


def test_a_server_that_answers_anything_is_reachable() -> None:
    for handler in (ill_behaved.redirects_to("/round"), ill_behaved.says(b"SSH-2.0-OpenSSH\r\n")):
        with Listener(handler) as server:
            result = check(target(server.url), guard=make_guard())
        assert result.parts == {Part.REACHABLE: State.UP, Part.WORKS: State.DOWN}


def test_each_step_says_which_part_it_was_asked_for() -> None:
    with replaying(ETHERPAD) as server:
        result = check(target(server.url, "etherpad"), guard=make_guard())
    assert [step.part for step in result.steps] == [Part.HEALTHY, Part.WORKS]
    assert result.parts == dict.fromkeys(Part, State.UP)
    printed = json.loads(json.dumps(result_as_json(result)))
    assert printed["parts"] == {"reachable": "up", "healthy": "up", "works": "up"}


def test_a_part_that_could_not_be_measured_stays_unknown_while_it_rests() -> None:
    memory = Memory()
    with replaying(ETHERPAD | {"GET /p/": "shared/forbidden"}) as server:
        for _ in range(2):
            result = check(target(server.url, "etherpad"), guard=make_guard(), memory=memory)
            assert result.parts == {Part.REACHABLE: State.UP, Part.HEALTHY: State.UP}
    assert len([line for line in server.lines if line.startswith("GET /p/")]) == 1


def test_a_server_that_is_left_alone_has_no_parts() -> None:
    memory = Memory()
    with replaying({"GET ": "shared/too_many_requests"}) as server:
        for _ in range(2):
            result = check(target(server.url), guard=make_guard(), clock=at, memory=memory)
    assert result.parts == {}


@pytest.mark.parametrize(("interval", "rests"), [(30, 600), (60, 600), (300, 3000)])
def test_what_is_heavy_is_asked_ten_times_less_often(interval: int, rests: int) -> None:
    memory = Memory()
    began = time.monotonic()
    with replaying(ETHERPAD) as server:
        aim = replace(target(server.url, "etherpad"), interval=interval)
        check(aim, guard=make_guard(), memory=memory)
    proof = memory.proof(aim.key, 1)
    assert proof is not None
    assert rests <= proof.until - began < rests + 300


def test_half_a_host_that_is_silent_changes_no_verdict_and_is_told() -> None:
    allowed = (*HERE, ip_network("::1/128"))
    names = Resolver(lambda _host: ["127.0.0.1", "::1"])
    guard = Guard(allowed, user_agent="Tests", resolver=names)
    with Listener(ill_behaved.says(ill_behaved.http_answer())) as server:
        one = target(f"http://a.test:{server.port}")
        alone = check(one, guard=guard)
        result = check(one, guard=guard, memory=Memory())
    assert (alone.state, alone.silent) == (State.UP, None)
    assert (result.state, result.reason, result.silent) == (State.UP, "ok", "::1")
