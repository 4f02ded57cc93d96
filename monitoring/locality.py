"""Tells hosts of this machine or of a private network from those beyond our own network."""

from __future__ import annotations

import time
from urllib.parse import urlsplit

from monitoring.target import ProbeTarget
from outbound import addresses
from outbound.errors import NameFailed
from outbound.names import Resolver

LOOK_UP_SECONDS = 2.0


class Locality:
    """Remembers the answer for each host; safe for threads."""

    def __init__(self, resolver: Resolver | None = None) -> None:
        self._resolver = resolver or Resolver()
        self._known: dict[str, bool] = {}

    def is_local(self, target: ProbeTarget) -> bool:
        """Every address of its host is loopback or private; False when nobody knows its name."""
        host = urlsplit(target.url).hostname or ""
        if host not in self._known:
            found = self._look_up(host)
            if not found:
                return False
            self._known[host] = not any(_is_public(address) for address in found)
        return self._known[host]

    def _look_up(self, host: str) -> list[str]:
        if addresses.as_literal(host) is not None:
            return [host]
        try:
            return self._resolver.addresses(host, deadline=time.monotonic() + LOOK_UP_SECONDS)
        except NameFailed:
            return []


def _is_public(address: str) -> bool:
    literal = addresses.as_literal(address.partition("%")[0])
    return literal is not None and addresses.is_public(literal)
