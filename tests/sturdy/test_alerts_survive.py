"""`kill -9` of the monitor before, at and after the hand-over of alerts: none is lost."""

from __future__ import annotations

import random
import re
import signal
import sys
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import select

from database import writing
from monitoring import outbox
from monitoring.models import Alert
from tests.monitoring.receivers import Receiver, receiver
from tests.sturdy.conftest import Deploy
from tests.sturdy.deployment import Deployment
from tests.sturdy.processes import Process, wait_until

pytestmark = pytest.mark.slow

HURRIED = (sys.executable, "-m", "tests.sturdy.hurried_monitor")
_REFERENCE = re.compile(r"R\\u00e9f\\u00e9rence\\u00a0: ([0-9a-f-]{36})")
MAYBE = "Rappel possible"
FIRST = 9000
"""Number of an incident that the monitor does not know: it neither closes nor changes it."""


@pytest.fixture
def hook() -> Iterator[Receiver]:
    with receiver() as found:
        yield found


def deployed(deploy: Deploy, hook: Receiver, **changes: str) -> Deployment:
    file = Path(changes.pop("folder")) / "alerts.yaml"
    file.write_text(
        "routes:\n"
        f"  - {{name: one, to: 'json://{hook.place}/one?rto=3', delay_minutes: 0}}\n"
        f"  - {{name: two, to: 'json://{hook.place}/two?rto=3', delay_minutes: 0}}\n",
        encoding="utf-8",
    )
    site = deploy(TROUSSE_ALERTS=str(file), **changes)
    site.upgrade()
    return site


def begin(site: Deployment, number: int) -> None:
    """Tell both routes of an incident, in one transaction as a batch does."""
    now = datetime.now(UTC)
    content = {
        "uid": str(uuid4()), "cause": "target", "value": "", "severity": "major",
        "opened_at": now.timestamp(), "closed_at": None, "merged_into": None,
        "targets": [], "more": 0, "operator": [], "academie": [],
    }  # fmt: skip
    with writing(site.sessions) as session:
        for route in ("one", "two"):
            outbox.add(
                session,
                subject=f"incident/{FIRST + number}",
                event="opened",
                route=route,
                content=content,
                due_at=now,
                now=now,
            )


def waiting(site: Deployment) -> int:
    with site.sessions() as session:
        return len(session.scalars(select(Alert.id).where(Alert.sent_at.is_(None))).all())


def start(site: Deployment, name: str) -> Process:
    return site.start(*HURRIED, name=name)


def references(hook: Receiver) -> Counter[str]:
    return Counter(_REFERENCE.search(text)[1] for text in hook.texts)  # type: ignore[index]


def check_arrivals(site: Deployment, hook: Receiver, *, expected: int) -> int:
    """Every alert arrived; a repeated one has its identifier and says so. Return how many did."""
    with site.sessions() as session:
        known = set(session.scalars(select(Alert.uid)))
    arrived = references(hook)
    assert len(known) == expected
    assert set(arrived) == known, "each arrived, under its own identifier"
    seen: set[str] = set()
    for text in hook.texts:
        found = _REFERENCE.search(text)
        assert found is not None
        if found[1] in seen:
            assert MAYBE in text, "a repetition says that it may be one"
        seen.add(found[1])
    return sum(count - 1 for count in arrived.values())


def test_no_alert_is_lost_when_the_monitor_is_killed_at_any_moment(
    deploy: Deploy, hook: Receiver, tmp_path: Path
) -> None:
    site = deployed(deploy, hook, folder=str(tmp_path))
    chance = random.Random(20261125)
    # What arrived is written down by the receiver before it answers, late.
    hook.seconds = lambda: chance.uniform(0.0, 0.4)
    opened, killed_in_hand = 0, 0
    for turn in range(4):
        monitor = start(site, f"monitor-{turn}")
        for _ in range(4):
            begin(site, opened)
            opened += 1
        before = len(hook.arrivals)
        wait_until(lambda: len(hook.arrivals) > before, "something arrives")  # noqa: B023
        time.sleep(chance.uniform(0.0, 0.5))
        monitor.send(signal.SIGKILL)
        monitor.wait()
        killed_in_hand += claimed(site)
    last = start(site, "monitor-last")
    wait_until(lambda: waiting(site) == 0, "everything is sent")
    assert last.stop() == 0
    repeated = check_arrivals(site, hook, expected=2 * opened)
    assert killed_in_hand > 0, "not once was anything in its hand: the test shows nothing"
    assert repeated <= killed_in_hand


def claimed(site: Deployment) -> int:
    with site.sessions() as session:
        held = select(Alert.id).where(Alert.sent_at.is_(None), Alert.claimed_until.is_not(None))
        return len(session.scalars(held).all())


def test_two_monitors_send_each_alert_once(
    deploy: Deploy, hook: Receiver, tmp_path: Path, any_url: str
) -> None:
    site = deployed(deploy, hook, folder=str(tmp_path), TROUSSE_DATABASE_URL=any_url)
    hook.seconds = lambda: 0.05
    both = [start(site, "monitor-a"), start(site, "monitor-b")]
    wait_until(lambda: all("monitor-started" in item.said for item in both), "two monitors")
    for number in range(6):
        begin(site, number)
    wait_until(lambda: waiting(site) == 0, "everything is sent")
    active = next(item for item in both if "lease-taken" in item.said)
    active.stop()
    for number in range(6, 9):
        begin(site, number)
    wait_until(lambda: waiting(site) == 0, "the other goes on")
    assert check_arrivals(site, hook, expected=2 * 9) == 0
