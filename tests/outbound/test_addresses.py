"""The pure rules: spellings, ports and networks."""

from __future__ import annotations

import ipaddress

import pytest

from outbound import Code, Refused
from outbound.addresses import check, read_host, read_port, read_url

PUBLIC = ("93.184.216.34", "8.8.8.8", "2001:4860:4860::8888", "2a01:e0a::1")
NOT_PUBLIC = (
    *("127.0.0.1", "127.255.255.254", "10.1.2.3", "172.16.0.1", "192.168.1.1"),
    *("169.254.169.254", "100.64.0.1", "224.0.0.1", "239.1.1.1", "0.0.0.0", "0.1.2.3"),
    *("255.255.255.255", "240.0.0.1", "198.18.0.1", "192.0.2.1", "192.88.99.1"),
    *("::1", "::", "fe80::1", "fc00::1", "fd12::1", "fec0::1", "ff02::1", "2001:db8::1"),
    *("3fff::1", "2001::1", "100::1", "4000::1", "fe80::1%eth0", "2a01:e0a::1%eth0"),
    *("::ffff:127.0.0.1", "::ffff:8.8.8.8", "::7f00:1", "64:ff9b::7f00:1", "64:ff9b::808:808"),
    *("64:ff9b:1::7f00:1", "2002:7f00:1::", "2002:808:808::1"),
)


def networks(*texts: str) -> list[ipaddress.IPv4Network | ipaddress.IPv6Network]:
    return [ipaddress.ip_network(text) for text in texts]


@pytest.mark.parametrize("address", PUBLIC)
def test_a_public_address_may_be_asked(address: str) -> None:
    check(ipaddress.ip_address(address), [])


@pytest.mark.parametrize("address", NOT_PUBLIC)
def test_any_other_address_is_refused(address: str) -> None:
    with pytest.raises(Refused) as refused:
        check(ipaddress.ip_address(address), [])
    assert refused.value.code is Code.REFUSED_ADDRESS


def test_a_listed_network_may_be_asked_and_its_neighbour_not() -> None:
    allowed = networks("10.1.0.0/16", "fd12::/16")
    check(ipaddress.ip_address("10.1.2.3"), allowed)
    check(ipaddress.ip_address("fd12::1"), allowed)
    for address in ("10.2.0.1", "fd13::1", "::ffff:10.1.2.3", "64:ff9b::a01:203"):
        with pytest.raises(Refused):
            check(ipaddress.ip_address(address), allowed)


def test_a_listed_nat64_prefix_opens_only_what_it_carries_lawfully() -> None:
    allowed = networks("64:ff9b::/96")
    check(ipaddress.ip_address("64:ff9b::808:808"), allowed)
    with pytest.raises(Refused):
        check(ipaddress.ip_address("64:ff9b::7f00:1"), allowed)


@pytest.mark.parametrize(
    "url",
    [
        *("http://2130706433/", "http://0x7f000001/", "http://017700000001/", "http://0/"),
        *("http://0177.0.0.1/", "http://0x7f.0.0.1/", "http://127.1/", "http://127.0.0.1./"),
        *("http://127.0.0.01/", "http://１２７.1/", "http://127.0.0.1.0x1/", "http://256.1.1.1/"),
        *("http://[fe80::1%25lo]/", "http://[::1%lo]/", "http://[::1", "http://[v1.a]/"),
        *("http:///path", "http://", "http://a b/", "http://a\t.fr/", "http://a\\b.fr/"),
        *("http://exa%6dple.fr/", "http://-a.fr/", "http://a..fr/", "http://a.fr:99999/"),
        *("http://a.fr:x/", "http://" + "a" * 64 + ".fr/", "http://a.fr/" + "a" * 3000),
        *("http://a.fr\r\nX: y/", "http://a.fr/\x00", "http://[127.0.0.1]/"),
    ],
)
def test_an_odd_spelling_is_refused(url: str) -> None:
    with pytest.raises(Refused) as refused:
        read_url(url)
    assert refused.value.code is Code.REFUSED_ADDRESS


@pytest.mark.parametrize(
    "url", ["ftp://a.fr/", "file:///etc/passwd", "gopher://a.fr/", "a.fr", "//a.fr/", "data:,a"]
)
def test_another_scheme_is_refused(url: str) -> None:
    with pytest.raises(Refused) as refused:
        read_url(url)
    assert refused.value.code is Code.REFUSED_SCHEME


@pytest.mark.parametrize("url", ["http://a@b.fr/", "http://a:b@c.fr/", "https://@c.fr/"])
def test_credentials_in_an_address_are_refused(url: str) -> None:
    with pytest.raises(Refused) as refused:
        read_url(url)
    assert refused.value.code is Code.REFUSED_CREDENTIALS


@pytest.mark.parametrize("port", [0, 21, 22, 25, 445, 1023, 3306, 5432, 6379, 11211, 27017])
def test_a_port_where_a_request_may_do_harm_is_refused(port: int) -> None:
    with pytest.raises(Refused) as refused:
        read_url(f"http://a.fr:{port}/")
    assert refused.value.code is Code.REFUSED_PORT


@pytest.mark.parametrize("port", [80, 443, 1024, 8080, 8443, 9001, 65535])
def test_a_usual_port_is_fine(port: int) -> None:
    assert read_port(port) == port


def test_the_request_is_made_from_the_parts_that_were_read() -> None:
    place = read_url("HTTPS://Pad.Éducation.FR:443/a%20b?c=d#e")
    assert place.url == "https://pad.xn--ducation-90a.fr/a%20b?c=d"
    assert read_url("http://[2A01:0:0::1]:8080").url == "http://[2a01::1]:8080/"
    assert read_host("example.fr.") == "example.fr."
