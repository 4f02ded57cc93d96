"""SQLite locked for half a minute while people read and open: they notice nothing."""

from __future__ import annotations

import os
import signal
import sqlite3
import time
from contextlib import closing
from pathlib import Path

import pytest

from tests.sturdy.conftest import Told
from tests.sturdy.decisions import hide_pad, pad_is_shown
from tests.sturdy.deployment import Deployment
from tests.sturdy.load import Asking, Readers, open_many
from tests.sturdy.locking import exclusive
from tests.sturdy.processes import wait_until
from tests.sturdy.test_openings import OPEN

pytestmark = pytest.mark.slow

HELD = 30.0
OPENINGS = 200


def database(deployment: Deployment) -> Path:
    return deployment.folder / "state" / "trousse.db"


def test_a_lock_of_half_a_minute_fails_no_public_request(
    deployment: Deployment, tell: Told
) -> None:
    deployment.start_monitor()
    portal = deployment.start_portal()
    wait_until(lambda: deployment.counted() == 0, "the tables")
    with Readers(deployment.port) as readers:
        with exclusive(database(deployment), readers=False):
            began = time.monotonic()
            opened = open_many(
                deployment.port, OPEN, how_many=OPENINGS, meanwhile=lambda: None, over=20
            )
            while time.monotonic() - began < HELD:
                assert deployment.get("/healthz")[0] == 200
                assert deployment.get("/metrics")[0] == 200
                time.sleep(0.5)
            assert deployment.counted() == 0, "nobody could write"
        after = wait_until(lambda: deployment.counted() == OPENINGS, "all openings are counted")
    seen = readers.seen
    tell(
        f"{seen.asked} pages read under the lock, slowest {seen.slowest * 1000:.0f} ms; "
        f"{OPENINGS} openings counted {after:.1f} s after it"
    )
    assert seen.failures == []
    assert seen.slowest < 5
    assert (opened.led, opened.tried_again, opened.wrong) == (OPENINGS, 0, [])
    assert portal.stop() == 0
    assert deployment.counted() == OPENINGS


def test_workers_replaced_under_a_lock_that_keeps_readers_out_lose_nothing(
    deployment: Deployment,
) -> None:
    deployment.start_monitor()
    portal = deployment.start_portal()
    hide_pad(deployment)
    wait_until(lambda: not pad_is_shown(deployment), "the decision on the page")
    asking = Asking(deployment.port, keeps=False)
    with Readers(deployment.port, pages=["/rennes/", "/rennes/etat"]) as readers:
        with exclusive(database(deployment), readers=True):
            assert not can_read(database(deployment))
            assert [asking.get(OPEN)[0] for _ in range(20)] == [303] * 20
            before = deployment.workers()
            os.kill(before[0], signal.SIGTERM)
            wait_until(
                lambda: len(deployment.workers()) == 2 and before[0] not in deployment.workers(),
                "another worker",
            )
            assert [asking.get(OPEN)[0] for _ in range(20)] == [303] * 20
            assert deployment.get("/metrics")[0] == 200
        wait_until(lambda: deployment.counted() == 40, "all openings are counted")
        wait_until(lambda: not any(pad_on_each(deployment)), "the decision again")
    assert readers.seen.failures == []
    assert portal.stop() == 0
    assert deployment.counted() == 40


def can_read(file: Path) -> bool:
    with closing(sqlite3.connect(file, timeout=0)) as connection:
        try:
            connection.execute("SELECT count(*) FROM launch_count").fetchone()
        except sqlite3.OperationalError:
            return False
    return True


def pad_on_each(deployment: Deployment) -> list[bool]:
    shown = []
    for worker in deployment.workers():
        with deployment.only(worker):
            shown.append(pad_is_shown(deployment))
    return shown
