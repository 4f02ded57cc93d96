"""Asks one address, redirects included, within a deadline and a size; never more than allowed."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from http import HTTPStatus
from pathlib import Path
from urllib.parse import urljoin

from requests import Response
from requests.structures import CaseInsensitiveDict

from outbound import addresses
from outbound.adapter import Adapter, Request, tls_context
from outbound.addresses import Network, Place
from outbound.connections import Hop
from outbound.errors import BadAnswer, Code, NameFailed, OutboundError, Refused, TimedOut, translate
from outbound.families import Families
from outbound.names import Resolver
from outbound.watchdog import Watchdog

CHUNK = 16 * 1024
ENOUGH = 4.0
"""Seconds in which each family of a host can be tried."""
REDIRECTS = frozenset({301, 302, 303, 307, 308})
# Never sent to another host than the one they were meant for.
CREDENTIALS = frozenset({"authorization", "cookie", "proxy-authorization"})


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What came back, body decoded."""

    status: int
    headers: Mapping[str, str]
    """Names in any case."""
    body: bytes
    """As long as was asked for, at most."""
    is_cut: bool
    """There was more of it, which was not read."""
    url: str
    """Where the answer came from, after redirects."""
    latency: float
    """Seconds from the first look-up to the last byte, redirects included."""
    certificate_until: datetime | None
    """The first end of the chain that was verified."""
    hops: int
    """Requests made: 1 without redirect."""
    intermediate_first: bool = False
    """That end is the one of an intermediate certificate."""


class Guard:
    """Safe for threads; one per process is enough.

    `allowed_networks` lists private networks that may be asked all the same. With a `proxy`
    (from the settings, never from the environment) names that this machine cannot look up are left
    to it: the proxy must then itself keep requests out of private networks.
    """

    def __init__(
        self,
        allowed_networks: Sequence[Network] = (),
        *,
        user_agent: str,
        proxy: str | None = None,
        resolver: Resolver | None = None,
        ca_file: Path | None = None,
    ) -> None:
        self._allowed = tuple(allowed_networks)
        self._user_agent = user_agent
        self._proxies = {"http": proxy, "https": proxy} if proxy else {}
        self._resolver = resolver or Resolver()
        self._watchdog = Watchdog()
        self._families = Families()
        self._adapter = Adapter(tls_context(ca_file), proxy)

    def fetch(  # noqa: PLR0913 - each bound has a name of its own
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
        deadline_seconds: float = 10.0,
        max_bytes: int = 256 * 1024,
        max_redirects: int = 3,
        same_site_redirects: bool = True,
    ) -> Answer:
        """The final answer, whatever its status, cut after `max_bytes`; raises OutboundError.

        With `same_site_redirects` a redirect to another site, or from https to http, is itself the
        answer: what another host says proves nothing about this one.
        """
        started = time.monotonic()
        deadline = started + deadline_seconds
        asked = _Asked(method, addresses.read_url(url), dict(headers or {}), body, max_bytes)
        for hops in range(1, max_redirects + 2):
            answer = self._exchange(asked, deadline=deadline)
            following = _following(asked, answer, same_site=same_site_redirects)
            if following is None or max_redirects == 0:
                return replace(answer, latency=time.monotonic() - started, hops=hops)
            asked = following
        raise BadAnswer(Code.TOO_MANY_REDIRECTS, f"more than {max_redirects} redirects")

    def connect(self, host: str, port: int, *, deadline_seconds: float = 10.0) -> float:
        """Seconds that opening (and closing) a bare connection took; raises OutboundError.

        Always direct, also with a proxy.
        """
        started = time.monotonic()
        name = addresses.read_host(host)
        addresses.read_port(port, also=addresses.TCP_PORTS)
        hop = self._hop(started + deadline_seconds)
        try:
            hop.open(name, port).close()
        except OSError as error:
            raise translate(error) from error
        finally:
            hop.close()
        return time.monotonic() - started

    def silent_address(self, host: str, port: int, *, deadline_seconds: float) -> str | None:
        """An address of a family (IPv4, IPv6) that does not answer while the other does.

        None: all answer, or nobody can tell. Ask after a good answer: mostly from memory, and now
        and then by a bare connection in each family, since an answer uses one of them alone.
        """
        try:
            name = addresses.read_host(host)
        except Refused:
            return None
        if self._proxies or addresses.as_literal(name) or deadline_seconds < ENOUGH:
            return None
        if self._families.claim(name, port):
            hop = self._hop(time.monotonic() + deadline_seconds)
            with contextlib.suppress(OutboundError):
                hop.try_each_family(name, port)
            hop.close()
        return self._families.silent(name, port)

    def _hop(self, deadline: float) -> Hop:
        return Hop(
            self._resolver,
            self._watchdog,
            families=self._families,
            allowed=self._allowed,
            deadline=deadline,
        )

    def _exchange(self, asked: _Asked, *, deadline: float) -> Answer:
        hop = self._hop(deadline)
        try:
            answer = self._send(asked, hop)
        except Exception as error:
            # Cut at its deadline a connection looks closed or garbled: say what really happened.
            if time.monotonic() >= deadline and not isinstance(error, NameFailed):
                raise TimedOut(Code.TIMEOUT, "no answer in time") from error
            if isinstance(error, OutboundError):
                raise
            raise translate(error) from error
        finally:
            hop.close()
        if time.monotonic() >= deadline:
            raise TimedOut(Code.TIMEOUT, "no answer in time")
        return answer

    def _send(self, asked: _Asked, hop: Hop) -> Answer:
        request = Request(hop, asked.place)
        request.prepare(
            method=asked.method,
            url=asked.place.url,
            headers={
                "Accept": "*/*",
                "Cache-Control": "no-cache",
                "Connection": "close",  # a profile may ask for an upgrade instead
                **asked.headers,
                "User-Agent": self._user_agent,
                "Accept-Encoding": "identity",
            },
            data=asked.body,
        )
        if self._proxies:
            self._check_for_proxy(asked.place, hop)
        response = self._adapter.send(
            request, stream=True, timeout=hop.left, proxies=dict(self._proxies)
        )
        try:
            return _answer(response, asked, hop)
        finally:
            response.close()

    def _check_for_proxy(self, place: Place, hop: Hop) -> None:
        """The proxy connects, so the address cannot be pinned; what we can see we refuse."""
        try:
            hop.checked(place.host, every=True)
        except NameFailed:
            return


