"""The life of an account: made, disabled and enabled again, deleted; every step journalled."""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

import journal
from accounts import links, passwords, rights
from accounts.errors import AccountError
from accounts.models import Account, AccountSession
from accounts.permissions import actor_of

LONGEST_EMAIL = 254
LONGEST_NAME = 120
_EMAIL = re.compile(r"[^\s@<>\"(),:;\\\[\]]+@[^\s@<>\"(),:;\\\[\]]+\.[^\s@<>\"(),:;\\\[\]]+")


def find_by_email(session: Session, email: str) -> Account | None:
    return session.scalars(
        select(Account).where(Account.email == normal_email(email))
    ).one_or_none()


def normal_email(email: str) -> str:
    return email.strip().lower()


def checked_email(email: str) -> str:
    """Return it as it is kept; raises AccountError when it cannot be one."""
    email = normal_email(email)
    if len(email) > LONGEST_EMAIL or not _EMAIL.fullmatch(email) or not email.isprintable():
        raise AccountError("bad-email")
    return email


def checked_name(name: str) -> str:
    """Return it as it is kept; raises AccountError when it is empty, too long or not text."""
    name = " ".join(unicodedata.normalize("NFC", name).split())
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise AccountError("bad-name", most=LONGEST_NAME)
    return name


def create_account(
    session: Session, *, email: str, name: str, now: datetime, actor: str | None = None
) -> Account:
    """Make an account, without a password and without rights; raises AccountError.

    Without an actor it is the person's own doing.
    """
    account = Account(email=checked_email(email), name=checked_name(name), created_at=now)
    try:
        with session.begin_nested():
            session.add(account)
            session.flush()
    except IntegrityError as error:
        raise AccountError("email-taken") from error
    _journal(session, account, "account.created", actor=actor or actor_of(account.id), now=now)
    return account


def disable_account(session: Session, account: Account, *, actor: str, now: datetime) -> None:
    """Let nobody in by this account, and end its sessions; raises AccountError for the last one."""
    if account.disabled_at is not None:
        return
    rights.keep_one_of_each(session, account, actor=actor)
    account.disabled_at = now
    links.forget_links(session, account)
    session.execute(delete(AccountSession).where(AccountSession.account_id == account.id))
    _journal(session, account, "account.disabled", actor=actor, now=now)


def enable_account(session: Session, account: Account, *, actor: str, now: datetime) -> None:
    if account.disabled_at is None:
        return
    account.disabled_at = None
    _journal(session, account, "account.enabled", actor=actor, now=now)


def reset_account(session: Session, account: Account, *, actor: str, now: datetime) -> None:
    """Sign an account out everywhere and forget its password; only a new link lets it in."""
    account.password_hash = None
    links.forget_links(session, account)
    session.execute(delete(AccountSession).where(AccountSession.account_id == account.id))
    _journal(session, account, "account.reset", actor=actor, now=now)


def change_password(session: Session, account: Account, password: str, *, now: datetime) -> None:
    """Let the owner choose another password; raises PasswordError. The journal says only that."""
    passwords.set_password(account, password)
    _journal(session, account, "account.password-changed", actor=actor_of(account.id), now=now)


def change_identity(  # noqa: PLR0913 - both are given, changed or not
    session: Session, account: Account, *, email: str, name: str, actor: str, now: datetime
) -> None:
    """Give an account another mail or name; raises AccountError. The journal says only that."""
    email, name = checked_email(email), checked_name(name)
    if (email, name) == (account.email, account.name):
        return
    try:
        with session.begin_nested():
            account.email, account.name = email, name
            session.flush()
    except IntegrityError as error:
        raise AccountError("email-taken") from error
    _journal(session, account, "account.renamed", actor=actor, now=now)


def delete_account(
    session: Session, account: Account, *, actor: str, now: datetime, reason: str | None = None
) -> None:
    """Remove an account, its rights, sessions, favourites and invitations for good.

    Its lines of the journal stay with its number. Raises AccountError for the last manager who
    would leave an académie without one, and for the last national administrator.
    """
    rights.revoke_all(session, account, actor=actor, now=now)
    _journal(session, account, "account.deleted", actor=actor, now=now, reason=reason)
    # The database removes what hangs on it.
    session.delete(account)
    session.flush()


def _journal(  # noqa: PLR0913 - one column each
    session: Session,
    account: Account,
    event: str,
    *,
    actor: str,
    now: datetime,
    reason: str | None = None,
) -> None:
    subject = actor_of(account.id)
    entry = journal.Entry(at=now, actor=actor, event=event, subject=subject, reason=reason)
    journal.record(session, entry)
