"""Requests at a steady rate, each timed from the instant at which it was due.

A slow answer delays no later request's clock: whoever waits behind it is counted as waiting.
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

CONNECTIONS = 32
LONGEST_WAIT = 20.0
LENGTH = re.compile(rb"\r\nContent-Length: (\d+)\r\n", re.IGNORECASE)


@dataclass
class Load:
    """What a run saw, in seconds."""

    latencies: list[float] = field(default_factory=list)
    lateness: list[float] = field(default_factory=list)
    """How long after both its due time and a free connection a request left: our own fault."""

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


class _Connection:
    def __init__(self, address: tuple[str, int]) -> None:
        self.socket = socket.create_connection(address, timeout=LONGEST_WAIT)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.due = 0.0
        self.free_since = 0.0
        self._received = b""

    def send(self, request: bytes, due: float) -> None:
        self.due, self._received = due, b""
        self.socket.sendall(request)

    def is_answered(self) -> bool:
        """Take what came; True when the answer is whole."""
        piece = self.socket.recv(262144)
        if not piece:
            raise BenchError("a connection was closed in the middle of the measure.")
        self._received += piece
        head, found, body = self._received.partition(b"\r\n\r\n")
        if not found:
            return False
        length = LENGTH.search(head + b"\r\n")
        if not head.startswith(b"HTTP/1.1 200 ") or length is None:
            raise BenchError(f"not a page: {head[:60]!r}")
        return len(body) >= int(length[1])


def load(url: str, paths: tuple[str, ...], *, per_second: float, seconds: float) -> Load:
    """Ask for `paths` in turn, so many times a second in all."""
    place = urlsplit(url)
    requests = cycle([_request(path, place.netloc) for path in paths])
    connections = [
        _Connection((place.hostname or "", place.port or 80)) for _ in range(CONNECTIONS)
    ]
    try:
        with selectors.DefaultSelector() as selector:
            for connection in connections:
                selector.register(connection.socket, selectors.EVENT_READ, connection)
            return _run(selector, deque(connections), requests, 1 / per_second, seconds)
    finally:
        for connection in connections:
            connection.socket.close()


def _run(
    selector: selectors.BaseSelector,
    idle: deque[_Connection],
    requests: cycle[bytes],
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
        # The one that was idle longest first: gunicorn closes those that nobody uses.
        while idle and number < count and start + number * pause <= now:
            connection, due = idle.popleft(), start + number * pause
            connection.send(next(requests), due)
            seen.lateness.append(time.perf_counter() - max(due, connection.free_since))
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


def _request(path: str, host: str) -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: {host}\r\nAccept-Encoding: gzip\r\n\r\n".encode()
