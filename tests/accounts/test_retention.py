"""What lets nobody in any more is forgotten."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts import invitations, links, retention
from accounts.models import AccountSession, Invitation, SignInAttempt, SignInLink, SpentToken
from accounts.permissions import Right, Role
from accounts.sessions import person_of
from tests import cast
from tests.accounts.conftest import LIFETIMES, NOW, OPS, MakeAccount, sign_in

MANAGER = Right(role=Role.MANAGER, scope="lyon")


def left(session: Session) -> list[int]:
    tables = (AccountSession, SignInLink, SpentToken, SignInAttempt, Invitation)
    return [len(session.scalars(select(table)).all()) for table in tables]


def fill(session: Session, account_of: MakeAccount) -> None:
    lise, awa = account_of(cast.LISE, MANAGER), account_of(cast.AWA)
    sign_in(session, lise)
    links.make_link(session, lise, now=NOW, by=OPS)
    links.use_link(session, links.make_link(session, awa, now=NOW, by=OPS), now=NOW)
    hour = NOW + timedelta(hours=1)
    session.add(SpentToken(issuer="https://sso.example.fr", token_id="1", expires_at=hour))
    session.add(SignInAttempt(subject="account:1", window=int(NOW.timestamp()), n=3))
    inviter = person_of(session, lise)
    invitations.invite(session, MANAGER, email=None, inviter=inviter, now=NOW)
    session.flush()


def test_what_still_counts_is_kept(any_session: Session, account_of: MakeAccount) -> None:
    fill(any_session, account_of)
    retention.prune(any_session, now=NOW + timedelta(minutes=59), idle=LIFETIMES.idle)
    assert left(any_session) == [1, 1, 1, 1, 1], "of two links, the used one went"


def test_what_is_over_goes_in_its_time(any_session: Session, account_of: MakeAccount) -> None:
    fill(any_session, account_of)
    retention.prune(any_session, now=NOW + timedelta(hours=1), idle=LIFETIMES.idle)
    assert left(any_session) == [1, 0, 0, 1, 1]
    retention.prune(any_session, now=NOW + timedelta(hours=2), idle=LIFETIMES.idle)
    assert left(any_session) == [0, 0, 0, 1, 1], "nobody used the session for two hours"
    retention.prune(any_session, now=NOW + timedelta(days=1, seconds=1), idle=LIFETIMES.idle)
    assert left(any_session) == [0, 0, 0, 0, 1]
    retention.prune(any_session, now=NOW + timedelta(days=14 + 90), idle=LIFETIMES.idle)
    assert left(any_session) == [0, 0, 0, 0, 0]
