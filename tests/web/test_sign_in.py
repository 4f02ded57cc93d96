"""Signing in with a password or a link, being refused, signing out."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from accounts import links, passwords
from accounts.models import Account, AccountSession, SignInAttempt
from accounts.permissions import Right, Role
from accounts.throttle import MOST_OF_AN_ACCOUNT
from database import writing
from tests import cast
from tests.portal import Portal
from web.auth import COOKIE, FORM_COOKIE

PASSWORD = "le-chat-du-cdi-dort"


@pytest.fixture
def lise(portal: Portal) -> int:
    return with_password(portal, cast.LISE)


def with_password(portal: Portal, person: cast.Person) -> int:
    number = portal.account(person, *cast.RIGHTS[person.name])
    with writing(portal.site.sessions) as session:
        passwords.set_password(session.get_one(Account, number), PASSWORD)
    return number


def token_in(answer: TestResponse) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', answer.text)
    assert found, answer.text
    return found[1]


def post(
    client: FlaskClient, path: str, *, opened: str = "/connexion", **data: str
) -> TestResponse:
    """Open a page and send a form from it, as a browser does."""
    token = token_in(client.get(opened))
    return client.post(path, data={"csrf_token": token, **data})


def sign_in(
    client: FlaskClient, email: str = cast.LISE.email, password: str = PASSWORD, **more: str
) -> TestResponse:
    return post(client, "/connexion", email=email, password=password, **more)


def sessions(portal: Portal) -> int:
    with portal.site.sessions() as session:
        return session.scalar(select(func.count()).select_from(AccountSession)) or 0


@pytest.mark.usefixtures("lise")
class TestWithAPassword:
    def test_lise_enters_at_her_desk(self, portal: Portal) -> None:
        answer = sign_in(portal.client)
        assert answer.status_code == 303
        assert answer.headers["Location"] == "/lyon/gestion/"
        assert portal.client.get("/mon-compte").status_code == 200

    def test_a_mail_address_is_read_without_its_capitals_and_spaces(self, portal: Portal) -> None:
        assert sign_in(portal.client, email=" LISE@ac-lyon.FR ").status_code == 303

    def test_she_is_led_to_what_she_asked_for(self, portal: Portal) -> None:
        answer = portal.client.get("/lyon/gestion/journal?du=2026-11-01&q=a b")
        assert answer.status_code == 303
        page = portal.client.get(answer.headers["Location"])
        wanted = re.search(r'name="next" value="([^"]+)"', page.text)
        assert wanted
        answer = sign_in(portal.client, next=wanted[1].replace("&amp;", "&"))
        assert answer.headers["Location"] == "/lyon/gestion/journal?du=2026-11-01&q=a%20b"

    @pytest.mark.parametrize("elsewhere", ["//evil.example", "https://evil.example", "/\\evil"])
    def test_she_is_never_led_elsewhere(self, portal: Portal, elsewhere: str) -> None:
        assert sign_in(portal.client, next=elsewhere).headers["Location"] == "/lyon/gestion/"
        answer = portal.client.get(f"/connexion?next={quote(elsewhere)}")
        assert answer.headers["Location"] == "/lyon/gestion/", "she is signed in already"

    def test_whoever_is_signed_in_is_led_on(self, portal: Portal) -> None:
        sign_in(portal.client)
        answer = portal.client.get("/connexion?next=/lyon/gestion/services")
        assert (answer.status_code, answer.headers["Location"]) == (303, "/lyon/gestion/services")

    def test_a_session_that_another_planted_is_not_taken_up(self, portal: Portal) -> None:
        portal.client.set_cookie(COOKIE, "planted")
        sign_in(portal.client)
        cookie = portal.client.get_cookie(COOKIE)
        assert cookie is not None
        assert cookie.value != "planted"
        assert cookie.http_only
        assert cookie.same_site == "Lax"

    def test_each_sign_in_is_a_new_session_and_the_old_one_of_the_browser_ends(
        self, portal: Portal
    ) -> None:
        sign_in(portal.client)
        first = portal.client.get_cookie(COOKIE)
        page = portal.client.get("/deconnexion")
        data = {"csrf_token": token_in(page), "email": cast.LISE.email, "password": PASSWORD}
        portal.client.post("/connexion", data=data)
        second = portal.client.get_cookie(COOKIE)
        assert first is not None
        assert second is not None
        assert first.value != second.value
        assert sessions(portal) == 1

    def test_the_form_cookie_of_before_is_gone(self, portal: Portal) -> None:
        sign_in(portal.client)
        assert portal.client.get_cookie(FORM_COOKIE) is None

    def test_the_page_is_for_this_reader_alone(self, portal: Portal) -> None:
        answer = portal.client.get("/connexion")
        assert answer.headers["Cache-Control"] == "private, no-store"
        assert 'autocomplete="username"' in answer.text
        assert 'autocomplete="current-password"' in answer.text


class TestRefused:
    @pytest.mark.usefixtures("lise")
    def test_every_refusal_is_the_same_page(self, portal: Portal) -> None:
        """Wrong password, no such account, a disabled one, one without a password."""
        victor = with_password(portal, cast.VICTOR)
        portal.account(cast.NORA)
        with writing(portal.site.sessions) as session:
            session.get_one(Account, victor).disabled_at = datetime.now(UTC)
        pages = set()
        for email, password in (
            (cast.LISE.email, "wrong"),
            ("nobody@example.fr", PASSWORD),
            (cast.VICTOR.email, PASSWORD),
            (cast.NORA.email, PASSWORD),
        ):
            answer = sign_in(portal.app.test_client(), email=email, password=password)
            assert answer.status_code == 422
            assert COOKIE not in (answer.headers.get("Set-Cookie") or "")
            text = re.sub(r'name="csrf_token" value="[^"]+"', "", answer.text)
            pages.add(text.replace(email, ""))
        assert len(pages) == 1
        assert "ne vont pas ensemble" in pages.pop()

    def test_an_empty_form_says_what_is_missing(self, portal: Portal) -> None:
        answer = sign_in(portal.client, email="", password="")
        assert answer.status_code == 422
        assert "Tapez votre adresse mail." in answer.text

    def test_what_was_typed_stays_but_the_password(self, portal: Portal) -> None:
        answer = sign_in(portal.client, email="lise@ac-lyon.fr", password="secret-typed")
        assert 'value="lise@ac-lyon.fr"' in answer.text
        assert "secret-typed" not in answer.text

    def test_a_form_of_another_site_signs_nobody_in(self, portal: Portal, lise: int) -> None:
        del lise
        data = {"email": cast.LISE.email, "password": PASSWORD}
        assert portal.client.post("/connexion", data=data).status_code == 403
        assert sessions(portal) == 0


@pytest.mark.usefixtures("lise")
class TestTooOften:
    def test_after_ten_refusals_one_waits(self, portal: Portal) -> None:
        for _ in range(MOST_OF_AN_ACCOUNT):
            assert sign_in(portal.client, password="wrong").status_code == 422
        answer = sign_in(portal.client)
        assert answer.status_code == 429
        seconds = int(answer.headers["Retry-After"])
        assert 0 < seconds <= 15 * 60
        assert re.search(r"Réessayez dans \d+ minutes?\.", answer.text)
        assert sessions(portal) == 0
        assert sign_in(portal.client, email="victor@ac-versailles.fr").status_code == 422

    def test_a_success_gives_all_attempts_back(self, portal: Portal) -> None:
        for _ in range(MOST_OF_AN_ACCOUNT - 1):
            sign_in(portal.client, password="wrong")
        assert sign_in(portal.client).status_code == 303
        other = portal.app.test_client()
        assert sign_in(other, password="wrong").status_code == 422

    def test_neither_an_address_nor_a_name_is_kept(self, portal: Portal) -> None:
        sign_in(portal.client, password="wrong")
        with portal.site.sessions() as session:
            kept = list(session.scalars(select(SignInAttempt.subject)))
        assert len(kept) == 2
        assert not [subject for subject in kept if "127" in subject[:12] or "lise" in subject]


class TestWithALink:
    def make(self, portal: Portal, account_id: int, *, ago: timedelta = timedelta()) -> str:
        with writing(portal.site.sessions) as session:
            account = session.get_one(Account, account_id)
            now = datetime.now(UTC) - ago
            return f"/connexion/lien/{links.make_link(session, account, now=now, by='test')}"

    def test_it_lets_in_once_and_then_asks_for_a_password(self, portal: Portal) -> None:
        path = self.make(portal, portal.account(cast.LISE, *cast.RIGHTS["Lise"]))
        answer = post(portal.client, path, opened=path)
        assert answer.status_code == 303
        assert answer.headers["Location"] == "/mon-compte/mot-de-passe?next=/lyon/gestion/"
        assert portal.client.get("/lyon/gestion/").status_code != 303
        other = portal.app.test_client()
        assert other.get(path).status_code == 410
        assert "Demandez-en un autre" in other.get(path).text

    def test_who_has_a_password_goes_straight_on(self, portal: Portal, lise: int) -> None:
        path = self.make(portal, lise)
        assert post(portal.client, path, opened=path).headers["Location"] == "/lyon/gestion/"

    def test_looking_at_it_does_not_use_it(self, portal: Portal, lise: int) -> None:
        path = self.make(portal, lise)
        for _ in range(3):
            assert portal.app.test_client().get(path).status_code == 200
            assert portal.app.test_client().head(path).status_code == 200
        assert sessions(portal) == 0
        assert post(portal.client, path, opened=path).status_code == 303

    def test_too_old_or_never_made_it_says_what_to_do(self, portal: Portal, lise: int) -> None:
        for path in (self.make(portal, lise, ago=timedelta(hours=2)), "/connexion/lien/inconnu"):
            assert portal.client.get(path).status_code == 410
            assert post(portal.client, path).status_code == 410
        assert sessions(portal) == 0

    def test_another_site_cannot_use_it(self, portal: Portal, lise: int) -> None:
        path = self.make(portal, lise)
        assert portal.client.post(path).status_code == 403
        assert sessions(portal) == 0


class TestSigningOut:
    def test_it_ends_the_session_here_and_in_the_database(self, portal: Portal) -> None:
        lise = portal.signed_in(cast.LISE)
        assert "Lise" in lise.get("/deconnexion").text
        answer = post(lise, "/deconnexion", opened="/deconnexion")
        assert answer.status_code == 200
        assert "fermée" in answer.text
        assert "Lise" not in answer.text
        assert lise.get_cookie(COOKIE) is None
        assert sessions(portal) == 0
        assert lise.get("/mon-compte").status_code == 303

    def test_looking_at_the_page_ends_nothing(self, portal: Portal) -> None:
        lise = portal.signed_in(cast.LISE)
        lise.get("/deconnexion")
        assert lise.get("/mon-compte").status_code == 200

    def test_another_site_cannot_sign_anybody_out(self, portal: Portal) -> None:
        lise = portal.signed_in(cast.LISE)
        assert lise.post("/deconnexion").status_code == 403
        assert lise.get("/mon-compte").status_code == 200


def test_several_desks_are_a_page_to_choose_from(portal: Portal) -> None:
    rights = (Right(role=Role.MANAGER, scope="lyon"), Right(role=Role.EDITOR, scope="rennes"))
    portal.account(cast.LISE, *rights)
    with writing(portal.site.sessions) as session:
        account = session.scalars(select(Account)).one()
        passwords.set_password(account, PASSWORD)
    assert sign_in(portal.client).headers["Location"] == "/mon-compte/bureaux"
    page = portal.client.get("/mon-compte/bureaux").text
    assert 'href="/lyon/gestion/"' in page
    assert 'href="/rennes/gestion/"' in page


class TestWithAProvider:
    @pytest.fixture
    def portal_settings(self) -> dict[str, str]:
        return {"oidc_issuer": "https://id.example.fr", "oidc_name": "Mon académie"}

    def test_its_button_comes_first_and_is_a_link(self, portal: Portal) -> None:
        text = portal.client.get("/connexion?next=/lyon/gestion/").text
        button = text.index('href="/connexion/oidc/?next=/lyon/gestion/"')
        assert button < text.index('name="password"')
        assert "Se connecter avec Mon académie" in text
