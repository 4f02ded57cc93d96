"""Each worker keeps to a processor: its threads would fight over the interpreter on two."""

from __future__ import annotations

import os
import signal

import pytest

from tests.sturdy.deployment import Deployment
from tests.sturdy.processes import wait_until

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not hasattr(os, "sched_getaffinity"), reason="Linux tells and obeys"),
]


def processors(deployment: Deployment) -> list[set[int]]:
    return [os.sched_getaffinity(worker) for worker in deployment.workers()]


def are_spread(found: list[set[int]]) -> bool:
    """Two workers, one processor each, the same only where there is no other."""
    at_hand = min(2, len(os.sched_getaffinity(0)))
    return [len(each) for each in found] == [1, 1] and len(set.union(*found)) == at_hand


def test_workers_share_no_processor_while_there_is_another(deployment: Deployment) -> None:
    deployment.start_portal()
    assert are_spread(processors(deployment))


def test_a_worker_that_is_replaced_leaves_its_processor_to_the_next(
    deployment: Deployment,
) -> None:
    deployment.start_portal()
    first = deployment.workers()
    for worker in first:
        os.kill(worker, signal.SIGKILL)
    wait_until(
        lambda: len(deployment.workers()) == 2 and not {*first} & {*deployment.workers()},
        "two others",
    )
    wait_until(lambda: are_spread(processors(deployment)), "a processor for each")


def test_the_system_may_be_left_to_choose(deployment: Deployment) -> None:
    deployment.start_portal(TROUSSE_PIN_WORKERS="0")
    assert processors(deployment) == [os.sched_getaffinity(0)] * 2
