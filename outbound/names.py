"""Look-ups of names, bounded in time and in threads."""

from __future__ import annotations

import queue
import socket
import threading
import time
from collections.abc import Callable
from concurrent.futures import CancelledError, Future

from outbound.errors import Code, NameFailed

Lookup = Callable[[str], list[str]]
SLOW = 2.0
"""Seconds after which a name counts as slow: its next look-up does not use the common threads."""
MOST_SLOW_NAMES = 4096
_NO_SUCH_NAME = frozenset({socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME)})


def system_lookup(host: str) -> list[str]:
    """Every address of a name, in the order the system prefers."""
    found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


class _Lane:
    """A few threads, started when needed; a look-up that hangs holds one of them, no more."""

    def __init__(self, most_threads: int) -> None:
        self._most = most_threads
        self._lock = threading.Lock()
        self._threads = 0
        self._idle = 0
        self._jobs: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()

    def add(self, job: Callable[[], None]) -> None:
        """Raises RuntimeError when there is no thread and the system has none to give."""
        with self._lock:
            if self._idle > 0:
                self._idle -= 1
            elif self._threads < self._most:
                self._hire()
        self._jobs.put(job)

    def _hire(self) -> None:
        try:
            threading.Thread(target=self._work, name="names", daemon=True).start()
        except RuntimeError:
            if not self._threads:
                raise
        else:
            self._threads += 1

    def _work(self) -> None:
        while True:
            self._jobs.get()()
            with self._lock:
                if self._jobs.empty():
                    self._idle += 1


class Resolver:
    """`getaddrinfo` cannot be interrupted: it runs in threads that a caller stops waiting for.

    Callers who ask for the same name at once share one look-up, and names that were slow wait in a
    small lane of their own: fifty silent name servers cannot hold up the good names.
    """

    def __init__(
        self,
        lookup: Lookup = system_lookup,
        *,
        common: int = 64,
        slow: int = 24,
        slow_after: float = SLOW,
    ) -> None:
        self._lookup = lookup
        self._slow_after = slow_after
        self._common = _Lane(common)
        self._slow_lane = _Lane(slow)
        self._lock = threading.Lock()
        self._running: dict[str, Future[list[str]]] = {}
        self._slow_names: set[str] = set()

    def addresses(self, host: str, *, deadline: float) -> list[str]:
        """At least one address; raises NameFailed. `deadline` on the monotonic clock."""
        future = self._share(host)
        try:
            found = future.result(max(0.0, deadline - time.monotonic()))
        except TimeoutError:
            self._give_up(host, future)
            raise NameFailed(Code.NAME_TEMPORARY, f"no answer for {host} in time") from None
        except CancelledError:
            raise NameFailed(Code.NAME_TEMPORARY, f"no answer for {host} in time") from None
        except socket.gaierror as error:
            code = Code.NAME_NOT_FOUND if error.errno in _NO_SUCH_NAME else Code.NAME_TEMPORARY
            raise NameFailed(code, f"{host}: {error.strerror}") from error
        except (OSError, UnicodeError) as error:
            raise NameFailed(Code.NAME_TEMPORARY, f"{host}: {error}") from error
        if not found:
            raise NameFailed(Code.NAME_NOT_FOUND, f"{host} has no address")
        return found

    def _share(self, host: str) -> Future[list[str]]:
        with self._lock:
            running = self._running.get(host)
            if running is not None:
                return running
            future: Future[list[str]] = Future()
            self._running[host] = future
            lane = self._slow_lane if host in self._slow_names else self._common
        try:
            lane.add(lambda: self._run(host, future))
        except RuntimeError:
            self._give_up(host, future)
            raise
        return future

    def _run(self, host: str, future: Future[list[str]]) -> None:
        if not future.set_running_or_notify_cancel():
            return
        started = time.monotonic()
        try:
            found = self._lookup(host)
        except Exception as error:  # noqa: BLE001 - handed to the one who waits
            self._end(host, future, slow=time.monotonic() - started > self._slow_after)
            future.set_exception(error)
        else:
            self._end(host, future, slow=time.monotonic() - started > self._slow_after)
            future.set_result(found)

    def _give_up(self, host: str, future: Future[list[str]]) -> None:
        """Nobody shall run a look-up whose asker left; one that runs already ends by itself."""
        if future.cancel():
            self._end(host, future, slow=host in self._slow_names)
            return
        with self._lock:
            self._remember_slow(host, slow=True)

    def _end(self, host: str, future: Future[list[str]], *, slow: bool) -> None:
        with self._lock:
            if self._running.get(host) is future:
                del self._running[host]
            self._remember_slow(host, slow=slow)

    def _remember_slow(self, host: str, *, slow: bool) -> None:
        if not slow:
            self._slow_names.discard(host)
        elif len(self._slow_names) < MOST_SLOW_NAMES:
            self._slow_names.add(host)
