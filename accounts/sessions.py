"""Who is signed in on which device: kept here, so that it can be taken back."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from accounts.models import Account, AccountSession, Grant
from accounts.permissions import Person, Right, Role

_TOKEN_BYTES = 32
_SEEN_PERIOD = timedelta(minutes=1)
"""A session is not written at each request."""


@dataclass(frozen=True, kw_only=True)
class Lifetimes:
    idle: timedelta
    """Without a request."""
    absolute: timedelta
    """From the sign-in on, however much it is used."""


@dataclass(frozen=True, kw_only=True)
class FromProvider:
    """What ties a session to the identity provider that vouched for it."""

    issuer: str
    subject: str
    session: str | None = None
    """Its `sid`."""
    id_token: str | None = None


def hash_token(token: str) -> str:
    """Return what is stored of a random token: a copy of the database lets nobody in."""
    return hashlib.sha256(token.encode()).hexdigest()


def new_token() -> str:
    return secrets.token_urlsafe(_TOKEN_BYTES)


def open_session(
    session: Session,
    account: Account,
    *,
    now: datetime,
    lifetimes: Lifetimes,
    provider: FromProvider | None = None,
) -> str:
    """Sign an account in; return the token that its browser keeps."""
    token = new_token()
    account.seen_at, account.farewell_at = now, None
    session.add(
        AccountSession(
            id_hash=hash_token(token),
            account_id=account.id,
            created_at=now,
            seen_at=now,
            expires_at=now + lifetimes.absolute,
            issuer=provider.issuer if provider else None,
            subject=provider.subject if provider else None,
            provider_session=provider.session if provider else None,
            id_token=provider.id_token if provider else None,
        )
    )
    return token


def find_person(
    session: Session, token: str, *, now: datetime, lifetimes: Lifetimes
) -> Person | None:
    """Return who holds this token, with the rights of this moment; none once it has ended."""
    row = session.get(AccountSession, hash_token(token))
    if row is None or row.expires_at <= now or row.seen_at + lifetimes.idle <= now:
        return None
    account = session.get(Account, row.account_id)
    if account is None or account.disabled_at is not None:
        return None
    return person_of(session, account)


def is_to_be_seen(session: Session, token: str, *, now: datetime) -> bool:
    """Tell whether it is time to write down that this session is in use."""
    row = session.get(AccountSession, hash_token(token))
    return row is not None and row.seen_at + _SEEN_PERIOD <= now


def mark_seen(session: Session, token: str, *, now: datetime) -> None:
    row = session.get(AccountSession, hash_token(token))
    if row is not None:
        row.seen_at = now
        account = session.get(Account, row.account_id)
        if account is not None:
            account.seen_at = now


def close_session(session: Session, token: str) -> None:
    found = AccountSession.id_hash == hash_token(token)
    session.execute(delete(AccountSession).where(found))


def person_of(session: Session, account: Account) -> Person:
    rows = session.scalars(select(Grant).where(Grant.account_id == account.id))
    rights = (Right(role=Role(row.role), scope=row.scope or None) for row in rows)
    return Person(
        account_id=account.id, name=account.name, email=account.email, rights=frozenset(rights)
    )
