"""Does a site answer under its own name? Some say in their answers which one that is."""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import urlsplit

from monitoring.profiles.recipe import UnlikeError
from outbound import Answer


def require_own_address(answer: Answer, declared: object) -> None:
    """Raise UnlikeError when the site says that it lives at another name than the one asked.

    `declared` is an address with or without scheme. A shared server gives the site of somebody
    else for a name it does not know, with 200. Addresses by number and names without a dot are
    those of an inner network, where a site may be watched under another name than its own.
    """
    own = _host(declared if isinstance(declared, str) else "")
    asked = _host(answer.url)
    if own and asked and _is_public(asked) and _bare(own) != _bare(asked):
        raise UnlikeError("wrong-host")


def asked_by_public_name(answer: Answer) -> bool:
    """True unless it was asked by a number or a name of an inner network."""
    return _is_public(_host(answer.url))


def _host(address: str) -> str:
    try:
        return (urlsplit(address).hostname or "").rstrip(".").lower()
    except ValueError:
        return ""


def _bare(host: str) -> str:
    return host.removeprefix("www.")


def _is_public(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return "." in host
    return False
