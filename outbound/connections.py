"""One hop: connections that go to a checked address and that the watchdog can cut."""

from __future__ import annotations

import logging
import socket
import ssl
import time
from collections.abc import Sequence
from typing import Any

from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection

from outbound import addresses, certificates
from outbound.addresses import Network
from outbound.certificates import Ending
from outbound.errors import Code, TimedOut
from outbound.families import Families, family_of
from outbound.names import Resolver
from outbound.watchdog import Watch, Watchdog

# It logs a traceback for each header it cannot parse: a server must not write into our log.
logging.getLogger("urllib3").setLevel(logging.ERROR)
MOST_TRIED = 4
"""Addresses of one name that a connection tries; all of them are checked."""
MOST_OF_A_FAMILY = 2
PATIENCE = 2.5
"""Seconds for an address when there is another: two packets may ask in that time."""
FAIR = 1.0
"""Seconds; a time-out after less says nothing of the server."""


class Hop:
    """What one connection may use: who resolves, which networks, until when. Close it after."""

    def __init__(
        self,
        resolver: Resolver,
        watchdog: Watchdog,
        *,
        allowed: Sequence[Network],
        deadline: float,
        families: Families | None = None,
    ) -> None:
        self.resolver = resolver
        self.watchdog = watchdog
        self.families = families or Families()
        self.allowed = allowed
        self.deadline = deadline
        self.certificate: Ending | None = None
        self._watches: list[Watch] = []

    @property
    def left(self) -> float:
        """Seconds; raises TimedOut when there are none."""
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise TimedOut(Code.TIMEOUT, "no answer in time")
        return left

    def open(self, host: str, port: int, *, trusted: bool = False) -> socket.socket:
        """Look the name up once, check all it returns, connect to one; raises OutboundError.

        `trusted`: the proxy of our own settings, which may stand anywhere.
        """
        found = self.checked(host, trusted=trusted)
        found = self.families.in_order(host, port, found)[:MOST_TRIED]
        tried: dict[str, OSError | None] = {}
        for place, address in enumerate(found):
            share = self._share(len(found) - place)
            try:
                sock = self._connect(address, port, timeout=share)
            except OSError as error:
                if place == len(found) - 1:
                    raise
                tried[address] = _fair(error, share)
            else:
                self.families.answered(address)
                left = {family_of(other) for other in found[place:]}
                if not trusted and any(family_of(other) not in left for other in tried):
                    self.families.hear(host, port, tried | {address: None})
                return sock
        raise AssertionError("a name without address was let through")

    def try_each_family(self, host: str, port: int) -> None:
        """Open a bare connection in each family of a host that has two; raises OutboundError."""
        found = self.checked(host)
        tried: dict[str, OSError | None] = {}
        families = {family_of(address) for address in found}
        for family in families if len(families) > 1 else ():
            several = [address for address in found if family_of(address) == family]
            for address in several[:MOST_OF_A_FAMILY]:
                share = min(self.left / (MOST_TRIED - len(tried)), PATIENCE)
                tried[address] = self._try(address, port, timeout=share)
                if tried[address] is None:
                    break
        self.families.hear(host, port, tried)

    def checked(self, host: str, *, trusted: bool = False, every: bool = False) -> list[str]:
        """The addresses of a host that may be asked; raises Refused when there are none.

        `every`: one forbidden address is enough to refuse, for when somebody else will choose.
        """
        if addresses.as_literal(host) is not None:
            found = [host]
        else:
            found = self.resolver.addresses(host, deadline=self.deadline)
        if trusted:
            return found
        refused = {a: r for a in found if (r := addresses.refusal(a, self.allowed)) is not None}
        if refused and (every or len(refused) == len(found)):
            raise next(iter(refused.values()))
        return [address for address in found if address not in refused]

    def close(self) -> None:
        while self._watches:
            self.watchdog.release(self._watches.pop())

    def _share(self, several: int) -> float:
        """Seconds for the first of so many addresses; the last may use what is left."""
        share = self.left / several
        return share if several == 1 else min(share, PATIENCE)

    def _try(self, address: str, port: int, *, timeout: float) -> OSError | None:
        try:
            self._connect(address, port, timeout=timeout).close()
        except OSError as error:
            return _fair(error, timeout)
        self.families.answered(address)
        return None

    def _connect(self, address: str, port: int, *, timeout: float) -> socket.socket:
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        sock = socket.socket(family, socket.SOCK_STREAM)
        try:
            sock.settimeout(timeout)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            sock.connect((address, port))
            sock.settimeout(self.left)
            self._watches.append(self.watchdog.watch(sock, self.deadline))
        except BaseException:
            sock.close()
            raise
        return sock


def _fair(error: OSError, seconds: float) -> OSError:
    """The error, or none that means anything when there was too little time."""
    return OSError() if isinstance(error, TimeoutError) and seconds < FAIR else error


class _Plain(HTTPConnection):
    def __init__(self, *args: Any, hop: Hop, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.hop = hop

    def _new_conn(self) -> socket.socket:
        # The host without its last dot would be looked up in the search domains of this machine.
        return self.hop.open(self._dns_host, self.port, trusted=self.proxy is not None)


class _Tls(HTTPSConnection):
    def __init__(self, *args: Any, hop: Hop, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.hop = hop

    def _new_conn(self) -> socket.socket:
        return self.hop.open(self._dns_host, self.port, trusted=self.proxy is not None)

    def connect(self) -> None:
        super().connect()
        if isinstance(self.sock, ssl.SSLSocket):
            self.hop.certificate = certificates.ending(self.sock)


class PlainPool(HTTPConnectionPool):
    ConnectionCls = _Plain


class TlsPool(HTTPSConnectionPool):
    ConnectionCls = _Tls
