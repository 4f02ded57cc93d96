"""The whole site in front of a small catalogue, a real database and states that a test chooses."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.serving import make_server

import journal
from accounts.models import LOCAL, Account, Grant
from accounts.permissions import Right
from accounts.sessions import Lifetimes, open_session
from app import create_app
from catalogue.schema import Catalogue
from database import writing
from instances.targets import key_of
from journal import Revision
from monitoring.models import Target
from monitoring.target import State
from settings import Settings
from tests import cast
from tests.databases import create_tables
from tests.instances.examples import make_health
from web.auth import COOKIE
from web.site import SITE, Site

CATALOGUE = Path(__file__).with_name("portal_catalogue.yaml")
ACADEMIES = Path(__file__).with_name("portal_academies")


class Portal:
    """A running site, and the hand that changes the world behind it."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.site: Site = app.extensions[SITE]
        self.client: FlaskClient = app.test_client()

    def set_state(self, service_id: str, state: State, *, backend: str | None = None) -> None:
        """Let the monitor have seen a service (or one backend, "variant.id" too) in a state."""
        now = datetime.now(UTC)
        health = make_health(
            state,
            since=now - timedelta(minutes=40),
            checked_at=now - timedelta(seconds=20),
            stale_at=now + timedelta(minutes=3),
        )
        with writing(self.site.sessions) as session:
            for name, key in _keys(self.site.snapshot.catalogue, service_id):
                if backend not in (None, name):
                    continue
                row = session.scalars(select(Target).where(Target.key == key)).one_or_none()
                if row is None:
                    row = Target(key=key, url="-", profile="-", labels={})
                    session.add(row)
                for column, value in asdict(health).items():
                    setattr(row, column, value)
            journal.bump(session, Revision.HEALTH)
        self.site.refresh()

    def set_all(self, state: State) -> None:
        for service in self.site.snapshot.catalogue.services:
            self.set_state(service.id, state)

    def account(self, person: cast.Person, *rights: Right) -> int:
        """Give one of the cast an account with these rights; return its number."""
        now = datetime.now(UTC)
        with writing(self.site.sessions) as session:
            query = select(Account).where(Account.email == person.email)
            account = session.scalars(query).one_or_none()
            if account is None:
                account = Account(email=person.email, name=person.name, created_at=now)
                session.add(account)
                session.flush()
            rights_of = select(Grant.role, Grant.scope).where(Grant.account_id == account.id)
            held = {(role, scope) for role, scope in session.execute(rights_of)}
            for role, scope in {(right.role.value, right.scope or "") for right in rights} - held:
                values = {"account_id": account.id, "role": role, "scope": scope}
                session.add(Grant(granted_at=now, granted_by="test", source=LOCAL, **values))
        return account.id

    def signed_in(self, person: cast.Person, *rights: Right) -> FlaskClient:
        """Return a browser in which one of the cast is signed in, with these rights.

        Without rights: those that the cast gives (`cast.RIGHTS`).
        """
        client = self.app.test_client()
        client.set_cookie(COOKIE, self.session_token(person, *rights))
        return client

    def session_token(self, person: cast.Person, *rights: Right) -> str:
        account_id = self.account(person, *(rights or cast.RIGHTS[person.name]))
        with writing(self.site.sessions) as session:
            return open_session(
                session,
                session.get_one(Account, account_id),
                now=datetime.now(UTC),
                lifetimes=Lifetimes(idle=timedelta(hours=2), absolute=timedelta(hours=12)),
            )

    def openings(self) -> int:
        counts = self.site.tally.take()
        self.site.tally.put_back(counts)
        return counts.total()


def _keys(catalogue: Catalogue, service_id: str) -> Iterator[tuple[str, str]]:
    service = catalogue.service(service_id)
    assert service is not None
    named = [(backend.id, backend) for backend in service.backends]
    for variant in service.variants:
        named += [(f"{variant.id}.{backend.id}", backend) for backend in variant.backends]
    for name, backend in named:
        key = key_of(backend)
        if key is not None:
            yield name, key


@pytest.fixture
def portal_settings() -> dict[str, Any]:
    """Settings that a test module may override."""
    return {}


@pytest.fixture
def portal(
    make_settings: Callable[..., Settings], portal_settings: dict[str, Any]
) -> Iterator[Portal]:
    values = {"catalogue": str(CATALOGUE), "academies": ACADEMIES}
    app = create_app(make_settings(**(values | portal_settings)))
    portal = Portal(app)
    create_tables(portal.site.engine)
    yield portal
    portal.site.engine.dispose()


@pytest.fixture
def client(portal: Portal) -> FlaskClient:
    return portal.client


@pytest.fixture
def address(portal: Portal) -> Iterator[str]:
    """The site on a port of its own, for a browser."""
    server = make_server("127.0.0.1", 0, portal.app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()
