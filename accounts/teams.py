"""The team of an académie: who is of it, and since when."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.models import LOCAL, Account, Grant
from accounts.permissions import Role
from accounts.rights import TEAM


@dataclass(frozen=True, kw_only=True)
class Member:
    account_id: int
    name: str
    email: str
    role: Role
    """The greatest."""
    local: Role | None
    """What a person gave; none: all of it comes from the identity provider."""
    provided: Role | None
    since: datetime
    seen_at: datetime | None
    farewell_at: datetime | None
    """When it was announced that the account goes for want of use."""
    disabled: bool


def members(session: Session, academie: str) -> tuple[Member, ...]:
    """Return the team, those who choose its members first, then by name."""
    query = (
        select(Account, Grant)
        .join(Grant, Grant.account_id == Account.id)
        .where(Grant.scope == academie, Grant.role.in_([role.value for role in TEAM]))
    )
    grants: dict[Account, list[Grant]] = defaultdict(list)
    for account, grant in session.execute(query):
        grants[account].append(grant)
    found = [_member(account, rows) for account, rows in grants.items()]
    return tuple(sorted(found, key=lambda item: (TEAM.index(item.role), item.name.casefold())))


def member(session: Session, academie: str, account_id: int) -> Member | None:
    found = (item for item in members(session, academie) if item.account_id == account_id)
    return next(found, None)


def is_last_manager(team: tuple[Member, ...], account_id: int) -> bool:
    """Tell whether nobody else could choose members."""
    managers = {item.account_id for item in team if item.role is Role.MANAGER and not item.disabled}
    return managers == {account_id}


def _member(account: Account, rows: list[Grant]) -> Member:
    local = _greatest([row for row in rows if row.source == LOCAL])
    provided = _greatest([row for row in rows if row.source != LOCAL])
    return Member(
        account_id=account.id,
        name=account.name,
        email=account.email,
        role=min((role for role in (local, provided) if role is not None), key=TEAM.index),
        local=local,
        provided=provided,
        since=min(row.granted_at for row in rows),
        seen_at=account.seen_at,
        farewell_at=account.farewell_at,
        disabled=account.disabled_at is not None,
    )


def _greatest(rows: list[Grant]) -> Role | None:
    return min((Role(row.role) for row in rows), key=TEAM.index, default=None)
