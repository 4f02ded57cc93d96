"""The feed is read by others, keeps its ids, and holds to RFC 4287."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from xml.etree import ElementTree as ET

import feedparser
import pytest
from sqlalchemy import update

import journal
from database import writing
from monitoring import windows
from monitoring.models import MaintenanceWindow
from monitoring.target import State
from tests.portal import Portal
from tests.web import happenings
from tests.web.happenings import AN_HOUR, Said, now
from web.status_feed import MOST_ENTRIES

ATOM = "{http://www.w3.org/2005/Atom}"
PATH = "/lyon/etat/fil.atom"


@pytest.fixture
def eventful(portal: Portal) -> Portal:
    portal.set_all(State.UP)
    portal.set_state("visio", State.DOWN)
    keys = happenings.keys_of(portal, "visio")
    happenings.add_incident(
        portal,
        keys,
        Said(code="opened", at=now() - AN_HOUR),
        Said(text="Un disque <plein> & lent.\x0b", stage="identified", at=now()),
    )
    over = now() - timedelta(days=3)
    happenings.add_incident(
        portal,
        keys,
        Said(code="closed", at=over),
        opened_at=over - AN_HOUR,
        closed_at=over,
        updated_at=over,
        stage="resolved",
    )
    happenings.add_window(portal, "service", "pad", text="Exportez vos textes.")
    return portal


def parsed(portal: Portal, path: str = PATH) -> Any:
    answer = portal.client.get(path)
    assert answer.headers["Content-Type"] == "application/atom+xml; charset=utf-8"
    found = feedparser.parse(answer.data)
    assert not found.bozo, found.get("bozo_exception")
    return found


def faults_of(content: bytes) -> list[str]:
    """Return what RFC 4287 asks for and a feed does not hold."""
    root = ET.fromstring(content)  # noqa: S314 - our own bytes
    faults = [] if root.tag == f"{ATOM}feed" else [f"the root is {root.tag}"]
    entries = root.findall(f"{ATOM}entry")
    for node in (root, *entries):
        faults += [*_wrong_parts(node), *_wrong_dates(node), *_wrong_links(node)]
    if root.find(f"{ATOM}author") is None:
        faults.append("nobody wrote it")
    if ("self", "application/atom+xml") not in _links(root):
        faults.append("it does not say where it is")
    ids = [entry.findtext(f"{ATOM}id") for entry in entries]
    return faults if len(ids) == len(set(ids)) else [*faults, "an id stands twice"]


def _wrong_parts(node: ET.Element) -> Iterator[str]:
    for name in ("id", "title", "updated"):
        found = [item.text or "" for item in node.findall(f"{ATOM}{name}")]
        if len(found) != 1 or not found[0].strip():
            yield f"{node.tag} has {len(found)} {name}"
        if name == "id" and not "".join(found).startswith("urn:uuid:"):
            yield f"id {found} is no IRI"


def _wrong_dates(node: ET.Element) -> Iterator[str]:
    for name in ("updated", "published"):
        for text in (item.text or "" for item in node.findall(f"{ATOM}{name}")):
            if datetime.fromisoformat(text).tzinfo is None:
                yield f"{name} {text} has no offset"


def _wrong_links(node: ET.Element) -> Iterator[str]:
    links = _links(node)
    if len(links) != len(set(links)):
        yield f"several links of one kind: {links}"
    if ("alternate", "text/html") not in links and node.find(f"{ATOM}content") is None:
        yield "an entry without content has no alternate"
    for link in node.findall(f"{ATOM}link"):
        if not str(link.get("href")).startswith("http"):
            yield f"{link.get('href')} is not absolute"


def _links(node: ET.Element) -> list[tuple[str | None, str | None]]:
    return [(link.get("rel"), link.get("type")) for link in node.findall(f"{ATOM}link")]


@pytest.mark.parametrize("path", [PATH, "/en/lyon/etat/fil.atom", "/etat/fil.atom"])
def test_readers_accept_it(eventful: Portal, path: str) -> None:
    found = parsed(eventful, path)
    assert faults_of(eventful.client.get(path).data) == []
    assert found.version == "atom10"
    assert len(found.entries) == 5, "two incidents, two lines, one planned work"


def test_a_calm_feed_is_a_feed_too(portal: Portal) -> None:
    assert parsed(portal, "/rennes/etat/fil.atom").entries == []
    assert faults_of(portal.client.get("/rennes/etat/fil.atom").data) == []


def test_the_checker_sees_faults() -> None:
    bad = b'<feed xmlns="http://www.w3.org/2005/Atom"><entry><id>x</id></entry></feed>'
    assert len(faults_of(bad)) > 5


def test_what_was_typed_arrives_as_it_was(eventful: Portal) -> None:
    texts = [entry.content[0].value for entry in parsed(eventful).entries]
    assert any("Un disque <plein> & lent." in text for text in texts)


def test_ids_stay_when_pages_are_made_anew_and_lines_are_added(eventful: Portal) -> None:
    before = {entry.id: entry.updated for entry in parsed(eventful).entries}
    keys = happenings.keys_of(eventful, "salle")
    happenings.add_incident(eventful, keys, Said(code="opened", at=now()))
    eventful.set_state("salle", State.DOWN)
    after = {entry.id: entry.updated for entry in parsed(eventful).entries}
    assert before.items() <= after.items()
    assert len(after) == len(before) + 1
    other = {entry.id for entry in parsed(eventful, "/rennes/etat/fil.atom").entries}
    assert not other & after.keys(), "another académie's feed tells of other services"


def test_work_that_is_put_off_stays_the_same_entry(portal: Portal) -> None:
    uid = happenings.add_window(portal, "service", "pad")
    [before] = parsed(portal).entries
    row = MaintenanceWindow.uid == uid
    later = {"starts_at": now() + 40 * AN_HOUR, "updated_at": now()}
    with writing(portal.site.sessions) as session:
        session.execute(update(MaintenanceWindow).where(row).values(**later))
        journal.bump(session, journal.Revision.WINDOWS)
    portal.site.refresh()
    [after] = parsed(portal).entries
    assert before.id == after.id
    assert before.title != after.title


@pytest.mark.parametrize(
    ("begins", "stop", "title"),
    [
        (AN_HOUR, windows.call_off, "Maintenance annulée"),
        (-AN_HOUR / 2, windows.call_off, "Maintenance terminée plus tôt"),
        (-AN_HOUR / 2, windows.end_now, "Maintenance terminée plus tôt"),
    ],
)
@pytest.mark.parametrize("repeats", ["once", "weekly"])
def test_what_was_called_off_or_ended_early_is_told_by_the_entry_that_announced_it(
    portal: Portal, begins: timedelta, stop: Callable[..., None], title: str, repeats: str
) -> None:
    begun = now() + begins
    values = {"updated_at": now() - AN_HOUR, "repeats": repeats}
    times = {"starts_at": begun, "ends_at": begun + AN_HOUR}
    uid = happenings.add_window(portal, "service", "pad", **times, **values)
    [before] = parsed(portal).entries
    happenings.stop_window(portal, uid, stop)
    entries = parsed(portal).entries
    [after] = [entry for entry in entries if entry.id == before.id]
    assert after.title.startswith(f"{title}\N{NO-BREAK SPACE}: Pad, ")
    assert after.updated > before.updated
    said = after.content[0].value
    assert ("plus tôt que prévu" in said) == (begins < timedelta(0))
    goes_on = repeats == "weekly" and stop is windows.end_now
    assert len(entries) == 1 + goes_on, "next week's is announced, if there is one"
    assert ("Elle ne reviendra plus." in said) == (repeats == "weekly" and not goes_on)
    assert faults_of(portal.client.get(PATH).data) == []


def test_the_next_time_of_a_series_is_news_and_stays_among_a_hundred(portal: Portal) -> None:
    begun = now() - timedelta(days=7, hours=2)
    long_ago = {"updated_at": begun - timedelta(days=60), "repeats": "weekly", "timezone": "UTC"}
    happenings.add_window(
        portal, "service", "pad", starts_at=begun, ends_at=begun + AN_HOUR, **long_ago
    )
    old = [Said(text="Rien de neuf.", at=now() - timedelta(days=30)) for _ in range(MOST_ENTRIES)]
    keys = happenings.keys_of(portal, "visio")
    times = dict.fromkeys(("opened_at", "closed_at", "updated_at"), old[0].at)
    happenings.add_incident(portal, keys, *old, **times)
    entries = parsed(portal).entries
    assert len(entries) == MOST_ENTRIES
    assert datetime.fromisoformat(entries[0].updated) == begun + timedelta(days=7) + AN_HOUR
    assert "Pad" in entries[0].title


def test_the_newest_comes_first_and_dates_the_feed(eventful: Portal) -> None:
    found = parsed(eventful)
    dates = [entry.updated for entry in found.entries]
    assert dates == sorted(dates, reverse=True)
    assert found.feed.updated == dates[0]
    assert datetime.fromisoformat(dates[0]) <= datetime.now(UTC)


def test_an_entry_leads_to_its_story_on_the_page(eventful: Portal) -> None:
    page = eventful.client.get("/lyon/etat").text
    ids = set(re.findall(r' id="([^"]+)"', page))
    for entry in parsed(eventful).entries:
        place, _, anchor = entry.link.partition("#")
        assert place == f"{eventful.site.settings.public_url}/lyon/etat"
        assert anchor in ids
