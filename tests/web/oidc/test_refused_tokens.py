"""Tokens, states and codes that are not what they should be let nobody in."""

from __future__ import annotations

import time
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask.testing import FlaskClient
from joserfc import jwt
from joserfc.jwk import OctKey

from accounts.models import Account, AccountSession
from tests.portal import Portal
from tests.web.oidc.visits import LISE, NOW, RETURN, count, go, lying, refused, sign_in
from tests.web.stand_in_provider import CLIENT_ID, StandIn, new_key
from web import oidc_pending
from web.auth import FORM_COOKIE


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"nonce": "another"}, "wrong-nonce"),
        ({"nonce": None}, "wrong-nonce"),
        ({"iss": "https://evil.example"}, "wrong-issuer"),
        ({"aud": "another-portal"}, "wrong-audience"),
        ({"aud": [CLIENT_ID, "another"], "azp": "another"}, "wrong-audience"),
        ({"exp": NOW - 3600, "iat": NOW - 7200}, "token-expired"),
        ({"iat": NOW + 3600, "exp": NOW + 7200}, "clock"),
        ({"nbf": NOW + 3600}, "clock"),
        ({"sub": None}, "bad-token"),
        ({"exp": None}, "bad-token"),
        ({"exp": "demain"}, "bad-token"),
        ({"at_hash": "AAAA"}, "bad-token"),
    ],
)
def test_a_token_that_lies_lets_nobody_in(
    portal: Portal, client: FlaskClient, provider: StandIn, changes: dict[str, Any], code: str
) -> None:
    provider.alter = lying(**changes)
    refused(sign_in(client, provider), code)
    assert count(portal, Account) == count(portal, AccountSession) == 0


def test_clocks_may_differ_a_little(client: FlaskClient, provider: StandIn) -> None:
    provider.alter = lying(iat=int(time.time()) + 30)
    assert sign_in(client, provider).status_code == 303


def test_a_token_signed_by_somebody_else_lets_nobody_in(
    client: FlaskClient, provider: StandIn
) -> None:
    provider.published, provider.key = provider.key, new_key()
    refused(sign_in(client, provider), "bad-signature")


@pytest.mark.parametrize("algorithm", ["none", "HS256"])
def test_a_token_without_the_providers_own_signature_lets_nobody_in(
    client: FlaskClient, provider: StandIn, algorithm: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def token(self: StandIn, form: dict[str, str]) -> tuple[int, dict[str, Any]]:
        now = int(time.time())
        claims = {**LISE, "iss": self.address, "aud": CLIENT_ID, "sub": "x", "iat": now,
                  "exp": now + 60, "nonce": self.codes[form["code"]].nonce}  # fmt: skip
        if algorithm == "none":
            signed = unsigned(claims)
        else:
            key = OctKey.import_key(str(self.key.as_dict(private=False)["n"]))
            signed = jwt.encode({"alg": "HS256", "kid": "one"}, claims, key)
        return 200, {"access_token": "at", "token_type": "Bearer", "id_token": signed}

    monkeypatch.setattr(StandIn, "token", token)
    refused(sign_in(client, provider), "bad-token")


def unsigned(claims: dict[str, Any]) -> str:
    def part(value: dict[str, Any]) -> str:
        text = jwt.encode({"alg": "HS256"}, value, OctKey.generate_key(256))
        return text.split(".")[1]

    return f"{part({'alg': 'none'})}.{part(claims)}."


def test_a_provider_that_renewed_its_key_under_the_same_name_is_understood(
    client: FlaskClient, provider: StandIn
) -> None:
    sign_in(client, provider)
    provider.key = new_key()
    assert sign_in(client, provider).status_code == 303
    assert provider.asked.count("/keys") == 2


def test_forged_tokens_do_not_make_us_ask_for_keys_again_and_again(
    client: FlaskClient, provider: StandIn
) -> None:
    provider.published, provider.key = provider.key, new_key()
    for _ in range(3):
        refused(sign_in(client, provider), "bad-signature")
    assert provider.asked.count("/keys") == 2


def test_the_same_way_back_serves_once(
    portal: Portal, client: FlaskClient, provider: StandIn
) -> None:
    back = provider.come_back(go(client))
    cookie = client.get_cookie(FORM_COOKIE)
    assert cookie is not None
    assert client.get(back).status_code == 303
    refused(client.get(back), "state-unknown")
    thief = portal.app.test_client()
    thief.set_cookie(FORM_COOKIE, cookie.value)
    refused(thief.get(back), "state-replayed")


def test_a_state_of_another_browser_lets_nobody_in(
    portal: Portal, client: FlaskClient, provider: StandIn
) -> None:
    back = provider.come_back(go(client))
    other = portal.app.test_client()
    refused(other.get(back), "state-unknown")
    go(other)
    refused(other.get(back), "state-unknown")


@pytest.mark.parametrize("query", ["", "?code=a", "?state=&code=a", "?state=a%00%C3%A9&code=a"])
def test_a_way_back_that_nobody_began_lets_nobody_in(client: FlaskClient, query: str) -> None:
    refused(client.get(RETURN + query), "state-unknown")


def test_odd_characters_are_no_state_of_ours(client: FlaskClient) -> None:
    go(client)
    refused(client.get(f"{RETURN}?state=%C3%A9%00&code=a"), "state-unknown")
    assert client.get("/connexion/oidc/fin?iss=a&sid=%00").status_code == 400


def test_a_state_expires(
    client: FlaskClient, provider: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    back = provider.come_back(go(client))
    monkeypatch.setattr(oidc_pending, "LIFETIME", oidc_pending.LIFETIME * 0)
    refused(client.get(back), "state-expired")


@pytest.mark.parametrize(
    ("error", "code"),
    [
        ("access_denied", "access-denied"),
        ("login_required", "provider-refused"),
        ("temporarily_unavailable", "provider-away"),
        ("<script>", "provider-refused"),
    ],
)
def test_what_the_provider_refuses_is_said(
    client: FlaskClient, provider: StandIn, error: str, code: str
) -> None:
    answer = client.get(provider.come_back(go(client), error=error, error_description="<secret>"))
    refused(answer, code)
    assert "<script>" not in answer.text


def test_an_answer_in_the_name_of_another_provider_lets_nobody_in(
    client: FlaskClient, provider: StandIn
) -> None:
    refused(client.get(provider.come_back(go(client), iss="https://evil.example")), "wrong-issuer")
    assert provider.forms == []


def test_a_provider_that_names_itself_must_do_so(client: FlaskClient, provider: StandIn) -> None:
    provider.description["authorization_response_iss_parameter_supported"] = True
    refused(sign_in(client, provider), "wrong-issuer")
    answer = client.get(provider.come_back(go(client), iss=provider.address))
    assert answer.status_code == 303


def test_a_code_that_expired_is_said(client: FlaskClient, provider: StandIn) -> None:
    back = provider.come_back(go(client))
    provider.codes.clear()
    refused(client.get(back), "code-refused")


def test_a_code_of_another_sign_in_lets_nobody_in(client: FlaskClient, provider: StandIn) -> None:
    """PKCE: the code of somebody else does not go with this browser's verifier."""
    thief, own = go(client), go(client)
    back = provider.come_back(own)
    stolen = provider.come_back(thief)
    state = parse_qs(urlsplit(back).query)["state"][0]
    code = parse_qs(urlsplit(stolen).query)["code"][0]
    refused(client.get(f"{RETURN}?state={state}&code={code}"), "code-refused")
