from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from structlog.testing import capture_logs

from database import writing
from instances import choices
from instances.choices import Decision, Hiding
from instances.models import HideReason, LaunchCount
from instances.usage import Opening
from tests.cast import LISE
from tests.portal import Portal
from web import spool
from web.refresher import SPOOL, Refresher

OPENING = Opening("lyon", "visio", date(2026, 11, 20))


@pytest.fixture
def refresher(portal: Portal) -> Iterator[Refresher]:
    refresher = Refresher(portal.site)
    yield refresher
    refresher.stop()


def wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline, "it never came"
        time.sleep(0.05)


def counted(portal: Portal) -> int:
    with portal.site.sessions() as session:
        return sum(session.scalars(select(LaunchCount.n)))


def test_a_decision_reaches_the_page_by_itself(portal: Portal, refresher: Refresher) -> None:
    refresher.start()
    assert "/lyon/ouvrir/visio" in portal.client.get("/lyon/").text
    service = portal.site.snapshot.catalogue.service("visio")
    assert service is not None
    by = Decision(academie="lyon", actor=LISE.name, now=datetime.now(UTC))
    with writing(portal.site.sessions) as session:
        choices.hide_service(session, service, Hiding(reason=HideReason.OUTAGES), by=by)
    wait_for(lambda: "/lyon/ouvrir/visio" not in portal.client.get("/lyon/").text)
    assert "/rennes/ouvrir/visio" in portal.client.get("/rennes/").text


def test_openings_are_written_while_running_and_at_the_end(
    portal: Portal, refresher: Refresher
) -> None:
    refresher.start()
    portal.site.tally.add(OPENING)
    wait_for(lambda: counted(portal) == 1)
    portal.site.tally.add(OPENING)
    refresher.stop()
    assert counted(portal) == 2


def test_what_the_database_refuses_at_the_end_waits_for_the_next_start(
    portal: Portal, refresher: Refresher, monkeypatch: pytest.MonkeyPatch
) -> None:
    portal.site.tally.add(OPENING)
    portal.site.tally.add(OPENING)
    with monkeypatch.context() as broken:

        def away(*_arguments: object) -> None:
            raise OperationalError("locked", None, Exception())

        broken.setattr("web.refresher.add_openings", away)
        refresher.stop()
    spool = portal.site.settings.state_dir / SPOOL
    assert len(list(spool.glob("*.json"))) == 1
    assert counted(portal) == 0
    following = Refresher(portal.site)
    following.start()
    wait_for(lambda: counted(portal) == 2)
    following.stop()
    assert list(spool.iterdir()) == []


def test_the_thread_outlives_a_database_that_goes_away(
    portal: Portal, refresher: Refresher, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[bool] = []
    refresh = portal.site.refresh

    def fail_twice() -> None:
        calls.append(True)
        if len(calls) <= 2:
            raise OperationalError("away", None, Exception())
        refresh()

    monkeypatch.setattr(portal.site, "refresh", fail_twice)
    monkeypatch.setattr("web.refresher.PERIOD", 0.05)
    refresher.start()
    wait_for(lambda: len(calls) > 3)
    assert portal.client.get("/lyon/").status_code == 200


def test_a_lasting_fault_of_ours_is_told_once(
    portal: Portal, refresher: Refresher, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[bool] = []
    refresh = portal.site.refresh

    def fail_five_times() -> None:
        calls.append(True)
        if len(calls) <= 5:
            raise KeyError("a fault of ours")
        refresh()

    monkeypatch.setattr(portal.site, "refresh", fail_five_times)
    monkeypatch.setattr("web.refresher.PERIOD", 0.05)
    with capture_logs() as said:
        refresher.start()
        wait_for(lambda: len(calls) > 7)
    events = [line["event"] for line in said]
    assert (events.count("refresher-failed"), events.count("refresher-back")) == (1, 1)


def test_a_spoilt_file_is_set_aside_once_and_holds_up_nothing(
    portal: Portal, refresher: Refresher, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = portal.site.settings.state_dir / SPOOL
    spool.put(folder, Counter({OPENING: 3}))
    (folder / "0.json").write_bytes(b"\xff not json")
    monkeypatch.setattr("web.refresher.PERIOD", 0.05)
    portal.site.tally.add(OPENING)
    with capture_logs() as said:
        refresher.start()
        wait_for(lambda: counted(portal) == 4)
        wait_for(lambda: [file.name for file in folder.iterdir()] == ["0.spoilt"])
    assert [line["event"] for line in said] == ["openings-spoilt"]
