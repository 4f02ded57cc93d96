"""`make run` as a person sees it: two processes that start, survive, stop, and say why not."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests

from settings import ROOT
from tests.servers import free_port, is_listening, wait_until_listening

PATIENCE = 120
"""Seconds, for a machine that does ten other things; each wait ends as soon as it may."""
pytestmark = pytest.mark.slow


class Running:
    """One `make run`, with what it wrote."""

    def __init__(self, folder: Path, port: int, **environ: str) -> None:
        self.port = port
        self.output = folder / f"output-{port}"
        self.state = folder / "state"
        kept = {name: value for name, value in os.environ.items() if "TROUSSE" not in name}
        environ = {**kept, "HOST": "127.0.0.1", "PORT": str(port), **environ}
        environ.setdefault("TROUSSE_STATE_DIR", str(self.state))
        environ.setdefault("TROUSSE_CATALOGUE", str(nothing_to_probe(folder)))
        with self.output.open("wb") as file:
            self.process = subprocess.Popen(
                [sys.executable, "deploy/run.py"], cwd=ROOT, env=environ, stdout=file, stderr=file,
                start_new_session=True,
            )  # fmt: skip

    @property
    def said(self) -> str:
        return self.output.read_text(encoding="utf-8")

    def wait_until(self, condition: Callable[[], bool], what: str) -> None:
        deadline = time.monotonic() + PATIENCE
        while not condition():
            assert time.monotonic() < deadline, f"{what}: not within {PATIENCE} s\n{self.said}"
            time.sleep(0.1)

    def children(self) -> dict[str, int]:
        """Return the process ids of the portal and of the monitor."""
        found = {}
        for pid in descendants(self.process.pid):
            try:
                command = Path(f"/proc/{pid}/cmdline").read_text(encoding="utf-8")
            except OSError:
                continue
            if "monitor\0run" in command:
                found["monitor"] = pid
            elif "gunicorn" in command:
                found.setdefault("portal", pid)
        return found

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        return self.process.wait(timeout=PATIENCE)


def descendants(pid: int) -> list[int]:
    try:
        listed = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="utf-8").split()
    except OSError:
        return []
    return [found for child in map(int, listed) for found in (child, *descendants(child))]


def nothing_to_probe(folder: Path) -> Path:
    """A catalogue without services: a test never probes the shipped one."""
    path = folder / "services.yaml"
    path.write_text("format: 1\ncategories: []\noperators: []\nservices: []\n", encoding="utf-8")
    return path


@contextmanager
def started(folder: Path) -> Iterator[Running]:
    environ = {**os.environ, "TROUSSE_STATE_DIR": str(folder / "state")}
    command = [sys.executable, "-m", "flask", "--app", "app", "database", "upgrade"]
    subprocess.run(command, cwd=ROOT, env=environ, check=True, capture_output=True)
    site = Running(folder, free_port())
    try:
        wait_until_listening(site.port, site.process)
        site.wait_until(lambda: len(site.children()) == 2, "the portal and the monitor run")
        yield site
    finally:
        if site.process.poll() is None:
            site.stop()


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """One for all tests that leave it running."""
    with started(tmp_path_factory.mktemp("running")) as site:
        yield site


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_ends_everything_and_frees_the_port(
    tmp_path: Path, number: signal.Signals
) -> None:
    with started(tmp_path) as site:
        everyone = descendants(site.process.pid)
        assert len(everyone) >= 4
        assert site.stop(number) == 0
        assert not is_listening(site.port)
    assert [pid for pid in everyone if Path(f"/proc/{pid}").exists()] == []


def test_the_portal_goes_on_when_the_monitor_dies(running: Running) -> None:
    killed = running.children()["monitor"]
    os.kill(killed, signal.SIGKILL)
    url = f"http://127.0.0.1:{running.port}/healthz"
    assert [requests.get(url, timeout=60).status_code for _ in range(20)] == [200] * 20
    running.wait_until(
        lambda: running.children().get("monitor", killed) != killed, "another monitor"
    )


def test_a_reload_keeps_the_figures_of_the_portal(running: Running) -> None:
    portal = running.children()["portal"]
    folder = running.state / "request-metrics" / str(portal)
    before = set(descendants(portal))
    os.kill(portal, signal.SIGHUP)
    running.wait_until(lambda: not before & set(descendants(portal)), "other workers")
    assert requests.get(f"http://127.0.0.1:{running.port}/healthz", timeout=60).ok
    assert folder.is_dir()
    assert [other.name for other in folder.parent.iterdir()] == [str(portal)]


def test_a_request_leaves_one_line_without_what_was_asked(running: Running) -> None:
    address = f"http://127.0.0.1:{running.port}/s3cret-path?q=s3cret-query"
    requests.get(address, headers={"User-Agent": "s3cret-browser"}, timeout=60)
    running.wait_until(lambda: '"status": ' in running.said, "a line for the request")
    line = next(line for line in running.said.splitlines() if '"status": ' in line)
    assert set(line.split('"')[1::2]) >= {"time", "route", "status", "ms", "request"}
    assert "s3cret" not in running.said


def test_a_taken_port_is_said_at_once(running: Running, tmp_path: Path) -> None:
    (tmp_path / "second").mkdir()
    second = Running(tmp_path / "second", running.port)
    assert second.process.wait(timeout=PATIENCE) == 1
    assert "PORT=8001" in second.said


@pytest.mark.parametrize(
    ("name", "value"), [("TROUSSE_WORKERS", "none"), ("TROUSSE_PROBE_INTERVAL", "often")]
)
def test_a_portal_that_cannot_start_says_why_and_ends(
    tmp_path: Path, name: str, value: str
) -> None:
    site = Running(tmp_path, free_port(), **{name: value})
    try:
        assert site.process.wait(timeout=PATIENCE) == 1
    finally:
        site.process.terminate()
        site.process.wait(timeout=PATIENCE)
    assert f"{name}: expected a whole number" in site.said
    assert site.said.rstrip().endswith("cannot start: the reason stands above.")


def test_the_first_start_prints_a_link_for_the_administrator_once_nobody_has_an_account(
    running: Running,
) -> None:
    found = re.findall(r"http://127\.0\.0\.1:(\d+)/connexion/lien/\S{20,}", running.said)
    assert found == [str(running.port)]
