# ruff: noqa: N818 - "Refused" says it; the root of the family is OutboundError
"""Why a request gave no answer: a closed list of codes, and one translation to them."""

from __future__ import annotations

import errno
import http.client
import ssl
from collections.abc import Iterator
from enum import StrEnum

import urllib3.exceptions


class Code(StrEnum):
    REFUSED_ADDRESS = "refused-address"
    REFUSED_SCHEME = "refused-scheme"
    REFUSED_PORT = "refused-port"
    REFUSED_CREDENTIALS = "refused-credentials"
    NAME_NOT_FOUND = "name-not-found"
    NAME_TEMPORARY = "name-temporary"
    CONNECTION_REFUSED = "connection-refused"
    CONNECTION_RESET = "connection-reset"
    HOST_UNREACHABLE = "host-unreachable"
    NETWORK_UNREACHABLE = "network-unreachable"
    TIMEOUT = "timeout"
    TLS_EXPIRED = "tls-expired"
    TLS_WRONG_HOST = "tls-wrong-host"
    TLS_SELF_SIGNED = "tls-self-signed"
    TLS_UNTRUSTED = "tls-untrusted"
    TLS_FAILED = "tls-failed"
    TOO_MANY_REDIRECTS = "too-many-redirects"
    BAD_ANSWER = "bad-answer"
    LOCAL_FAULT = "local-fault"


class OutboundError(Exception):
    """No answer that can be used; `code` says why, the message adds what people need to look."""

    def __init__(self, code: Code, detail: str) -> None:
        self.code = code
        self.detail = detail
        super().__init__(f"{code}: {detail}")


class Refused(OutboundError):
    """We would not ask: scheme, port, spelling or network. Says nothing about the server."""


class NameFailed(OutboundError):
    """The name does not exist (name-not-found) or could not be looked up now (name-temporary)."""


class ConnectionFailed(OutboundError):
    """Nobody listens, the connection was cut, or no route leads there."""


class TimedOut(OutboundError):
    """The deadline passed, whatever had been read by then."""


class TlsFailed(OutboundError):
    """The certificate or the handshake is wrong."""


class BadAnswer(OutboundError):
    """Something answered, but not HTTP within our limits."""


class LocalFault(OutboundError):
    """We could not even try (no descriptor left, no memory)."""


# OpenSSL's verification results, from x509_vfy.h.
_CERTIFICATE_CODES = {
    9: Code.TLS_EXPIRED,  # not yet valid: the dates are wrong either way
    10: Code.TLS_EXPIRED,
    18: Code.TLS_SELF_SIGNED,
    62: Code.TLS_WRONG_HOST,
    64: Code.TLS_WRONG_HOST,  # an address instead of a name
}
Meaning = tuple[type[OutboundError], Code]
# The first line that fits wins: a subclass stands above its parent.
_BY_TYPE: tuple[tuple[type[BaseException], Meaning], ...] = (
    (ssl.SSLEOFError, (ConnectionFailed, Code.CONNECTION_RESET)),
    (ssl.SSLZeroReturnError, (ConnectionFailed, Code.CONNECTION_RESET)),
    (ssl.SSLError, (TlsFailed, Code.TLS_FAILED)),
    (TimeoutError, (TimedOut, Code.TIMEOUT)),
    (urllib3.exceptions.TimeoutError, (TimedOut, Code.TIMEOUT)),
    (ConnectionRefusedError, (ConnectionFailed, Code.CONNECTION_REFUSED)),
    (ConnectionError, (ConnectionFailed, Code.CONNECTION_RESET)),
    (http.client.HTTPException, (BadAnswer, Code.BAD_ANSWER)),
    (urllib3.exceptions.DecodeError, (BadAnswer, Code.BAD_ANSWER)),
)
_BY_NUMBER: dict[int | None, Meaning] = {
    errno.EHOSTUNREACH: (ConnectionFailed, Code.HOST_UNREACHABLE),
    errno.ENETUNREACH: (ConnectionFailed, Code.NETWORK_UNREACHABLE),
    errno.ENETDOWN: (ConnectionFailed, Code.NETWORK_UNREACHABLE),
    errno.EADDRNOTAVAIL: (ConnectionFailed, Code.NETWORK_UNREACHABLE),
    errno.EMFILE: (LocalFault, Code.LOCAL_FAULT),
    errno.ENFILE: (LocalFault, Code.LOCAL_FAULT),
    errno.ENOBUFS: (LocalFault, Code.LOCAL_FAULT),
    errno.ENOMEM: (LocalFault, Code.LOCAL_FAULT),
}


def translate(error: BaseException) -> OutboundError:
    """The reason behind what the HTTP libraries wrapped, sometimes three times."""
    for layer in _layers(error):
        if isinstance(layer, OutboundError):
            return layer
        if isinstance(layer, ssl.SSLCertVerificationError):
            code = _CERTIFICATE_CODES.get(layer.verify_code, Code.TLS_UNTRUSTED)
            return TlsFailed(code, layer.verify_message or str(layer))
        meaning = _meaning(layer)
        if meaning is not None:
            kind, code = meaning
            return kind(code, str(layer) or type(layer).__name__)
    return BadAnswer(Code.BAD_ANSWER, f"{type(error).__name__}: {error}")


def _layers(error: BaseException) -> Iterator[BaseException]:
    """The error and all that it carries, the outermost first."""
    seen: set[int] = set()
    waiting: list[object] = [error]
    while waiting:
        layer = waiting.pop(0)
        if not isinstance(layer, BaseException) or id(layer) in seen:
            continue
        seen.add(id(layer))
        yield layer
        waiting += [getattr(layer, "reason", None), *layer.args]
        waiting += [layer.__cause__, layer.__context__]


def _meaning(layer: BaseException) -> Meaning | None:
    for kind, meaning in _BY_TYPE:
        if isinstance(layer, kind):
            return meaning
    return _BY_NUMBER.get(layer.errno) if isinstance(layer, OSError) else None
