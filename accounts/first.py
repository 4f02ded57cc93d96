"""The first account of a fresh portal: a national administrator who gets in by a link alone."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts import lifecycle, links, rights
from accounts.errors import AccountError
from accounts.models import Account
from accounts.permissions import Right, Role

NAME = "Administration nationale"
PLACEHOLDER_EMAIL = "administration@trousse.invalid"
"""No mail ever reaches it: whoever comes first makes an account of his own."""


def first_link(session: Session, *, email: str, actor: str, now: datetime) -> str | None:
    """Return the token of the way in when nobody has come yet; none once somebody has.

    Makes the account when there is none at all; makes a new link as long as nobody used one.
    """
    known = session.scalars(select(Account).limit(2)).all()
    if not known:
        account = _create(session, email=email, actor=actor, now=now)
    elif len(known) == 1 and _is_waiting(session, known[0]):
        account = known[0]
    else:
        return None
    return links.make_link(session, account, now=now, by=actor)


def _create(session: Session, *, email: str, actor: str, now: datetime) -> Account:
    try:
        email = lifecycle.checked_email(email)
    except AccountError:
        email = PLACEHOLDER_EMAIL
    account = lifecycle.create_account(session, email=email, name=NAME, actor=actor, now=now)
    rights.grant(session, account, Right(role=Role.NATIONAL), actor=actor, now=now)
    return account


def _is_waiting(session: Session, account: Account) -> bool:
    held = rights.rights_of(session, account)
    never_used = account.seen_at is None and account.password_hash is None
    return never_used and account.disabled_at is None and Right(role=Role.NATIONAL) in held
