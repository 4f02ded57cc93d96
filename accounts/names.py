"""What those who acted are called now: the journal keeps numbers, not names."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.models import Account
from accounts.permissions import account_of, actor_of


def names_of(session: Session, actors: Iterable[str]) -> dict[str, str]:
    """Return the names of the accounts among these actors that still exist."""
    numbers = {number for number in map(account_of, set(actors)) if number is not None}
    if not numbers:
        return {}
    rows = session.execute(select(Account.id, Account.name).where(Account.id.in_(numbers)))
    return {actor_of(number): name for number, name in rows}
