"""A provider that answers nonsense, drips or is away: said, and nobody is let in."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.web.oidc.visits import LISE, go, lying, refused, sign_in
from tests.web.stand_in_provider import Serving, StandIn
from web import oidc_client, oidc_provider


@pytest.mark.parametrize(
    ("path", "status", "body", "code"),
    [
        ("/token", 401, b'{"error": "invalid_client"}', "client-refused"),
        ("/token", 500, b"<secret>", "provider-away"),
        ("/token", 200, b"<secret>", "provider-odd"),
        ("/token", 200, b"[]", "provider-odd"),
        ("/token", 302, b"", "provider-odd"),
        ("/token", 200, b'{"access_token": "a", "token_type": "Bearer"}', "bad-token"),
        ("/token", 200, b'{"access_token": "a", "id_token": "a.b.c"}', "bad-token"),
        ("/token", 200, b'{"access_token": "a", "id_token": {"a": 1}}', "bad-token"),
        ("/keys", 200, b'{"keys": []}', "provider-odd"),
        ("/keys", 200, b'{"keys": [{"kty": "RSA", "n": 1}]}', "provider-odd"),
        ("/keys", 404, b"{}", "provider-odd"),
    ],
)
def test_an_answer_that_is_none_lets_nobody_in(  # noqa: PLR0913, PLR0917 - columns of the table
    client: FlaskClient, provider: StandIn, path: str, status: int, body: bytes, code: str
) -> None:
    provider.answers[path] = (status, body)
    refused(sign_in(client, provider), code)


@pytest.mark.parametrize(
    ("status", "body"),
    [(500, b""), (404, b""), (200, b"{}"), (200, b"<"), (200, b"[]"), (302, b"")],
)
def test_a_provider_that_does_not_say_what_it_is_is_said(
    client: FlaskClient, provider: StandIn, status: int, body: bytes
) -> None:
    provider.answers["/.well-known/openid-configuration"] = (status, body)
    answer = client.get("/connexion/oidc/")
    assert answer.status_code in (502, 503)
    assert "<h1>" in answer.text


@pytest.mark.parametrize("name", ["authorization_endpoint", "token_endpoint", "jwks_uri"])
@pytest.mark.parametrize("said", [None, 12, "javascript:alert(1)", "ftp://x"])
def test_a_provider_without_a_usable_address_is_said(
    client: FlaskClient, provider: StandIn, name: str, said: Any
) -> None:
    provider.description[name] = said
    refused(client.get("/connexion/oidc/"), "provider-odd")


def test_a_provider_that_calls_itself_otherwise_is_refused(
    client: FlaskClient, provider: StandIn
) -> None:
    provider.description["issuer"] = "https://evil.example"
    refused(client.get("/connexion/oidc/"), "wrong-issuer")


def test_an_issuer_may_end_with_a_slash(client: FlaskClient, provider: StandIn) -> None:
    provider.description["issuer"] = f"{provider.address}/"
    provider.alter = lying(iss=f"{provider.address}/")
    assert sign_in(client, provider).status_code == 303


def test_the_portal_serves_while_the_provider_is_down_and_finds_it_again(
    client: FlaskClient,
    serving: Serving,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    serving.stop()
    refused(client.get("/connexion/oidc/"), "provider-away")
    assert client.get("/lyon/").status_code == 200
    serving.start()
    refused(client.get("/connexion/oidc/"), "provider-away")  # not asked again so soon
    monkeypatch.setattr(oidc_provider, "PAUSE_SECONDS", 0.0)
    assert sign_in(client, serving.provider).status_code == 303


def test_a_provider_that_goes_down_on_the_way_is_said(
    client: FlaskClient, serving: Serving
) -> None:
    back = serving.provider.come_back(go(client))
    serving.stop()
    refused(client.get(back), "provider-away")


@pytest.mark.parametrize("path", ["/token", "/keys", "/userinfo"])
def test_a_provider_that_drips_is_given_up(
    client: FlaskClient, provider: StandIn, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(oidc_client.Line.open.__wrapped__, "__defaults__", (0.6,))  # type: ignore[attr-defined]
    monkeypatch.setattr(oidc_provider, "DISCOVERY_SECONDS", 0.6)
    provider.claims = {}
    provider.userinfo = LISE | {"filler": "x" * 100}
    provider.drips.add(path)
    refused(sign_in(client, provider), "provider-away")


def test_what_the_provider_says_of_itself_is_asked_once(
    client: FlaskClient, provider: StandIn
) -> None:
    for _ in range(3):
        sign_in(client, provider)
    assert provider.asked.count("/.well-known/openid-configuration") == 1
    assert provider.asked.count("/keys") == 1


def test_the_last_known_description_serves_when_it_cannot_be_renewed(
    client: FlaskClient, provider: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_in(client, provider)
    monkeypatch.setattr(oidc_provider, "FRESH_SECONDS", 0.0)
    monkeypatch.setattr(oidc_provider, "PAUSE_SECONDS", 0.0)
    provider.answers["/.well-known/openid-configuration"] = (500, b"")
    provider.answers["/keys"] = (500, b"")
    assert sign_in(client, provider).status_code == 303
