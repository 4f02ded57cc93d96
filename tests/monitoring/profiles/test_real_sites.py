"""The profiles `mediawiki` and `wordpress` against real ones, on a MariaDB and behind an nginx."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from monitoring.probe import check
from monitoring.target import Part, ProbeResult, ProbeTarget, State
from tests.backends import Program
from tests.mariadb import mariadb
from tests.monitoring.profiles.replay import make_guard_of_names
from tests.nginx import proxy
from tests.php_sites import UPGRADE, WIKI_LOCK, mediawiki, wordpress
from tests.servers import free_port

pytestmark = pytest.mark.real
WIKI, BLOG = "wiki.lyon.example", "blog.lyon.example"


@dataclass(frozen=True, kw_only=True)
class Site:
    """A site under its own name, at the port of what stands in front of it."""

    profile: str
    name: str
    port: int
    server: Program

    def probe(self, *, name: str = "", port: int = 0) -> ProbeResult:
        """Ask it, or whoever answers for another name or at another port."""
        url = f"http://{name or self.name}:{port or self.port}"
        target = ProbeTarget(key="k", url=url, profile=self.profile, timeout=20)
        return check(target, guard=make_guard_of_names())


@pytest.fixture(scope="module")
def database() -> Iterator[Program]:
    with mariadb() as server:
        yield server


@pytest.fixture(scope="module")
def wiki(database: Program, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    port = free_port()
    folder, front = tmp_path_factory.mktemp("wiki"), tmp_path_factory.mktemp("wiki-front")
    with (
        mediawiki(folder, database, address=f"http://{WIKI}:{port}") as server,
        proxy(front, name=WIKI, behind=server.port, port=port),
    ):
        yield Site(profile="mediawiki", name=WIKI, port=port, server=server)


@pytest.fixture(scope="module")
def blog(database: Program, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    port = free_port()
    folder, front = tmp_path_factory.mktemp("blog"), tmp_path_factory.mktemp("blog-front")
    with (
        wordpress(folder, database, address=f"{BLOG}:{port}") as server,
        proxy(front, name=BLOG, behind=server.port, port=port),
    ):
        yield Site(profile="wordpress", name=BLOG, port=port, server=server)


@pytest.fixture(params=["wiki", "blog"])
def site(request: pytest.FixtureRequest) -> Site:
    """The test runs with each."""
    found: Site = request.getfixturevalue(request.param)
    return found


def test_a_healthy_site_is_up_with_its_version(site: Site) -> None:
    result = site.probe()
    assert (result.state, result.reason) == (State.UP, "ok")
    assert result.version is not None
    assert result.version.split(".")[0].isdecimal(), result.version
    assert [step.status for step in result.steps] == [200, 200]
    assert result.parts[Part.WORKS] is State.UP


def test_a_site_without_its_database_is_down(site: Site, database: Program) -> None:
    with database.stopped():
        broken = site.probe()
    assert (broken.state, broken.reason) == (State.DOWN, "database")
    assert site.probe().state is State.UP


def test_a_site_asked_by_the_name_of_another_is_down(site: Site) -> None:
    kept_by_the_front = site.probe(name="autre.lyon.example")
    assert (kept_by_the_front.state, kept_by_the_front.reason) == (State.DOWN, "wrong-software")
    given_by_itself = site.probe(name="autre.lyon.example", port=site.server.port)
    assert given_by_itself.steps[0].status == 200
    assert (given_by_itself.state, given_by_itself.reason) == (State.DOWN, "wrong-host")


def test_a_site_watched_by_an_inner_address_is_up(site: Site) -> None:
    assert site.probe(name="127.0.0.1", port=site.server.port).state is State.UP


def test_a_stopped_site_is_down_behind_its_front_too(site: Site) -> None:
    with site.server.stopped():
        alone = site.probe(port=site.server.port)
        behind = site.probe()
    assert (alone.state, alone.reason) == (State.DOWN, "connection-refused")
    assert (behind.state, behind.reason) == (State.DOWN, "http-502")


def test_a_locked_wiki_can_be_read_and_says_why(wiki: Site) -> None:
    lock = wiki.server.folder / WIKI_LOCK
    lock.write_text("Sauvegarde en cours,\nretour à midi.\n")
    locked = wiki.probe()
    lock.unlink()
    assert (locked.state, locked.reason) == (State.DEGRADED, "read-only")
    assert locked.message == "Sauvegarde en cours, retour à midi."
    assert wiki.probe().state is State.UP


def test_a_blog_that_renews_itself_is_in_maintenance_until_it_says(blog: Site) -> None:
    upgrade = blog.server.folder / "root" / UPGRADE
    upgrade.write_text("<?php $upgrading = time();")
    before = datetime.now(UTC)
    result = blog.probe()
    upgrade.unlink()
    assert (result.state, result.reason) == (State.MAINTENANCE, "retry-after")
    assert "scheduled maintenance" in (result.message or "")
    assert result.expected_end is not None
    assert result.expected_end - before >= timedelta(minutes=10)
    assert blog.probe().state is State.UP


def test_a_blog_that_was_never_installed_is_down(blog: Site) -> None:
    settings = blog.server.folder / "root" / "wp-config.php"
    kept = settings.read_text()
    settings.write_text(kept.replace("'wp_'", "'empty_'"))
    result = blog.probe()
    settings.write_text(kept)
    assert (result.state, result.reason) == (State.DOWN, "not-installed")
