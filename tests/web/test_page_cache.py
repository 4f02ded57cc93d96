from __future__ import annotations

import gzip
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Event

import brotli
import pytest
from flask.testing import FlaskClient
from sqlalchemy import update

import journal
from database import writing
from instances import announcements
from instances.models import Announcement
from monitoring.models import Target
from monitoring.target import State
from tests.browser import visits
from tests.browser.visits import World
from tests.portal import Portal
from web import page_cache
from web.kept import accepted_encoding

PAGES = ("/", "/lyon/", "/en/lyon/", "/lyon/services/visio", "/lyon/souci/visio", "/lyon/etat")


@pytest.fixture
def made(portal: Portal, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Paths that Flask itself had to answer."""
    paths: list[str] = []
    cache = _cache(portal)
    inner = cache.app

    def seen(environ: page_cache.Environ, start: page_cache.StartResponse) -> object:
        paths.append(environ["PATH_INFO"])
        return inner(environ, start)

    monkeypatch.setattr(cache, "app", seen)
    return paths


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_made_once_and_given_to_everybody(
    client: FlaskClient, made: list[str], path: str
) -> None:
    first, second = client.get(path), client.get(path)
    assert len(made) == 1
    assert first.data == second.data
    assert first.headers["ETag"] == second.headers["ETag"]
    assert "Set-Cookie" not in first.headers
    assert first.headers["Cache-Control"].startswith("public, max-age=0, s-maxage=2")


def test_one_bytes_for_all_whatever_they_send(client: FlaskClient) -> None:
    plain = client.get("/lyon/").data
    for headers in (
        {"Cookie": "session=abc; favoris=x"},
        {"Accept-Language": "en"},
        {"User-Agent": "Mozilla/5.0"},
        {"X-Forwarded-Host": "ailleurs.example"},
    ):
        assert client.get("/lyon/", headers=headers).data == plain


@pytest.mark.parametrize(
    ("header", "encoding"),
    [
        ("gzip, deflate, br", "br"),
        ("gzip", "gzip"),
        ("br;q=0, gzip", "gzip"),
        ("br; q=0.0", ""),
        ("identity", ""),
        ("", ""),
        ("brotli", ""),
    ],
)
def test_an_encoding_is_given_only_to_who_accepts_it(header: str, encoding: str) -> None:
    assert accepted_encoding(header) == encoding


def test_a_page_is_the_same_in_every_encoding(client: FlaskClient) -> None:
    plain = client.get("/lyon/")
    zipped = client.get("/lyon/", headers={"Accept-Encoding": "gzip"})
    brotlied = client.get("/lyon/", headers={"Accept-Encoding": "br"})
    assert gzip.decompress(zipped.data) == plain.data == brotli.decompress(brotlied.data)
    assert len({item.headers["ETag"] for item in (plain, zipped, brotlied)}) == 3
    assert all(item.headers["Vary"] == "Accept-Encoding" for item in (plain, zipped, brotlied))


def test_who_has_the_page_already_is_told_so(client: FlaskClient) -> None:
    etag = client.get("/lyon/").headers["ETag"]
    again = client.get("/lyon/", headers={"If-None-Match": etag})
    assert (again.status_code, again.data) == (304, b"")
    assert client.get("/lyon/", headers={"If-None-Match": '"other"'}).status_code == 200


def test_head_has_no_body(client: FlaskClient) -> None:
    for _ in range(2):
        answer = client.head("/lyon/")
        assert (answer.status_code, answer.data) == (200, b"")


def test_a_head_leaves_nothing_behind(client: FlaskClient) -> None:
    assert client.head("/lyon/").data == b""
    assert b"</html>" in client.get("/lyon/").data


def test_page_and_place_agree_on_the_profile(client: FlaskClient) -> None:
    plain, school, head = (
        client.get(f"/lyon/{query}").data for query in ("", "?pour=ecole", "?pour=direction")
    )
    assert len({plain, school, head}) == 3
    for query, expected in (
        ("?pour=ecole&pour=direction", school),
        ("?pour=&pour=ecole", plain),
        ("?pour=ECOLE", plain),
        ("?x=1&pour=direction", head),
    ):
        assert client.get(f"/lyon/{query}").data == expected, query


def test_nothing_that_a_stranger_writes_is_given_to_others(client: FlaskClient) -> None:
    assert b"MALICE" not in client.get("/lyon/?pour=MALICE&x=MALICE").data
    assert b"MALICE" not in client.get("/lyon/").data


def test_a_query_of_many_fields_is_answered(client: FlaskClient) -> None:
    query = "&".join(f"x{number}=1" for number in range(50))
    assert client.get(f"/lyon/?{query}").status_code == 200
    assert client.get("/lyon/").status_code == 200


def test_ports_that_strangers_invent_take_no_room(portal: Portal) -> None:
    for port in range(50):
        portal.client.get("/healthz", headers={"Host": f"127.0.0.1:{port}a"})
    cache = portal.app.wsgi_app
    assert isinstance(cache, page_cache.PageCache)
    assert len(cache._places) == 1  # noqa: SLF001 - the bound is what is tested


def test_unknown_parameters_make_no_new_page(client: FlaskClient, made: list[str]) -> None:
    for query in ("", "?utm_source=mail", "?x=1", "?pour=nobody"):
        client.get(f"/lyon/{query}")
    assert len(made) == 1
    client.get("/lyon/?pour=ecole")
    assert len(made) == 2


def test_a_search_is_never_kept(client: FlaskClient, made: list[str]) -> None:
    for _ in range(2):
        answer = client.get("/lyon/?q=zoom")
    assert len(made) == 2
    assert answer.headers["Cache-Control"] == "no-cache"


def test_a_change_of_state_makes_the_page_anew(portal: Portal, made: list[str]) -> None:
    portal.set_all(State.UP)
    portal.client.get("/lyon/")
    portal.set_state("visio", State.DOWN)
    assert "En panne" in portal.client.get("/lyon/").text
    assert len(made) == 2


def test_a_page_past_its_own_limit_is_made_anew(
    portal: Portal, made: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    portal.client.get("/lyon/")
    later = (datetime.now(UTC) + timedelta(days=2)).timestamp()
    monkeypatch.setattr("web.page_cache.time.time", lambda: later)
    portal.client.get("/lyon/")
    assert len(made) == 2


def test_the_least_recently_used_pages_leave(
    portal: Portal, made: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    cache = _cache(portal)
    portal.client.get("/lyon/")
    monkeypatch.setattr(page_cache, "MAX_BYTES", int(2.5 * cache._size))  # noqa: SLF001
    for path in ("/rennes/", "/lyon/", "/national/", "/lyon/", "/rennes/"):
        portal.client.get(path)
    assert cache._size <= page_cache.MAX_BYTES  # noqa: SLF001 - the bound is what is tested
    assert made == ["/lyon/", "/rennes/", "/national/", "/rennes/"]


def test_a_state_that_a_page_does_not_show_leaves_it_alone(portal: Portal, made: list[str]) -> None:
    """Rennes does not show the room of an association that Lyon chose."""
    visits.enter(World.UP, portal)
    paths = ("/lyon/", "/rennes/", "/")
    for path in paths:
        portal.client.get(path)
    portal.set_state("framasalle", State.DOWN)
    made.clear()
    for path in paths:
        portal.client.get(path)
    assert made == ["/lyon/"]


def test_checks_that_change_no_state_leave_the_page_alone_for_a_minute(
    portal: Portal, made: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    portal.set_all(State.UP)
    first = portal.client.get("/lyon/").text
    _check_again(portal)
    assert portal.client.get("/lyon/").text == first
    assert made == ["/lyon/"]
    later = datetime.now(UTC).timestamp() + page_cache.OLDEST_CHECK
    monkeypatch.setattr("web.page_cache.time.time", lambda: later)
    assert portal.client.get("/lyon/").text != first


def _check_again(portal: Portal) -> None:
    now = datetime.now(UTC)
    with writing(portal.site.sessions) as session:
        session.execute(update(Target).values(checked_at=now, latency_ms=7))
        journal.bump(session, journal.Revision.HEALTH)
    portal.site.refresh()


def test_a_decision_makes_the_pages_of_its_academie_anew(portal: Portal, made: list[str]) -> None:
    for academie in ("lyon", None):
        portal.client.get("/lyon/")
        portal.client.get("/rennes/")
        made.clear()
        _announce(portal, academie)
        portal.client.get("/rennes/")
        portal.client.get("/lyon/")
        assert made == (["/lyon/"] if academie else ["/rennes/", "/lyon/"])


def _announce(portal: Portal, academie: str | None) -> None:
    now = datetime.now(UTC)
    announcement = Announcement(
        academie=academie, level="information", text="Bonjour", starts_at=now, created_by="test"
    )
    with writing(portal.site.sessions) as session:
        announcements.announce(session, announcement, now=now)
    portal.site.refresh()


class Slow:
    """An application in front of the real one, that makes pages only when it is told to."""

    def __init__(self, portal: Portal, monkeypatch: pytest.MonkeyPatch) -> None:
        self.entered, self.go_on = Event(), Event()
        self._inner = _cache(portal).app
        monkeypatch.setattr(_cache(portal), "app", self)

    def __call__(self, environ: page_cache.Environ, start: page_cache.StartResponse) -> object:
        self.entered.set()
        assert self.go_on.wait(20)
        return self._inner(environ, start)


@pytest.mark.parametrize("path", ["/lyon/", "/rennes/"])
def test_while_a_page_is_made_anew_others_get_the_last_one_for_a_moment(
    portal: Portal, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    portal.set_all(State.UP)
    before = {page: portal.client.get(page).text for page in ("/lyon/", "/rennes/")}
    portal.set_state("visio", State.DOWN)
    now = datetime.now(UTC).timestamp()
    monkeypatch.setattr("web.page_cache.time.time", lambda: now)
    slow = Slow(portal, monkeypatch)
    with ThreadPoolExecutor() as pool:
        first = pool.submit(lambda: portal.app.test_client().get("/lyon/").text)
        assert slow.entered.wait(20)
        assert portal.app.test_client().get(path).text == before[path]
        now += page_cache.GRACE
        second = pool.submit(lambda: portal.app.test_client().get(path).text)
        slow.go_on.set()
        assert "En panne" in first.result(20)
        assert "En panne" in second.result(20)


def test_many_who_ask_for_a_page_that_is_long_out_of_date_have_it_made_once(
    portal: Portal, made: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for path in ("/lyon/", "/rennes/", "/rennes/"):
        portal.client.get(path)
        _announce(portal, None)
    made.clear()
    slow = Slow(portal, monkeypatch)
    with ThreadPoolExecutor(max_workers=6) as pool:
        found = [pool.submit(lambda: portal.app.test_client().get("/lyon/").data) for _ in range(6)]
        assert slow.entered.wait(20)
        slow.go_on.set()
        assert len({answer.result(20) for answer in found}) == 1
    assert made == ["/lyon/"]


def test_after_two_changes_nobody_gets_the_page_of_the_first(
    portal: Portal, monkeypatch: pytest.MonkeyPatch
) -> None:
    portal.set_all(State.UP)
    for page in ("/lyon/", "/rennes/"):
        portal.client.get(page)
    for state in (State.DOWN, State.MAINTENANCE):
        portal.set_state("visio", state)
        portal.client.get("/rennes/")
    slow = Slow(portal, monkeypatch)
    with ThreadPoolExecutor() as pool:
        found = [pool.submit(lambda: portal.app.test_client().get("/lyon/").text) for _ in "ab"]
        slow.go_on.set()
        assert all("En maintenance" in text.result(20) for text in found)


def test_a_page_is_held_compressed_only(portal: Portal) -> None:
    plain = portal.client.get("/lyon/").data
    (entry,) = _cache(portal)._entries.values()  # noqa: SLF001 - memory is what is tested
    assert entry.size < len(plain) + page_cache.OVERHEAD
    assert portal.client.get("/lyon/").data == plain


def _cache(portal: Portal) -> page_cache.PageCache:
    cache = portal.app.wsgi_app
    assert isinstance(cache, page_cache.PageCache)
    return cache


def test_an_unknown_host_is_refused_and_keeps_nothing(client: FlaskClient) -> None:
    answer = client.get("/lyon/", headers={"Host": "ailleurs.example"})
    assert answer.status_code == 421
    assert "ailleurs.example" not in answer.text


def test_machines_that_watch_may_ask_by_number(client: FlaskClient) -> None:
    for path in ("/healthz", "/readyz", "/metrics"):
        assert client.get(path, headers={"Host": "10.0.0.5:8000"}).status_code == 200


def test_names_on_the_machine_itself_are_known(client: FlaskClient) -> None:
    for host in ("localhost:8000", "127.0.0.1", "[::1]:8000"):
        assert client.get("/lyon/", headers={"Host": host}).status_code == 200
