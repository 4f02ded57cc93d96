"""Each profile tells up, degraded, maintenance and down apart: recorded answers, replayed."""

from __future__ import annotations

import re
import time
from typing import Any

import pytest

from docs import make_profiles
from monitoring.probe import check
from monitoring.profiles import NAMES, PROFILES
from monitoring.target import Expectation, ProbeResult, ProbeTarget, State
from outbound import Answer, Guard
from tests.monitoring.profiles import sites
from tests.monitoring.profiles.replay import HERE, make_guard, make_guard_of_names, replaying
from tests.servers import free_port

UP, DOWN = State.UP, State.DOWN
DEGRADED, MAINTENANCE, UNKNOWN = State.DEGRADED, State.MAINTENANCE, State.UNKNOWN

STATUS, CAPABILITIES = "GET /status.php ", "GET /ocs/v2.php/cloud/capabilities?format=json "
HEALTH, EXPORT, API = "GET /health ", "GET /p/sonde-", "GET /api "
CONFIG, VIDEOS = "GET /api/v1/config ", "GET /api/v1/videos?"
SRV, ABOUT, BASIC = "GET /srv/status ", "GET /about.json ", "GET /site/basic-info.json "
FRONT, ABOUT_UP = "GET / ", "discourse/about_up"
PAGE, BIND = "GET /config.js ", "POST /http-bind "

NEXTCLOUD_UP = {STATUS: "nextcloud/status_up", CAPABILITIES: "nextcloud/capabilities_up"}
ETHERPAD_UP = {HEALTH: "etherpad/health_up", EXPORT: "etherpad/export_missing"}
PEERTUBE_UP = {CONFIG: "peertube/config_up", VIDEOS: "peertube/videos_up"}
DISCOURSE_UP = {SRV: "discourse/status_up", ABOUT: "discourse/about_up"}
JITSI_UP = {PAGE: "jitsi/config_object", BIND: "jitsi/session_open"}

