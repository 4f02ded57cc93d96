"""Who of ours somebody is whom a provider vouches for, and the rights that it gives."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

import journal
from accounts import lifecycle
from accounts.errors import AccountError
from accounts.models import Account, Grant, Identity, SpentToken
from accounts.permissions import SCOPED, Right, Role, actor_of
from database import insert_for

PROVIDER = "identity-provider"
"""Actor of what a claim gave or took."""
REASON = "claim"


@dataclass(frozen=True, kw_only=True)
class Vouched:
    """What a provider says of somebody."""

    issuer: str
    subject: str
    name: str = ""
    mail: str | None = None
    """Only when it is sure to be the person's own."""


def account_of_identity(session: Session, vouched: Vouched, *, now: datetime) -> Account:
    """Return whose account this is, made if need be; raises AccountError.

    Found by issuer and subject. Else by a sure mail address, and then tied to it: unless another
    subject of the same provider has that account, for an address may have been given to somebody
    else since. Else made.
    """
    identity = session.get(Identity, (vouched.issuer, vouched.subject))
    if identity is not None:
        account = session.get_one(Account, identity.account_id)
        _refuse_disabled(account)
        return account
    if vouched.mail is None:
        raise AccountError("no-mail")
    found = lifecycle.find_by_email(session, vouched.mail)
    if found is not None:
        _refuse_disabled(found)
        _refuse_other_subject(session, found, vouched.issuer)
        _let_out(session, found, now=now)
    try:
        account = found or _create(session, vouched, now=now)
    except AccountError as error:
        if error.code != "email-taken":
            raise
        # Another tab of the same person was faster.
        return account_of_identity(session, vouched, now=now)
    link(session, account, vouched, now=now)
    return account


def link(session: Session, account: Account, vouched: Vouched, *, now: datetime) -> None:
    """Let an identity sign this account in from now on."""
    statement = insert_for(session)(Identity).values(
        issuer=vouched.issuer, subject=vouched.subject, account_id=account.id
    )
    added = session.scalar(statement.on_conflict_do_nothing().returning(Identity.account_id))
    if added is None:
        return
    entry = journal.Entry(
        at=now,
        actor=PROVIDER,
        event="account.linked",
        subject=actor_of(account.id),
        after={"issuer": vouched.issuer},
    )
    journal.record(session, entry)


def replace_rights(
    session: Session, account: Account, rights: Iterable[Right], *, issuer: str, now: datetime
) -> None:
    """Let the rights that come from a provider be these; what people gave stays as it is."""
    rows = session.scalars(
        select(Grant).where(Grant.account_id == account.id, Grant.source == issuer)
    ).all()
    wanted = {(right.role.value, right.scope or "") for right in rights}
    held = {(row.role, row.scope): row for row in rows}
    for key in sorted(held.keys() - wanted):
        session.execute(delete(Grant).where(Grant.id == held[key].id))
        _record(session, account, key, "right.revoked", now=now)
    for role, scope in sorted(wanted - held.keys()):
        statement = insert_for(session)(Grant).values(
            account_id=account.id,
            role=role,
            scope=scope,
            source=issuer,
            granted_at=now,
            granted_by=PROVIDER,
        )
        # Two tabs may come back from the provider at the same moment.
        added = session.scalar(statement.on_conflict_do_nothing().returning(Grant.id))
        if added is not None:
            _record(session, account, (role, scope), "right.granted", now=now)


def spend(session: Session, issuer: str, token_id: str, *, expires_at: datetime) -> bool:
    """Use something that can be used once; False: it was used before."""
    digest = hashlib.sha256(token_id.encode()).hexdigest()  # a provider's own may be too long
    statement = insert_for(session)(SpentToken).values(
        issuer=issuer, token_id=digest, expires_at=expires_at
    )
    added = session.scalar(statement.on_conflict_do_nothing().returning(SpentToken.token_id))
    return added is not None


def _create(session: Session, vouched: Vouched, *, now: datetime) -> Account:
    mail = vouched.mail or ""
    try:
        name = lifecycle.checked_name(vouched.name)
    except AccountError:
        name = mail.partition("@")[0][: lifecycle.LONGEST_NAME]
    return lifecycle.create_account(session, email=mail, name=name, now=now, actor=PROVIDER)


def _refuse_disabled(account: Account) -> None:
    if account.disabled_at is not None:
        raise AccountError("disabled")


def _refuse_other_subject(session: Session, account: Account, issuer: str) -> None:
    query = select(Identity).where(Identity.account_id == account.id, Identity.issuer == issuer)
    if session.scalars(query).first() is not None:
        raise AccountError("mail-taken")


def _let_out(session: Session, account: Account, *, now: datetime) -> None:
    """End the other ways into an account whose address is proven now, for the first time.

    An open invitation lets a newcomer type any address: somebody could wait in a colleague's
    account for the rights that a provider gives.
    """
    if account.password_hash is not None or account.seen_at is not None:
        lifecycle.reset_account(session, account, actor=PROVIDER, now=now)


def _record(
    session: Session, account: Account, key: tuple[str, str], event: str, *, now: datetime
) -> None:
    role, scope = key
    plain: dict[str, Any] = {"role": role} | ({"scope": scope} if scope else {})
    granted = event == "right.granted"
    of_academie = role in (Role.EDITOR, Role.MANAGER) and SCOPED[Role(role)] == "academie"
    entry = journal.Entry(
        at=now,
        actor=PROVIDER,
        academie=scope if of_academie else None,
        event=event,
        subject=actor_of(account.id),
        before=None if granted else plain,
        after=plain if granted else None,
        reason=REASON,
    )
    journal.record(session, entry)
