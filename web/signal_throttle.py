"""How often one place may say that something does not work: in memory, under a key of the day."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections import Counter
from datetime import date, datetime, timedelta
from threading import Lock

from accounts.throttle import network_of
from instances.signals import RECENT

SPACING = timedelta(minutes=1)
"""Between two from one network about one service."""
MOST_OF_A_NETWORK = 6
"""In two hours: all schools of an académie may stand behind one address, and so may one joker."""
MOST_IN_ALL = 60
"""In two hours, of one network about all services together: nobody hurries every probe alone."""
MOST_OF_A_SERVICE = 60
"""In a minute, from everywhere."""
MOST_KNOWN = 20_000
"""Places remembered at a time."""


class SignalThrottle:
    """One a worker. Nothing is stored: what it holds names nobody, and dies with the day's key."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._day: date | None = None
        self._key = b""
        self._seen: dict[bytes, list[datetime]] = {}
        self._minute = 0
        self._of_services: Counter[tuple[str, str]] = Counter()

    def lets(self, address: str, service: tuple[str, str], *, now: datetime) -> bool:
        """Tell whether one more counts; `service` is an académie and one of its services."""
        with self._lock:
            self._turn_over(now)
            if self._of_services[service] >= MOST_OF_A_SERVICE:
                return False
            whole, place = self._place(address, ()), self._place(address, service)
            said, before = self._recent(whole, now), self._recent(place, now)
            if len(before) >= MOST_OF_A_NETWORK or (before and now - before[-1] < SPACING):
                return False
            if len(said) >= MOST_IN_ALL:
                return False
            self._remember(whole, [*said, now])
            self._remember(place, [*before, now])
            self._of_services[service] += 1
            return True

    def _recent(self, place: bytes, now: datetime) -> list[datetime]:
        return [moment for moment in self._seen.get(place, ()) if now - moment < RECENT]

    def _remember(self, place: bytes, moments: list[datetime]) -> None:
        if place not in self._seen and len(self._seen) >= MOST_KNOWN:
            self._seen.pop(next(iter(self._seen)))
        self._seen[place] = moments

    def _turn_over(self, now: datetime) -> None:
        if now.date() != self._day:
            self._day, self._key, self._seen = now.date(), secrets.token_bytes(32), {}
        minute = int(now.timestamp()) // 60
        if minute != self._minute:
            self._minute, self._of_services = minute, Counter()

    def _place(self, address: str, service: tuple[str, ...]) -> bytes:
        told = "\0".join((network_of(address), *service))
        return hmac.new(self._key, told.encode(), hashlib.sha256).digest()
