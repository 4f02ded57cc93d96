"""What the probes of one process remember, so as to ask less."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

LEAST_QUIET = timedelta(seconds=60)
MOST_QUIET = timedelta(minutes=15)
MOST_ENTRIES = 20_000


@dataclass(frozen=True, kw_only=True)
class Proof:
    """A check that held, and until when (monotonic clock) that is good enough."""

    until: float
    version: str | None
    measured: bool
    """False: it could not be measured, which does not count against the server."""


class Memory:
    """Shared by threads; lost at a restart, which only means that everything is asked once.

    A proof that failed is not kept: trouble found by a rare check is asked again at each probe,
    else the next light probe would hide it.
    """

    def __init__(self) -> None:
        self._proofs: dict[tuple[str, int], Proof] = {}
        self._quiet: dict[str, datetime] = {}

    def prove(
        self,
        key: str,
        number: int,
        *,
        seconds: float,
        version: str | None,
        measured: bool = True,
    ) -> None:
        if len(self._proofs) >= MOST_ENTRIES:
            self._proofs.clear()
        until = time.monotonic() + seconds
        self._proofs[key, number] = Proof(until=until, version=version, measured=measured)

    def proof(self, key: str, number: int) -> Proof | None:
        proof = self._proofs.get((key, number))
        return proof if proof is not None and time.monotonic() < proof.until else None

    def keep_quiet(self, url: str, until: datetime | None, now: datetime) -> None:
        """A server said we ask too often: as long as it wishes, within reason."""
        if len(self._quiet) >= MOST_ENTRIES:
            self._quiet.clear()
        wished = (until or now) - now
        self._quiet[urlsplit(url).netloc] = now + min(max(wished, LEAST_QUIET), MOST_QUIET)

    def quiet_until(self, url: str, now: datetime) -> datetime | None:
        until = self._quiet.get(urlsplit(url).netloc)
        return until if until is not None and now < until else None
