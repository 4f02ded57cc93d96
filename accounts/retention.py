"""Forgets sessions that ended, links that are over, old attempts and spent identifiers."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.orm import Session

from accounts.models import AccountSession, Invitation, SignInAttempt, SignInLink, SpentToken

KEPT_ATTEMPTS = timedelta(days=1)
KEPT_INVITATIONS = timedelta(days=90)
"""After their end, so that a late guest still reads that it is over."""


def prune(session: Session, *, now: datetime, idle: timedelta) -> None:
    """Forget what lets nobody in any more; `idle` as sessions have it."""
    ended = (AccountSession.expires_at <= now) | (AccountSession.seen_at <= now - idle)
    session.execute(delete(AccountSession).where(ended))
    over = (SignInLink.expires_at <= now) | SignInLink.used_at.is_not(None)
    session.execute(delete(SignInLink).where(over))
    session.execute(delete(SpentToken).where(SpentToken.expires_at <= now))
    limit = int((now - KEPT_ATTEMPTS).timestamp())
    session.execute(delete(SignInAttempt).where(SignInAttempt.window < limit))
    late = Invitation.expires_at <= now - KEPT_INVITATIONS
    session.execute(delete(Invitation).where(late))
