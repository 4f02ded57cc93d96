"""Somebody whom the provider knows is let in, with the rights that its claims give."""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import parse_qsl, urlsplit

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from accounts.links import make_link
from accounts.models import Account, SignInLink
from accounts.passwords import set_password
from accounts.permissions import Right, Role
from database import writing
from journal import JournalLine
from tests import cast
from tests.portal import Portal
from tests.web.forms import send
from tests.web.oidc.visits import LISE, RETURN, count, go, lines, rights_of, sign_in
from tests.web.stand_in_provider import CLIENT_ID, SECRET, StandIn


def test_the_browser_is_sent_with_all_that_protects_it(
    client: FlaskClient, provider: StandIn
) -> None:
    address = go(client)
    asked = dict(parse_qsl(urlsplit(address).query))
    assert address.startswith(f"{provider.address}/authorize?")
    assert asked["response_type"] == "code"
    assert asked["client_id"] == CLIENT_ID
    assert asked["code_challenge_method"] == "S256"
    assert asked["redirect_uri"] == f"http://127.0.0.1:8000{RETURN}"
    assert asked["scope"] == "openid email profile"
    assert len(asked["state"]) >= 20
    assert len(asked["nonce"]) >= 20
    assert "acr_values" not in asked


def test_somebody_with_a_group_is_let_in_with_its_role(
    portal: Portal, client: FlaskClient, provider: StandIn
) -> None:
    answer = sign_in(client, provider)
    assert answer.status_code == 303
    assert answer.location == "/lyon/gestion/"
    assert rights_of(portal) == {("manager", "lyon", provider.address)}
    assert client.get("/mon-compte").status_code != 303
    assert provider.forms[0]["basic"]
    [line] = lines(portal, "right.granted")
    assert line.reason == "claim"
    assert line.academie == "lyon"
    assert line.after == {"role": "manager", "scope": "lyon"}


def test_the_journal_holds_no_name(portal: Portal, client: FlaskClient, provider: StandIn) -> None:
    sign_in(client, provider)
    with portal.site.sessions() as db:
        said = [f"{row.actor} {row.subject} {row.before} {row.after} {row.reason}"
                for row in db.scalars(select(JournalLine))]  # fmt: skip
    assert said
    assert not [line for line in said if "lise" in line.lower()]


def test_what_was_wanted_is_shown_and_other_sites_are_not(
    client: FlaskClient, provider: StandIn
) -> None:
    assert sign_in(client, provider, "?next=/rennes/").location == "/rennes/"
    for wanted in ("https://evil.example/", "//evil.example", "/\\evil.example", "/x" * 400):
        assert sign_in(client, provider, f"?next={wanted}").location == "/lyon/gestion/"


def test_a_second_sign_in_finds_the_same_account(
    portal: Portal, client: FlaskClient, provider: StandIn
) -> None:
    sign_in(client, provider)
    provider.claims["email"] = "lise.nouveau-nom@ac-lyon.fr"
    sign_in(portal.app.test_client(), provider)
    assert count(portal, Account) == 1
    assert len(lines(portal, "right.granted")) == 1


def test_an_existing_account_is_found_by_its_verified_mail_and_keeps_its_rights(
    portal: Portal, client: FlaskClient, provider: StandIn
) -> None:
    portal.account(cast.LISE, Right(role=Role.EDITOR, scope="rennes"))
    sign_in(client, provider)
    assert count(portal, Account) == 1
    assert rights_of(portal) == {
        ("editor", "rennes", "local"),
        ("manager", "lyon", provider.address),
    }


