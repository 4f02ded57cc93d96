"""Accounts that nobody uses: announced, then deleted, unless somebody comes back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts import rights, unused
from accounts.models import Account
from accounts.permissions import Right, Role
from accounts.unused import months_before
from journal import JournalLine
from tests import cast
from tests.accounts.conftest import NOW, OPS, MakeAccount, sign_in

MONTHS = 24
NATIONAL = Right(role=Role.NATIONAL)
ALMOST = datetime(2028, 10, 23, 7, 5, tzinfo=UTC)
"""23 months after NOW."""
MONTH_LATER = datetime(2028, 11, 23, 7, 5, tzinfo=UTC)


def to_be_announced(session: Session, now: datetime) -> list[str]:
    return [account.name for account in unused.to_be_announced(session, now=now, months=MONTHS)]


def announce(session: Session, now: datetime) -> None:
    found = unused.to_be_announced(session, now=now, months=MONTHS)
    unused.announce(session, [account.id for account in found], now=now)
    session.flush()


def left(session: Session) -> list[str]:
    session.expire_all()
    return list(session.scalars(select(Account.name).order_by(Account.id)))


def test_an_account_is_announced_a_month_before_its_end(
    any_session: Session, account_of: MakeAccount
) -> None:
    account_of(cast.AWA)
    assert to_be_announced(any_session, ALMOST - timedelta(seconds=1)) == []
    assert to_be_announced(any_session, ALMOST) == ["Awa"]
    announce(any_session, ALMOST)
    assert to_be_announced(any_session, ALMOST + timedelta(days=9)) == [], "once"
    assert unused.delete_unused(any_session, now=MONTH_LATER - timedelta(seconds=1)) == 0
    assert unused.delete_unused(any_session, now=MONTH_LATER) == 1
    assert left(any_session) == []
    lines = any_session.scalars(select(JournalLine).order_by(JournalLine.id)).all()
    assert [(line.event, line.actor, line.reason) for line in lines[-2:]] == [
        ("account.farewell", "program", None),
        ("account.deleted", "program", "unused"),
    ]


def test_the_last_visit_counts_not_the_first_day(
    any_session: Session, account_of: MakeAccount
) -> None:
    awa = account_of(cast.AWA)
    awa.seen_at = NOW + timedelta(days=300)
    any_session.flush()
    assert to_be_announced(any_session, ALMOST) == []


def test_who_comes_back_stays(any_session: Session, account_of: MakeAccount) -> None:
    awa = account_of(cast.AWA)
    announce(any_session, ALMOST)
    sign_in(any_session, awa)
    any_session.flush()
    assert awa.farewell_at is None
    assert unused.delete_unused(any_session, now=MONTH_LATER) == 0
    assert left(any_session) == ["Awa"]


def test_an_announcement_from_before_the_last_visit_deletes_nothing(
    any_session: Session, account_of: MakeAccount
) -> None:
    awa = account_of(cast.AWA)
    awa.farewell_at, awa.seen_at = ALMOST, ALMOST + timedelta(minutes=1)
    any_session.flush()
    assert unused.delete_unused(any_session, now=MONTH_LATER) == 0


def test_the_last_national_administrator_never_goes(
    any_session: Session, account_of: MakeAccount
) -> None:
    account_of(cast.AWA)
    account_of(cast.NORA, NATIONAL)
    assert to_be_announced(any_session, ALMOST) == ["Awa"]
    omar = account_of(cast.OMAR, NATIONAL)
    announce(any_session, ALMOST)
    assert omar.farewell_at == ALMOST
    assert unused.delete_unused(any_session, now=MONTH_LATER) == 2
    assert left(any_session) == ["Omar"], "of two, one stays"
    assert rights.rights_of(any_session, omar) == {NATIONAL}


def test_a_last_manager_goes_like_everybody(any_session: Session, account_of: MakeAccount) -> None:
    lise = account_of(cast.LISE, Right(role=Role.MANAGER, scope="lyon"))
    announce(any_session, ALMOST)
    unused.delete_unused(any_session, now=MONTH_LATER)
    assert left(any_session) == []
    line = any_session.scalars(select(JournalLine).where(JournalLine.academie == "lyon")).all()[-1]
    assert (line.event, line.subject) == ("right.revoked", f"account/{lise.id}")
    assert line.actor != OPS


@pytest.mark.parametrize(
    ("day", "months", "wanted"),
    [
        ("2026-11-22", 1, "2026-10-22"),
        ("2026-03-31", 1, "2026-02-28"),
        ("2028-03-31", 1, "2028-02-29"),
        ("2026-01-15", 1, "2025-12-15"),
        ("2026-01-15", 23, "2024-02-15"),
        ("2026-01-31", -1, "2026-02-28"),
        ("2026-12-15", -1, "2027-01-15"),
    ],
)
def test_months_are_those_of_the_calendar(day: str, months: int, wanted: str) -> None:
    now = datetime.fromisoformat(f"{day}T12:00:00+00:00")
    assert months_before(now, months) == datetime.fromisoformat(f"{wanted}T12:00:00+00:00")
