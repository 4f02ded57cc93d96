"""The whole monitor on a real database: lease, targets, writes, stops, absences."""

from __future__ import annotations

import multiprocessing
import sqlite3
import threading
import time
from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine, select, update
from sqlalchemy.orm import Session, sessionmaker

import journal
from database import make_engine, make_sessions, writing
from journal import Revision, RevisionCounter
from monitoring import lease, records
from monitoring.cycle import Monitor, ProberDiedError
from monitoring.health import Health
from monitoring.lease import Lease
from monitoring.models import MonitorLease, Transition
from monitoring.prober import Prober
from monitoring.schedule import Clock
from monitoring.target import State
from tests.databases import create_tables
from tests.monitoring.scene import DOWN, UP, Scene, running, target, wait_for
from tests.servers import PostgresServer

Sessions = sessionmaker[Session]


@pytest.fixture
def any_sessions(any_engine: Engine) -> Sessions:
    return make_sessions(any_engine)


def health(sessions: Sessions) -> dict[str, Health]:
    with sessions() as session:
        return records.read_health(session)


def figures(sessions: Sessions) -> lease.Figures:
    with sessions() as session:
        found = lease.read_figures(session)
    assert found is not None
    return found


def revision(sessions: Sessions, name: Revision) -> int:
    with sessions() as session:
        return journal.read_revisions(session)[name]


def change_decisions(sessions: Sessions) -> None:
    with writing(sessions) as session:
        journal.bump(session, Revision.DECISIONS)


def test_states_are_written_and_announced(any_sessions: Sessions) -> None:
    scene = Scene([target(1), target(2)])
    scene.answers[target(2).key] = DOWN
    with running(scene.monitor(any_sessions, "one")):
        wait_for(
            lambda: [item.state for item in health(any_sessions).values()].count(State.DOWN) == 1
        )
    assert health(any_sessions)[target(1).key].state is State.UP
    assert revision(any_sessions, Revision.HEALTH) >= 1
    with any_sessions() as session:
        assert session.scalars(select(Transition.after)).all() == ["up", "down"]
    found = figures(any_sessions)
    assert (found.targets, found.version, found.held) == (2, "1.2.3", False)
    assert found.probes >= 4
    assert found.last_batch_at is not None


def test_what_was_known_survives_a_restart(sessions: Sessions) -> None:
    scene = Scene([target(1)])
    with running(scene.monitor(sessions, "one")):
        wait_for(lambda: bool(health(sessions)))
    since = health(sessions)[target(1).key].since
    with running(scene.monitor(sessions, "two")):
        wait_for(lambda: health(sessions)[target(1).key].checked_at > since)
    assert health(sessions)[target(1).key].since == since


def test_of_two_monitors_one_is_active_and_the_other_takes_over(any_sessions: Sessions) -> None:
    first, second = Scene([target(1)]), Scene([target(1)])
    with running(second.monitor(any_sessions, "two")) as waiting:
        wait_for(lambda: waiting.lease is not None)
        with running(first.monitor(any_sessions, "one")) as active:
            time.sleep(1.5)
            assert active.lease is None
            assert first.asked == {}
    with running(first.monitor(any_sessions, "three")) as next_one:
        wait_for(lambda: next_one.lease is not None)
        assert next_one.lease == Lease(holder="three", epoch=2)


@pytest.mark.slow
def test_the_lease_of_a_monitor_that_died_is_taken_when_it_ran_out(sessions: Sessions) -> None:
    with writing(sessions) as session:
        lease.take(session, "dead")
    scene = Scene([target(1)])
    started = time.monotonic()
    with running(scene.monitor(sessions, "alive")) as monitor:
        wait_for(lambda: monitor.lease is not None, seconds=25)
    assert time.monotonic() - started > 14


def test_a_monitor_whose_lease_was_stolen_writes_nothing(any_sessions: Sessions) -> None:
    scene = Scene([target(1)])
    monitor = scene.monitor(any_sessions, "one")
    with running(monitor):
        wait_for(lambda: bool(health(any_sessions)))
        with writing(any_sessions) as session:
            session.execute(update(MonitorLease).values(expires=0.0))
            assert lease.take(session, "thief") is not None
        scene.answers[target(1).key] = DOWN
        before = health(any_sessions), figures(any_sessions).probes
        wait_for(lambda: monitor.lease is None)
        asked = scene.times_asked(target(1))
        time.sleep(2.5)
        assert (health(any_sessions), figures(any_sessions).probes) == before
        assert scene.times_asked(target(1)) <= asked + 1
    assert (health(any_sessions), figures(any_sessions).probes) == before
    with any_sessions() as session:
        assert session.scalar(select(MonitorLease.holder)) == "thief"


def test_targets_follow_the_decisions(sessions: Sessions) -> None:
    scene = Scene([target(1)])
    with running(scene.monitor(sessions, "one")):
        wait_for(lambda: scene.times_asked(target(1)) > 0)
        scene.targets = [target(2)]
        change_decisions(sessions)
        wait_for(lambda: scene.times_asked(target(2)) > 0, seconds=3)
        asked = scene.times_asked(target(1))
        time.sleep(2)
        assert scene.times_asked(target(1)) == asked