def test_whoever_waited_in_the_account_under_that_address_is_let_out(
    portal: Portal, client: FlaskClient, provider: StandIn
) -> None:
    """An open invitation lets a newcomer type a colleague's address, and choose a password."""
    intruder = portal.signed_in(cast.LISE, Right(role=Role.EDITOR, scope="rennes"))
    password = "trois mots et un chat"
    number = portal.account(cast.LISE)
    with writing(portal.site.sessions) as db:
        account = db.get_one(Account, number)
        set_password(account, password)
        make_link(db, account, now=datetime.now(UTC), by="test")
    assert intruder.get("/mon-compte").status_code == 200
    answer = sign_in(client, provider)
    assert client.get(answer.headers["Location"]).status_code == 200
    assert intruder.get("/mon-compte").status_code == 303, "still inside"
    again = portal.app.test_client()
    told = send(again, "/connexion", email=cast.LISE.email, password=password)
    assert told.status_code == 422
    assert count(portal, SignInLink) == 0
    assert [line.actor for line in lines(portal, "account.reset")] == ["identity-provider"]
    # The second time nothing is taken away: its owner may have set a password of her own.
    other = portal.app.test_client()
    sign_in(other, provider)
    assert len(lines(portal, "account.reset")) == 1
    assert client.get("/mon-compte").status_code == 200


def test_a_right_whose_claim_vanished_is_taken_and_journalled(
    portal: Portal, client: FlaskClient, provider: StandIn
) -> None:
    portal.account(cast.LISE, Right(role=Role.MANAGER, scope="lyon"))
    sign_in(client, provider)
    provider.claims["groups"] = ["dne"]
    sign_in(client, provider)
    assert rights_of(portal) == {("manager", "lyon", "local"), ("national", "", provider.address)}
    [line] = lines(portal, "right.revoked")
    assert line.before == {"role": "manager", "scope": "lyon"}
    assert line.reason == "claim"


def test_two_tabs_at_once_both_arrive(client: FlaskClient, provider: StandIn) -> None:
    first, second = go(client, "?next=/lyon/"), go(client, "?next=/rennes/")
    assert client.get(provider.come_back(second)).location == "/rennes/"
    assert client.get(provider.come_back(first)).location == "/lyon/"


def test_many_tabs_fit_in_the_cookie(client: FlaskClient, provider: StandIn) -> None:
    for number in range(12):
        address = go(client, f"?next=/lyon/{'x' * 280}{number}")
    assert client.get(provider.come_back(address)).status_code == 303


def test_userinfo_tells_what_the_token_lacks(client: FlaskClient, provider: StandIn) -> None:
    provider.claims, provider.userinfo = {}, dict(LISE)
    assert sign_in(client, provider).location == "/lyon/gestion/"
    assert "/userinfo" in provider.asked


def test_userinfo_may_be_signed_as_that_of_proconnect(
    portal: Portal, client: FlaskClient, provider: StandIn
) -> None:
    provider.claims, provider.userinfo_signed = {}, True
    provider.userinfo = {
        **LISE, "name": None, "given_name": "Lise", "usual_name": "Lefèvre",
        "iss": provider.address, "aud": CLIENT_ID,
    }  # fmt: skip
    assert sign_in(client, provider).location == "/lyon/gestion/"
    with portal.site.sessions() as db:
        assert db.scalars(select(Account.name)).one() == "Lise Lefèvre"


def test_userinfo_is_not_asked_when_nothing_lacks(client: FlaskClient, provider: StandIn) -> None:
    sign_in(client, provider)
    assert "/userinfo" not in provider.asked


@pytest.mark.parametrize("methods", [["client_secret_post"], ["client_secret_post", "none"]])
def test_the_secret_goes_into_the_form_when_the_provider_wants_it_there(
    client: FlaskClient, provider: StandIn, methods: list[str]
) -> None:
    provider.description["token_endpoint_auth_methods_supported"] = methods
    assert sign_in(client, provider).status_code == 303
    assert provider.forms[0]["client_secret"] == SECRET


def test_a_key_without_a_name_is_found(client: FlaskClient, provider: StandIn) -> None:
    provider.header = {"alg": "RS256"}
    assert sign_in(client, provider).status_code == 303
