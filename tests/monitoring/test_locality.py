"""Which hosts our own network cannot cut off."""

from __future__ import annotations

import socket

import pytest

from monitoring.locality import Locality
from monitoring.target import ProbeTarget
from outbound.names import Resolver

NAMES = {
    "localhost": ["127.0.0.1", "::1"],
    "intra.example.fr": ["10.2.3.4"],
    "visio.example.fr": ["93.184.216.34"],
    "both.example.fr": ["10.2.3.4", "93.184.216.34"],
    "link.example.fr": ["fe80::1%eth0"],
}


def look_up(host: str) -> list[str]:
    if host not in NAMES:
        raise socket.gaierror(socket.EAI_AGAIN, "try again")
    return NAMES[host]


def target(url: str) -> ProbeTarget:
    return ProbeTarget(key="a" * 24, url=url, profile="http")


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://127.0.0.1:9001/pad", True),
        ("http://[::1]:9001/", True),
        ("tcp://10.0.0.1:5222", True),
        ("https://93.184.216.34/", False),
        ("http://localhost:9001", True),
        ("https://intra.example.fr", True),
        ("https://visio.example.fr", False),
        ("https://both.example.fr", False),
        ("http://link.example.fr", True),
        ("https://unknown.example.fr", False),
    ],
)
def test_a_host_is_local_when_all_its_addresses_are(url: str, *, expected: bool) -> None:
    assert Locality(Resolver(look_up)).is_local(target(url)) is expected


def test_a_name_is_looked_up_once() -> None:
    asked = []

    def count(host: str) -> list[str]:
        asked.append(host)
        return NAMES[host]

    locality = Locality(Resolver(count))
    for path in ("a", "b", "c"):
        locality.is_local(target(f"https://intra.example.fr/{path}"))
    assert asked == ["intra.example.fr"]


def test_a_name_that_nobody_knows_now_is_asked_again() -> None:
    asked = []

    def count(host: str) -> list[str]:
        asked.append(host)
        return look_up(host)

    locality = Locality(Resolver(count))
    for _ in range(2):
        assert not locality.is_local(target("https://unknown.example.fr"))
    assert len(asked) == 2