Row = tuple[str, str, dict[str, str], State, str, str | None]
TABLE: list[Row] = [
    # Nextcloud
    ("nextcloud", "healthy", NEXTCLOUD_UP, UP, "ok", "32.0.1"),
    (
        *("nextcloud", "maintenance mode: still 200"),
        NEXTCLOUD_UP | {STATUS: "nextcloud/status_maintenance"},
        *(MAINTENANCE, "maintenance-flag", "32.0.1"),
    ),
    (
        *("nextcloud", "waits for its upgrade"),
        NEXTCLOUD_UP | {STATUS: "nextcloud/status_needs_upgrade"},
        *(MAINTENANCE, "needs-upgrade", "32.0.1"),
    ),
    (
        *("nextcloud", "asked by a name it does not trust"),
        {STATUS: "nextcloud/status_untrusted_host"},
        *(DOWN, "wrong-host", None),
    ),
    (
        *("nextcloud", "not installed"),
        {STATUS: "nextcloud/status_not_installed"},
        *(DOWN, "not-installed", "32.0.1"),
    ),
    (
        *("nextcloud", "database gone"),
        {STATUS: "nextcloud/status_database_gone"},
        *(DOWN, "http-500", None),
    ),
    (
        *("nextcloud", "database gone behind a status that is still cached"),
        NEXTCLOUD_UP | {CAPABILITIES: "nextcloud/status_database_gone"},
        *(DOWN, "http-500", "32.0.1"),
    ),
    (
        *("nextcloud", "status kept for listed addresses"),
        NEXTCLOUD_UP | {STATUS: "shared/forbidden"},
        *(UP, "ok", "32.0.1"),
    ),
    (
        *("nextcloud", "status kept for listed addresses, in maintenance"),
        {STATUS: "shared/forbidden", CAPABILITIES: "nextcloud/capabilities_maintenance"},
        *(MAINTENANCE, "maintenance-flag", None),
    ),
    (
        *("nextcloud", "only the status is open to us"),
        NEXTCLOUD_UP | {CAPABILITIES: "shared/forbidden"},
        *(UP, "ok", "32.0.1"),
    ),
    (
        *("nextcloud", "all kept from us"),
        {STATUS: "shared/forbidden", CAPABILITIES: "shared/forbidden"},
        *(UNKNOWN, "not-measurable", None),
    ),
    # Etherpad
    ("etherpad", "healthy", ETHERPAD_UP, UP, "ok", "2.5.3"),
    (
        *("etherpad", "says it fails"),
        {HEALTH: "etherpad/health_fail"},
        *(DOWN, "http-503", None),
    ),
    (
        *("etherpad", "says it warns"),
        ETHERPAD_UP | {HEALTH: "etherpad/health_warn"},
        *(DEGRADED, "health-warn", "2.5.3"),
    ),
    (
        *("etherpad", "database gone, health still constant"),
        ETHERPAD_UP | {EXPORT: "etherpad/export_database_gone"},
        *(DOWN, "database", "2.5.3"),
    ),
    (
        *("etherpad", "exports limited"),
        ETHERPAD_UP | {EXPORT: "shared/too_many_requests"},
        *(UP, "ok", "2.5.3"),
    ),
    (
        *("etherpad", "too old for /health"),
        {API: "etherpad/api", EXPORT: "etherpad/export_missing"},
        *(UP, "ok", None),
    ),
    (
        *("etherpad", "stopped behind nginx"),
        {HEALTH: "etherpad/stopped_behind_nginx"},
        *(DOWN, "http-502", None),
    ),
    # PeerTube
    ("peertube", "healthy", PEERTUBE_UP, UP, "ok", "6.3.0"),
    (
        *("peertube", "database gone, configuration still kept"),
        PEERTUBE_UP | {VIDEOS: "peertube/videos_database_gone"},
        *(DOWN, "database", "6.3.0"),
    ),
    (
        *("peertube", "list of videos closed"),
        PEERTUBE_UP | {VIDEOS: "peertube/unknown_address"},
        *(UP, "ok", "6.3.0"),
    ),
    (
        *("peertube", "another program of the same kind"),
        {CONFIG: "peertube/unknown_address"},
        *(DOWN, "http-400", None),
    ),
    ("peertube", "a text", {CONFIG: "peertube/ping"}, DOWN, "bad-json", None),
    # Discourse
    ("discourse", "healthy", DISCOURSE_UP, UP, "ok", "3.5.2"),
    (
        *("discourse", "read-only"),
        DISCOURSE_UP | {SRV: "discourse/status_read_only"},
        *(DEGRADED, "read-only", "3.5.2"),
    ),
    (
        *("discourse", "read-only, told by its own page alone"),
        DISCOURSE_UP | {ABOUT: "discourse/about_read_only"},
        *(DEGRADED, "read-only", "3.5.2"),
    ),
    (
        *("discourse", "read-only, told by a refusal"),
        DISCOURSE_UP | {ABOUT: "discourse/refused_read_only"},
        *(DEGRADED, "read-only", None),
    ),
    (
        *("discourse", "read-only, told by the refused status"),
        {SRV: "discourse/refused_read_only", BASIC: "discourse/basic_info", ABOUT: ABOUT_UP},
        *(DEGRADED, "read-only", "3.5.2"),
    ),
    (
        *("discourse", "read-only, told by the first page alone"),
        DISCOURSE_UP | {FRONT: "discourse/page_read_only"},
        *(DEGRADED, "read-only", "3.5.2"),
    ),
    (
        *("discourse", "its first page fails"),
        DISCOURSE_UP | {FRONT: "etherpad/stopped_behind_nginx"},
        *(DOWN, "http-502", "3.5.2"),
    ),
    (
        *("discourse", "read-only, and its database gone"),
        DISCOURSE_UP | {SRV: "discourse/status_read_only", ABOUT: "discourse/about_database_gone"},
        *(DOWN, "http-500", None),
    ),
    ("discourse", "leaving", {SRV: "discourse/status_draining"}, DOWN, "http-500", None),
    (
        *("discourse", "everyone must sign in"),
        DISCOURSE_UP | {ABOUT: "discourse/about_refused"},
        *(UP, "ok", None),
    ),
    (
        *("discourse", "database gone"),
        DISCOURSE_UP | {ABOUT: "discourse/about_database_gone"},
        *(DOWN, "http-500", None),
    ),
    (
        *("discourse", "status kept for listed addresses"),
        {BASIC: "discourse/basic_info", ABOUT: "discourse/about_up"},
        *(UP, "ok", "3.5.2"),
    ),
    # Jitsi
    ("jitsi", "healthy", JITSI_UP, UP, "ok", None),
    (
        *("jitsi", "configured by assignments"),
        JITSI_UP | {PAGE: "jitsi/config_assignments"},
        *(UP, "ok", None),
    ),
    (
        *("jitsi", "wrong virtual host"),
        JITSI_UP | {BIND: "jitsi/session_wrong_host"},
        *(DOWN, "wrong-host", None),
    ),
    (
        *("jitsi", "no session"),
        JITSI_UP | {BIND: "jitsi/session_refused"},
        *(DOWN, "session-refused", None),
    ),
    (
        *("jitsi", "a page instead of a session"),
        JITSI_UP | {BIND: "jitsi/bind_get"},
        *(DOWN, "wrong-software", None),
    ),
    (
        *("jitsi", "page served, chat server dead"),
        JITSI_UP | {BIND: "etherpad/stopped_behind_nginx"},
        *(DOWN, "http-502", None),
    ),
    (
        *("jitsi", "page served, chat server frozen"),
        JITSI_UP | {BIND: "shared/gateway_timeout"},
        *(DOWN, "http-504", None),
    ),
    ("jitsi", "no session address", {PAGE: "jitsi/config_assignments"}, DOWN, "http-404", None),
    (
        *("jitsi", "only web sockets"),
        {PAGE: "jitsi/config_websocket_only"},
        *(UNKNOWN, "not-measurable", None),
    ),
    # http
    ("http", "any 2xx", {"GET / ": "shared/welcome_to_nginx"}, UP, "ok", None),
    ("http", "nothing there", {}, DOWN, "http-404", None),
    ("http", "refused to us", {"GET / ": "shared/forbidden"}, UNKNOWN, "not-measurable", None),
    *sites.SITUATIONS,
]
FIRST = {
    "nextcloud": STATUS,
    "etherpad": HEALTH,
    "peertube": CONFIG,
    "discourse": SRV,
    "jitsi": PAGE,
    "http": "GET / ",
    **sites.FIRST,
}
# What may stand in front of any of them, on every address.
ANY: list[tuple[str, State, str]] = [
    ("shared/gateway_timeout", DOWN, "http-504"),
    ("etherpad/stopped_behind_nginx", DOWN, "http-502"),
    ("shared/unavailable", DOWN, "http-503"),
    ("shared/maintenance_page", MAINTENANCE, "retry-after"),
    ("shared/too_many_requests", UNKNOWN, "asked-too-often"),
    ("shared/sign_in_elsewhere", UNKNOWN, "redirected-elsewhere"),
]
WRONG = ["shared/welcome_to_nginx", "shared/sign_in_page"]


