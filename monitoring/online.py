"""Am I online? Asks a few addresses from the settings before a failure is believed."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from ipaddress import ip_network

import structlog

from monitoring.asking import user_agent
from outbound import Guard, OutboundError, Refused
from settings import Settings

log = structlog.get_logger(__name__)

PATIENCE = 3.0
"""Seconds for one address; all are asked at once."""
BELIEVED = 3.0
"""Seconds for which an answer, good or bad, is told again without asking."""
_ANYWHERE = (ip_network("0.0.0.0/0"), ip_network("::/0"))
"""Whoever writes the settings may name addresses of a private network."""


class Online:
    """Safe between threads: one asks, the others wait for what it hears."""

    def __init__(
        self,
        addresses: Sequence[str],
        guard: Guard,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._addresses = tuple(addresses)
        self._guard = guard
        self._clock = clock
        self._lock = threading.Lock()
        self._asked_at = float("-inf")
        self._answer = True

    def __call__(self) -> bool:
        """Return False when none of them answers; takes as long as `PATIENCE` at most."""
        with self._lock:
            if self._clock() - self._asked_at >= BELIEVED:
                self._answer = self._ask()
                self._asked_at = self._clock()
            return self._answer

    def _ask(self) -> bool:
        with ThreadPoolExecutor(len(self._addresses), thread_name_prefix="online") as pool:
            told = [
                answer for answer in pool.map(self._answers, self._addresses) if answer is not None
            ]
        return any(told) or not told

    def _answers(self, address: str) -> bool | None:
        """Any answer will do: it came from beyond our own network; none: it may not be asked."""
        try:
            if "://" in address:
                self._guard.fetch("GET", address, deadline_seconds=PATIENCE, max_redirects=0)
            else:
                host, _, port = address.rpartition(":")
                self._guard.connect(host.strip("[]"), int(port), deadline_seconds=PATIENCE)
        except Refused as error:
            log.warning("online-check-refused", address=address, reason=error.code.value)
            return None
        except OutboundError:
            return False
        return True


def make_online(settings: Settings) -> Online | None:
    """Return how to find out; none when the settings name no address."""
    if not settings.online_checks:
        return None
    guard = Guard(_ANYWHERE, user_agent=user_agent(settings), proxy=settings.probe_proxy)
    return Online(settings.online_checks, guard)
