"""Profiles against real servers from Debian packages, not recordings."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from monitoring.probe import check
from monitoring.target import Expectation, ProbeResult, ProbeTarget, State
from outbound import Guard
from tests import backends
from tests.backends import Program
from tests.monitoring.profiles.replay import make_guard, make_guard_of_names
from tests.nginx import proxy

pytestmark = pytest.mark.real
HOST = "meet.localhost"
WIKI = Expectation(text="Le wiki répond.")


@pytest.fixture
def prosody(tmp_path: Path) -> Iterator[Program]:
    with backends.prosody(tmp_path, host=HOST) as server:
        yield server


@pytest.fixture
def dokuwiki(tmp_path: Path) -> Iterator[Program]:
    with backends.dokuwiki(tmp_path) as server:
        yield server


def probe(
    profile: str, url: str, expect: Expectation = WIKI, guard: Guard | None = None
) -> ProbeResult:
    target = ProbeTarget(key="k", url=url, profile=profile, expect=expect, timeout=20)
    return check(target, guard=guard or make_guard())


def test_a_prosody_is_up_then_down_then_up_again(prosody: Program) -> None:
    with backends.front(domain=HOST, behind=prosody.port) as front:
        first = probe("jitsi", front.url)
        prosody.stop()
        stopped = probe("jitsi", front.url)
        prosody.start()
        again = probe("jitsi", front.url)
    assert (first.state, first.reason) == (State.UP, "ok")
    assert [step.status for step in first.steps] == [200, 200, 200]
    assert (stopped.state, stopped.reason) == (State.DOWN, "http-502")
    assert stopped.steps[0].reason == "ok", "the page is still served"
    assert again.state is State.UP


def test_the_session_is_given_back_to_prosody(prosody: Program) -> None:
    with backends.front(domain=HOST, behind=prosody.port) as front:
        probe("jitsi", front.url)
    log = (prosody.folder / "log").read_text()
    assert log.count("New BOSH session") == 1
    assert log.count("BOSH client disconnected: session close") == 1


def test_a_prosody_asked_for_a_host_it_does_not_serve_is_down(prosody: Program) -> None:
    with backends.front(domain="autre.example", behind=prosody.port) as front:
        result = probe("jitsi", front.url)
    assert (result.state, result.reason) == (State.DOWN, "wrong-host")


def test_a_prosody_without_page_is_down(prosody: Program) -> None:
    result = probe("jitsi", prosody.url)
    assert (result.state, result.reason) == (State.DOWN, "http-404")


def test_a_wiki_is_up_then_down(dokuwiki: Program) -> None:
    page = f"{dokuwiki.url}/doku.php?id=start"
    first = probe("http", page)
    assert (first.state, first.reason) == (State.UP, "ok")
    dokuwiki.stop()
    stopped = probe("http", page)
    assert (stopped.state, stopped.reason) == (State.DOWN, "connection-refused")


def test_a_wiki_that_lost_its_data_answers_200_and_is_down(dokuwiki: Program) -> None:
    shutil.rmtree(dokuwiki.folder / "data" / "pages")
    result = probe("http", f"{dokuwiki.url}/doku.php?id=start")
    assert result.steps[0].status == 200
    assert (result.state, result.reason) == (State.DOWN, "text-missing")


def test_a_wiki_behind_its_front_is_told_from_another_site_and_from_a_stopped_one(
    dokuwiki: Program, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder, guard = tmp_path_factory.mktemp("nginx"), make_guard_of_names()
    with proxy(folder, name="wiki.lyon.example", behind=dokuwiki.port) as front:
        page = f":{front.port}/doku.php?id=start"
        healthy = probe("http", f"http://wiki.lyon.example{page}", guard=guard)
        elsewhere = probe("http", f"http://autre.lyon.example{page}", guard=guard)
        dokuwiki.stop()
        stopped = probe("http", f"http://wiki.lyon.example{page}", guard=guard)
    assert (healthy.state, healthy.reason) == (State.UP, "ok")
    assert (elsewhere.state, elsewhere.reason) == (State.DOWN, "text-missing")
    assert (stopped.state, stopped.reason) == (State.DOWN, "http-502")


def test_a_wiki_at_the_address_of_another_software_is_down(dokuwiki: Program) -> None:
    for profile in ("nextcloud", "etherpad", "peertube", "discourse", "jitsi"):
        result = probe(profile, dokuwiki.url)
        assert result.state is State.DOWN, profile
