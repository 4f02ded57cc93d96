"""Who is signed in on which device: kept here, so that it can be taken back."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from accounts.models import Account, AccountSession
from accounts.permissions import Person
from accounts.rights import rights_of

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


@dataclass(frozen=True, kw_only=True)
class OwnSession:
    key: str
    """What names it to its owner; lets nobody in."""
    created_at: datetime
    seen_at: datetime
    by_provider: bool
    here: bool
    """It is the one of who asks."""


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
    # Not through the row: it may be gone by the time it is written.
    found = update(AccountSession).where(AccountSession.id_hash == hash_token(token))
    seen = found.values(seen_at=now).returning(AccountSession.account_id)
    account_id = session.scalar(seen)
    if account_id is not None:
        whose = update(Account).where(Account.id == account_id)
        session.execute(whose.values(seen_at=now, farewell_at=None))


def close_session(session: Session, token: str) -> None:
    found = AccountSession.id_hash == hash_token(token)
    session.execute(delete(AccountSession).where(found))


def close_own_session(session: Session, account_id: int, *, key: str) -> None:
    """End one of an account's own sessions, whichever browser asks."""
    own = delete(AccountSession).where(AccountSession.account_id == account_id)
    session.execute(own.where(AccountSession.id_hash == key))


def sign_out_everywhere(session: Session, account_id: int, *, keep: str | None = None) -> None:
    """End every session of an account, but for the one whose token is given to be kept."""
    own = delete(AccountSession).where(AccountSession.account_id == account_id)
    if keep is not None:
        own = own.where(AccountSession.id_hash != hash_token(keep))
    session.execute(own)


def end_sessions(
    session: Session, issuer: str, *, sid: str | None = None, subject: str | None = None
) -> int:
    """End what a provider says has ended, and say how many sessions that was.

    By `sid` it is one, by subject all of theirs; with both, the one must be that subject's. A
    session whose identity token had no `sid` is known by its subject alone: LemonLDAP::NG 2.16 puts
    it where others put the `sid`.
    """
    if sid is None and subject is None:
        return 0  # it would be everybody
    ended = AccountSession.issuer == issuer
    if subject is not None:
        ended &= AccountSession.subject == subject
    if sid is not None:
        nameless = AccountSession.provider_session.is_(None)
        by_subject = nameless & (AccountSession.subject == (subject or sid))
        ended &= (AccountSession.provider_session == sid) | by_subject
    found = session.scalars(delete(AccountSession).where(ended).returning(AccountSession.id_hash))
    return len(found.all())


def provider_of(session: Session, token: str) -> FromProvider | None:
    """Return what ties this session to a provider; none for one with a password or a link."""
    row = session.get(AccountSession, hash_token(token))
    if row is None or row.issuer is None:
        return None
    return FromProvider(
        issuer=row.issuer,
        subject=row.subject or "",
        session=row.provider_session,
        id_token=row.id_token,
    )


def own_sessions(
    session: Session, account_id: int, *, now: datetime, lifetimes: Lifetimes, token: str | None
) -> tuple[OwnSession, ...]:
    """Return where an account is signed in, the last used first; `token` is of who asks."""
    rows = session.scalars(
        select(AccountSession)
        .where(AccountSession.account_id == account_id, AccountSession.expires_at > now)
        .where(AccountSession.seen_at > now - lifetimes.idle)
        .order_by(AccountSession.seen_at.desc())
    )
    here = None if token is None else hash_token(token)
    return tuple(
        OwnSession(
            key=row.id_hash,
            created_at=row.created_at,
            seen_at=row.seen_at,
            by_provider=row.issuer is not None,
            here=row.id_hash == here,
        )
        for row in rows
    )


def person_of(session: Session, account: Account) -> Person:
    return Person(
        account_id=account.id,
        name=account.name,
        email=account.email,
        rights=rights_of(session, account),
    )
