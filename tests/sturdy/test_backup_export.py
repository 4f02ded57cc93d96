"""A backup made while people decide, put back: the export is that of one moment, whole."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy.orm import Session, sessionmaker

from database import make_engine, make_sessions, writing
from instances import exchange
from instances.exchange import Replacing
from instances.exchange_file import write_file
from instances.exchange_rows import read_decisions
from instances.models import ServiceChoice
from settings import Settings
from tests.conftest import SettingsFactory
from tests.instances.lyon import BY, every_kind_of_decision
from tests.sturdy.processes import wait_until
from upkeep import copies
from upkeep.upgrade import upgrade

pytestmark = pytest.mark.slow

PARIS = ZoneInfo("Europe/Paris")
NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)


@pytest.fixture
def settings(make_settings: SettingsFactory, any_url: str) -> Settings:
    settings = make_settings(database_url=any_url)
    upgrade(settings)
    return settings


@contextmanager
def opened(settings: Settings) -> Iterator[sessionmaker[Session]]:
    engine = make_engine(settings.database_url)
    try:
        yield make_sessions(engine)
    finally:
        engine.dispose()


def exported(settings: Settings) -> str:
    with opened(settings) as sessions, sessions() as session:
        return write_file(read_decisions(session, "lyon", PARIS))


def decide_all(settings: Settings) -> None:
    with opened(settings) as sessions, writing(sessions) as session:
        session.add_all(every_kind_of_decision())


def put_in_order(sessions: sessionmaker[Session], rank: int) -> None:
    """Give every service the same place: a copy that holds two places is torn."""
    with writing(sessions) as session:
        current = read_decisions(session, "lyon", PARIS)
        choices = {name: {**entry, "position": rank} for name, entry in current.choices.items()}
        wanted = type(current)(**{**current.__dict__, "choices": choices})
        exchange.replace_all(session, wanted, Replacing(by=BY, zone=PARIS))


@contextmanager
def busy(settings: Settings) -> Iterator[Callable[[], int]]:
    """Somebody who orders all services again and again; gives the number of times."""
    stop, ranks = threading.Event(), [0]

    def work() -> None:
        with opened(settings) as sessions:
            while not stop.is_set():
                put_in_order(sessions, ranks[-1] + 1)
                ranks.append(ranks[-1] + 1)

    worker = threading.Thread(target=work)
    worker.start()
    try:
        yield lambda: ranks[-1]
    finally:
        stop.set()
        worker.join()


def test_a_backup_under_writes_gives_the_export_of_one_moment(settings: Settings) -> None:
    decide_all(settings)
    without_places = exported(settings).replace("    position: 3\n", "")
    with busy(settings) as ranks:
        wait_until(lambda: ranks() > 0, "a first order")
        paths = [copies.backup(settings, now=NOW + timedelta(seconds=n)) for n in range(3)]
        last = ranks()
    for number, path in enumerate(paths):
        copies.restore(settings, path, now=NOW + timedelta(hours=number), force=True)
        restored = exported(settings)
        places = {line for line in restored.splitlines() if line.startswith("    position: ")}
        assert len(places) == 1, "one transaction, one place"
        rank = int(places.pop().rpartition(" ")[2])
        assert 1 <= rank <= last + 1
        assert restored.replace(f"    position: {rank}\n", "") == without_places
        with opened(settings) as sessions, sessions() as session:
            assert session.get_one(ServiceChoice, ("lyon", "visio")).position == rank


def test_a_backup_of_a_quiet_portal_gives_the_same_export(settings: Settings) -> None:
    decide_all(settings)
    before = exported(settings)
    path = copies.backup(settings, now=NOW)
    with opened(settings) as sessions:
        put_in_order(sessions, 9)
    assert exported(settings) != before
    copies.restore(settings, path, now=NOW, force=True)
    assert exported(settings) == before
