"""Accounts that nobody uses: announced a month ahead, then deleted."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

import journal
from accounts import lifecycle, rights
from accounts.errors import AccountError
from accounts.models import Account
from accounts.permissions import actor_of

NOTICE_MONTHS = 1
AT_ONCE = 50
PROGRAM = "program"
"""Who acts, in the journal."""


def to_be_announced(session: Session, *, now: datetime, months: int) -> Sequence[Account]:
    """Return some accounts that go in a month unless somebody uses them, and do not know it yet.

    `months` without use end an account. The last national administrator is never among them.
    """
    limit = months_before(now, months - NOTICE_MONTHS)
    found = select(Account).where(_last_used() <= limit, Account.farewell_at.is_(None))
    rows = session.scalars(found.order_by(Account.id).limit(AT_ONCE))
    return [account for account in rows if _may_go(session, account)]


def announce(session: Session, numbers: Collection[int], *, now: datetime) -> None:
    """Write down that the owners of these accounts were told; who came back meanwhile stays."""
    found = select(Account).where(Account.id.in_(numbers), Account.farewell_at.is_(None))
    for account in session.scalars(found.with_for_update()):
        account.farewell_at = now
        subject = actor_of(account.id)
        entry = journal.Entry(at=now, actor=PROGRAM, event="account.farewell", subject=subject)
        journal.record(session, entry)


def delete_unused(session: Session, *, now: datetime) -> int:
    """Delete some accounts whose end was announced a month ago and that nobody used since."""
    over = months_before(now, NOTICE_MONTHS)
    found = select(Account).where(Account.farewell_at <= over, _last_used() <= Account.farewell_at)
    deleted = 0
    for account in session.scalars(found.order_by(Account.id).limit(AT_ONCE).with_for_update()):
        if _may_go(session, account):
            lifecycle.delete_account(session, account, actor=PROGRAM, now=now, reason="unused")
            deleted += 1
    return deleted


def end_of(announced_at: datetime) -> datetime:
    """Return when an account that is announced at this moment goes at the earliest."""
    return months_before(announced_at, -NOTICE_MONTHS)


def months_before(now: datetime, months: int) -> datetime:
    """Go back by calendar months, to the last day of a month that is shorter."""
    year, month = divmod(now.year * 12 + now.month - 1 - months, 12)
    day = min(now.day, monthrange(year, month + 1)[1])
    return now.replace(year=year, month=month + 1, day=day)


def _last_used() -> ColumnElement[datetime]:
    return func.coalesce(Account.seen_at, Account.created_at)


def _may_go(session: Session, account: Account) -> bool:
    try:
        rights.keep_one_of_each(session, account, actor=PROGRAM)
    except AccountError:
        return False
    return True
