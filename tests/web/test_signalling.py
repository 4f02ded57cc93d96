"""What people say does not work for them: counted, throttled, and nobody known by it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from html import unescape

import pytest
from sqlalchemy.exc import OperationalError
from werkzeug.test import TestResponse

from database import writing
from instances import signals
from instances.models import Signal
from monitoring.target import State
from tests.portal import Portal
from tests.web import happenings
from web.refresher import Refresher
from web.signal_throttle import (
    MOST_IN_ALL,
    MOST_OF_A_NETWORK,
    MOST_OF_A_SERVICE,
    SPACING,
    SignalThrottle,
)

BROWSER = {"User-Agent": "Mozilla/5.0", "Sec-Fetch-Site": "same-origin"}
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
VISIO = ("lyon", "visio")


def say(portal: Portal, service: str = "visio", **headers: str) -> TestResponse:
    return portal.client.post("/lyon/etat", data={"service": service}, headers=BROWSER | headers)


def counted(portal: Portal) -> int:
    counts = portal.site.signals.take()
    portal.site.signals.put_back(counts, now=datetime.now(UTC))
    return counts.total()


def test_it_is_noted_with_a_hint_and_nothing_is_kept_of_who_said_it(portal: Portal) -> None:
    answer = say(portal)
    assert answer.status_code == 200
    assert "Merci, c'est noté." in unescape(answer.text)
    assert "hors wifi" in answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in answer.headers
    assert counted(portal) == 1


def test_the_same_place_is_not_counted_twice_in_a_minute(portal: Portal) -> None:
    say(portal)
    assert "C'est déjà noté, merci." in unescape(say(portal).text)
    assert counted(portal) == 1


def test_what_is_known_to_fail_is_not_blamed_on_the_school(portal: Portal) -> None:
    portal.set_all(State.UP)
    assert "De notre côté, il fonctionne." in unescape(say(portal).text)
    portal.set_state("pad", State.DOWN)
    text = unescape(say(portal, "pad").text)
    assert "Nous le savons déjà" in text
    assert "En panne depuis" in text
    assert "hors wifi" not in text


@pytest.mark.parametrize(
    "headers", [{"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}]
)
def test_another_site_cannot_say_it(portal: Portal, headers: dict[str, str]) -> None:
    assert say(portal, **headers).status_code == 403
    assert counted(portal) == 0


def test_an_older_browser_is_believed_by_its_origin(portal: Portal) -> None:
    for origin, status in (("http://localhost", 200), ("https://ailleurs.example", 403)):
        headers = {"User-Agent": "Mozilla/5.0", "Origin": origin}
        answer = portal.client.post("/lyon/etat", data={"service": "visio"}, headers=headers)
        assert answer.status_code == status


def test_a_robot_counts_for_nothing(portal: Portal) -> None:
    assert say(portal, **{"User-Agent": "Googlebot/2.1"}).status_code == 200
    assert counted(portal) == 0


@pytest.mark.parametrize(
    ("service", "status"), [("", 404), ("inconnu", 404), ("pads-2020", 410), ("visio-2020", 303)]
)
def test_what_is_not_shown_cannot_be_signalled(portal: Portal, service: str, status: int) -> None:
    assert say(portal, service).status_code == status
    assert counted(portal) == 0


def test_it_is_written_down_and_told_when_enough_people_say_so(portal: Portal) -> None:
    portal.set_all(State.UP)
    say(portal)
    happenings.add_signals(portal, "lyon", "visio", 4)
    Refresher(portal.site).stop()
    portal.site.refresh()
    assert portal.site.snapshot.signals[VISIO].n == 5
    page = unescape(portal.client.get("/lyon/etat").text)
    assert "5 personnes l'ont dit depuis" in page
    assert "Tout fonctionne." in page, "a signal is never a verdict"
    assert "l'ont dit" not in unescape(portal.client.get("/rennes/etat").text)
    nation = unescape(portal.client.get("/etat").text)
    assert "5 personnes l'ont dit depuis" in nation


def test_four_people_are_not_told_of(portal: Portal) -> None:
    happenings.add_signals(portal, "lyon", "visio", 4)
    assert "l'ont dit" not in unescape(portal.client.get("/lyon/etat").text)


def test_with_the_database_away_it_is_noted_and_written_later(
    portal: Portal, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_arguments: object) -> None:
        raise OperationalError("away", None, Exception())

    refresher = Refresher(portal.site)
    with monkeypatch.context() as broken:
        broken.setattr("web.refresher.add_signals", away)
        assert say(portal).status_code == 200
        with pytest.raises(OperationalError):
            refresher._flush_signals()  # noqa: SLF001 - one turn of the thread
    assert counted(portal) == 1
    refresher.stop()
    with portal.site.sessions() as session:
        assert session.query(Signal).one().n == 1


def test_the_table_names_nobody(portal: Portal) -> None:
    assert set(Signal.__table__.columns.keys()) == {"academie", "service_id", "bucket", "n"}
    with writing(portal.site.sessions) as session:
        assert signals.read_signals(session, now=NOON) == {}


def test_the_page_for_trouble_offers_to_say_it(portal: Portal) -> None:
    portal.set_all(State.UP)
    page = portal.client.get("/lyon/souci/visio").text
    assert '<form method="post" action="/lyon/etat">' in page
    assert 'value="visio"' in page


class TestThrottle:
    def test_one_network_is_heard_a_few_times_and_not_in_a_row(self) -> None:
        throttle, heard = SignalThrottle(), 0
        for minute in range(60):
            heard += throttle.lets("192.0.2.7", VISIO, now=NOON + minute * SPACING)
        assert heard == MOST_OF_A_NETWORK
        assert throttle.lets("192.0.2.7", VISIO, now=NOON + signals.RECENT + SPACING * 6)

    def test_one_network_does_not_say_it_of_everything(self) -> None:
        throttle = SignalThrottle()
        services = [("lyon", f"s{number}") for number in range(2 * MOST_IN_ALL)]
        heard = [throttle.lets("192.0.2.7", service, now=NOON) for service in services]
        assert sum(heard) == MOST_IN_ALL
        assert throttle.lets("198.51.100.1", VISIO, now=NOON)
        assert throttle.lets("192.0.2.7", VISIO, now=NOON + signals.RECENT + SPACING)

    def test_changing_the_end_of_an_address_does_not_help(self) -> None:
        throttle = SignalThrottle()
        for first, second in (("192.0.2.7", "192.0.2.8"), ("2001:db8::1", "2001:db8::2")):
            assert throttle.lets(first, VISIO, now=NOON)
            assert not throttle.lets(second, VISIO, now=NOON)
            assert throttle.lets(second, ("lyon", "pad"), now=NOON)

    def test_a_crowd_has_a_ceiling_by_the_minute(self) -> None:
        throttle = SignalThrottle()
        addresses = [f"10.{n // 250}.{n % 250}.1" for n in range(MOST_OF_A_SERVICE + 5)]
        heard = [throttle.lets(address, VISIO, now=NOON) for address in addresses]
        assert sum(heard) == MOST_OF_A_SERVICE
        assert throttle.lets(addresses[-1], VISIO, now=NOON + timedelta(minutes=1))

    def test_what_it_remembers_holds_no_address_and_is_gone_the_next_day(self) -> None:
        throttle = SignalThrottle()
        throttle.lets("192.0.2.7", VISIO, now=NOON)
        kept = repr(vars(throttle))
        assert "192.0.2" not in kept
        before = throttle._key  # noqa: SLF001 - what is tested is that it goes
        throttle.lets("198.51.100.1", VISIO, now=NOON + timedelta(days=1))
        assert throttle._key != before  # noqa: SLF001
        assert throttle._day == date(2026, 11, 21)  # noqa: SLF001
        assert len(throttle._seen) == 2  # noqa: SLF001 - a network, and what it said it of

    def test_it_remembers_so_many_places_at_most(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("web.signal_throttle.MOST_KNOWN", 3)
        throttle = SignalThrottle()
        for n in range(10):
            throttle.lets(f"10.0.{n}.1", VISIO, now=NOON)
        assert len(throttle._seen) == 3  # noqa: SLF001
