"""Signing out here and at the provider, from either side."""

from __future__ import annotations

import json
import re
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from accounts.models import AccountSession
from tests import cast
from tests.portal import Portal
from tests.web.oidc.visits import NOW, count, lying, sign_in
from tests.web.stand_in_provider import Serving, StandIn


def test_signing_out_leads_to_the_provider_and_back(
    portal: Portal, client: FlaskClient, provider: StandIn
) -> None:
    sign_in(client, provider)
    answer = leave(client)
    assert answer.status_code == 200
    [address] = set(re.findall(rf"{re.escape(provider.address)}/logout[^\"]*", answer.text))
    query = parse_qs(urlsplit(unescape(address)).query)
    assert query["from"] == ["here"]
    assert query["id_token_hint"][0].count(".") == 2
    assert query["post_logout_redirect_uri"] == ["http://127.0.0.1:8000/connexion/oidc/au-revoir"]
    assert count(portal, AccountSession) == 0
    back = f"/connexion/oidc/au-revoir?state={query['state'][0]}"
    assert "Mon académie" in client.get(back).text
    assert "Mon académie" not in client.get(back).text


def leave(client: FlaskClient) -> TestResponse:
    """Send the form of the page, as a browser does."""
    page = client.get("/mon-compte").text
    token = re.search(r'name="csrf_token"\s+value="([^"]+)"', page)
    assert token is not None
    return client.post("/deconnexion", data={"csrf_token": token[1]})


def test_a_session_that_its_provider_ended_is_over(
    portal: Portal, client: FlaskClient, provider: StandIn
) -> None:
    sign_in(client, provider)
    told = portal.app.test_client()
    answer = told.post("/connexion/oidc/fin", data={"logout_token": provider.logout_token()})
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"].endswith("no-store")
    assert count(portal, AccountSession) == 0
    assert client.get("/mon-compte").status_code == 303


def test_only_the_named_session_ends(
    portal: Portal, client: FlaskClient, provider: StandIn
) -> None:
    sign_in(client, provider)
    provider.alter = lying(sid="session-2")
    sign_in(portal.app.test_client(), provider)
    client.post("/connexion/oidc/fin", data={"logout_token": provider.logout_token()})
    assert count(portal, AccountSession) == 1
    token = provider.logout_token(sid=None)
    client.post("/connexion/oidc/fin", data={"logout_token": token})
    assert count(portal, AccountSession) == 0


def test_a_local_session_is_not_the_providers_to_end(
    portal: Portal, client: FlaskClient, provider: StandIn
) -> None:
    sign_in(client, provider)
    portal.signed_in(cast.LISE)
    token = provider.logout_token(sid=None)
    client.post("/connexion/oidc/fin", data={"logout_token": token})
    assert count(portal, AccountSession) == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "https://evil.example"}, {"aud": "other"}, {"events": None}, {"events": {}},
        {"events": "x"}, {"nonce": "n"}, {"sid": None, "sub": None}, {"sid": 12}, {"jti": None},
        {"iat": None}, {"iat": NOW + 7200, "exp": NOW + 9000}, {"exp": NOW - 3600}, {"exp": None},
        {"header": {"alg": "RS256", "kid": "one", "typ": "at+jwt"}},
    ],
)  # fmt: skip
def test_a_logout_token_that_is_wrong_ends_nothing(
    portal: Portal, client: FlaskClient, provider: StandIn, changes: dict[str, Any]
) -> None:
    sign_in(client, provider)
    token = provider.logout_token(**changes)
    answer = client.post("/connexion/oidc/fin", data={"logout_token": token})
    assert answer.status_code == 400
    assert json.loads(answer.text)["error"] == "invalid_request"
    assert answer.headers["Cache-Control"].endswith("no-store")
    assert count(portal, AccountSession) == 1


@pytest.mark.parametrize("data", [{}, {"logout_token": ""}, {"logout_token": "a.b.c"}])
def test_no_logout_token_is_a_bad_request(client: FlaskClient, data: dict[str, str]) -> None:
    assert client.post("/connexion/oidc/fin", data=data).status_code == 400


def test_a_logout_token_serves_once(portal: Portal, client: FlaskClient, provider: StandIn) -> None:
    token = provider.logout_token()
    assert client.post("/connexion/oidc/fin", data={"logout_token": token}).status_code == 200
    sign_in(client, provider)
    assert client.post("/connexion/oidc/fin", data={"logout_token": token}).status_code == 400
    assert count(portal, AccountSession) == 1


def test_an_identity_token_is_no_logout_token(
    portal: Portal, client: FlaskClient, provider: StandIn
) -> None:
    sign_in(client, provider)
    with portal.site.sessions() as db:
        token = db.scalars(select(AccountSession.id_token)).one()
    assert client.post("/connexion/oidc/fin", data={"logout_token": token}).status_code == 400


def test_a_logout_that_cannot_be_checked_now_may_be_tried_again(
    client: FlaskClient, serving: Serving
) -> None:
    serving.stop()
    token = serving.provider.logout_token()
    assert client.post("/connexion/oidc/fin", data={"logout_token": token}).status_code == 503


def test_a_frame_of_the_provider_ends_a_session_without_any_cookie(
    portal: Portal, client: FlaskClient, provider: StandIn
) -> None:
    sign_in(client, provider)
    frame = portal.app.test_client()
    for wrong in ("", "?sid=session-1", f"?iss={provider.address}"):
        assert frame.get(f"/connexion/oidc/fin{wrong}").status_code == 400
    frame.get(f"/connexion/oidc/fin?iss={provider.address}&sid=another")
    frame.get("/connexion/oidc/fin?iss=https://evil.example&sid=session-1")
    assert count(portal, AccountSession) == 1
    answer = frame.get(f"/connexion/oidc/fin?iss={provider.address}&sid=session-1")
    assert answer.status_code == 200
    policy = answer.headers["Content-Security-Policy"]
    assert f"frame-ancestors {provider.address};" in policy
    assert "no-store" in answer.headers["Cache-Control"]
    assert "Set-Cookie" not in answer.headers
    assert count(portal, AccountSession) == 0


def test_no_other_page_may_be_framed(client: FlaskClient) -> None:
    for path in ("/connexion/oidc/au-revoir", "/connexion/oidc/retour", "/lyon/"):
        assert "frame-ancestors 'none'" in client.get(path).headers["Content-Security-Policy"]
