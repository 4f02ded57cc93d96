"""What runs on an académie's own servers: told to its team, and to nobody else."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

import journal
from catalogue.schema import Backend
from database import writing
from instances.models import LocalServiceRow, ServiceChoice
from instances.targets import key_of
from journal import Revision
from monitoring.models import Target
from monitoring.target import State
from tests import cast
from tests.browser.visits import VISITS
from tests.instances.examples import make_health, make_service
from tests.instances.lyon import SIGNED
from tests.portal import Portal
from tests.web.admin.service_screens import text_of

BLOG = {"id": "a", "url": "https://blog.ac-lyon.fr", "probe": {"profile": "wordpress"}}
CLOUD = {"id": "propre", "url": "https://nuage.ac-lyon.fr", "probe": {"profile": "nextcloud"}}
NATION = {"id": "a", "url": "https://pad-a.example.fr", "probe": {"profile": "etherpad"}}
BLOG_VERSION, CLOUD_VERSION, NATION_VERSION = "6.1.987", "29.0.654", "2.5.321"
ENDED = (
    "Version 6.1.987, sans correctifs depuis le 29 mars 2023",
    "Version 29.0.654, sans correctifs depuis le 30 avril 2025",
)


@pytest.fixture
def old(portal: Portal) -> Portal:
    """Lyon's own blog and its own address for a national service, both without corrections."""
    entry = make_service("blog", title="Blog de Lyon", backends=[BLOG])
    entry = {name: value for name, value in entry.items() if name not in {"id", "operator"}}
    choice = {"service_id": "visio", "visibility": "national", "backends": [CLOUD]}
    with writing(portal.site.sessions) as session:
        session.add(LocalServiceRow(**SIGNED, name="blog", content=entry, published_at=NOW))
        session.add(ServiceChoice(**SIGNED, **choice))
        for backend, version in (
            (BLOG, BLOG_VERSION),
            (CLOUD, CLOUD_VERSION),
            (NATION, NATION_VERSION),
        ):
            session.add(_target(backend, version))
        journal.bump(session, Revision.DECISIONS)
        journal.bump(session, Revision.HEALTH)
    portal.site.refresh()
    return portal


NOW = datetime.now(UTC)


def _target(backend: dict[str, Any], version: str) -> Target:
    health = make_health(
        State.UP,
        since=NOW - timedelta(hours=1),
        checked_at=NOW,
        stale_at=NOW + timedelta(hours=1),
        version=version,
    )
    key = key_of(Backend.model_validate(backend))
    return Target(key=key, url="-", profile="-", labels={}, **asdict(health))


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("services-locaux", ENDED[:1]),
        ("services-locaux/blog/modifier", ENDED[:1]),
        ("services", ENDED),
        ("services/visio", ENDED[1:]),
    ],
)
def test_the_team_reads_what_runs_without_corrections(
    old: Portal, path: str, told: tuple[str, ...]
) -> None:
    shown = text_of(old.signed_in(cast.LISE).get(f"/lyon/gestion/{path}"))
    for words in told:
        assert words in shown
    assert NATION_VERSION not in shown


def test_the_source_and_its_date_are_told_where_the_address_is_changed(old: Portal) -> None:
    page = old.signed_in(cast.LISE).get("/lyon/gestion/services/visio")
    known = "D'après github.com, au 22 août 2026\N{NO-BREAK SPACE}; la plus récente de cette série"
    assert f"{known} était la 29.0.16." in page.text.replace("&#39;", "'")


def test_another_team_reads_nothing_of_it(old: Portal) -> None:
    victor = old.signed_in(cast.VICTOR)
    for path in ("services-locaux", "services"):
        shown = victor.get(f"/rennes/gestion/{path}").text
        assert BLOG_VERSION not in shown
        assert CLOUD_VERSION not in shown


def test_no_public_address_says_a_version(old: Portal) -> None:
    paths = [visit.path for visits in VISITS.values() for visit in visits]
    paths += ["/lyon/services/lyon.blog", "/lyon/?q=blog", "/lyon/services/visio"]
    assert old.client.get("/lyon/services/lyon.blog").status_code == 200
    for path in paths:
        shown = old.client.get(path).text
        for version in (BLOG_VERSION, CLOUD_VERSION, NATION_VERSION, "sans correctifs"):
            assert version not in shown, path
