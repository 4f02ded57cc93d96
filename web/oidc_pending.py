"""Sign-ins on their way to the provider and back: kept by the browser, signed, used once."""

from __future__ import annotations

import secrets
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import session

from web.oidc_failures import Failure, FailureError

LIFETIME = timedelta(minutes=10)
MOST = 5
"""Tabs of one browser that may be on their way: a cookie holds 4 kB."""
LONGEST_NEXT = 300
_KEY = "oidc"
_GOODBYE = "oidc-goodbye"


@dataclass(frozen=True, kw_only=True)
class Pending:
    """What one tab needs on its way back."""

    state: str
    nonce: str
    verifier: str
    next: str
    """Where to go then: a path of ours, or nothing."""
    at: int
    """Seconds since the epoch."""


def begin(next_path: str, *, now: datetime) -> Pending:
    """Remember one more sign-in; the oldest ones are forgotten."""
    pending = Pending(
        state=secrets.token_urlsafe(16),
        nonce=secrets.token_urlsafe(16),
        verifier=secrets.token_urlsafe(32),
        next=next_path if len(next_path) <= LONGEST_NEXT else "",
        at=int(now.timestamp()),
    )
    kept = [item for item in _all() if not _is_over(item, now)]
    session[_KEY] = [asdict(item) for item in [*kept, pending][-MOST:]]
    return pending


def take(state: str, *, now: datetime) -> Pending:
    """Return a sign-in and forget it; raises FailureError."""
    everything = _all()
    session[_KEY] = [asdict(item) for item in everything if item.state != state]
    found = next((item for item in everything if item.state == state), None)
    if found is None:
        raise FailureError(Failure.STATE_UNKNOWN)
    if _is_over(found, now):
        raise FailureError(Failure.STATE_EXPIRED)
    return found


def others() -> Any:
    """Return what other tabs need, for a session that is about to be emptied."""
    return session.get(_KEY)


def put_back(kept: Any) -> None:
    if kept:
        session[_KEY] = kept


def remember_goodbye(state: str) -> None:
    session[_GOODBYE] = state


def is_goodbye(state: str) -> bool:
    """Tell whether this browser asked the provider to end its session, once."""
    said = session.pop(_GOODBYE, None) if _GOODBYE in session else None
    return isinstance(said, str) and secrets.compare_digest(said.encode(), state.encode())


def _all() -> list[Pending]:
    try:
        return [Pending(**item) for item in session.get(_KEY, [])]
    except TypeError:  # another version of the program wrote it
        return []


def _is_over(pending: Pending, now: datetime) -> bool:
    return pending.at + LIFETIME.total_seconds() <= now.timestamp()
