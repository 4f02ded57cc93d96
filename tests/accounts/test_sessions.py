"""Sessions: how they end, by whom, and what a person sees of them."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts import sessions
from accounts.models import Account, AccountSession
from accounts.sessions import FromProvider
from tests import cast
from tests.accounts.conftest import LIFETIMES, NOW, MakeAccount, sign_in

ISSUER = "https://sso.example.fr"
SOON = NOW + timedelta(minutes=5)


def who(session: Session, token: str, now: datetime = SOON) -> str | None:
    person = sessions.find_person(session, token, now=now, lifetimes=LIFETIMES)
    return None if person is None else person.name


def test_a_session_ends_when_idle_and_after_its_longest_life(
    any_session: Session, account_of: MakeAccount
) -> None:
    token = sign_in(any_session, account_of(cast.LISE))
    assert who(any_session, token, NOW + timedelta(minutes=119)) == "Lise"
    assert who(any_session, token, NOW + timedelta(minutes=120)) is None
    for hour in range(1, 12):
        sessions.mark_seen(any_session, token, now=NOW + timedelta(hours=hour))
    any_session.expire_all()
    assert who(any_session, token, NOW + timedelta(hours=11, minutes=59)) == "Lise"
    assert who(any_session, token, NOW + timedelta(hours=12)) is None


def test_a_disabled_account_is_nobody(any_session: Session, account_of: MakeAccount) -> None:
    lise = account_of(cast.LISE)
    token = sign_in(any_session, lise)
    lise.disabled_at = NOW
    assert who(any_session, token) is None


def test_the_cookie_is_not_in_the_database(any_session: Session, account_of: MakeAccount) -> None:
    token = sign_in(any_session, account_of(cast.LISE))
    assert token not in any_session.scalars(select(AccountSession.id_hash)).all()
    assert who(any_session, sessions.hash_token(token)) is None


def test_being_seen_ends_an_announced_farewell(
    any_session: Session, account_of: MakeAccount
) -> None:
    lise = account_of(cast.LISE)
    token = sign_in(any_session, lise)
    lise.farewell_at = NOW
    any_session.flush()
    assert sessions.is_to_be_seen(any_session, token, now=SOON)
    sessions.mark_seen(any_session, token, now=SOON)
    any_session.expire_all()
    row = any_session.scalars(select(Account)).one()
    assert (row.seen_at, row.farewell_at) == (SOON, None)
    assert not sessions.is_to_be_seen(any_session, token, now=SOON)


def test_a_session_that_ended_meanwhile_is_not_marked(
    any_session: Session, account_of: MakeAccount
) -> None:
    token = sign_in(any_session, account_of(cast.LISE))
    sessions.close_session(any_session, token)
    sessions.mark_seen(any_session, token, now=SOON)
    assert who(any_session, token) is None


def test_signing_out_everywhere_spares_others_and_perhaps_this_browser(
    any_session: Session, account_of: MakeAccount
) -> None:
    lise, awa = account_of(cast.LISE), account_of(cast.AWA)
    here, there, other = (sign_in(any_session, account) for account in (lise, lise, awa))
    sessions.sign_out_everywhere(any_session, lise.id, keep=here)
    assert [who(any_session, token) for token in (here, there, other)] == ["Lise", None, "Awa"]
    sessions.sign_out_everywhere(any_session, lise.id)
    assert [who(any_session, token) for token in (here, other)] == [None, "Awa"]


def test_own_sessions_are_listed_and_ended_one_by_one(
    any_session: Session, account_of: MakeAccount
) -> None:
    lise, awa = account_of(cast.LISE), account_of(cast.AWA)
    here = sign_in(any_session, lise)
    there = sign_in(any_session, lise, provider=FromProvider(issuer=ISSUER, subject="lise"))
    other = sign_in(any_session, awa)
    sessions.mark_seen(any_session, here, now=SOON)
    any_session.expire_all()

    def listed() -> list[tuple[bool, bool]]:
        found = sessions.own_sessions(
            any_session, lise.id, now=SOON, lifetimes=LIFETIMES, token=here
        )
        return [(item.here, item.by_provider) for item in found]

    assert listed() == [(True, False), (False, True)]
    sessions.close_own_session(any_session, lise.id, key=sessions.hash_token(other))
    assert who(any_session, other) == "Awa", "not one of hers"
    sessions.close_own_session(any_session, lise.id, key=sessions.hash_token(there))
    assert listed() == [(True, False)]


@pytest.mark.parametrize(
    ("sid", "subject", "left"),
    [
        ("one", None, {"two", "elsewhere", "password"}),
        (None, "lise", {"elsewhere", "password"}),
        ("two", "lise", {"one", "elsewhere", "password"}),
        ("two", "awa", {"one", "two", "elsewhere", "password"}),
        (None, None, {"one", "two", "elsewhere", "password"}),
        ("", "", {"one", "two", "elsewhere", "password"}),
    ],
)
def test_a_provider_ends_its_own_sessions_alone(
    any_session: Session,
    account_of: MakeAccount,
    sid: str | None,
    subject: str | None,
    left: set[str],
) -> None:
    lise = account_of(cast.LISE)

    def from_provider(issuer: str, session: str) -> str:
        provider = FromProvider(issuer=issuer, subject="lise", session=session)
        return sign_in(any_session, lise, provider=provider)

    tokens = {
        "one": from_provider(ISSUER, "one"),
        "two": from_provider(ISSUER, "two"),
        "elsewhere": from_provider("https://other.example.fr", "one"),
        "password": sign_in(any_session, lise),
    }
    ended = sessions.end_sessions(any_session, ISSUER, sid=sid, subject=subject)
    any_session.expire_all()
    assert {name for name, token in tokens.items() if who(any_session, token)} == left
    assert ended == len(tokens) - len(left)


def test_what_a_provider_wants_at_its_logout_is_kept(
    any_session: Session, account_of: MakeAccount
) -> None:
    lise = account_of(cast.LISE)
    provider = FromProvider(issuer=ISSUER, subject="lise", session="one", id_token="e.y.J")
    token = sign_in(any_session, lise, provider=provider)
    assert sessions.provider_of(any_session, token) == provider
    assert sessions.provider_of(any_session, sign_in(any_session, lise)) is None
    assert sessions.provider_of(any_session, "made-up") is None
