"""Monitors killed without a word, at any moment: no transition is lost, no second counted twice."""

from __future__ import annotations

import multiprocessing
import random
import threading
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session, sessionmaker

from database import make_engine, make_sessions, writing
from monitoring import incident_records, records
from monitoring.cycle import Monitor
from monitoring.models import Day, Incident, MonitorLease, Target, Transition
from monitoring.prober import Prober
from monitoring.records import Batch, Moved
from monitoring.target import ProbeResult, ProbeTarget
from tests.monitoring.scene import DOWN, UP, target, wait_for

Sessions = sessionmaker[Session]
TARGETS = [target(n) for n in range(3)]
PHASES = "UDU"
KILLS = 2
"""In each phase, before a monitor is left alone."""


def follow(session: Session, _batch: Batch, moved: Sequence[Moved]) -> None:
    now = max((item.change.at for item in moved), default=None)
    if now is not None:
        incident_records.follow(session, moved, now=now)


def monitor(url: str, answer: str) -> None:
    """The whole of a process: what answers stands in a file."""

    def check(_target: ProbeTarget) -> ProbeResult:
        return DOWN if Path(answer).read_text(encoding="utf-8") == "D" else UP

    prober = Prober(check, workers=3, is_local=lambda _target: False)
    Monitor(
        make_sessions(make_engine(url)),
        prober,
        read_targets=lambda _session: TARGETS,
        follow=follow,
    ).run(threading.Event())


@contextmanager
def killed_at_the_end(url: str, answer: Path) -> Iterator[None]:
    context = multiprocessing.get_context("spawn")
    process = context.Process(target=monitor, args=(url, str(answer)), daemon=True)
    process.start()
    try:
        yield
    finally:
        process.kill()
        process.join(10)


def run_out(sessions: Sessions) -> None:
    """Play the fifteen seconds that a lease lasts after its holder died."""
    with writing(sessions) as session:
        row = session.get(MonitorLease, 1)
        if row is not None:
            row.expires = 0.0


def batches(sessions: Sessions) -> int:
    with sessions() as session:
        return session.scalar(select(MonitorLease.cycles)) or 0


def states(sessions: Sessions) -> set[str]:
    with sessions() as session:
        return {health.state for health in records.read_health(session).values()}


@pytest.mark.slow
def test_monitors_killed_at_random_lose_no_transition(
    engine: Engine, sessions: Sessions, tmp_path: Path
) -> None:
    answer, dice, started = tmp_path / "answer", random.Random(4), time.time()
    url = str(engine.url)
    for phase in PHASES:
        answer.write_text(phase, encoding="utf-8")
        for _kill in range(KILLS):
            before = batches(sessions)
            with killed_at_the_end(url, answer):
                wait_for(lambda before=before: batches(sessions) > before, seconds=30)  # type: ignore[misc]
                time.sleep(dice.uniform(0, 3))
            run_out(sessions)
        expected = {"down" if phase == "D" else "up"}
        with killed_at_the_end(url, answer):
            wait_for(lambda expected=expected: states(sessions) == expected, seconds=40)  # type: ignore[misc]
        run_out(sessions)
    elapsed = time.time() - started
    with sessions() as session:
        lines: dict[int, list[str]] = defaultdict(lambda: ["unknown"])
        for row in session.scalars(select(Transition).order_by(Transition.id)):
            assert row.before == lines[row.target_id][-1]
            lines[row.target_id].append(row.after)
        for target_id, seen in lines.items():
            assert seen[-1] == session.get_one(Target, target_id).state == "up"
            assert [state for state in seen if state != "unknown"] == ["up", "down", "up"]
        counted = func.sum(Day.up + Day.degraded + Day.down + Day.maintenance)
        sums = session.scalars(select(counted).group_by(Day.target_id)).all()
        assert len(sums) == len(TARGETS)
        assert all(0 < seconds <= elapsed + 1 for seconds in sums)
        assert session.scalars(select(Incident).where(Incident.closed_at.is_(None))).all() == []
        assert session.scalars(select(Incident)).all() != []
