"""Where the catalogue comes from: a file, or an https address asked with its last ETag."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import urljoin

import requests
from requests.adapters import HTTPAdapter

from catalogue.problems import Code, Problem, Value
from catalogue.yaml_reader import MOST_BYTES
from outbound.adapter import tls_context

CONNECT_SECONDS = 5
READ_SECONDS = 10
MOST_SECONDS = 30
"""For the whole exchange: a server that sends one byte now and then is too slow."""
MOST_REDIRECTS = 5
SETTLING_SECONDS = 1.0
"""A file written less long ago may still be being written."""
_CHUNK = 65536


class SourceError(Exception):
    """The source gave nothing to read; `problem` says why."""

    def __init__(self, code: Code, source: str, **values: Value) -> None:
        self.problem = Problem(code=code, file=source, line=1, column=1, values=values)
        super().__init__(f"{source}: {code} {values or ''}".strip())


@dataclass(frozen=True, kw_only=True)
class Fetched:
    content: bytes
    etag: str | None
    """To give back at the next reading; for a file, a digest of its content."""
    modified_at: datetime | None = None
    """When the source says that it last changed."""


@dataclass(frozen=True)
class NotModified:
    """The source still holds what had this ETag."""


def read_source(
    source: str,
    *,
    etag: str | None = None,
    seconds: float = MOST_SECONDS,
    certificates: str | None = None,
    pause: Callable[[float], None] = time.sleep,
) -> Fetched | NotModified:
    """Read a path or an https address; raises SourceError.

    `certificates` names a file of certification authorities to trust instead of the usual ones:
    the system's and Mozilla's, or those that SSL_CERT_FILE names and Mozilla's.
    """
    if "://" not in source:
        return _read_file(source, etag, pause)
    if not source.startswith("https://"):
        raise SourceError(Code.SOURCE_REDIRECT, source, address=source)
    return _in_time(source, seconds, lambda: _read_address(source, etag, certificates))


def _read_file(
    source: str, etag: str | None, pause: Callable[[float], None]
) -> Fetched | NotModified:
    path = Path(source)
    try:
        content = _bounded(path, source)
        written = path.stat().st_mtime
        if time.time() - written < SETTLING_SECONDS:
            pause(SETTLING_SECONDS / 5)
            if _bounded(path, source) != content:
                raise SourceError(Code.SOURCE_CHANGING, source)
    except FileNotFoundError as error:
        raise SourceError(Code.SOURCE_MISSING, source) from error
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise SourceError(Code.SOURCE_UNREADABLE, source, reason=reason) from error
    digest = hashlib.sha256(content).hexdigest()
    if digest == etag:
        return NotModified()
    return Fetched(content=content, etag=digest, modified_at=datetime.fromtimestamp(written, UTC))


def _bounded(path: Path, source: str) -> bytes:
    # A pipe or a device would never end.
    if path.exists() and not path.is_file():
        raise SourceError(Code.SOURCE_UNREADABLE, source, reason="not a file")
    with path.open("rb") as file:
        content = file.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise SourceError(Code.TOO_LARGE, source, limit=MOST_BYTES, size=path.stat().st_size)
    return content


def _in_time(
    source: str, seconds: float, read: Callable[[], Fetched | NotModified]
) -> Fetched | NotModified:
    """Give up after so many seconds, whatever the exchange is at.

    Headers that come byte by byte keep every time-out of the client away; only a clock outside
    sees them. The thread left behind ends with its connection.
    """
    outcome: list[Fetched | NotModified | Exception] = []

    def run() -> None:
        try:
            outcome.append(read())
        except Exception as error:  # noqa: BLE001 (raised again by the caller's thread)
            outcome.append(error)

    thread = Thread(target=run, name="catalogue-source", daemon=True)
    thread.start()
    thread.join(seconds)
    if not outcome:
        raise SourceError(Code.SOURCE_TOO_SLOW, source, seconds=int(seconds))
    if isinstance(outcome[0], requests.Timeout):
        raise SourceError(Code.SOURCE_TOO_SLOW, source, seconds=READ_SECONDS) from outcome[0]
    if isinstance(outcome[0], requests.RequestException | OSError | ValueError):
        reason = type(outcome[0]).__name__
        raise SourceError(Code.SOURCE_UNREACHABLE, source, reason=reason) from outcome[0]
    if isinstance(outcome[0], Exception):
        raise outcome[0]
    return outcome[0]


class _TrustedAdapter(HTTPAdapter):
    """Verifies by our own TLS context: requests would trust Mozilla's list alone."""

    def __init__(self, certificates: str | None) -> None:
        self._context = tls_context(Path(certificates) if certificates else None)
        super().__init__(max_retries=0)

    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        super().init_poolmanager(*args, **options, ssl_context=self._context)

    def cert_verify(self, *args: Any, **kwargs: Any) -> None:
        """Leave it to the context."""


def _read_address(source: str, etag: str | None, certificates: str | None) -> Fetched | NotModified:
    with requests.Session() as session:
        session.trust_env = False
        session.mount("https://", _TrustedAdapter(certificates))
        session.headers["Accept"] = "application/yaml, text/yaml, text/plain;q=0.9, */*;q=0.1"
        if etag:
            session.headers["If-None-Match"] = etag
        with _follow(session, source) as response:
            if response.status_code == requests.codes.not_modified and etag:
                return NotModified()
            if response.status_code != requests.codes.ok:
                raise SourceError(Code.SOURCE_STATUS, source, status=response.status_code)
            return Fetched(
                content=_body(response, source),
                etag=response.headers.get("ETag"),
                modified_at=_instant(response.headers.get("Last-Modified")),
            )


def _instant(header: str | None) -> datetime | None:
    try:
        found = parsedate_to_datetime(header) if header else None
    except ValueError:
        return None
    # "-0000" says nothing of the zone.
    return found if found and found.tzinfo else None


def _follow(session: requests.Session, source: str) -> requests.Response:
    """Ask, and go where a redirect leads as long as it stays on https."""
    address = source
    for _ in range(MOST_REDIRECTS + 1):
        response = session.get(
            address, stream=True, allow_redirects=False, timeout=(CONNECT_SECONDS, READ_SECONDS)
        )
        if not response.is_redirect:
            return response
        response.close()
        address = urljoin(address, response.headers["Location"])
        if not address.startswith("https://"):
            break
    raise SourceError(Code.SOURCE_REDIRECT, source, address=address)


def _body(response: requests.Response, source: str) -> bytes:
    content = bytearray()
    for chunk in response.iter_content(_CHUNK):
        content += chunk
        if len(content) > MOST_BYTES:
            raise SourceError(Code.TOO_LARGE, source, limit=MOST_BYTES, size=len(content))
    return bytes(content)
