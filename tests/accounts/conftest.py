"""What the tests of accounts share: an instant, a session that may write, the cast's accounts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from accounts import lifecycle, rights
from accounts.models import Account
from accounts.permissions import Right
from accounts.sessions import FromProvider, Lifetimes, open_session
from database import make_sessions
from tests import cast

NOW = datetime(2026, 11, 23, 7, 5, tzinfo=UTC)
"""Monday morning."""
OPS = "cli/omar"

LIFETIMES = Lifetimes(idle=timedelta(hours=2), absolute=timedelta(hours=12))
MakeAccount = Callable[..., Account]


@pytest.fixture
def any_session(any_engine: Engine) -> Iterator[Session]:
    """One session that may write, on SQLite and then on PostgreSQL; nothing is committed."""
    with make_sessions(any_engine)() as session:
        session.connection(execution_options={"trousse_writes": True})
        yield session


@pytest.fixture
def account_of(any_session: Session) -> MakeAccount:
    """Each call makes the account of one of the cast, with these rights."""

    def make(person: cast.Person, *given: Right) -> Account:
        account = lifecycle.create_account(
            any_session, email=person.email, name=person.name, actor=OPS, now=NOW
        )
        for right in given:
            rights.grant(any_session, account, right, actor=OPS, now=NOW)
        return account

    return make


def sign_in(session: Session, account: Account, *, provider: FromProvider | None = None) -> str:
    """Open a session of two hours idle, twelve at most; return the browser's token."""
    return open_session(session, account, now=NOW, lifetimes=LIFETIMES, provider=provider)
