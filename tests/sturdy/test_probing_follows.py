"""What is decided is what is probed: shown by nobody, asked by nobody; back, asked at once."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_network
from pathlib import Path

import pytest
from sqlalchemy import Engine, select, update
from sqlalchemy.orm import Session, sessionmaker

import jobs
from catalogue.schema import Backend, Service
from database import make_sessions, writing
from instances import choices, publication
from instances.choices import Decision, Hiding
from instances.models import HideReason
from instances.publication import Sources
from monitoring.models import Target
from settings import Settings
from tests.conftest import SettingsFactory
from tests.monitoring.scene import running, wait_for
from tests.sturdy.offer import offer_text

pytestmark = pytest.mark.slow

OFTEN, SELDOM = 5, 3600
"""Seconds between two probes: the least that there may be; more than any test waits."""


class Asked:
    """A server on loopback that counts how often each of its paths was asked."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        counts = self._counts

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                counts[self.path.strip("/")] += 1
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_arguments: object) -> None:
                """Say nothing: the tests' output is for faults."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self._server.server_address[1]}"

    def times(self, path: str) -> int:
        return self._counts[path]

    @contextmanager
    def serving(self) -> Iterator[Asked]:
        thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))
        thread.start()
        yield self
        self._server.shutdown()
        self._server.server_close()
        thread.join()


@pytest.fixture
def asked() -> Iterator[Asked]:
    with Asked().serving() as server:
        yield server


@pytest.fixture
def sessions(any_engine: Engine) -> sessionmaker[Session]:
    return make_sessions(any_engine)


@pytest.fixture
def settings(make_settings: SettingsFactory, tmp_path: Path, asked: Asked) -> Settings:
    """A catalogue whose pad is proposed to académies, and shown by nobody yet."""
    text = offer_text(asked.address)
    assert text.count("    icon: pad\n") == 1
    file = tmp_path / "services.yaml"
    file.write_text(text.replace("    icon: pad\n", "    icon: pad\n    rollout: opt-in\n"))
    networks = (ip_network("127.0.0.0/8"),)
    return make_settings(catalogue=str(file), probe_interval=OFTEN, probe_allowed_networks=networks)


def service(settings: Settings, service_id: str) -> Service:
    sources = Sources(catalogue=settings.catalogue, academies=settings.academies)
    found = publication.read_sources(sources, now=datetime.now(UTC)).catalogue.service(service_id)
    assert found is not None
    return found


def by() -> Decision:
    return Decision(academie="lyon", actor="account/1", now=datetime.now(UTC))


def is_watched(sessions: sessionmaker[Session], url: str) -> bool:
    with sessions() as session:
        return session.scalar(select(Target.watched).where(Target.url == url)) is True


def show(sessions: sessionmaker[Session], pad: Service) -> None:
    with writing(sessions) as session:
        choices.show_service(session, pad, by=by())


def hide(sessions: sessionmaker[Session], pad: Service) -> None:
    with writing(sessions) as session:
        choices.hide_service(session, pad, Hiding(reason=HideReason.OUTAGES), by=by())


def test_what_nobody_shows_any_more_is_not_asked_any_more(
    settings: Settings, sessions: sessionmaker[Session], asked: Asked
) -> None:
    pad = service(settings, "pad")
    show(sessions, pad)
    with running(jobs.make_monitor(settings, sessions)):
        wait_for(lambda: asked.times("pad") > 0, seconds=60)
        hide(sessions, pad)
        wait_for(lambda: not is_watched(sessions, f"{asked.address}/pad"), seconds=60)
        before, others = asked.times("pad"), asked.times("visio")
        # Its turn would have come with the others', twice.
        wait_for(lambda: asked.times("visio") >= others + 3, seconds=60)
        assert asked.times("pad") <= before + 1, "one may have been on its way"


def test_what_comes_back_is_asked_at_once(
    settings: Settings, sessions: sessionmaker[Session], asked: Asked
) -> None:
    pad = service(settings, "pad")
    settings = replace(settings, probe_interval=SELDOM)
    with running(jobs.make_monitor(settings, sessions)):
        wait_for(lambda: asked.times("visio") == 1, seconds=60)
        assert asked.times("pad") == 0, "nobody shows it"
        show(sessions, pad)
        wait_for(lambda: asked.times("pad") == 1 and has_result(sessions), seconds=60)
        hide(sessions, pad)
        wait_for(lambda: not is_watched(sessions, f"{asked.address}/pad"), seconds=60)
        let_months_pass(sessions)
        show(sessions, pad)
        wait_for(lambda: asked.times("pad") == 2, seconds=60)
    assert asked.times("visio") == 1, "an hour between two: nothing came by its turn"


def let_months_pass(sessions: sessionmaker[Session]) -> None:
    """Make what is known old."""
    then = datetime.now(UTC) - timedelta(days=90)
    with writing(sessions) as session:
        old = update(Target).where(Target.url.endswith("/pad"))
        session.execute(old.values(checked_at=then, stale_at=then + timedelta(hours=4)))


def has_result(sessions: sessionmaker[Session]) -> bool:
    with sessions() as session:
        query = select(Target.checked_at).where(Target.url.endswith("/pad"))
        return session.scalar(query) is not None


def test_an_own_address_is_asked_instead_of_the_nations_where_nobody_else_has_it(
    settings: Settings, sessions: sessionmaker[Session], asked: Asked
) -> None:
    pad = service(settings, "pad")
    show(sessions, pad)
    probe = {"profile": "http"}
    own = Backend.model_validate({"id": "a", "url": f"{asked.address}/lyon", "probe": probe})
    with running(jobs.make_monitor(settings, sessions)):
        wait_for(lambda: asked.times("pad") > 0, seconds=60)
        with writing(sessions) as session:
            choices.set_backends(session, pad, [own], by=by())
        wait_for(lambda: asked.times("lyon") > 0, seconds=60)
        wait_for(lambda: not is_watched(sessions, f"{asked.address}/pad"), seconds=60)
        assert is_watched(sessions, f"{asked.address}/lyon")
