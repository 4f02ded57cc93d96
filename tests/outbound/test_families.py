"""IPv4 and IPv6 told apart: which of them does not answer while the other does."""

from __future__ import annotations

import errno
import socket
from collections.abc import Iterator
from ipaddress import ip_network

import pytest

from outbound import Code, Guard, OutboundError, connections
from outbound.addresses import Network
from outbound.families import FRESH, RARELY, SOON, Families
from outbound.names import Resolver
from tests.ill_behaved import Listener, forbidden_listener, http_answer, says

BOTH = (ip_network("127.0.0.1/32"), ip_network("::1/128"))
V4, V6 = "192.0.2.1", "2001:db8::1"
PLENTY = 20.0
REFUSED, LATE = ConnectionRefusedError(), TimeoutError()


class Clock:
    def __init__(self) -> None:
        self.now = 100_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def families(clock: Clock) -> Families:
    return Families(clock)


@pytest.fixture
def server() -> Iterator[Listener]:
    with Listener(says(http_answer())) as listener:
        yield listener


def guard(*found: str, allowed: tuple[Network, ...] = BOTH) -> Guard:
    return Guard(allowed, user_agent="Tests", resolver=Resolver(lambda _host: list(found)))


def silent(ask: Guard, server: Listener) -> str | None:
    return ask.silent_address("a.test", server.port, deadline_seconds=PLENTY)


def fetch(ask: Guard, server: Listener) -> int:
    return ask.fetch("GET", f"http://a.test:{server.port}/", deadline_seconds=PLENTY).status


@pytest.mark.parametrize("found", [("::1", "127.0.0.1"), ("127.0.0.1", "::1")])
def test_a_family_that_refuses_is_told_whichever_comes_first(
    found: tuple[str, str], server: Listener
) -> None:
    ask = guard(*found)
    assert fetch(ask, server) == 200
    assert silent(ask, server) == "::1"


def test_what_a_connection_found_out_by_falling_back_costs_nothing_more(server: Listener) -> None:
    ask = guard("::1", "127.0.0.1")
    fetch(ask, server)
    assert silent(ask, server) == "::1"
    assert server.count_of_others() == 1


def test_two_families_are_tried_once_in_a_long_while(server: Listener) -> None:
    ask = guard("127.0.0.1", "::1")
    for _ in range(3):
        fetch(ask, server)
        silent(ask, server)
    assert server.count_of_others() == 3 + 1


def test_nothing_is_told_where_both_answer(server: Listener) -> None:
    with Listener(says(http_answer()), host="::1", port=server.port):
        assert silent(guard("127.0.0.1", "::1"), server) is None


def test_a_host_of_one_family_is_not_tried_at_all(server: Listener) -> None:
    ask = guard("127.0.0.1")
    assert silent(ask, server) is None
    assert ask.silent_address("127.0.0.1", server.port, deadline_seconds=PLENTY) is None
    assert server.count_of_others() == 0


def test_a_forbidden_address_of_the_other_family_is_never_tried(server: Listener) -> None:
    with forbidden_listener(host="::1", port=server.port):
        ask = guard("127.0.0.1", "::1", allowed=BOTH[:1])
        assert fetch(ask, server) == 200
        assert silent(ask, server) is None


def test_nobody_waits_a_second_time_for_a_family_that_is_silent(
    server: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "PATIENCE", 0.3)
    monkeypatch.setattr(connections, "FAIR", 0.0)
    ask = guard("::1", "127.0.0.1")
    with Listener(says(http_answer()), host="::1") as other:
        assert ask.fetch("GET", f"http://a.test:{other.port}/").status == 200
    with socket.socket(socket.AF_INET6) as full:
        full.bind(("::1", server.port))
        full.listen(0)
        clients = [socket.socket(socket.AF_INET6) for _ in range(2)]
        for client in clients:
            client.settimeout(0)
            client.connect_ex(("::1", server.port))
        assert fetch(ask, server) == 200
        assert silent(ask, server) == "::1"
        for client in clients:
            client.close()
    with Listener(says(http_answer()), host="::1", port=server.port) as back:
        assert fetch(ask, server) == 200
        assert back.count_of_others() == 0


def test_a_host_that_answers_nowhere_is_down_and_no_family_is_blamed() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
        ask = guard("::1", "127.0.0.1")
        with pytest.raises(OutboundError) as error:
            ask.fetch("GET", f"http://a.test:{port}/")
        assert error.value.code is Code.CONNECTION_REFUSED
        assert ask.silent_address("a.test", port, deadline_seconds=PLENTY) is None


def test_with_little_time_left_nothing_is_tried(server: Listener) -> None:
    assert guard("127.0.0.1", "::1").silent_address("a.test", server.port, deadline_seconds=1) is (
        None
    )
    assert server.count_of_others() == 0


@pytest.mark.parametrize("number", [errno.ENETUNREACH, errno.EADDRNOTAVAIL, errno.EHOSTUNREACH])
def test_no_route_of_ours_says_nothing_of_the_server(families: Families, number: int) -> None:
    families.answered(V6)
    families.hear("a.test", 443, {V6: OSError(number, "no"), V4: None})
    assert families.silent("a.test", 443) is None


def test_a_time_out_is_believed_while_somebody_answers_in_that_family(
    families: Families, clock: Clock
) -> None:
    families.hear("a.test", 443, {V6: LATE, V4: None})
    assert families.silent("a.test", 443) is None
    assert families.in_order("a.test", 443, [V6, V4]) == [V4, V6]
    families.answered("2001:db8::2")
    families.hear("a.test", 443, {V6: LATE, V4: None})
    assert families.silent("a.test", 443) == V6
    clock.now += FRESH
    families.hear("a.test", 443, {V6: LATE, V4: None})
    assert families.silent("a.test", 443) is None


def test_one_address_of_a_family_that_answers_is_enough(families: Families) -> None:
    families.hear("a.test", 443, {V6: REFUSED, "2001:db8::2": None, V4: None})
    assert families.silent("a.test", 443) is None


def test_a_family_that_is_back_is_told_no_more(families: Families) -> None:
    families.hear("a.test", 443, {V4: REFUSED, V6: None})
    assert families.silent("a.test", 443) == V4
    families.hear("a.test", 443, {V4: None, V6: None})
    assert families.silent("a.test", 443) is None
    assert families.in_order("a.test", 443, [V4, V6]) == [V4, V6]


def test_silence_is_tried_again_sooner_than_what_is_well(families: Families, clock: Clock) -> None:
    assert families.claim("a.test", 443)
    assert not families.claim("a.test", 443)
    families.hear("a.test", 443, {V6: REFUSED, V4: None})
    families.hear("b.test", 443, {V6: None, V4: None})
    clock.now += SOON
    assert families.claim("a.test", 443)
    assert families.silent("a.test", 443) == V6
    assert not families.claim("b.test", 443)
    clock.now += RARELY
    assert families.claim("b.test", 443)
