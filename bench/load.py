"""Requests at a steady rate, each timed from the instant at which it was due.

A slow answer delays no later request's clock: whoever waits behind it is counted as waiting.
Each visitor comes with a connection of their own, opened when their first request is due, and
leaves after what a first view of a page asks for. Connections that stayed for the whole run would
stay with the worker that once took them, most of them with the same one.
"""

from __future__ import annotations

import re
import selectors
import socket
import time
from collections import deque
from dataclasses import dataclass, field
from itertools import cycle
from urllib.parse import urlsplit

from bench.programs import BenchError

VISITORS = 32
"""At the same time."""
REQUESTS_OF_A_VISIT = 7
LONGEST_WAIT = 20.0
LENGTH = re.compile(rb"\r\nContent-Length: (\d+)\r\n", re.IGNORECASE)


@dataclass
class Load:
    """What a run saw, in seconds."""

    latencies: list[float] = field(default_factory=list)
    lateness: list[float] = field(default_factory=list)
    """How long after both its due time and a free visitor a request was begun: our own fault."""

    def percentile_ms(self, share: float) -> float:
        return percentile(self.latencies, share) * 1000

    def own_lateness_ms(self) -> float:
        return percentile(self.lateness, 0.99) * 1000


def percentile(values: list[float], share: float) -> float:
    """Return the smallest value that this share of all does not exceed."""
    if not values:
        raise BenchError("nothing was measured.")
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


class _Visitor:
    def __init__(self, address: tuple[str, int], selector: selectors.BaseSelector) -> None:
        self.due = 0.0
        self.free_since = 0.0
        self._address = address
        self._selector = selector
        self._socket: socket.socket | None = None
        self._left = 0
        self._received = b""

    def send(self, path: str, due: float) -> None:
        self.due, self._received = due, b""
        connection = self._socket or self._arrive()
        self._left -= 1
        last = "" if self._left else "Connection: close\r\n"
        host = "{}:{}".format(*self._address)
        head = f"GET {path} HTTP/1.1\r\nHost: {host}\r\nAccept-Encoding: gzip\r\n{last}\r\n"
        connection.sendall(head.encode())

    def _arrive(self) -> socket.socket:
        self._socket = socket.create_connection(self._address, timeout=LONGEST_WAIT)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._selector.register(self._socket, selectors.EVENT_READ, self)
        self._left = REQUESTS_OF_A_VISIT
        return self._socket

    def leave(self) -> None:
        if self._socket is not None:
            self._selector.unregister(self._socket)
            self._socket.close()
            self._socket = None

    def is_answered(self) -> bool:
        """Take what came; True when the answer is whole."""
        if self._socket is None:
            raise BenchError("an answer came to nobody.")
        piece = self._socket.recv(262144)
        if not piece:
            raise BenchError("a connection was closed in the middle of the measure.")
        self._received += piece
        head, found, body = self._received.partition(b"\r\n\r\n")
        if not found:
            return False
        length = LENGTH.search(head + b"\r\n")
        if not head.startswith(b"HTTP/1.1 200 ") or length is None:
            raise BenchError(f"not a page: {head[:60]!r}")
        if len(body) < int(length[1]):
            return False
        if not self._left:
            self.leave()
        return True


def load(url: str, paths: tuple[str, ...], *, per_second: float, seconds: float) -> Load:
    """Ask for `paths` in turn, so many times a second in all."""
    place = urlsplit(url)
    address = (place.hostname or "", place.port or 80)
    with selectors.DefaultSelector() as selector:
        visitors = [_Visitor(address, selector) for _ in range(VISITORS)]
        try:
            return _run(selector, deque(visitors), cycle(paths), 1 / per_second, seconds)
        finally:
            for visitor in visitors:
                visitor.leave()


def _run(
    selector: selectors.BaseSelector,
    idle: deque[_Visitor],
    paths: cycle[str],
    pause: float,
    seconds: float,
) -> Load:
    seen = Load()
    start = time.perf_counter()
    number, count, answered = 0, int(seconds / pause), 0
    while answered < count:
        now = time.perf_counter()
        if now > start + seconds + LONGEST_WAIT:
            raise BenchError(f"{count - answered} of {count} requests had no answer in time.")
        # The one that was idle longest first: gunicorn closes the connections that nobody uses.
        while idle and number < count and start + number * pause <= now:
            visitor, due = idle.popleft(), start + number * pause
            seen.lateness.append(time.perf_counter() - max(due, visitor.free_since))
            visitor.send(next(paths), due)
            number += 1
        until_next = start + number * pause - time.perf_counter()
        wait = max(0.0, until_next) if idle and number < count else 0.1
        for key, _ in selector.select(wait):
            if key.data.is_answered():
                key.data.free_since = time.perf_counter()
                seen.latencies.append(key.data.free_since - key.data.due)
                idle.append(key.data)
                answered += 1
    return seen