class LateGuard(Guard):
    """Everything takes a moment longer."""

    def fetch(self, *arguments: Any, **options: Any) -> Answer:
        time.sleep(0.4)
        return super().fetch(*arguments, **options)

    def connect(self, *arguments: Any, **options: Any) -> float:
        time.sleep(0.4)
        return super().connect(*arguments, **options)


# Side checks: the request, and what it says when the first answer is healthy.
SIDE = {
    "nextcloud": (CAPABILITIES, NEXTCLOUD_UP),
    "etherpad": (EXPORT, ETHERPAD_UP),
    "peertube": (VIDEOS, PEERTUBE_UP),
    "discourse": (ABOUT, DISCOURSE_UP),
    **sites.SIDE,
}
NOT_MEASURABLE = [
    *("shared/welcome_to_nginx", "shared/sign_in_page", "discourse/status_up", "peertube/ping"),
    *("shared/forbidden", "shared/too_many_requests", "shared/sign_in_elsewhere"),
    *("shared/unauthorized", "shared/not_allowed", "etherpad/not_found", "shared/round"),
]


def probe(
    profile: str, url: str, expect: Expectation | None = None, guard: Guard | None = None
) -> ProbeResult:
    target = ProbeTarget(
        key="k", url=url, profile=profile, expect=expect or Expectation(), timeout=20
    )
    return check(target, guard=guard or make_guard())


@pytest.mark.parametrize(
    ("profile", "answers", "state", "reason", "version"),
    [pytest.param(p, a, s, r, v, id=f"{p}: {name}") for p, name, a, s, r, v in TABLE],
)
def test_the_verdict_of_a_situation(
    profile: str, answers: dict[str, str], state: State, reason: str, version: str | None
) -> None:
    with replaying(answers) as server:
        result = probe(profile, server.url)
    assert (result.state, result.reason, result.version) == (state, reason, version)
    assert result.steps


