"""Rights that people give and take back; those of an identity provider are never touched."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

import journal
from accounts.errors import AccountError
from accounts.models import LOCAL, Account, Grant
from accounts.permissions import SCOPED, Right, Role, account_of, actor_of
from database import insert_for

TEAM = (Role.MANAGER, Role.EDITOR)
"""Who is of an académie's team, the first with the most rights."""


def grant(session: Session, account: Account, right: Right, *, actor: str, now: datetime) -> bool:
    """Give a right; False: the account had it already. Raises AccountError."""
    check_right(right)
    if not _insert(session, account, right, actor=actor, now=now):
        return False
    entry = _entry(account, right, "right.granted", actor=actor, now=now, after=_plain(right))
    journal.record(session, entry)
    return True


def revoke(session: Session, account: Account, right: Right, *, actor: str, now: datetime) -> None:
    """Take a right back; raises AccountError when there is none that a person gave."""
    rows = _rows(session, account, right)
    if not any(row.source == LOCAL for row in rows):
        raise AccountError("given-by-provider" if rows else "no-such-right")
    keep_one(session, account, right, actor=actor)
    _delete(session, account, right)
    entry = _entry(account, right, "right.revoked", actor=actor, now=now, before=_plain(right))
    journal.record(session, entry)


def change_role(
    session: Session, account: Account, right: Right, *, actor: str, now: datetime
) -> None:
    """Let this be the one role that people gave a member of an académie's team.

    Raises AccountError when the last manager would demote himself, or when a provider's right
    reaches further than the one wanted: it would go on as before.
    """
    check_right(right)
    manager = Right(role=Role.MANAGER, scope=right.scope)
    if right.role is Role.EDITOR and _is_provided(session, account, manager):
        raise AccountError("given-by-provider")
    before, changed = _put(session, account, right, actor=actor, now=now)
    if not changed:
        return
    entry = _entry(
        account,
        right,
        "right.changed",
        actor=actor,
        now=now,
        before=None if before is None else _plain(before),
        after=_plain(right),
    )
    journal.record(session, entry)


def leave_team(
    session: Session, account: Account, academie: str, *, actor: str, now: datetime
) -> None:
    """Take back what people gave of a team's rights; raises AccountError.

    A provider's right goes on, and goes away at the provider.
    """
    team = [Right(role=role, scope=academie) for role in TEAM]
    held = [right for right in team if _has_local(session, account, right)]
    if not held:
        provided = any(_is_provided(session, account, right) for right in team)
        raise AccountError("given-by-provider" if provided else "no-such-right")
    for right in held:
        keep_one(session, account, right, actor=actor)
        _delete(session, account, right)
    before = _plain(held[0])
    entry = _entry(account, held[0], "right.revoked", actor=actor, now=now, before=before)
    journal.record(session, entry)


def raise_role(
    session: Session, account: Account, right: Right, *, actor: str, now: datetime
) -> Role | None:
    """Give a role in a team to somebody who has not as much; return the one held before.

    The caller writes the line of the journal.
    """
    check_right(right)
    held = [role for role in TEAM if _rows(session, account, Right(role=role, scope=right.scope))]
    if not held or TEAM.index(held[0]) > TEAM.index(right.role):
        _put(session, account, right, actor=actor, now=now)
    return held[0] if held else None


def _put(
    session: Session, account: Account, right: Right, *, actor: str, now: datetime
) -> tuple[Right | None, bool]:
    """Let this be the only role that people gave; return the one before, and if that changed."""
    team = [Right(role=role, scope=right.scope) for role in TEAM]
    others = [other for other in team if other != right and _has_local(session, account, other)]
    for other in others:
        keep_one(session, account, other, actor=actor)
        _delete(session, account, other)
    added = _insert(session, account, right, actor=actor, now=now)
    return (others[0] if others else None), bool(added or others)


def revoke_all(session: Session, account: Account, *, actor: str, now: datetime) -> None:
    """Take every right back, a provider's too: the account is going."""
    keep_one_of_each(session, account, actor=actor)
    for right in {right_of(row) for row in _every_row(session, account)} - {None}:
        if right is not None:
            event = "right.revoked"
            entry = _entry(account, right, event, actor=actor, now=now, before=_plain(right))
            journal.record(session, entry)
    session.execute(delete(Grant).where(Grant.account_id == account.id))