def test_what_fails_is_tried_again_and_stops_nothing_else(sessions: Sessions) -> None:
    scene = Scene([target(1)])
    rounds = []

    def failing(_lease: Lease) -> bool:
        rounds.append("failing")
        raise RuntimeError("a chore that fails")

    def working(_lease: Lease) -> bool:
        rounds.append("working")
        return False

    with running(scene.monitor(sessions, "one", chores=(failing, working))):
        wait_for(lambda: rounds.count("working") >= 2 and bool(health(sessions)))
    assert rounds[:2] == ["failing", "working"]


def test_unreadable_targets_leave_the_last_ones(sessions: Sessions) -> None:
    scene = Scene([target(1)])
    with running(scene.monitor(sessions, "one")):
        wait_for(lambda: scene.times_asked(target(1)) > 0)
        scene.targets = None  # type: ignore[assignment]
        change_decisions(sessions)
        asked = scene.times_asked(target(1))
        wait_for(lambda: scene.times_asked(target(1)) >= asked + 2)


@pytest.mark.slow
def test_with_the_database_locked_it_goes_on_probing_and_writes_later(
    engine: Engine, sessions: Sessions
) -> None:
    scene = Scene([target(1)])
    with running(scene.monitor(sessions, "one")):
        wait_for(lambda: bool(health(sessions)))
        lock = sqlite3.connect(str(engine.url.database), isolation_level=None)
        lock.execute("BEGIN EXCLUSIVE")
        scene.answers[target(1).key] = DOWN
        asked = scene.times_asked(target(1))
        time.sleep(8)
        assert scene.times_asked(target(1)) >= asked + 6
        lock.execute("ROLLBACK")
        lock.close()
        released = datetime.now(UTC)
        wait_for(lambda: health(sessions)[target(1).key].state is State.DOWN, seconds=8)
        assert health(sessions)[target(1).key].since < released


@pytest.mark.slow
@pytest.mark.postgres
def test_with_postgresql_stopped_it_goes_on_probing_and_writes_later(
    postgres_server: PostgresServer,
) -> None:
    url = postgres_server.create_database()
    engine = make_engine(url)
    create_tables(engine)
    sessions = make_sessions(engine)
    scene = Scene([target(1)])
    with running(scene.monitor(sessions, "one")) as monitor:
        wait_for(lambda: bool(health(sessions)))
        postgres_server.stop("immediate")
        try:
            scene.answers[target(1).key] = DOWN
            asked = scene.times_asked(target(1))
            time.sleep(17)
            assert scene.times_asked(target(1)) >= asked + 14
        finally:
            postgres_server.start()
        wait_for(lambda: health(sessions)[target(1).key].state is State.DOWN, seconds=10)
        # The lease ran out meanwhile, but nobody took it: nothing that was seen is lost.
        assert monitor.lease == Lease(holder="one", epoch=2)
        with sessions() as session:
            (up, down) = session.scalars(select(Transition).order_by(Transition.id)).all()
            assert (up.after, down.after) == ("up", "down")
    engine.dispose()
    postgres_server.drop_database(url)


def count_up(url: str, times: int) -> None:
    engine = make_engine(url)
    sessions = make_sessions(engine)
    for _ in range(times):
        with writing(sessions) as session:
            journal.bump(session, Revision.DECISIONS)
    engine.dispose()


@pytest.mark.slow
def test_four_processes_write_beside_the_monitor_and_none_is_lost(
    engine: Engine, sessions: Sessions
) -> None:
    """Read, modify, write: 2,000 times, while the monitor writes its batches."""
    scene = Scene([target(n) for n in range(30)])
    scene.answers = {target(n).key: UP for n in range(30)}
    context = multiprocessing.get_context("spawn")
    with running(scene.monitor(sessions, "one")):
        wait_for(lambda: len(health(sessions)) == 30)
        before = figures(sessions).probes
        writers = [context.Process(target=count_up, args=(str(engine.url), 500)) for _ in range(4)]
        for writer in writers:
            writer.start()
        for writer in writers:
            writer.join(120)
        assert [writer.exitcode for writer in writers] == [0, 0, 0, 0]
        wait_for(lambda: figures(sessions).probes > before)
    with sessions() as session:
        counter = RevisionCounter
        statement = select(counter.n).where(counter.name == Revision.DECISIONS)
        assert session.scalar(statement) == 2000


def test_it_stops_within_seconds_with_its_results_written(sessions: Sessions) -> None:
    scene = Scene([target(1), target(2)])
    scene.hanging = {target(2).key}
    with running(scene.monitor(sessions, "one")):
        wait_for(lambda: scene.times_asked(target(1)) >= 1 and scene.times_asked(target(2)) == 1)
        started = time.monotonic()
    assert time.monotonic() - started < 6
    assert health(sessions)[target(1).key].state is State.UP
    assert not figures(sessions).held


class DeadlyClock(Clock):
    """Ends the thread that hands out probes, as nothing should."""

    def now(self) -> float:
        if threading.current_thread().name == "prober":
            raise SystemExit
        return super().now()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_monitor_that_probes_nothing_any_more_gives_the_lease_back_and_ends(
    sessions: Sessions,
) -> None:
    scene = Scene([target(1)])
    clock = DeadlyClock()
    prober = Prober(scene.check, workers=2, is_local=lambda _target: False, clock=clock)
    monitor = Monitor(sessions, prober, read_targets=scene.read_targets, holder="one")
    stop = threading.Event()
    last_resort = threading.Timer(15, stop.set)
    last_resort.start()
    with pytest.raises(ProberDiedError):
        monitor.run(stop)
    last_resort.cancel()
    with sessions() as session:
        found = lease.read_figures(session)
    assert found is None or not found.held
