"""The monitor's chores for accounts: letters to their owners, and what is over."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session, sessionmaker

import jobs
from accounts import lifecycle
from accounts.models import Account, AccountSession
from database import writing
from jobs import Farewell, Prune
from monitoring import lease
from monitoring.lease import Lease, LeaseLostError
from settings import Settings
from tests import cast
from tests.conftest import SettingsFactory
from tests.letter_box import LetterBox, letter_box
from tests.servers import free_port

LONG_AGO = timedelta(days=3 * 366)
Sessions = sessionmaker[Session]


@pytest.fixture
def held(sessions: Sessions) -> Lease:
    with writing(sessions) as session:
        found = lease.take(session, "tests")
    assert found is not None
    return found


@pytest.fixture
def box() -> Iterator[LetterBox]:
    with letter_box() as box:
        yield box


@pytest.fixture
def with_mail(box: LetterBox, make_settings: SettingsFactory) -> Settings:
    return make_settings(
        mail_server=box.address,
        mail_from="t@example.fr",
        public_url="https://trousse.example.fr",
    )


@pytest.fixture(autouse=True)
def _awa(engine: Engine, sessions: Sessions) -> None:
    assert engine
    with writing(sessions) as session:
        created = datetime.now(UTC) - LONG_AGO
        lifecycle.create_account(session, email=cast.AWA.email, name="Awa", now=created)


def announced(sessions: Sessions) -> bool:
    with sessions() as session:
        return session.scalars(select(Account)).one().farewell_at is not None


def test_the_owner_of_an_unused_account_gets_a_letter_once(
    sessions: Sessions,
    held: Lease,
    with_mail: Settings,
    box: LetterBox,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    farewell = Farewell(with_mail, sessions)
    assert farewell(held)
    ((to, text),) = box.letters
    assert to == cast.AWA.email
    assert "https://trousse.example.fr/connexion" in text
    assert announced(sessions)
    assert not farewell(held), "it rests"
    monkeypatch.setattr(jobs, "PRUNE_SECONDS", 0.0)
    assert farewell(held)
    assert len(box.letters) == 1


def test_without_a_mail_server_the_announcement_stands_on_the_screens(
    sessions: Sessions, held: Lease, make_settings: SettingsFactory
) -> None:
    assert Farewell(make_settings(), sessions)(held)
    assert announced(sessions)


def test_a_mail_server_that_is_away_puts_the_announcement_off(
    sessions: Sessions, held: Lease, make_settings: SettingsFactory
) -> None:
    away = f"smtp://127.0.0.1:{free_port()}"
    assert Farewell(make_settings(mail_server=away, mail_from="t@example.fr"), sessions)(held)
    assert not announced(sessions)


def test_a_month_after_the_announcement_the_account_is_deleted(
    sessions: Sessions, held: Lease, make_settings: SettingsFactory
) -> None:
    with writing(sessions) as session:
        account = session.scalars(select(Account)).one()
        account.farewell_at = datetime.now(UTC) - timedelta(days=32)
    Farewell(make_settings(), sessions)(held)
    with sessions() as session:
        assert session.scalars(select(Account)).all() == []


def test_who_lost_the_lease_writes_nothing(
    sessions: Sessions, held: Lease, make_settings: SettingsFactory
) -> None:
    with writing(sessions) as session:
        lease.release(session, held)
        lease.take(session, "another")
    with pytest.raises(LeaseLostError):
        Farewell(make_settings(), sessions)(held)
    assert not announced(sessions)


def test_sessions_that_ended_are_pruned(
    sessions: Sessions, held: Lease, make_settings: SettingsFactory
) -> None:
    now = datetime.now(UTC)
    with writing(sessions) as session:
        number = session.scalars(select(Account.id)).one()
        for name, seen in (("used", now), ("idle", now - timedelta(minutes=121))):
            hashed = {"id_hash": name, "account_id": number, "created_at": seen, "seen_at": seen}
            session.add(AccountSession(**hashed, expires_at=now + timedelta(hours=1)))
    prune = Prune(make_settings(), sessions)
    while prune(held):
        pass
    with sessions() as session:
        assert session.scalars(select(AccountSession.id_hash)).all() == ["used"]
