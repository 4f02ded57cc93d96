"""The portal as it is deployed: real gunicorn, real monitor, a state folder of the test's own."""

from __future__ import annotations

import http.client
import os
import re
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session, sessionmaker

from database import make_engine, make_sessions
from instances.models import LaunchCount
from settings import Settings
from tests.servers import free_port, wait_until_listening
from tests.sturdy.offer import offer_text
from tests.sturdy.processes import Process, children, environment, wait_until
from upkeep.upgrade import upgrade

PAGE = "/rennes/"
FLASK = (sys.executable, "-m", "flask", "--app", "app")
GUNICORN = (sys.executable, "-m", "gunicorn", "--config", "gunicorn.conf.py")
_TITLE = re.compile(r"Visio-[\w-]+")


class Deployment:
    """One state folder, one catalogue, and the processes that were started for them."""

    def __init__(self, folder: Path, backend: str, **changes: str) -> None:
        self.folder = folder
        self.port = free_port()
        self.catalogue = folder / "services.yaml"
        self.catalogue.write_text(offer_text(backend), encoding="utf-8")
        self.values = {
            "HOST": "127.0.0.1",
            "PORT": str(self.port),
            "TROUSSE_PUBLIC_URL": f"http://127.0.0.1:{self.port}",
            "TROUSSE_STATE_DIR": str(folder / "state"),
            "TROUSSE_CATALOGUE": str(self.catalogue),
            "TROUSSE_PROBE_ALLOWED_NETWORKS": "127.0.0.0/8",
            "TROUSSE_PROBE_INTERVAL": "10",
            **changes,
        }
        self.started: list[Process] = []
        self.portal: Process | None = None
        self.monitor: Process | None = None

    @cached_property
    def settings(self) -> Settings:
        ours = {name: value for name, value in self.values.items() if name.startswith("TROUSSE_")}
        return Settings.from_env(ours)

    @cached_property
    def engine(self) -> Engine:
        return make_engine(self.settings.database_url)

    @cached_property
    def sessions(self) -> sessionmaker[Session]:
        return make_sessions(self.engine)

    def upgrade(self) -> None:
        upgrade(self.settings)

    def start(self, *command: str, name: str, **changes: str) -> Process:
        output = self.folder / f"{name}.log"
        environ = environment(self.values | changes)
        process = Process(*command, environ=environ, output=output)
        self.started.append(process)
        return process

    def start_portal(self, **changes: str) -> Process:
        """Start gunicorn and wait until both workers are ready to answer."""
        self.portal = self.start(*GUNICORN, name="portal", **changes)
        wait_until_listening(self.port, self.portal._popen)  # noqa: SLF001 - our own Process
        wait_until(lambda: len(self.workers()) == 2, "two workers")
        wait_until(self.is_ready, "a snapshot")
        return self.portal

    def start_monitor(self) -> Process:
        self.monitor = self.start(*FLASK, "monitor", "run", name="monitor")
        return self.monitor

    def workers(self) -> list[int]:
        assert self.portal is not None
        return children(self.portal.pid)

    @contextmanager
    def only(self, worker: int) -> Iterator[None]:
        """Let one worker alone answer: the others sleep for a moment."""
        others = [pid for pid in self.workers() if pid != worker]
        for pid in others:
            os.kill(pid, signal.SIGSTOP)
        try:
            yield
        finally:
            for pid in others:
                os.kill(pid, signal.SIGCONT)

    def get(self, path: str = PAGE) -> tuple[int, str]:
        """Ask over a connection of its own."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request("GET", path, headers={"Connection": "close"})
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        finally:
            connection.close()

    def is_ready(self) -> bool:
        try:
            return self.get("/readyz")[0] == 200
        except OSError:
            return False

    def title(self) -> str:
        return title_in(self.get()[1])

    def titles(self, asked: int = 20) -> set[str]:
        """Return every version that one of many requests saw."""
        return {self.title() for _ in range(asked)}

    def titles_of_each_worker(self) -> dict[int, str]:
        found = {}
        for worker in self.workers():
            with self.only(worker):
                found[worker] = self.title()
        return found

    def counted(self) -> int:
        with self.sessions() as session:
            return sum(session.scalars(select(LaunchCount.n)))

    def end(self) -> None:
        for process in reversed(self.started):
            process.end()
        if "engine" in self.__dict__:
            self.engine.dispose()


def title_in(page: str) -> str:
    found: set[str] = set(_TITLE.findall(page))
    assert len(found) == 1, f"one version on a page, found {found}"
    return found.pop()