@pytest.mark.parametrize("profile", FIRST)
@pytest.mark.parametrize(("answer", "state", "reason"), ANY)
def test_what_stands_in_front_is_told_from_the_software(
    profile: str, answer: str, state: State, reason: str
) -> None:
    with replaying({"GET": answer, "POST": answer}) as server:
        result = probe(profile, server.url)
    assert (result.state, result.reason) == (state, reason)


@pytest.mark.parametrize("profile", sorted(FIRST.keys() - {"http"}))
@pytest.mark.parametrize("answer", WRONG)
def test_other_software_at_the_right_address_is_down(profile: str, answer: str) -> None:
    with replaying({"GET": answer, "POST": answer}) as server:
        result = probe(profile, server.url)
    assert (result.state, result.reason) == (DOWN, "wrong-software")


@pytest.mark.parametrize("profile", SIDE)
@pytest.mark.parametrize("answer", NOT_MEASURABLE)
def test_a_side_check_that_cannot_be_measured_leaves_the_verdict(profile: str, answer: str) -> None:
    side, healthy = SIDE[profile]
    with replaying({"GET /round ": answer} | healthy | {side: answer}) as server:
        result = probe(profile, server.url)
    assert (result.state, result.reason) == (UP, "ok")
    assert any(line.startswith(side.strip()) for line in server.lines)


@pytest.mark.parametrize("profile", SIDE)
@pytest.mark.parametrize("answer", ["shared/gateway_timeout", "shared/unavailable"])
def test_a_side_check_that_fails_is_trouble(profile: str, answer: str) -> None:
    side, healthy = SIDE[profile]
    with replaying(healthy | {side: answer}) as server:
        assert probe(profile, server.url).state is DOWN


@pytest.mark.parametrize(
    ("profile", "answer", "version"),
    [
        ("nextcloud", "nextcloud/status_up", "32.0.1"),
        ("etherpad", "etherpad/health_up", "2.5.3"),
        ("peertube", "peertube/config_up", "6.3.0"),
        ("discourse", "discourse/status_up", None),
    ],
)
def test_a_server_with_one_healthy_answer_for_everything_is_up(
    profile: str, answer: str, version: str | None
) -> None:
    with replaying({"GET": answer}) as server:
        result = probe(profile, server.url)
    assert (result.state, result.reason, result.version) == (UP, "ok", version)


