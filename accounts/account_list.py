"""All accounts, found by name, mail or right, a page at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from accounts.models import Account, Grant
from accounts.permissions import Right
from accounts.rights import right_of

PAGE = 30
_ESCAPE = "\\"


@dataclass(frozen=True, kw_only=True)
class Listed:
    account: Account
    rights: tuple[Right, ...]


@dataclass(frozen=True, kw_only=True)
class AccountPage:
    items: tuple[Listed, ...]
    total: int
    number: int
    """From 1."""

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // PAGE))


def list_accounts(session: Session, *, query: str = "", number: int = 1) -> AccountPage:
    """Return a page of the accounts that a query finds, by name; past the last page, the last."""
    found = _matching(query)
    total = session.scalar(select(func.count()).select_from(found.subquery())) or 0
    number = min(max(number, 1), max(1, -(-total // PAGE)))
    ordered = found.order_by(func.lower(Account.name), Account.id)
    rows = session.scalars(ordered.limit(PAGE).offset((number - 1) * PAGE)).all()
    rights = _rights(session, rows)
    items = tuple(Listed(account=row, rights=rights[row.id]) for row in rows)
    return AccountPage(items=items, total=total, number=number)


def _matching(query: str) -> Select[Account]:
    statement = select(Account)
    for word in query.split():
        escaped = word.lower()
        for sign in (_ESCAPE, "%", "_"):
            escaped = escaped.replace(sign, _ESCAPE + sign)
        like = f"%{escaped}%"
        holders = select(Grant.account_id).where(
            or_(Grant.role == word.lower(), Grant.scope == word.lower())
        )
        statement = statement.where(
            or_(
                func.lower(Account.name).like(like, escape=_ESCAPE),
                Account.email.like(like, escape=_ESCAPE),
                Account.id.in_(holders),
            )
        )
    return statement


def _rights(session: Session, rows: Sequence[Account]) -> dict[int, tuple[Right, ...]]:
    found: dict[int, list[Right]] = {row.id: [] for row in rows}
    grants = select(Grant).where(Grant.account_id.in_(found)).order_by(Grant.role, Grant.scope)
    for row in session.scalars(grants):
        right = right_of(row)
        if right is not None and right not in found[row.account_id]:
            found[row.account_id].append(right)
    return {number: tuple(rights) for number, rights in found.items()}
