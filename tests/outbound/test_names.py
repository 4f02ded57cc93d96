"""Look-ups: bounded in time and in threads."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from outbound import Code, NameFailed
from outbound.names import Resolver
from tests.threads import no_thread


@pytest.fixture
def silence() -> Iterator[threading.Event]:
    """Look-ups that wait for it hang until the test is over."""
    event = threading.Event()
    yield event
    event.set()


def soon(seconds: float = 20) -> float:
    return time.monotonic() + seconds


@pytest.mark.parametrize(
    ("number", "code"),
    [
        (socket.EAI_NONAME, Code.NAME_NOT_FOUND),
        (socket.EAI_NODATA, Code.NAME_NOT_FOUND),
        (socket.EAI_AGAIN, Code.NAME_TEMPORARY),
        (socket.EAI_FAIL, Code.NAME_TEMPORARY),
    ],
)
def test_a_missing_name_and_a_broken_look_up_are_told_apart(number: int, code: Code) -> None:
    def lookup(_host: str) -> list[str]:
        raise socket.gaierror(number, "no")

    with pytest.raises(NameFailed) as failed:
        Resolver(lookup).addresses("a.test", deadline=soon())
    assert failed.value.code is code


def test_a_name_without_address_does_not_exist() -> None:
    with pytest.raises(NameFailed) as failed:
        Resolver(lambda _host: []).addresses("a.test", deadline=soon())
    assert failed.value.code is Code.NAME_NOT_FOUND


def test_a_silent_look_up_ends_at_the_deadline(silence: threading.Event) -> None:
    def lookup(_host: str) -> list[str]:
        silence.wait()
        return ["192.0.2.1"]

    started = time.monotonic()
    with pytest.raises(NameFailed) as failed:
        Resolver(lookup).addresses("a.test", deadline=soon(0.2))
    assert failed.value.code is Code.NAME_TEMPORARY
    assert time.monotonic() - started < 10


def test_silent_names_hold_few_threads_and_do_not_delay_the_good(silence: threading.Event) -> None:
    lookups: list[str] = []

    def lookup(host: str) -> list[str]:
        lookups.append(host)
        if host.startswith("silent"):
            silence.wait()
        return ["192.0.2.1"]

    resolver = Resolver(lookup, common=12, slow=3)
    before = threading.active_count()

    def ask(number: int) -> str:
        try:
            resolver.addresses(f"silent{number % 10}.test", deadline=soon(0.3))
        except NameFailed as failed:
            return failed.code.value
        return "found"

    with ThreadPoolExecutor(40) as pool:
        assert set(pool.map(ask, range(200))) == {"name-temporary"}
    assert threading.active_count() - before <= 15
    assert len(lookups) == 10, "askers of one silent name share its look-up"
    assert resolver.addresses("good.test", deadline=soon()) == ["192.0.2.1"]


def test_a_slow_name_leaves_the_common_threads(silence: threading.Event) -> None:
    def lookup(host: str) -> list[str]:
        if host.startswith("silent"):
            silence.wait()
        return ["192.0.2.1"]

    resolver = Resolver(lookup, common=1, slow=1, slow_after=0.05)
    with pytest.raises(NameFailed):
        resolver.addresses("silent.test", deadline=soon(0.2))
    silence.set()
    resolver.addresses("good.test", deadline=soon())  # the only common thread is free again
    silence.clear()
    with pytest.raises(NameFailed):
        resolver.addresses("silent.test", deadline=soon(0.2))
    # Held by the silent name, the common thread would let this one wait until it fails.
    assert resolver.addresses("good.test", deadline=soon()) == ["192.0.2.1"]


def test_nobody_runs_a_look_up_whose_asker_left(silence: threading.Event) -> None:
    lookups: list[str] = []

    def lookup(host: str) -> list[str]:
        lookups.append(host)
        silence.wait()
        return ["192.0.2.1"]

    resolver = Resolver(lookup, common=1, slow=1)
    for host in ("first.test", "second.test"):
        with pytest.raises(NameFailed):
            resolver.addresses(host, deadline=soon(0.2))
    silence.set()
    resolver.addresses("third.test", deadline=soon())
    assert lookups == ["first.test", "third.test"]


def test_a_name_is_looked_up_again_when_the_system_has_threads_again() -> None:
    resolver = Resolver(lambda _host: ["127.0.0.1"])
    with no_thread("names"):
        for _ in range(100):
            with pytest.raises(RuntimeError):
                resolver.addresses("one.example.fr", deadline=soon())
    assert resolver.addresses("one.example.fr", deadline=soon(2)) == ["127.0.0.1"]


def test_names_share_the_threads_there_are_when_no_other_can_be_started() -> None:
    resolver = Resolver(lambda _host: ["127.0.0.1"])
    assert resolver.addresses("one.example.fr", deadline=soon()) == ["127.0.0.1"]
    with no_thread("names"), ThreadPoolExecutor(8) as askers:
        hosts = [f"h{n}.example.fr" for n in range(50)]
        found = askers.map(lambda host: resolver.addresses(host, deadline=soon(5)), hosts)
        assert list(found) == [["127.0.0.1"]] * 50
