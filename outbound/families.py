"""Hosts with IPv4 and IPv6 of which one family does not answer: what this process found out."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

RARELY = 3600.0
"""Seconds after which the family that connections never need is tried again."""
SOON = 300.0
"""The same where one did not answer: a packet may have been lost, a server may be back."""
FRESH = 600.0
"""Seconds for which an answer in a family shows that our own network carries it."""
MOST_HOSTS = 20_000
V4, V6 = 4, 6


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seen:
    until: float
    silent: str | None
    """An address of the family that did not answer."""
    ours: bool
    """The silence may be our own network's."""


class Families:
    """Safe for threads; what is known is lost at a restart, and found again."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._seen: dict[tuple[str, int], _Seen] = {}
        self._answered: dict[int, float] = {}

    def claim(self, host: str, port: int) -> bool:
        """Tell whether both families are to be tried now: one asker alone is told so."""
        with self._lock:
            now, seen = self._clock(), self._seen.get((host, port))
            if seen is not None and now < seen.until:
                return False
            silent, ours = (seen.silent, seen.ours) if seen else (None, False)
            self._keep(host, port, _Seen(until=now + SOON, silent=silent, ours=ours))
            return True

    def silent(self, host: str, port: int) -> str | None:
        """Return an address of the family that does not answer, while the other does."""
        seen = self._seen.get((host, port))
        return None if seen is None or seen.ours else seen.silent

    def in_order(self, host: str, port: int, found: list[str]) -> list[str]:
        """Put those last that did not answer: nobody should wait for them each time."""
        seen = self._seen.get((host, port))
        if seen is None or seen.silent is None:
            return found
        last = family_of(seen.silent)
        return sorted(found, key=lambda address: family_of(address) == last)

    def answered(self, address: str) -> None:
        self._answered[family_of(address)] = self._clock()

    def hear(self, host: str, port: int, tried: Mapping[str, OSError | None]) -> None:
        """Take in what became of each address (none: it answered), of whole families.

        A refusal comes from over there. A time-out may be our own network's, unless somebody
        answered in that family lately; no route says nothing at all.
        """
        families = {family_of(address) for address, error in tried.items() if error is None}
        errors = {a: error for a, error in tried.items() if family_of(a) not in families}
        silent = next(iter(errors), None) if families and _is_silence(errors.values()) else None
        with self._lock:
            now = self._clock()
            ours = silent is not None and not (
                any(isinstance(error, ConnectionRefusedError) for error in errors.values())
                or now - self._answered.get(family_of(silent), -FRESH) < FRESH
            )
            pause = RARELY if silent is None else SOON
            self._keep(host, port, _Seen(until=now + pause, silent=silent, ours=ours))

    def _keep(self, host: str, port: int, seen: _Seen) -> None:
        if len(self._seen) >= MOST_HOSTS:
            self._seen.clear()
        self._seen[host, port] = seen


def family_of(address: str) -> int:
    return V6 if ":" in address else V4


def _is_silence(errors: Iterable[OSError | None]) -> bool:
    return all(isinstance(error, ConnectionRefusedError | TimeoutError) for error in errors)
