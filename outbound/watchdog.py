"""Cuts connections at their deadline: one thread for all of them."""

from __future__ import annotations

import contextlib
import heapq
import itertools
import socket
import threading
import time
from dataclasses import dataclass, field


@dataclass(order=True)
class Watch:
    """One connection under watch; order: the earliest deadline first."""

    deadline: float
    number: int
    socket: socket.socket | None = field(compare=False)


class Watchdog:
    """A time-out on a socket starts anew with each byte; this does not.

    It holds a duplicate of the socket: closing the original (or handing it to TLS) cannot make it
    cut a connection of somebody else who was given the same descriptor.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._heap: list[Watch] = []
        self._numbers = itertools.count()
        self._thread: threading.Thread | None = None

    def watch(self, sock: socket.socket, deadline: float) -> Watch:
        """`deadline` on the monotonic clock. Always release what this returns."""
        with self._changed:
            self._start()
            watch = Watch(deadline, next(self._numbers), sock.dup())
            heapq.heappush(self._heap, watch)
            if self._heap[0] is watch:
                self._changed.notify()
        return watch

    def _start(self) -> None:
        """Raises RuntimeError when the system has no thread to give; the next watch tries again."""
        if self._thread is None:
            thread = threading.Thread(target=self._run, name="outbound", daemon=True)
            thread.start()
            self._thread = thread

    def release(self, watch: Watch) -> None:
        with self._changed:
            duplicate, watch.socket = watch.socket, None
        if duplicate is not None:
            duplicate.close()

    def _run(self) -> None:
        with self._changed:
            while True:
                while self._heap and self._is_over(self._heap[0]):
                    self._cut(heapq.heappop(self._heap))
                first = self._heap[0].deadline - time.monotonic() if self._heap else None
                self._changed.wait(first)

    @staticmethod
    def _is_over(watch: Watch) -> bool:
        return watch.socket is None or watch.deadline <= time.monotonic()

    @staticmethod
    def _cut(watch: Watch) -> None:
        if watch.socket is None:
            return
        with contextlib.suppress(OSError):  # already closed by the other side
            watch.socket.shutdown(socket.SHUT_RDWR)
