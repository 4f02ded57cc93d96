"""How often a sign-in may be refused: by account and by network, for all workers together."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address, ip_network

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from accounts.models import SignInAttempt
from database import insert_for

WINDOW = timedelta(minutes=15)
MOST_OF_AN_ACCOUNT = 10
MOST_OF_A_NETWORK = 100
"""A whole school, or all offices of an académie, may stand behind one address."""
_PREFIX_IPV4, _PREFIX_IPV6 = 24, 64


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """What one attempt is counted under: neither a mail address nor an IP can be read from it."""

    network: str
    account: str
    window: int
    """Start of its window of time, in seconds since the epoch."""
    ends_at: datetime

    @property
    def limits(self) -> Sequence[tuple[str, int]]:
        # In one order everywhere: two workers that lock rows crosswise would wait for each other.
        return ((self.network, MOST_OF_A_NETWORK), (self.account, MOST_OF_AN_ACCOUNT))


def attempt(email: str, address: str, *, key: str, now: datetime) -> Attempt:
    """Name an attempt by what was typed and where it comes from; `key` is the portal's secret."""
    seconds = int(WINDOW.total_seconds())
    window = int(now.timestamp()) // seconds * seconds
    return Attempt(
        network=f"network:{_hashed(network_of(address), key)}",
        account=f"account:{_hashed(email.strip().lower(), key)}",
        window=window,
        ends_at=datetime.fromtimestamp(window, tz=now.tzinfo) + WINDOW,
    )


def network_of(address: str) -> str:
    """Return the /24 or the /64 of an address: changing its end does not help."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, IPv6Address) and parsed.ipv4_mapped is not None:
        parsed = parsed.ipv4_mapped
    length = _PREFIX_IPV4 if parsed.version == 4 else _PREFIX_IPV6  # noqa: PLR2004
    return str(ip_network(f"{parsed}/{length}", strict=False))


def begin(session: Session, made: Attempt, *, now: datetime) -> timedelta | None:
    """Count an attempt; return how long to wait when there were too many, none to go on.

    It is counted before the password is looked at, and that must be committed first: a hundred
    attempts at the same moment would all find the count low.
    """
    for subject, most in made.limits:
        if not _count(session, subject, made.window, most):
            return max(made.ends_at - now, timedelta(seconds=1))
    return None


def succeeded(session: Session, made: Attempt) -> None:
    """Forget what the account was refused; the network is given this attempt back, no more."""
    table = SignInAttempt
    here = (table.subject == made.network) & (table.window == made.window) & (table.n > 0)
    session.execute(update(table).where(here).values(n=table.n - 1))
    session.execute(delete(table).where(table.subject == made.account))


def _count(session: Session, subject: str, window: int, most: int) -> bool:
    """Count one more unless there are enough: one statement, which workers cannot interleave."""
    table = SignInAttempt
    statement = insert_for(session)(table).values(subject=subject, window=window, n=1)
    counted = statement.on_conflict_do_update(
        index_elements=[table.subject, table.window],
        set_={"n": table.n + 1},
        where=table.n < most,
    )
    return session.execute(counted.returning(table.n)).scalar_one_or_none() is not None


def _hashed(text: str, key: str) -> str:
    return hmac.new(key.encode(), text.encode(), hashlib.sha256).hexdigest()
