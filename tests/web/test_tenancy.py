from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient

from settings import Settings
from web import tenancy

OWN = {"Host": "trousse.ac-reunion.example"}
PRIVATE = {"/gestion/", "/mon-espace"}
"""Leads to the portal's own host: one cookie, one address for an identity provider."""
PATHS = ("", "services/visio", "etat", "souci/visio", "lien/salle")


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("language", ["", "/en"])
def test_on_its_own_host_an_academie_has_the_same_pages_without_slug(
    client: FlaskClient, path: str, language: str
) -> None:
    shared = client.get(f"{language}/reunion/{path}")
    own = client.get(f"{language}/{path}", headers=OWN)
    assert (shared.status_code, own.status_code) == (200, 200)
    assert 'href="/reunion/' not in own.text
    assert 'href="/en/reunion/' not in own.text
    title = re.search(r"<title>.*?</title>", shared.text, re.DOTALL)
    assert title is not None
    assert title.group(0) in own.text


@pytest.mark.parametrize(
    ("path", "location"),
    [
        ("/reunion/", "/"),
        ("/reunion/services/visio?x=1", "/services/visio?x=1"),
        ("/en/reunion/etat", "/en/etat"),
        ("/reunion//ailleurs.example/", "/ailleurs.example/"),
        ("/reunion/%5Cailleurs.example", "/ailleurs.example"),
        ("/reunion/%09/ailleurs.example", "/%09/ailleurs.example"),
        ("/reunion/%0d%0aX-Own: y", "/%0D%0AX-Own:%20y"),
        ("/reunion/%C3%A9t%C3%A9", "/%C3%A9t%C3%A9"),
        ("/reunion/a%3Fb", "/a%3Fb"),
    ],
)
def test_the_slugged_address_redirects_there(client: FlaskClient, path: str, location: str) -> None:
    answer = client.get(path, headers=OWN)
    assert (answer.status_code, answer.headers["Location"]) == (308, location)


@pytest.mark.parametrize(
    ("path", "location"),
    [("/lyon", "/lyon/"), ("/en/lyon", "/en/lyon/"), ("/en/lyon?x=1", "/en/lyon/?x=1")],
)
def test_a_missing_slash_keeps_the_language_and_names_no_host(
    client: FlaskClient, path: str, location: str
) -> None:
    answer = client.get(path, headers={"Host": "localhost:1234"})
    assert (answer.status_code, answer.headers["Location"]) == (308, location)


def test_every_link_of_its_own_host_answers(client: FlaskClient) -> None:
    text = client.get("/", headers=OWN).text
    assert 'href="http://127.0.0.1:8000/?choisir=' in text, "the way to the other académies"
    links = {link for link in re.findall(r'href="(/[^"#]*)"', text) if "/ouvrir/" not in link}
    assert len(links) > 10
    for link in links:
        answer = client.get(link.replace("&amp;", "&"), headers=OWN)
        if link in PRIVATE:
            assert answer.location == f"http://127.0.0.1:8000/reunion{link}"
        else:
            assert answer.status_code == 200, link


def test_the_host_of_one_academie_shows_nothing_of_another(client: FlaskClient) -> None:
    assert client.get("/lyon/", headers=OWN).status_code == 404


@pytest.mark.parametrize(
    ("remote", "forwarded", "expected"),
    [
        ("203.0.113.9", "198.51.100.1", "203.0.113.9"),
        ("10.0.0.1", "198.51.100.1", "198.51.100.1"),
        ("10.0.0.1", "1.1.1.1, 198.51.100.1, 10.0.0.2", "198.51.100.1"),
        ("10.0.0.1", "", "10.0.0.1"),
        ("10.0.0.1", "nonsense", "nonsense"),
    ],
)
def test_a_forwarded_address_counts_only_from_a_trusted_proxy(
    remote: str, forwarded: str, expected: str
) -> None:
    trusted = Settings.from_env({"TROUSSE_TRUSTED_PROXIES": "10.0.0.0/8"}).trusted_proxies
    environ = {"REMOTE_ADDR": remote, "HTTP_X_FORWARDED_FOR": forwarded}
    assert tenancy.client_address(environ, trusted) == expected


def test_what_is_no_address_is_in_no_network() -> None:
    networks = Settings.from_env({"TROUSSE_TRUSTED_PROXIES": "0.0.0.0/0"}).trusted_proxies
    assert not tenancy.is_in("nonsense", networks)
