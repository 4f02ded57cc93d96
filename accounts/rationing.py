"""What somebody may do only so often, counted in the database for all workers together."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.orm import Session

from accounts.models import SignInAttempt
from database import insert_for

PREFIX = "ration:"
"""Keeps these counts apart from those of sign-in, which share the table."""
_WINDOWS_KEPT = 10


def take(session: Session, shares: Mapping[str, int], *, now: datetime, seconds: int) -> str | None:
    """Count one more of what `shares` bounds; return who has had enough, none when nobody has.

    A share is the most that its holder (such as "probe/account/12") may take in a window of so
    many seconds; the narrowest share comes first.
    """
    window = int(now.timestamp()) // seconds * seconds
    oldest = window - _WINDOWS_KEPT * seconds
    # In the order given: who has had enough takes nothing from the share of all.
    refused = next(
        (holder for holder, most in shares.items() if _count(session, holder, window) > most), None
    )
    session.execute(
        delete(SignInAttempt).where(
            SignInAttempt.subject.in_([f"{PREFIX}{holder}" for holder in shares]),
            SignInAttempt.window < oldest,
        )
    )
    return refused


def _count(session: Session, holder: str, window: int) -> int:
    table = SignInAttempt
    statement = insert_for(session)(table).values(subject=f"{PREFIX}{holder}", window=window, n=1)
    added = statement.on_conflict_do_update(
        index_elements=[table.subject, table.window], set_={"n": table.n + 1}
    ).returning(table.n)
    return int(session.execute(added).scalar_one())