@pytest.mark.parametrize("profile", sorted({"tcp", *FIRST}))
def test_each_profile_says_slow(profile: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """After 0.2 of 20 seconds: far from the time-out, however busy the machine."""
    monkeypatch.setattr("monitoring.probe.SLOW_SHARE", 0.01)
    healthy = {
        name: answers for name, _, answers, state, _, _ in reversed(TABLE) if state is UP
    } | {name: answers for name, (_, answers) in SIDE.items()}
    with replaying(healthy.get(profile, {})) as server:
        url = server.url.replace("http", "tcp") if profile == "tcp" else server.url
        target = ProbeTarget(key="k", url=url, profile=profile, timeout=20)
        result = check(target, guard=LateGuard(HERE, user_agent="Tests"))
    assert (result.state, result.reason) == (DEGRADED, "slow")


@pytest.mark.parametrize("profile", sorted(NAMES - {"tcp"}))
def test_a_stopped_server_is_down(profile: str) -> None:
    result = probe(profile, f"http://127.0.0.1:{free_port()}")
    assert (result.state, result.reason, result.version) == (DOWN, "connection-refused", None)


def test_a_bare_connection_is_up_or_down() -> None:
    with replaying({}) as server:
        assert probe("tcp", server.url.replace("http", "tcp")).state is UP
    result = probe("tcp", f"tcp://127.0.0.1:{free_port()}")
    assert (result.state, result.reason) == (DOWN, "connection-refused")
    assert probe("tcp", "tcp://127.0.0.1").reason == "refused-port"


@pytest.mark.parametrize(
    ("expect", "answer", "state", "reason"),
    [
        (Expectation(codes=(403,)), "shared/forbidden", UP, "ok"),
        (Expectation(codes=(302,)), "shared/sign_in_elsewhere", UP, "ok"),
        (Expectation(codes=(204, 302)), "shared/welcome_to_nginx", DOWN, "http-200"),
        (Expectation(text="Welcome to nginx"), "shared/welcome_to_nginx", UP, "ok"),
        (Expectation(text="Bonjour"), "shared/welcome_to_nginx", DOWN, "text-missing"),
        (Expectation(json_path="serverVersion"), "peertube/config_up", UP, "ok"),
        (
            Expectation(json_path="serverVersion", json_value="6.3.0"),
            *("peertube/config_up", UP, "ok"),
        ),
        (
            Expectation(json_path="maintenance", json_value="false"),
            *("nextcloud/status_up", UP, "ok"),
        ),
        (
            Expectation(json_path="maintenance", json_value="false"),
            *("nextcloud/status_maintenance", DOWN, "json-mismatch"),
        ),
        (Expectation(json_path="about.version"), "discourse/about_up", UP, "ok"),
        (Expectation(json_path="about.none"), "discourse/about_up", DOWN, "json-missing"),
        (Expectation(json_path="data.0"), "peertube/videos_up", DOWN, "json-missing"),
        (Expectation(json_path="a"), "shared/welcome_to_nginx", DOWN, "wrong-software"),
        (Expectation(json_path="a"), "discourse/status_up", DOWN, "bad-json"),
        (
            Expectation(codes=(200,), text="Forum", json_path="about.title"),
            *("discourse/about_up", UP, "ok"),
        ),
    ],
)
def test_the_http_profile_wants_all_that_is_expected(
    expect: Expectation, answer: str, state: State, reason: str
) -> None:
    with replaying({"GET / ": answer}) as server:
        result = probe("http", server.url, expect)
    assert (result.state, result.reason) == (state, reason)


def test_the_session_is_asked_for_the_host_of_the_configuration_and_given_back() -> None:
    with replaying(JITSI_UP | {PAGE: "jitsi/config_assignments"}) as server:
        probe("jitsi", f"{server.url}/")
    opened, closed = (request.decode() for request in server.requests[1:])
    assert 'to="meet.jitsi"' in opened
    rid = re.search(r"rid='(\d+)'", opened)
    assert rid is not None
    assert f"rid='{int(rid[1]) + 1}'" in closed
    assert "sid=\"def63a0d-831c-42fa-9ed2-85441df087dd\" type='terminate'" in closed


def test_a_pad_that_nobody_made_is_asked_for_each_time() -> None:
    with replaying(ETHERPAD_UP) as server:
        probe("etherpad", server.url)
        probe("etherpad", server.url)
    asked = [line for line in server.lines if line.startswith(EXPORT)]
    assert len(set(asked)) == 2
    assert all(re.fullmatch(r"GET /p/sonde-[0-9a-f]{20}/export/txt", line) for line in asked)


def test_a_base_address_below_a_path_is_kept() -> None:
    with replaying({"GET /cloud/status.php ": "nextcloud/status_up"}) as server:
        result = probe("nextcloud", f"{server.url}/cloud/")
    assert (result.state, result.steps[0].url) == (UP, f"{server.url}/cloud/status.php")


@pytest.mark.parametrize(
    ("name", "verdict"),
    [("tube.lyon.example", (UP, "ok")), ("autre.lyon.example", (DOWN, "wrong-host"))],
)
def test_a_peertube_is_asked_which_name_is_its_own(name: str, verdict: tuple[State, str]) -> None:
    answers = PEERTUBE_UP | {"GET /.well-known/nodeinfo ": "peertube/nodeinfo"}
    with replaying(answers) as server:
        url = server.url.replace("127.0.0.1", name)
        result = probe("peertube", url, guard=make_guard_of_names())
    assert (result.state, result.reason) == verdict


def test_the_documentation_says_what_the_profiles_do() -> None:
    """Else: `make profiles`."""
    assert make_profiles.PAGE.read_text(encoding="utf-8") == make_profiles.page()
    for name, profile in PROFILES.items():
        assert f"\n## `{name}`\n" in make_profiles.page()
        assert all(check.proves in make_profiles.page() for check in profile.checks)


def test_what_was_seen_is_told_in_states_and_of_profiles_that_exist() -> None:
    known = {"software", "version", "profile", *make_profiles.SITUATIONS}
    for row in make_profiles.seen_rows():
        assert row["profile"] in NAMES
        assert row.keys() <= known
        verdicts = {
            row[name] for name in make_profiles.SITUATIONS if name in row and name != "note"
        }
        assert all(verdict.split()[0] in set(State) for verdict in verdicts), row
