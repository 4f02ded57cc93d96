"""Am I online: real servers on loopback, and nobody where nobody listens."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network

import pytest

from monitoring import online
from monitoring.board import Board
from monitoring.breaker import Breaker
from monitoring.online import Online, make_online
from monitoring.prober import Prober
from monitoring.records import Known
from monitoring.target import ProbeResult, State
from outbound import Guard
from tests.conftest import SettingsFactory
from tests.monitoring.scene import DOWN, UP, Scene, target, wait_for

NINE = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


class Listener:
    """Accepts connections on loopback until it is closed, and counts them."""

    def __init__(self) -> None:
        self._server = socket.create_server(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self._server.getsockname()[1]}"
        self.accepted = 0
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                self._server.accept()[0].close()
                self.accepted += 1

    def close(self) -> None:
        self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()
        self._thread.join(5)


@pytest.fixture
def listener() -> Iterator[Listener]:
    found = Listener()
    yield found
    with contextlib.suppress(OSError):
        found.close()


def test_without_the_setting_nobody_is_asked(make_settings: SettingsFactory) -> None:
    assert make_online(make_settings()) is None


def test_one_answer_is_enough(
    make_settings: SettingsFactory, listener: Listener, free_port: Callable[[], int]
) -> None:
    nobody = f"127.0.0.1:{free_port()}"
    asking = make_online(make_settings(online_checks=(nobody, listener.address)))
    assert asking is not None
    assert asking()
    asking = make_online(make_settings(online_checks=(nobody, f"https://{nobody}/")))
    assert asking is not None
    assert not asking()


def test_an_address_that_may_not_be_asked_proves_nothing(
    make_settings: SettingsFactory, free_port: Callable[[], int]
) -> None:
    refused, nobody = "127.0.0.1:79", f"127.0.0.1:{free_port()}"
    asking = make_online(make_settings(online_checks=(refused,)))
    assert asking is not None
    assert asking()
    asking = make_online(make_settings(online_checks=(refused, nobody)))
    assert asking is not None
    assert not asking()


def test_an_answer_is_believed_for_some_seconds(listener: Listener) -> None:
    now = [0.0]
    guard = Guard([ip_network("127.0.0.0/8")], user_agent="test")
    asking = Online((listener.address,), guard, clock=lambda: now[0])
    assert asking()
    listener.close()
    assert asking()
    now[0] = online.BELIEVED
    assert not asking()


def test_many_who_ask_at_once_share_one_answer(listener: Listener) -> None:
    guard = Guard([ip_network("127.0.0.0/8")], user_agent="test")
    asking = Online((listener.address,), guard, clock=lambda: 0.0)
    threads = [threading.Thread(target=asking) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    wait_for(lambda: listener.accepted == 1)


def board(count: int) -> Board:
    found = Board()
    targets = [target(n, interval=60, down_after=1) for n in range(count)]
    known = {item.key: Known(id=n, health=None) for n, item in enumerate(targets, 1)}
    found.follow(targets, known, now=0.0)
    return found


def hear(
    found: Board, n: int, result: ProbeResult, second: float, *, online: bool | None = None
) -> None:
    at = NINE + timedelta(seconds=second)
    found.hear(target(n).key, result, at=at, now=second, local=False, online=online)


def states(found: Board) -> list[str]:
    return [entry.health.state[0] for entry in found.entries.values() if entry.health]


def test_three_targets_that_fail_while_we_are_cut_off_are_unknown_at_once() -> None:
    found = board(3)
    for n in range(3):
        hear(found, n, UP, n)
    for n in range(3):
        hear(found, n, DOWN, 60 + n, online=False)
    assert states(found) == ["u", "u", "u"]
    assert {entry.health.reason for entry in found.entries.values() if entry.health} == {
        "our-network"
    }
    batch = found.take()
    assert batch.breaker_since == NINE + timedelta(seconds=60)
    assert State.DOWN not in {change.after for item in batch.updates for change in item.changes}


def test_when_we_are_online_again_a_failure_is_believed() -> None:
    found = board(1)
    hear(found, 0, UP, 0)
    hear(found, 0, DOWN, 60, online=False)
    hear(found, 0, DOWN, 120, online=True)
    assert found.take().breaker_since is None
    assert states(found) == ["d"]


def heard(breaker: Breaker, results: str, now: float) -> None:
    for n, letter in enumerate(results):
        result = DOWN if letter == "D" else UP
        breaker.hear(f"k{n}", result, host=f"h{n}", interval=60, now=now + n)


def test_answers_of_the_targets_themselves_count_more_than_addresses_that_are_silent() -> None:
    """Somebody filters our checks: they must not hide every failure for ever."""
    breaker = Breaker()
    breaker.online(answer=False, now=0.0)
    assert breaker.is_open
    heard(breaker, "DUUUUU", 0.0)
    assert not breaker.is_open
    breaker.online(answer=False, now=60.0)
    assert not breaker.is_open
    breaker.online(answer=True, now=70.0)
    breaker.online(answer=False, now=80.0)
    assert breaker.is_open


def test_two_cuts_in_a_row_are_both_noticed() -> None:
    breaker = Breaker()
    for start in (0.0, 300.0):
        breaker.online(answer=False, now=start)
        assert breaker.is_open
        heard(breaker, "DDDDDDUUUUU", start)
        assert not breaker.is_open


def test_the_prober_asks_before_it_believes_a_failure() -> None:
    scene = Scene([target(1, down_after=1), target(2, down_after=1)])
    scene.answers = {target(1).key: DOWN}
    asked = []

    def is_online() -> bool:
        asked.append(1)
        return False

    prober = Prober(
        scene.check,
        workers=2,
        is_local=lambda _target: False,
        is_online=is_online,
    )
    known = {item.key: Known(id=n, health=None) for n, item in enumerate(scene.targets)}
    prober.watch(scene.targets, known)
    prober.start()
    wait_for(lambda: scene.times_asked(target(1)) >= 2 and scene.times_asked(target(2)) >= 1)
    prober.stop(patience=1)
    batch = prober.take()
    assert asked
    assert {item.health.state for item in batch.updates} == {State.UNKNOWN, State.UP}