@dataclass(frozen=True)
class _Asked:
    method: str
    place: Place
    headers: dict[str, str]
    body: bytes | None
    max_bytes: int


def _answer(response: Response, asked: _Asked, hop: Hop) -> Answer:
    body = bytearray()
    while len(body) <= asked.max_bytes and (chunk := response.raw.read(CHUNK, decode_content=True)):
        body += chunk
        hop.left  # noqa: B018 - raises when the deadline has passed
    return Answer(
        status=response.status_code,
        headers=CaseInsensitiveDict(response.headers),
        body=bytes(body[: asked.max_bytes]),
        is_cut=len(body) > asked.max_bytes,
        url=asked.place.url,
        latency=0.0,
        certificate_until=hop.certificate.at if hop.certificate else None,
        hops=1,
        intermediate_first=hop.certificate is not None and hop.certificate.intermediate,
    )


def _following(asked: _Asked, answer: Answer, *, same_site: bool) -> _Asked | None:
    """The request that a redirect asks for, checked like the first; None: nothing to follow."""
    location = answer.headers.get("Location")
    if answer.status not in REDIRECTS or not location:
        return None
    try:
        place = addresses.read_url(urljoin(asked.place.url, location))
    except ValueError as error:
        raise Refused(Code.REFUSED_ADDRESS, f"not an address: {location!r}") from error
    if same_site and not _is_same_site(asked.place, place):
        return None
    headers = asked.headers
    if place.host != asked.place.host:
        headers = {k: v for k, v in headers.items() if k.lower() not in CREDENTIALS}
    becomes_get = answer.status in {HTTPStatus.MOVED_PERMANENTLY, HTTPStatus.FOUND}
    if answer.status == HTTPStatus.SEE_OTHER or (becomes_get and asked.method == "POST"):
        method = "HEAD" if asked.method == "HEAD" else "GET"
        return _Asked(method, place, headers, None, asked.max_bytes)
    return _Asked(asked.method, place, headers, asked.body, asked.max_bytes)


def _is_same_site(here: Place, there: Place) -> bool:
    """The same host, or one a name below the other (www), and never down from https to http."""
    if here.scheme == "https" and there.scheme == "http":
        return False
    if here.host == there.host:
        return True
    if here.literal is not None or there.literal is not None:
        return False
    return here.host.endswith("." + there.host) or there.host.endswith("." + here.host)
