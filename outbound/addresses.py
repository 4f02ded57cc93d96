"""Which addresses may be asked: schemes, spellings, ports and networks. Pure rules."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from urllib.parse import urlsplit

from outbound.errors import Code, Refused

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

DEFAULT_PORTS = {"http": 80, "https": 443}
LEAST_FREE_PORT = 1024
LONGEST_URL = 2000
LONGEST_NAME = 253
# Ports above 1023 where an HTTP request may do harm, or where an answer tells too much: databases,
# caches, brokers, container and cluster control, remote desktops, mail and chat relays.
DANGEROUS_PORTS = frozenset(
    {1080, 1433, 1521, 2049, 2181, 2375, 2376, 2377, 2379, 2380, 3128, 3306, 3389, 4369, 5432}
    | {5672, 5900, 5984, 5985, 5986, *range(6000, 6064), 6379, 6443, 6660, *range(6665, 6670)}
    | {6697, 7000, 7001, 8500, 9042, 9092, 9160, 9200, 9300, 10250, 10255, 11211, 27017, 27018}
)
# A bare connection sends nothing: the well-known ports of services we may watch are fine.
TCP_PORTS = frozenset({22, 25, 53, 80, 110, 143, 389, 443, 465, 587, 636, 853, 993, 995})

_NAME = re.compile(r"[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*\.?")
_NUMBER = re.compile(r"\d+|0x[0-9a-f]*")
_UNSAFE = re.compile(r"[\x00-\x20\x7f\\]")
_GLOBAL_V6 = IPv6Network("2000::/3")
_TRANSITION = {
    IPv6Network("::ffff:0:0/96"): 0,  # v4-mapped; the figure: bits to the right of the v4 address
    IPv6Network("::/96"): 0,  # v4-compatible
    IPv6Network("64:ff9b::/96"): 0,  # NAT64
    IPv6Network("64:ff9b:1::/48"): 0,  # NAT64 of a site
    IPv6Network("2002::/16"): 80,  # 6to4
}
_NOT_FOR_US = (
    IPv4Network("192.88.99.0/24"),  # 6to4 relays
    IPv6Network("3fff::/20"),  # documentation, unknown to Python 3.11
)


@dataclass(frozen=True, kw_only=True)
class Place:
    """A checked spelling of where to go; whether its host may be asked is decided later."""

    scheme: str
    host: str
    """Lower case, ASCII, without brackets."""
    port: int
    path: str
    """Path and query, at least "/"."""

    @property
    def literal(self) -> Address | None:
        return as_literal(self.host)

    @property
    def url(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        port = "" if self.port == DEFAULT_PORTS[self.scheme] else f":{self.port}"
        return f"{self.scheme}://{host}{port}{self.path}"


def read_url(url: str) -> Place:
    """Raises Refused; the request is made from the parts found here, never from `url` itself."""
    if len(url) > LONGEST_URL or _UNSAFE.search(url):
        raise Refused(Code.REFUSED_ADDRESS, "too long, or a blank, backslash or control character")
    try:
        parts = urlsplit(url)
        port = parts.port
        host = parts.hostname or ""
    except ValueError as error:
        raise Refused(Code.REFUSED_ADDRESS, f"not an address: {error}") from error
    if parts.scheme not in DEFAULT_PORTS:
        raise Refused(Code.REFUSED_SCHEME, f"expected http or https, found {parts.scheme!r}")
    if "@" in parts.netloc:
        raise Refused(Code.REFUSED_CREDENTIALS, "a name or password stands in the address")
    return Place(
        scheme=parts.scheme,
        host=read_host(host, bracketed="[" in parts.netloc),
        port=read_port(DEFAULT_PORTS[parts.scheme] if port is None else port),
        path=(parts.path or "/") + (f"?{parts.query}" if parts.query else ""),
    )


def read_host(host: str, *, bracketed: bool = False) -> str:
    """A name or a literal in its only plain spelling; raises Refused for every other."""
    if bracketed or ":" in host:
        return _read_v6(host)
    try:
        name = host.encode("idna").decode().lower()
    except UnicodeError as error:
        raise Refused(Code.REFUSED_ADDRESS, f"not a host name: {host!r}") from error
    if len(name) > LONGEST_NAME or not _NAME.fullmatch(name):
        raise Refused(Code.REFUSED_ADDRESS, f"not a host name: {host!r}")
    if _NUMBER.fullmatch(name.rstrip(".").rpartition(".")[2]) and as_literal(name) is None:
        # 2130706433, 0177.0.0.1, 0x7f.1, 127.1: the C library would read them as addresses.
        raise Refused(Code.REFUSED_ADDRESS, f"an address spelt in an odd way: {host!r}")
    return name


def _read_v6(host: str) -> str:
    address = as_literal(host)
    if address is None or "%" in host:
        raise Refused(Code.REFUSED_ADDRESS, f"not an IPv6 address without zone: {host!r}")
    return str(address)


def read_port(port: int, *, also: frozenset[int] = frozenset()) -> int:
    """80, 443, `also`, and the free range except where a request may do harm; raises Refused."""
    usual = port in DEFAULT_PORTS.values() or port in also
    if usual or (port >= LEAST_FREE_PORT and port not in DANGEROUS_PORTS):
        return port
    raise Refused(Code.REFUSED_PORT, f"port {port} is not one we ask")


def as_literal(host: str) -> Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def check(address: Address, allowed: Sequence[Network]) -> None:
    """Raise Refused unless the address is public or stands in a network that a setting lists.

    An IPv6 address that carries an IPv4 one (mapped, NAT64, 6to4) is never public: the network
    must be listed, and what it carries must itself be allowed.
    """
    if isinstance(address, IPv6Address) and address.scope_id:
        raise Refused(Code.REFUSED_ADDRESS, f"{address} has a zone")
    inner = carried(address)
    listed = any(address in network for network in allowed if network.version == address.version)
    if inner is not None and listed:
        check(inner, allowed)
    elif not listed and (inner is not None or not is_public(address)):
        raise Refused(Code.REFUSED_ADDRESS, f"{address} is not a public address")


def refusal(address: str, allowed: Sequence[Network]) -> Refused | None:
    """What `check` raises for an address as the system spells it."""
    try:
        check(ipaddress.ip_address(address), allowed)
    except Refused as refused:
        return refused
    return None


def carried(address: Address) -> IPv4Address | None:
    """The IPv4 address inside a transition form."""
    if isinstance(address, IPv4Address) or int(address) <= 1:
        return None  # ::1 and :: are loopback and nothing, not 0.0.0.1 in disguise
    for network, shift in _TRANSITION.items():
        if address in network:
            return IPv4Address((int(address) >> shift) & 0xFFFFFFFF)
    return None


def is_public(address: Address) -> bool:
    if any(address in network for network in _NOT_FOR_US if network.version == address.version):
        return False
    if isinstance(address, IPv6Address) and address not in _GLOBAL_V6:
        return False
    return address.is_global and not (address.is_multicast or address.is_reserved)
