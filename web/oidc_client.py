"""Requests to the identity provider: within a deadline and a size, never led elsewhere."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore
from typing import Any

import requests
from authlib.integrations.base_client import OAuthError
from authlib.integrations.requests_client import OAuth2Session
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool
from urllib3.exceptions import HTTPError
from urllib3.util import parse_url

from outbound import OutboundError
from outbound.adapter import tls_context
from outbound.connections import Hop, PlainPool, TlsPool
from outbound.names import Resolver
from outbound.watchdog import Watchdog
from web.oidc_failures import Failure, FailureError

SECONDS = 8.0
"""For all that one sign-in asks of the provider."""
MOST_BYTES = 1_000_000
MOST_AT_ONCE = 3
"""Threads of a worker that a slow provider may hold; the others go on serving pages."""
PATIENCE = 1.0
_CHUNK = 16 * 1024
_CLIENT_FAULTS = frozenset({"invalid_client", "unauthorized_client", "unsupported_grant_type"})


class Line:
    """The way to one provider: its address is a setting, which may be private."""

    def __init__(self) -> None:
        self._resolver = Resolver()
        self._watchdog = Watchdog()
        self._places = BoundedSemaphore(MOST_AT_ONCE)

    @contextmanager
    def open(self, seconds: float = SECONDS, **options: Any) -> Iterator[OAuth2Session]:
        """Give a client for one exchange; raises FailureError for whatever goes wrong in it."""
        if not self._places.acquire(timeout=PATIENCE):
            raise FailureError(Failure.PROVIDER_BUSY)
        deadline = time.monotonic() + seconds
        hop = _OwnHop(self._resolver, self._watchdog, allowed=(), deadline=deadline)
        try:
            with OAuth2Session(**options) as session, _translated():
                session.trust_env = False
                session.headers["User-Agent"] = "La Trousse"
                session.mount("http://", _Adapter(hop))
                session.mount("https://", _Adapter(hop))
                yield session
        finally:
            hop.close()
            self._places.release()


def read_json(session: OAuth2Session, address: str) -> dict[str, Any]:
    """Ask for a public document of the provider; raises FailureError."""
    response = session.get(address, withhold_token=True, allow_redirects=False)
    return json_of(response)


def json_of(response: requests.Response) -> dict[str, Any]:
    check_status(response)
    found = response.json()
    if not isinstance(found, dict):
        raise FailureError(Failure.PROVIDER_ODD, "expected a JSON object")
    return found


def check_status(response: requests.Response) -> None:
    if response.status_code >= requests.codes.server_error:
        raise FailureError(Failure.PROVIDER_AWAY, f"HTTP {response.status_code}")
    if response.status_code != requests.codes.ok:
        raise FailureError(Failure.PROVIDER_ODD, f"HTTP {response.status_code}")


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except OAuthError as error:
        faulty = Failure.CLIENT_REFUSED if error.error in _CLIENT_FAULTS else Failure.CODE_REFUSED
        raise FailureError(faulty, _code(error.error)) from error
    except requests.exceptions.JSONDecodeError as error:
        raise FailureError(Failure.PROVIDER_ODD, "not JSON") from error
    except (requests.RequestException, HTTPError, OutboundError, OSError) as error:
        detail = getattr(error, "code", None) or type(error).__name__
        raise FailureError(Failure.PROVIDER_AWAY, str(detail)) from error
    except ValueError as error:
        raise FailureError(Failure.PROVIDER_ODD, type(error).__name__) from error


def _code(text: Any) -> str:
    """Return what OAuth calls an error, and nothing that somebody slipped in with it."""
    said = str(text)[:40]
    return said if said.replace("_", "").isalnum() else "?"


class _OwnHop(Hop):
    def open(self, host: str, port: int, *, trusted: bool = True) -> Any:
        del trusted  # the operator chose the address
        return super().open(host, port, trusted=True)


class _Adapter(HTTPAdapter):
    """Gives each request a connection that is cut at the deadline, and reads all of the answer."""

    def __init__(self, hop: Hop) -> None:
        super().__init__(max_retries=0)
        self._hop = hop

    def get_connection_with_tls_context(
        self, request: requests.PreparedRequest, *_args: Any, **_kwargs: Any
    ) -> HTTPConnectionPool:
        place = parse_url(request.url or "")
        options: dict[str, Any] = {"hop": self._hop, "maxsize": 1}
        host = place.host or ""
        if place.scheme == "https":
            return TlsPool(host, place.port or 443, ssl_context=tls_context(), **options)
        return PlainPool(host, place.port or 80, **options)

    def cert_verify(self, *args: Any, **kwargs: Any) -> None:
        """The shared context verifies."""

    def send(
        self, request: requests.PreparedRequest, *_args: Any, **_kwargs: Any
    ) -> requests.Response:
        response = super().send(request, stream=True, timeout=self._hop.left)
        body = bytearray()
        try:
            while chunk := response.raw.read(_CHUNK, decode_content=True):
                body += chunk
                if len(body) > MOST_BYTES:
                    raise FailureError(Failure.PROVIDER_ODD, "answer too large")
        finally:
            response.close()
        self._hop.left  # noqa: B018 - raises when the deadline has passed
        response._content = bytes(body)  # noqa: SLF001 - requests has no other way to hand it over
        response._content_consumed = True  # type: ignore[attr-defined]  # noqa: SLF001
        return response
