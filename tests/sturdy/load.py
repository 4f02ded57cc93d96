"""Readers that never stop asking, and people who open services, all beside the test itself."""

from __future__ import annotations

import http.client
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Self

from tests.sturdy.deployment import title_in

PAGES = (
    "/rennes/",
    "/rennes/services/pad",
    "/en/lyon/",
    "/rennes/etat",
    "/",
    "/rennes/services/notes",
)
PAUSE = 0.05
"""Between two requests of one reader: the machine is not ours alone."""
TIMEOUT = 60.0
"""A machine that is busy with other things is slow; that is not what is tried here."""
BROWSER = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"}
CUT = (ConnectionError, http.client.RemoteDisconnected, http.client.BadStatusLine)


@dataclass
class Seen:
    """What all readers together went through."""

    asked: int = 0
    failures: list[str] = field(default_factory=list)
    slowest: float = 0.0
    titles: Counter[str] = field(default_factory=Counter)


class Readers(AbstractContextManager["Readers"]):
    """Several people who read pages: half over one kept connection, half over a new one each time.

    A kept connection that the server closed between two requests is opened again, as every
    browser does; nothing else is tried twice.
    """

    def __init__(self, port: int, *, how_many: int = 6, pages: Sequence[str] = PAGES) -> None:
        self.seen = Seen()
        self._port = port
        self._pages = pages
        self._stop = threading.Event()
        self._lock = threading.Lock()
        self._threads = [
            threading.Thread(target=self._read, args=(n,), daemon=True) for n in range(how_many)
        ]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_exc: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join(TIMEOUT)

    def _read(self, n: int) -> None:
        asking = Asking(self._port, keeps=n % 2 == 0)
        turn = n
        while not self._stop.is_set():
            path = self._pages[turn % len(self._pages)]
            turn += 1
            started = time.monotonic()
            try:
                status, body, _ = asking.get(path)
                problem = "" if status == 200 else f"{path}: {status}"
            except (OSError, http.client.HTTPException) as error:
                problem, body = f"{path}: {error!r}", ""
            self._note(path, body, problem, time.monotonic() - started)
            self._stop.wait(PAUSE)
        asking.close()

    def _note(self, path: str, body: str, problem: str, took: float) -> None:
        with self._lock:
            self.seen.asked += 1
            self.seen.slowest = max(self.seen.slowest, took)
            if problem:
                self.seen.failures.append(problem)
            elif path == "/rennes/":
                self.seen.titles[title_in(body)] += 1


class Asking:
    """One browser's connection to the portal."""

    def __init__(self, port: int, *, keeps: bool) -> None:
        self._port = port
        self._keeps = keeps
        self._connection: http.client.HTTPConnection | None = None

    def get(self, path: str) -> tuple[int, str, str]:
        """Return status, body and where it leads."""
        if self._connection is not None:
            try:
                return self._ask(self._connection, path)
            except CUT:
                self.close()
        self._connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=TIMEOUT)
        try:
            return self._ask(self._connection, path)
        except BaseException:
            self.close()
            raise

    def _ask(self, connection: http.client.HTTPConnection, path: str) -> tuple[int, str, str]:
        headers = BROWSER if self._keeps else {**BROWSER, "Connection": "close"}
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        body = answer.read().decode()
        if answer.will_close or not self._keeps:
            self.close()
        return answer.status, body, answer.getheader("Location") or ""

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


@dataclass
class Opened:
    """What became of the openings."""

    led: int = 0
    """Those that got a 303 to the backend."""
    tried_again: int = 0
    wrong: list[str] = field(default_factory=list)


def open_many(
    port: int, path: str, *, how_many: int = 500, meanwhile: Callable[[], None], over: float = 6.0
) -> Opened:
    """Open a service so many times within about `over` seconds, from eight browsers.

    A connection that is refused or cut before any answer is tried again, as people do.
    """
    opened, left, lock = Opened(), list(range(how_many)), threading.Lock()
    threads = 8
    pause = over * threads / how_many

    def person(keeps: bool) -> None:  # noqa: FBT001
        asking = Asking(port, keeps=keeps)
        while True:
            with lock:
                if not left:
                    break
                left.pop()
            _open_once(asking, path, opened, lock)
            time.sleep(pause)
        asking.close()

    people = [threading.Thread(target=person, args=(n % 2 == 0,)) for n in range(threads)]
    for thread in people:
        thread.start()
    meanwhile()
    for thread in people:
        thread.join()
    return opened


def _open_once(asking: Asking, path: str, opened: Opened, lock: threading.Lock) -> None:
    deadline = time.monotonic() + 60
    while True:
        try:
            status, _, location = asking.get(path)
        except CUT as error:
            with lock:
                opened.tried_again += 1
                if time.monotonic() > deadline:
                    opened.wrong.append(repr(error))
                    return
            time.sleep(0.1)
            continue
        with lock:
            opened.led += status == 303
            if status != 303 or not location:
                opened.wrong.append(f"{status} {location}")
        return
