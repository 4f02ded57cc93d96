"""Whose page is asked for: the académie's own host, the language, and where links lead."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from instances.directory import Directory
from instances.schema import RESERVED_SEGMENTS
from settings import Network

ENGLISH = "/en"
_SITE_WIDE = RESERVED_SEGMENTS - {"etat"}
"""First segments that an académie's own host leaves alone; its state page is its own."""
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})

OWN_SLUG = "trousse.own_slug"
LANGUAGE = "trousse.language"
KNOWN_HOST = "trousse.known_host"


@dataclass(frozen=True)
class Place:
    """What a host name stands for."""

    known: bool
    own_slug: str | None = None
    """Of the académie that this host belongs to."""


def host_name(host: str) -> str:
    """Return the name in a Host header, without its port."""
    if host.startswith("["):
        return host[1:].partition("]")[0].lower()
    return host.partition(":")[0].lower()


def place_of(name: str, public_url: str, directory: Directory) -> Place:
    """Tell what a host name stands for; the machine itself may always ask."""
    card = directory.by_host(name)
    if card is not None:
        return Place(known=True, own_slug=card.slug)
    return Place(known=name in _LOOPBACK or name == urlsplit(public_url).hostname)


def rewrite(environ: dict[str, Any], place: Place) -> None:
    """Take the language out of the path, and put the slug that a host of its own leaves out."""
    path = environ.get("PATH_INFO", "") or "/"
    environ[LANGUAGE] = "fr"
    if path == ENGLISH or path.startswith(f"{ENGLISH}/"):
        environ[LANGUAGE] = "en"
        path = path[len(ENGLISH) :] or "/"
    environ[OWN_SLUG] = place.own_slug
    environ[KNOWN_HOST] = place.known
    first = path[1:].partition("/")[0]
    if place.own_slug and first not in _SITE_WIDE and first != place.own_slug:
        path = f"/{place.own_slug}{path}"
    environ["PATH_INFO"] = path


def is_slugged_on_own_host(environ: dict[str, Any], place: Place) -> bool:
    """Tell whether an académie's own host is asked with its slug, which it does without."""
    if place.own_slug is None:
        return False
    path: str = environ.get("PATH_INFO", "")
    bare = path[len(ENGLISH) :] if path.startswith(f"{ENGLISH}/") else path
    return bare[1:].partition("/")[0] == place.own_slug


def client_address(environ: dict[str, Any], trusted: tuple[Network, ...]) -> str:
    """Return who asks; a forwarded address counts only when a trusted proxy says it."""
    address: str = environ.get("REMOTE_ADDR", "") or "127.0.0.1"
    forwarded = environ.get("HTTP_X_FORWARDED_FOR", "")
    for hop in reversed([item.strip() for item in forwarded.split(",") if item.strip()]):
        if not is_in(address, trusted):
            break
        address = hop
    return address


def is_forwarded_by_a_stranger(environ: dict[str, Any], trusted: tuple[Network, ...]) -> bool:
    """Tell whether somebody else is behind the peer, and nothing says that it can be believed.

    A proxy on this very machine would otherwise lend everybody its own address.
    """
    said = any(
        environ.get(f"HTTP_{name}") for name in ("X_FORWARDED_FOR", "FORWARDED", "X_REAL_IP")
    )
    return said and not is_in(environ.get("REMOTE_ADDR", ""), trusted)


def is_in(address: str, networks: tuple[Network, ...]) -> bool:
    try:
        parsed = ip_address(address)
    except ValueError:
        return False
    return any(parsed in network for network in networks)
