"""When what a server proved itself with ends: its own certificate, and those that vouch for it."""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

Info = Mapping[str, Any]
"""A certificate as the ssl module spells it."""


@dataclass(frozen=True, kw_only=True)
class Ending:
    """The first end of a chain: from then on nobody believes the server."""

    at: datetime
    intermediate: bool
    """It is the end of a certificate between the server's own and the root."""


def ending(sock: ssl.SSLSocket) -> Ending | None:
    """Return the earliest end of what was verified, the root left out; none: nothing was."""
    leaf, *above = _chain(sock) or [sock.getpeercert() or {}]
    first = _end(leaf)
    if first is None:
        return None
    # A root ends without harm: it is trusted because this machine lists it.
    ends = [end for info in above if not _signs_itself(info) and (end := _end(info))]
    earliest = min([first, *ends])
    return Ending(at=earliest, intermediate=earliest < first)


def _chain(sock: ssl.SSLSocket) -> list[Info]:
    """Return the verified chain, the server's own certificate first; empty: nobody can tell.

    The way in is private because 3.11 and 3.12 have no other: `SSLSocket.get_verified_chain` came
    with 3.13, and gives DER that the standard library cannot read. A Python that does it in
    another way leaves us what `getpeercert` tells.
    """
    try:
        found: Any = sock._sslobj.get_verified_chain()  # type: ignore[attr-defined] # noqa: SLF001
        return [certificate.get_info() for certificate in found or ()]
    except (AttributeError, TypeError, ValueError, ssl.SSLError):
        return []


def _signs_itself(info: Info) -> bool:
    return info.get("issuer") == info.get("subject")


def _end(info: Info) -> datetime | None:
    text = info.get("notAfter")
    if not isinstance(text, str):
        return None
    return datetime.fromtimestamp(ssl.cert_time_to_seconds(text), UTC)
