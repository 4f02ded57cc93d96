"""Deadlines of connections when threads are short."""

from __future__ import annotations

import socket
import time

import pytest

from outbound.watchdog import Watchdog
from tests.threads import no_thread


def test_a_connection_is_cut_in_time_once_the_system_has_threads_again() -> None:
    watchdog = Watchdog()
    ours, theirs = socket.socketpair()
    with ours, theirs:
        with no_thread("outbound"), pytest.raises(RuntimeError):
            watchdog.watch(ours, time.monotonic() + 0.1)
        watch = watchdog.watch(ours, time.monotonic() + 0.1)
        theirs.settimeout(5)
        assert theirs.recv(1) == b""
        watchdog.release(watch)
