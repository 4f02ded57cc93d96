"""`flask monitor …` as ops type it: against real addresses of this machine."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from database import make_engine, make_sessions
from monitoring import lease, records
from monitoring.target import State
from settings import ROOT

CATALOGUE = """
categories:
  - id: ecrire
    title: Écrire
    icon: ecrire
operators:
  - id: dne
    name: Direction du numérique pour l'éducation
    kind: education
services:
  - id: pads
    title: Pads
    task: Écrire à plusieurs
    summary: Un texte que plusieurs écrivent à la fois.
    icon: pad
    categories: [ecrire]
    users: {{agents: direct}}
    sign_in: [none]
    operator: dne
    backends:
      - id: good
        url: {good}
        probe: {{profile: http, interval: 10}}
      - id: bad
        url: {bad}
        probe: {{profile: http, interval: 10}}
"""


class Answers(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.server.agents.append(self.headers["User-Agent"])  # type: ignore[attr-defined]
        self.send_response(503 if self.path.startswith("/bad") else 200)
        self.end_headers()
        self.wfile.write(b"bonjour")

    def log_message(self, *_arguments: Any) -> None:
        """Quiet."""


@pytest.fixture
def site() -> Iterator[ThreadingHTTPServer]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    server.agents = []  # type: ignore[attr-defined]
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def environment(tmp_path: Path, site: ThreadingHTTPServer) -> dict[str, str]:
    base = f"http://127.0.0.1:{site.server_port}"
    catalogue = tmp_path / "services.yaml"
    catalogue.write_text(CATALOGUE.format(good=f"{base}/good", bad=f"{base}/bad"))
    inherited = {k: v for k, v in os.environ.items() if not k.startswith("TROUSSE_")}
    return inherited | {
        "TROUSSE_STATE_DIR": str(tmp_path / "state"),
        "TROUSSE_CATALOGUE": str(catalogue),
        "TROUSSE_PROBE_ALLOWED_NETWORKS": "127.0.0.0/8",
        "TROUSSE_PROBE_CONTACT": "omar@education.gouv.fr",
        "TROUSSE_SOURCE_URL": "https://forge.example.fr/la-trousse",
    }


def command(*words: str) -> list[str]:
    return [sys.executable, "-m", "flask", "--app", "app", *words]


def flask(environment: dict[str, str], *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command(*words), cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60,
        check=False,
    )  # fmt: skip


def address(site: ThreadingHTTPServer, path: str) -> str:
    return f"http://127.0.0.1:{site.server_port}{path}"


def test_check_prints_one_json_object(
    environment: dict[str, str], site: ThreadingHTTPServer
) -> None:
    done = flask(
        environment, *("monitor", "check", address(site, "/good")), "--profile", "http", "--json"
    )
    verdict = json.loads(done.stdout)
    assert verdict.keys() >= {"state", "reason", "version", "latency_ms", "steps"}
    assert (verdict["state"], verdict["reason"], done.returncode) == ("up", "ok", 0)


def test_a_bad_verdict_is_still_a_probe_that_was_made(
    environment: dict[str, str], site: ThreadingHTTPServer
) -> None:
    done = flask(
        environment, "monitor", "check", address(site, "/bad"), "--profile", "http", "--json"
    )
    assert json.loads(done.stdout)["state"] != "up"
    assert done.returncode == 0


def test_a_private_address_is_refused_unless_its_network_is_listed(
    environment: dict[str, str], site: ThreadingHTTPServer
) -> None:
    del environment["TROUSSE_PROBE_ALLOWED_NETWORKS"]
    done = flask(
        environment, "monitor", "check", address(site, "/good"), "--profile", "http", "--json"
    )
    verdict = json.loads(done.stdout)
    assert (verdict["state"], verdict["reason"]) == ("unknown", "refused-address")
    assert site.agents == []  # type: ignore[attr-defined]


def test_it_says_who_asks_and_whom_to_write_to(
    environment: dict[str, str], site: ThreadingHTTPServer
) -> None:
    flask(environment, "monitor", "check", address(site, "/good"), "--profile", "http")
    (agent,) = set(site.agents)  # type: ignore[attr-defined]
    assert agent.startswith("la-trousse/")
    assert agent.endswith("(+https://forge.example.fr/la-trousse; omar@education.gouv.fr)")


def test_an_unknown_profile_is_a_mistake_in_the_command(environment: dict[str, str]) -> None:
    done = flask(environment, "monitor", "check", "http://h.example.fr", "--profile", "htp")
    assert done.returncode == 2
    assert "nextcloud" in done.stderr


@pytest.mark.parametrize(
    ("address", "profile", "write"),
    [
        ("127.0.0.1:41647", "tcp", "tcp://127.0.0.1:41647"),
        ("127.0.0.1:41647", "etherpad", "https://127.0.0.1:41647"),
        ("meet.example.fr", "tcp", "tcp://meet.example.fr:443"),
        ("pad.example.fr/pad/", "http", "https://pad.example.fr/pad"),
    ],
)
def test_an_address_without_scheme_is_a_mistake_in_the_command_that_says_what_to_write(
    environment: dict[str, str], address: str, profile: str, write: str
) -> None:
    done = flask(environment, "monitor", "check", address, "--profile", profile, "--json")
    assert (done.returncode, done.stdout) == (2, "")
    assert f"found '{address}'" in done.stderr
    assert f"write {write}" in done.stderr


def test_once_lists_every_target_and_writes_nothing(environment: dict[str, str]) -> None:
    done = flask(environment, "monitor", "once", "--json")
    assert done.returncode == 0, done.stderr
    found = {item["labels"]["backend"][0]: item for item in json.loads(done.stdout)}
    assert found["pads/good"]["state"] == "up"
    assert found["pads/bad"]["state"] != "up"
    assert found["pads/good"].keys() >= {"key", "reason", "version", "latency_ms", "steps"}
    assert not Path(environment["TROUSSE_STATE_DIR"], "trousse.db").exists()


def test_the_monitor_refuses_a_database_without_tables_and_says_what_to_type(
    environment: dict[str, str],
) -> None:
    done = flask(environment, "monitor", "run")
    assert done.returncode == 1
    assert "database upgrade" in done.stderr


def test_the_monitor_publishes_probes_writes_and_stops(environment: dict[str, str]) -> None:
    assert flask(environment, "database", "upgrade").returncode == 0
    engine = make_engine(f"sqlite:///{environment['TROUSSE_STATE_DIR']}/trousse.db")
    sessions = make_sessions(engine)
    monitor = subprocess.Popen(command("monitor", "run"), cwd=ROOT, env=environment)
    try:
        deadline = time.monotonic() + 90
        states: set[State] = set()
        while State.UP not in states:
            assert time.monotonic() < deadline
            assert monitor.poll() is None
            time.sleep(0.2)
            with sessions() as session:
                states = {health.state for health in records.read_health(session).values()}
    finally:
        asked = time.monotonic()
        monitor.send_signal(signal.SIGTERM)
        assert monitor.wait(15) == 0
    assert time.monotonic() - asked < 8
    with sessions() as session:
        figures = lease.read_figures(session)
    assert figures is not None
    assert (figures.held, figures.targets) == (False, 2)
    engine.dispose()
