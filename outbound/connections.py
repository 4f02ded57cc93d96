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
from outbound.names import Resolver
from outbound.watchdog import Watch, Watchdog

# It logs a traceback for each header it cannot parse: a server must not write into our log.
logging.getLogger("urllib3").setLevel(logging.ERROR)
MOST_TRIED = 4
"""Addresses of one name that a connection tries; all of them are checked."""


class Hop:
    """What one connection may use: who resolves, which networks, until when. Close it after."""

    def __init__(
        self,
        resolver: Resolver,
        watchdog: Watchdog,
        *,
        allowed: Sequence[Network],
        deadline: float,
    ) -> None:
        self.resolver = resolver
        self.watchdog = watchdog
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
        found = self.checked(host, trusted=trusted)[:MOST_TRIED]
        for place, address in enumerate(found):
            share = self.left / (len(found) - place)
            try:
                return self._connect(address, port, timeout=share)
            except OSError:
                if place == len(found) - 1:
                    raise
        raise AssertionError("a name without address was let through")

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
