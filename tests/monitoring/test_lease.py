"""One monitor at a time, on the database's clock; on SQLite and on PostgreSQL."""

from __future__ import annotations

import threading
from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine, select, update
from sqlalchemy.orm import Session, sessionmaker

from database import make_sessions, writing
from monitoring import lease
from monitoring.lease import Lease, LeaseLostError
from monitoring.models import MonitorLease

Sessions = sessionmaker[Session]


@pytest.fixture
def sessions(any_engine: Engine) -> Sessions:
    return make_sessions(any_engine)


def take(sessions: Sessions, holder: str) -> Lease | None:
    with writing(sessions) as session:
        return lease.take(session, holder, version="1.2.3")


def renew(sessions: Sessions, held: Lease) -> bool:
    with writing(sessions) as session:
        return lease.renew(session, held)


def run_out(sessions: Sessions) -> None:
    """Play the passing of fifteen seconds."""
    with writing(sessions) as session:
        session.execute(update(MonitorLease).values(expires=MonitorLease.expires - 15.1))


def steal(sessions: Sessions, holder: str) -> Lease:
    run_out(sessions)
    stolen = take(sessions, holder)
    assert stolen is not None
    return stolen


def test_the_first_to_ask_is_the_monitor_and_the_second_waits(sessions: Sessions) -> None:
    assert take(sessions, "one") == Lease(holder="one", epoch=1)
    assert take(sessions, "two") is None


def test_a_lease_lasts_fifteen_seconds_of_the_databases_clock(sessions: Sessions) -> None:
    take(sessions, "one")
    with sessions() as session:
        left = session.scalar(select(MonitorLease.expires - lease.DatabaseClock()))
    assert left is not None
    assert 14.0 < left <= 15.0


def test_renewing_makes_it_last(sessions: Sessions) -> None:
    held = take(sessions, "one")
    assert held is not None
    with writing(sessions) as session:
        session.execute(update(MonitorLease).values(expires=MonitorLease.expires - 10))
    assert renew(sessions, held)
    assert take(sessions, "two") is None


def test_a_lease_that_ran_out_is_taken_by_another(sessions: Sessions) -> None:
    held = take(sessions, "one")
    assert held is not None
    assert steal(sessions, "two") == Lease(holder="two", epoch=2)
    assert not renew(sessions, held)


def test_a_process_that_slept_past_its_lease_writes_nothing(sessions: Sessions) -> None:
    held = take(sessions, "one")
    assert held is not None
    steal(sessions, "two")
    with pytest.raises(LeaseLostError), writing(sessions) as session:
        lease.fence(session, held, probes=99)
    with sessions() as session:
        assert session.scalar(select(MonitorLease.probes)) == 0


def test_even_the_same_process_must_take_it_anew_once_it_ran_out(sessions: Sessions) -> None:
    held = take(sessions, "one")
    assert held is not None
    run_out(sessions)
    with pytest.raises(LeaseLostError), writing(sessions) as session:
        lease.fence(session, held)
    assert take(sessions, "one") == Lease(holder="one", epoch=2)


def test_a_released_lease_is_free_at_once(sessions: Sessions) -> None:
    held = take(sessions, "one")
    assert held is not None
    with writing(sessions) as session:
        lease.release(session, held)
    assert take(sessions, "two") == Lease(holder="two", epoch=2)


def test_releasing_a_lost_lease_does_not_free_the_new_one(sessions: Sessions) -> None:
    held = take(sessions, "one")
    assert held is not None
    steal(sessions, "two")
    with writing(sessions) as session:
        lease.release(session, held)
    assert take(sessions, "three") is None


def test_of_many_that_ask_at_once_one_gets_it(sessions: Sessions) -> None:
    start, got = threading.Barrier(8), []

    def ask(name: str) -> None:
        start.wait()
        got.append(take(sessions, name))

    threads = [threading.Thread(target=ask, args=(f"m{n}",)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len([held for held in got if held is not None]) == 1


def test_figures_are_those_of_the_last_batch(sessions: Sessions) -> None:
    with sessions() as session:
        assert lease.read_figures(session) is None
    held = take(sessions, "one")
    assert held is not None
    now = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
    for _ in range(2):
        with writing(sessions) as session:
            lease.fence(session, held, probes=MonitorLease.probes + 30, last_batch_at=now)
    with sessions() as session:
        figures = lease.read_figures(session)
    assert figures is not None
    assert (figures.held, figures.version, figures.probes) == (True, "1.2.3", 60)
    assert figures.last_batch_at == now
    run_out(sessions)
    with sessions() as session:
        figures = lease.read_figures(session)
    assert figures is not None
    assert not figures.held
