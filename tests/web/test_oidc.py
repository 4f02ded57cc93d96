from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

import pytest
from flask.testing import FlaskClient
from joserfc import jwt
from joserfc.jwk import OctKey
from sqlalchemy import select
from werkzeug.test import TestResponse

from accounts.links import make_link
from accounts.models import Account, AccountSession, Grant, Identity, SignInLink
from accounts.passwords import set_password
from accounts.permissions import Right, Role
from app import create_app
from database import writing
from journal import JournalLine
from settings import Settings, SettingsError
from tests import cast
from tests.portal import ACADEMIES, Portal
from tests.web.forms import send
from tests.web.stand_in_provider import CLIENT_ID, SECRET, Serving, StandIn, new_key
from web import oidc_client, oidc_pending, oidc_provider
from web.auth import COOKIE, FORM_COOKIE

RULES = """
academie: {mail_domains: true}
rules:
  - {role: manager, claim: groups, value: dane, academie: own}
  - {role: national, claim: groups, value: dne}
"""
LISE = {"email": cast.LISE.email, "email_verified": True, "name": "Lise L.", "groups": ["dane"]}
RETURN = "/connexion/oidc/retour"


@pytest.fixture
def serving() -> Iterator[Serving]:
    serving = Serving()
    serving.provider.claims = dict(LISE)
    yield serving
    serving.stop()


@pytest.fixture
def provider(serving: Serving) -> StandIn:
    return serving.provider


@pytest.fixture
def portal_settings(provider: StandIn, tmp_path: Path) -> dict[str, Any]:
    rules = tmp_path / "claims.yaml"
    rules.write_text(RULES, encoding="utf-8")
    return {
        "oidc_issuer": provider.address,
        "oidc_client_id": CLIENT_ID,
        "oidc_client_secret": SECRET,
        "oidc_name": "Mon académie",
        "claims": rules,
    }


def go(client: FlaskClient, query: str = "") -> str:
    """Follow the link; return where at the provider the browser is led."""
    answer = client.get(f"/connexion/oidc/{query}")
    assert answer.status_code == 303
    return str(answer.location)


def sign_in(client: FlaskClient, provider: StandIn, query: str = "") -> TestResponse:
    return client.get(provider.come_back(go(client, query)))


def refused(answer: TestResponse, code: str) -> None:
    """Nobody was let in, and the page says why, in French, without the provider's words."""
    assert answer.status_code >= 400
    assert COOKIE not in answer.headers.get("Set-Cookie", "")
    assert f"<code>{code}</code>" in answer.text
    assert answer.text.count("<h1>") == 1
    assert "<secret>" not in unescape(answer.text)
    assert answer.headers["Cache-Control"] == "private, no-store"


def rights_of(portal: Portal, email: str = cast.LISE.email) -> set[tuple[str, str, str]]:
    with portal.site.sessions() as db:
        rows = db.execute(
            select(Grant.role, Grant.scope, Grant.source)
            .join(Account, Account.id == Grant.account_id)
            .where(Account.email == email)
        )
        return {(role, scope, source) for role, scope, source in rows}


def lines(portal: Portal, event: str) -> list[JournalLine]:
    with portal.site.sessions() as db:
        return list(db.scalars(select(JournalLine).where(JournalLine.event == event)))


def count(portal: Portal, table: Any) -> int:
    with portal.site.sessions() as db:
        return len(db.scalars(select(table)).all())


# The way in


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


# What is refused


def lying(**changes: Any) -> Callable[[dict[str, Any]], dict[str, Any]]:
    def alter(claims: dict[str, Any]) -> dict[str, Any]:
        changed = claims | changes
        return {name: value for name, value in changed.items() if value is not None}

    return alter


NOW = int(time.time())


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
    client: FlaskClient, provider: StandIn, capsys: pytest.CaptureFixture[str]
) -> None:
    provider.alter = lying(nonce="another")
    address = go(client)
    answer = client.get(provider.come_back(address))
    refused(answer, "wrong-nonce")
    said = capsys.readouterr()
    text = said.out + said.err
    assert "wrong-nonce" in text
    state = parse_qs(urlsplit(address).query)["state"][0]
    for secret in (state, SECRET, cast.LISE.email, "code-0", "eyJ"):
        assert secret not in text


# The way out


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


# Settings


def test_a_wrong_claims_file_ends_the_start_with_every_problem(
    make_settings: Callable[..., Settings], tmp_path: Path
) -> None:
    rules = tmp_path / "claims.yaml"
    rules.write_text("mail: yes\nrules:\n  - {role: chef, claim: g, value: a}\n", encoding="utf-8")
    with pytest.raises(SystemExit) as caught:
        create_app(make_settings(claims=rules, academies=ACADEMIES))
    assert "line 1: mail" in str(caught.value)
    assert "line 3: rules[0].role" in str(caught.value)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"TROUSSE_OIDC_ISSUER": "http://idp.example.fr"}, "https"),
        ({"TROUSSE_OIDC_ISSUER": "idp.example.fr"}, "https"),
        ({"TROUSSE_OIDC_ISSUER": "https://[oups"}, "https"),
        ({"TROUSSE_OIDC_CLIENT_ID": ""}, "CLIENT_ID"),
        ({"TROUSSE_OIDC_SCOPES": "email"}, "openid"),
    ],
)
def test_settings_of_a_provider_are_checked(changes: dict[str, str], said: str) -> None:
    sound = {"TROUSSE_OIDC_ISSUER": "https://idp.example.fr", "TROUSSE_OIDC_CLIENT_ID": "a"}
    Settings.from_env(sound)
    with pytest.raises(SettingsError, match=said):
        Settings.from_env(sound | changes)


class TestWithoutProvider:
    @pytest.fixture
    def portal_settings(self) -> dict[str, Any]:
        return {}

    @pytest.mark.parametrize("path", ["/connexion/oidc/", RETURN])
    def test_there_is_no_such_door(self, client: FlaskClient, path: str) -> None:
        assert client.get(path).status_code == 404
