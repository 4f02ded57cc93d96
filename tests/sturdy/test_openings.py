"""Five hundred openings while workers stop, start and are recycled: each is counted once."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable

import pytest

from tests.sturdy.conftest import Told
from tests.sturdy.deployment import Deployment
from tests.sturdy.load import Opened, open_many
from tests.sturdy.processes import wait_until

pytestmark = pytest.mark.slow

OPEN = "/rennes/ouvrir/visio"


def stop_and_start(deployment: Deployment) -> None:
    """Twice: a graceful stop in the middle of the openings, then another start."""
    for _ in range(2):
        time.sleep(1.5)
        assert deployment.portal is not None
        assert deployment.portal.stop() == 0
        deployment.start_portal()


def reload(deployment: Deployment) -> None:
    assert deployment.portal is not None
    for _ in range(3):
        time.sleep(1.5)
        deployment.portal.send(signal.SIGHUP)


def nothing(_deployment: Deployment) -> None:
    """Recycling happens by itself: TROUSSE_MAX_REQUESTS."""


@pytest.mark.parametrize(
    ("meanwhile", "most_requests"),
    [(stop_and_start, 0), (reload, 0), (nothing, 60)],
    ids=["TERM", "HUP", "recycling"],
)
def test_each_opening_is_counted_once(
    deployment: Deployment,
    tell: Told,
    meanwhile: Callable[[Deployment], None],
    most_requests: int,
) -> None:
    deployment.values["TROUSSE_MAX_REQUESTS"] = str(most_requests)
    portal = deployment.start_portal()
    first = set(deployment.workers())
    opened = open_many(deployment.port, OPEN, meanwhile=lambda: meanwhile(deployment))
    if deployment.portal is portal:
        wait_until(lambda: not first & set(deployment.workers()), "the first workers leave")
    check(deployment, opened, tell)


def check(deployment: Deployment, opened: Opened, tell: Told) -> None:
    assert opened.wrong == []
    assert opened.led == 500
    assert deployment.portal is not None
    assert deployment.portal.stop() == 0
    tell(f"500 openings, {opened.tried_again} tried again, {deployment.counted()} counted")
    assert deployment.counted() == 500
    assert list((deployment.folder / "state" / "openings").glob("*")) == []
