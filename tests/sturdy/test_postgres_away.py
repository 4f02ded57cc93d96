"""PostgreSQL falls over and comes back, or answers no more: the public pages notice nothing."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator

import pytest

from tests.servers import PostgresServer
from tests.sturdy.conftest import Deploy
from tests.sturdy.decisions import hide_pad, pad_is_shown, show_pad
from tests.sturdy.deployment import Deployment
from tests.sturdy.load import Asking, Readers
from tests.sturdy.processes import children, wait_until
from tests.sturdy.test_openings import OPEN

pytestmark = [pytest.mark.slow, pytest.mark.postgres]


@pytest.fixture
def server() -> Iterator[PostgresServer]:
    """A PostgreSQL of this test's own: it is going to be hurt."""
    server = PostgresServer()
    try:
        server.start()
        yield server
        server.stop("immediate")
    finally:
        server.remove()


@pytest.fixture
def site(deploy: Deploy, server: PostgresServer) -> Deployment:
    site = deploy(TROUSSE_DATABASE_URL=server.create_database())
    site.upgrade()
    site.start_monitor()
    site.start_portal()
    return site


def openings(site: Deployment, how_many: int) -> None:
    asking = Asking(site.port, keeps=False)
    assert [asking.get(OPEN)[0] for _ in range(how_many)] == [303] * how_many


def pad_is_shown_by_each(site: Deployment) -> list[bool]:
    shown = []
    for worker in site.workers():
        with site.only(worker):
            shown.append(pad_is_shown(site))
    return shown


def test_a_crash_and_a_return_cost_no_page_no_opening_and_no_decision(
    site: Deployment, server: PostgresServer
) -> None:
    hide_pad(site)
    wait_until(lambda: not any(pad_is_shown_by_each(site)), "the first decision on each worker")
    with Readers(site.port) as readers:
        openings(site, 20)
        server.stop("immediate")
        openings(site, 20)
        assert site.get("/metrics")[0] == 200
        assert "trousse_database_up 0" in site.get("/metrics")[1]
        assert not pad_is_shown(site), "decisions stay while it is away"
        assert site.get("/readyz")[0] == 200
        server.start()
        site.engine.dispose()
        wait_until(lambda: site.counted() == 40, "all openings")
        show_pad(site)
        wait_until(lambda: pad_is_shown(site), "the second decision")
        wait_until(lambda: "trousse_database_up 1" in site.get("/metrics")[1], "the metrics")
        server.stop("immediate")
        openings(site, 15)
    assert readers.seen.failures == []
    restart_portal_while_away(site)
    openings(site, 15)
    server.start()
    site.engine.dispose()
    wait_until(lambda: site.counted() == 70, "the openings of both portals")
    assert site.monitor is not None
    assert site.monitor.running


def restart_portal_while_away(site: Deployment) -> None:
    """What the first one could not write waits in a file."""
    assert site.portal is not None
    assert site.portal.stop() == 0
    assert list((site.folder / "state" / "openings").glob("*.json")) != []
    site.start_portal()


def test_a_server_that_answers_no_more_holds_nobody_up(
    site: Deployment, server: PostgresServer
) -> None:
    """Its processes sleep: connections stay open, and nothing ever comes back."""
    asleep = postgres_processes(server)
    for pid in asleep:
        os.kill(pid, signal.SIGSTOP)
    try:
        with Readers(site.port) as readers:
            openings(site, 20)
        assert site.portal is not None
        assert readers.seen.failures == []
        assert site.portal.stop() == 0
    finally:
        for pid in asleep:
            os.kill(pid, signal.SIGCONT)
    site.start_portal()
    wait_until(lambda: site.counted() == 20, "all openings")


def postgres_processes(server: PostgresServer) -> list[int]:
    first = (server.folder / "data" / "postmaster.pid").read_text(encoding="ascii").splitlines()[0]
    return [int(first), *children(int(first))]
