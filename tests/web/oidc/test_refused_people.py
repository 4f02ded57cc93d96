"""Whoever cannot be placed, or is somebody else, is not let in."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask.testing import FlaskClient
from structlog.testing import capture_logs

from accounts.models import Account, Identity
from database import writing
from tests import cast
from tests.portal import Portal
from tests.web.oidc.visits import LISE, count, go, lying, refused, rights_of, sign_in
from tests.web.stand_in_provider import SECRET, StandIn


def test_userinfo_of_somebody_else_lets_nobody_in(client: FlaskClient, provider: StandIn) -> None:
    provider.claims, provider.userinfo = {}, {**LISE, "sub": "victor"}
    refused(sign_in(client, provider), "bad-token")


@pytest.mark.parametrize(
    ("changes", "code"),
    [({"aud": "other"}, "wrong-audience"), ({"iss": "https://evil.example"}, "wrong-issuer")],
)
def test_signed_userinfo_must_be_for_us(
    client: FlaskClient, provider: StandIn, changes: dict[str, str], code: str
) -> None:
    provider.claims, provider.userinfo_signed = {}, True
    provider.userinfo = {**LISE, **changes}
    refused(sign_in(client, provider), code)


@pytest.mark.parametrize(
    ("claims", "code"),
    [
        ({"email_verified": False}, "no-mail"),
        ({"email_verified": None}, "no-mail"),
        ({"email": None}, "no-mail"),
        ({"email": "not an address", "groups": []}, "bad-email"),
        ({"email": "lise@ac-atlantide.fr"}, "unknown-academie"),
    ],
)
def test_somebody_who_cannot_be_placed_is_not_let_in(
    portal: Portal, client: FlaskClient, provider: StandIn, claims: dict[str, Any], code: str
) -> None:
    groups = [] if code == "no-mail" else ["dane"]
    provider.claims |= {"groups": groups} | claims
    refused(sign_in(client, provider), code)
    assert count(portal, Account) == 0


def test_an_unverified_mail_never_opens_an_existing_account(
    portal: Portal, client: FlaskClient, provider: StandIn
) -> None:
    portal.account(cast.LISE, *cast.RIGHTS["Lise"])
    provider.claims |= {"email_verified": False, "groups": []}
    refused(sign_in(client, provider), "no-mail")
    assert count(portal, Identity) == 0


def test_a_mail_address_given_to_somebody_else_does_not_open_the_account(
    portal: Portal, client: FlaskClient, provider: StandIn
) -> None:
    sign_in(client, provider)
    provider.alter = lying(sub="lise-2")
    refused(sign_in(portal.app.test_client(), provider), "mail-taken")


@pytest.mark.parametrize("linked", [True, False])
def test_a_disabled_account_is_not_let_in(
    portal: Portal, client: FlaskClient, provider: StandIn, *, linked: bool
) -> None:
    if linked:
        sign_in(client, provider)
    account_id = portal.account(cast.LISE)
    with writing(portal.site.sessions) as db:
        account = db.get_one(Account, account_id)
        account.disabled_at = account.created_at
    refused(sign_in(portal.app.test_client(), provider), "disabled")


def test_an_operator_that_is_unknown_is_left_out(
    portal: Portal, client: FlaskClient, provider: StandIn
) -> None:
    assert sign_in(client, provider).status_code == 303
    assert {role for role, _, _ in rights_of(portal)} == {"manager"}


def test_no_token_or_name_is_logged(
    client: FlaskClient,
    provider: StandIn,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level("DEBUG")
    provider.alter = lying(nonce="another")
    with capture_logs() as events:
        address = go(client)
        answer = client.get(provider.come_back(address))
    refused(answer, "wrong-nonce")
    printed = capsys.readouterr()
    text = f"{events} {caplog.text} {printed.out} {printed.err}"
    assert "wrong-nonce" in text
    state = parse_qs(urlsplit(address).query)["state"][0]
    for secret in (state, SECRET, cast.LISE.email, "code-0", "eyJ"):
        assert secret not in text
