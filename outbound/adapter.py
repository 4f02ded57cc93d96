"""The HTTP library, led through one hop: its connections are ours, and so is its TLS context."""

from __future__ import annotations

import functools
import ssl
from pathlib import Path
from typing import Any

import certifi
from requests import PreparedRequest
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool
from urllib3.util import parse_url

from outbound.addresses import Place
from outbound.connections import Hop, PlainPool, TlsPool


@functools.cache
def tls_context(ca_file: Path | None = None) -> ssl.SSLContext:
    """The one context of this process: making one costs as much as ten probes.

    Trusts the system's authorities (an académie may have its own) and Mozilla's list, or only
    `ca_file` when given.
    """
    if ca_file is not None:
        return ssl.create_default_context(cafile=str(ca_file))
    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    return context


class Request(PreparedRequest):
    """A request that knows its hop, so that one adapter serves all threads."""

    def __init__(self, hop: Hop, place: Place) -> None:
        super().__init__()
        self.hop = hop
        self.place = place


class Adapter(HTTPAdapter):
    """Gives each request a pool of its own, whose only connection goes through its hop.

    Connections are not kept: one that was opened a minute ago proves nothing about the name, the
    certificate and the listener of now.
    """

    def __init__(self, context: ssl.SSLContext, proxy: str | None) -> None:
        super().__init__(max_retries=0)
        self._context = context
        self._proxy = parse_url(proxy) if proxy else None
        self._proxy_headers = self.proxy_headers(proxy) if proxy else {}

    def get_connection_with_tls_context(
        self, request: PreparedRequest, *_args: Any, **_kwargs: Any
    ) -> HTTPConnectionPool:
        assert isinstance(request, Request)  # noqa: S101 - for the type checker
        place = request.place
        options: dict[str, Any] = {"hop": request.hop, "maxsize": 1}
        if self._proxy is not None:
            options |= {"_proxy": self._proxy, "_proxy_headers": self._proxy_headers}
        if place.scheme == "https":
            return TlsPool(place.host, place.port, ssl_context=self._context, **options)
        if self._proxy is not None:  # it is asked for the whole address; https goes through it
            return PlainPool(self._proxy.host or "", self._proxy.port or 80, **options)
        return PlainPool(place.host, place.port, **options)

    def cert_verify(self, *args: Any, **kwargs: Any) -> None:
        """The shared context verifies; requests would load a bundle for each connection."""