def keep_one_of_each(session: Session, account: Account, *, actor: str) -> None:
    """Refuse that an account goes that is the last of its kind; see `keep_one`."""
    for right in {right_of(row) for row in _every_row(session, account)}:
        if right is not None:
            keep_one(session, account, right, actor=actor, goes=True)


def keep_one(
    session: Session, account: Account, right: Right, *, actor: str, goes: bool = False
) -> None:
    """Refuse to lose the last national administrator, or the last manager by a manager's hand.

    The nation and the command line may: they appoint another. `goes`: the whole account is going,
    with what a provider gave. Raises AccountError.
    """
    if right.role not in (Role.NATIONAL, Role.MANAGER):
        return
    himself = actor == actor_of(account.id)
    if right.role is Role.MANAGER and not himself and not _is_managers_hand(session, actor):
        return
    # Locked: two who leave at the same moment would each count on the other.
    query = (
        select(Grant.account_id, Grant.source)
        .join(Account, Account.id == Grant.account_id)
        .where(Grant.role == right.role, Grant.scope == (right.scope or ""))
        .where(Account.disabled_at.is_(None))
        .order_by(Grant.id)
        .with_for_update()
    )
    holders = session.execute(query).all()
    mine = any(holder == account.id for holder, _ in holders)
    rest = any(holder != account.id or (source != LOCAL and not goes) for holder, source in holders)
    if mine and not rest:
        raise AccountError(f"last-{right.role}")


def _is_managers_hand(session: Session, actor: str) -> bool:
    """Tell whether somebody acts whose own rights may have gone at this very moment."""
    number = account_of(actor)
    query = select(Grant.id).where(Grant.account_id == number, Grant.role == Role.NATIONAL)
    return number is not None and session.scalar(query.limit(1)) is None


def rights_of(session: Session, account: Account) -> frozenset[Right]:
    found = (right_of(row) for row in _every_row(session, account))
    return frozenset(right for right in found if right is not None)


def right_of(row: Grant) -> Right | None:
    """Read a right; none for a role that another version of the program stored."""
    try:
        return Right(role=Role(row.role), scope=row.scope or None)
    except ValueError:
        return None


def check_right(right: Right) -> None:
    """Raise AccountError for a right that cannot be given."""
    if right.role is Role.TEACHER:
        raise AccountError("everybody-has-it")
    if right.role in SCOPED and not right.scope:
        raise AccountError("scope-missing", wanted=SCOPED[right.role])
    if right.role not in SCOPED and right.scope:
        raise AccountError("scope-unwanted", role=right.role)


def _every_row(session: Session, account: Account) -> Sequence[Grant]:
    return session.scalars(select(Grant).where(Grant.account_id == account.id)).all()


def _rows(session: Session, account: Account, right: Right) -> list[Grant]:
    return [row for row in _every_row(session, account) if right_of(row) == right]


def _has_local(session: Session, account: Account, right: Right) -> bool:
    return any(row.source == LOCAL for row in _rows(session, account, right))


def _is_provided(session: Session, account: Account, right: Right) -> bool:
    return any(row.source != LOCAL for row in _rows(session, account, right))


def _insert(session: Session, account: Account, right: Right, *, actor: str, now: datetime) -> bool:
    statement = insert_for(session)(Grant).values(
        account_id=account.id,
        role=right.role.value,
        scope=right.scope or "",
        source=LOCAL,
        granted_at=now,
        granted_by=actor,
    )
    added = session.scalar(statement.on_conflict_do_nothing().returning(Grant.id))
    return added is not None


def _delete(session: Session, account: Account, right: Right) -> None:
    statement = delete(Grant).where(
        Grant.account_id == account.id,
        Grant.role == right.role.value,
        Grant.scope == (right.scope or ""),
        Grant.source == LOCAL,
    )
    session.execute(statement)


def _entry(  # noqa: PLR0913 - one column each
    account: Account,
    right: Right,
    event: str,
    *,
    actor: str,
    now: datetime,
    before: Any = None,
    after: Any = None,
) -> journal.Entry:
    return journal.Entry(
        at=now,
        actor=actor,
        academie=right.scope if SCOPED.get(right.role) == "academie" else None,
        event=event,
        subject=actor_of(account.id),
        before=before,
        after=after,
    )


def _plain(right: Right) -> dict[str, str]:
    return {"role": right.role.value} | ({"scope": right.scope} if right.scope else {})
