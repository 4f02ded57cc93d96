"""Links that let their holder in, once, within their time."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

import journal
from accounts.models import Account, SignInLink
from accounts.permissions import actor_of
from accounts.sessions import hash_token, new_token

LIFETIME = timedelta(hours=1)


def make_link(
    session: Session, account: Account, *, now: datetime, by: str, lifetime: timedelta = LIFETIME
) -> str:
    """Make a link for an account; return its token, which is kept nowhere.

    Those made before and not used yet let nobody in any more.
    """
    forget_links(session, account)
    token = new_token()
    session.add(
        SignInLink(
            token_hash=hash_token(token),
            account_id=account.id,
            created_at=now,
            created_by=by,
            expires_at=now + lifetime,
        )
    )
    entry = journal.Entry(at=now, actor=by, event="account.link-made", subject=actor_of(account.id))
    journal.record(session, entry)
    return token


def holder_of(session: Session, token: str, *, now: datetime) -> Account | None:
    """Return whom a link would let in, without using it; none once it was used or is over."""
    link = session.get(SignInLink, hash_token(token))
    if link is None or link.used_at is not None or link.expires_at <= now:
        return None
    account = session.get(Account, link.account_id)
    return None if account is None or account.disabled_at is not None else account


def use_link(session: Session, token: str, *, now: datetime) -> Account | None:
    """Return whom a link lets in, and end it: of two who use it at once, one gets in."""
    account = holder_of(session, token, now=now)
    if account is None:
        return None
    unused = update(SignInLink).where(
        SignInLink.token_hash == hash_token(token),
        SignInLink.used_at.is_(None),
        SignInLink.expires_at > now,
    )
    taken = session.scalar(unused.values(used_at=now).returning(SignInLink.account_id))
    return None if taken is None else account


def forget_links(session: Session, account: Account) -> None:
    session.execute(delete(SignInLink).where(SignInLink.account_id == account.id))
