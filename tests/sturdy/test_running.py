"""`make run` on a free port: it serves, outlives its monitor, ends, says why it cannot start."""

from __future__ import annotations

import os
import signal
import socket
import sqlite3
from contextlib import closing

import pytest

from settings import ROOT
from tests.programs import require_program, skip_loudly
from tests.servers import is_listening, wait_until_listening
from tests.sturdy.deployment import FLASK, GUNICORN, Deployment
from tests.sturdy.load import Asking, Readers
from tests.sturdy.processes import (
    Process,
    command_of,
    descendants,
    environment,
    is_alive,
    run,
    wait_until,
)
from tests.sturdy.test_openings import OPEN

pytestmark = pytest.mark.slow

UPGRADE = "flask --app app database upgrade"


def make_run(deployment: Deployment, **changes: str) -> Process:
    make = require_program("make", package="make")
    require_environment()
    return deployment.start(make, "run", name="make-run", **changes)


def require_environment() -> None:
    """`make run` would install what is missing: that is for a person to start, not for a test."""
    wanted = (ROOT / "requirements.lock").read_text(encoding="utf-8").partition("# ---- for")[0]
    installed = ROOT / ".venv" / "installed-run.txt"
    if not installed.is_file() or installed.read_text(encoding="utf-8") != wanted:
        skip_loudly("what requirements.lock lists is not installed in .venv: make environment")


def started(deployment: Deployment) -> Process:
    site = make_run(deployment)
    wait_until_listening(deployment.port, site._popen)  # noqa: SLF001 - our own Process
    wait_until(lambda: monitor_of(site) is not None, "the monitor")
    # One that is ended before it says so would leave a test waiting for a second word.
    wait_until(lambda: "monitor-started" in site.said, "the monitor at work")
    wait_until(deployment.is_ready, "a snapshot")
    return site


def monitor_of(site: Process) -> int | None:
    found = (pid for pid in descendants(site.pid) if "monitor run" in command_of(pid))
    return next(found, None)


def test_make_run_serves_outlives_its_monitor_and_ends_by_itself(deployment: Deployment) -> None:
    site = started(deployment)
    killed = monitor_of(site)
    assert killed is not None
    with Readers(deployment.port, how_many=4) as readers:
        os.kill(killed, signal.SIGKILL)
        wait_until(lambda: monitor_of(site) not in (None, killed), "another monitor")
        # Before that it does not yet listen to signals, and would end without a word.
        wait_until(lambda: site.said.count("monitor-started") > 1, "another monitor at work")
        wait_until(lambda: readers.seen.asked > 50, "pages")
    assert readers.seen.failures == []
    everyone = [site.pid, *descendants(site.pid)]
    assert len(everyone) >= 5, "make, runner, supervisor, portal, workers, monitor"
    asking = Asking(deployment.port, keeps=True)
    assert [asking.get(OPEN)[0] for _ in range(30)] == [303] * 30
    site.stop()
    asking.close()
    assert deployment.counted() == 30
    assert not is_listening(deployment.port)
    assert [command_of(pid) for pid in everyone if is_alive(pid)] == []
    assert "monitor-stopped" in site.said


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"TROUSSE_PUBLIC_URL": "trousse"}, "TROUSSE_PUBLIC_URL: expected an address"),
        ({"TROUSSE_CATALOG": "x.yaml"}, "TROUSSE_CATALOG is not a setting"),
        ({"PORT": "huit"}, "PORT: expected a number"),
    ],
    ids=["address", "misspelt", "port"],
)
def test_a_setting_with_a_mistake_is_said_and_ends_it(
    deployment: Deployment, changes: dict[str, str], words: str
) -> None:
    site = make_run(deployment, **changes)
    assert site.wait() != 0
    assert words in site.said
    assert "Traceback" not in site.said


def test_a_port_already_taken_is_said_and_ends_it(deployment: Deployment) -> None:
    with socket.create_server(("127.0.0.1", deployment.port)):
        site = make_run(deployment)
        assert site.wait() != 0
    assert f"port {deployment.port}" in site.said
    assert "PORT=8001" in site.said


def set_schema(deployment: Deployment, version: str) -> None:
    file = deployment.folder / "state" / "trousse.db"
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = ?", (version,))


@pytest.mark.parametrize(
    "command", [GUNICORN, (*FLASK, "monitor", "run")], ids=["portal", "monitor"]
)
@pytest.mark.parametrize(
    ("version", "words"),
    [("0000", UPGRADE), ("9999", "flask --app app database restore FILE --force")],
    ids=["older", "newer"],
)
def test_another_schema_is_refused_with_what_to_type(
    deployment: Deployment, command: tuple[str, ...], version: str, words: str
) -> None:
    set_schema(deployment, version)
    refused = run(command, environment(deployment.values))
    said = refused.stdout + refused.stderr
    assert refused.returncode != 0
    assert words in said
    assert "Traceback" not in said


def test_make_run_refuses_a_newer_schema(deployment: Deployment) -> None:
    set_schema(deployment, "9999")
    site = make_run(deployment)
    assert site.wait() != 0
    assert "newer than" in site.said
    assert not is_listening(deployment.port)


def test_make_run_says_that_the_database_does_not_answer(deployment: Deployment) -> None:
    site = make_run(deployment, TROUSSE_DATABASE_URL="postgresql://nobody@127.0.0.1:9/none")
    assert site.wait() != 0
    assert "the database does not answer" in site.said
    assert "Traceback" not in site.said
