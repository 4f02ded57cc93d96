"""Every address has a rule; forms prove where they come from; public pages know nobody."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update
from werkzeug.test import TestResponse

from accounts.models import AccountSession
from database import writing
from tests import cast
from tests.browser import visits
from tests.browser.visits import VISITS, World
from tests.portal import Portal
from tests.web.forms import own_token, token_of
from web import guards
from web.auth import COOKIE, require_person
from web.guards import DOOR, PUBLIC, rule, rule_of
from web.sending_again import MOST_BYTES

SAME_ORIGIN = {"Origin": "http://localhost"}
OWN_HOST = "trousse.ac-reunion.example"
ARGUMENTS = {"service_id": "salle", "variant_id": "cycle-2", "academie": "lyon"}
_SAFE = {"GET", "HEAD", "OPTIONS"}


def routes(app: Flask, *, public: bool, method: str) -> Iterator[tuple[str, str]]:
    """Yield endpoint and a path of each address of one kind that takes this method."""
    adapter = app.url_map.bind("")
    for route in app.url_map.iter_rules():
        found = rule_of(app, route.endpoint)
        assert found is not None, f"{route.endpoint} has no rule"
        if method not in (route.methods or ()) or found.private is public:
            continue
        numbers = set(re.findall(r"<int[^:>]*:(\w+)>", route.rule))
        values = {
            name: 1 if name in numbers else ARGUMENTS.get(name, "x") for name in route.arguments
        }
        yield route.endpoint, adapter.build(route.endpoint, values, method=method)


def public_paths(app: Flask) -> list[str]:
    """List the addresses of visits.py that are public, and one of each other public route."""
    public = {path for _, path in routes(app, public=True, method="GET")}
    visited = {
        visit.path
        for route in app.url_map.iter_rules()
        if getattr(rule_of(app, route.endpoint), "private", True) is False
        for visit in VISITS.get(route.rule, ())
    }
    return sorted(public | visited)


class TestRules:
    def test_every_address_has_one(self, portal: Portal) -> None:
        without = [
            route.endpoint
            for route in portal.app.url_map.iter_rules()
            if rule_of(portal.app, route.endpoint) is None
        ]
        assert without == [], "say who may ask: @needs(…) or @rule(…) under the route"

    def test_whatever_changes_something_wants_a_token_or_a_reason(self, portal: Portal) -> None:
        """Without a token: public forms that depend on nobody, and programs that sign."""
        tokenless = {
            route.endpoint
            for route in portal.app.url_map.iter_rules()
            for found in [rule_of(portal.app, route.endpoint)]
            if found and not found.token and not (route.methods or set()) <= _SAFE
        }
        assert {endpoint for endpoint in tokenless if not endpoint.startswith("opening.")} == {
            "oidc.back_channel_logout",
            "status.signal",
        }

    def test_a_forgotten_one_lets_nobody_in(self, portal: Portal) -> None:
        portal.app.add_url_rule("/oubli", "forgotten.view", lambda: "secret")
        for client in (portal.client, portal.signed_in(cast.NORA)):
            answer = client.get("/oubli")
            assert answer.status_code == 403
            assert "secret" not in answer.text

    def test_a_private_blueprint_is_never_public_by_its_name(self, portal: Portal) -> None:
        private = {"auth", "oidc", "personal", "national_desk", "national_accounts"}
        assert not private & guards.PUBLIC_BLUEPRINTS
        desks = {name for name in portal.app.blueprints if name.startswith("desk_")}
        assert len(desks) > 5
        assert not desks & guards.PUBLIC_BLUEPRINTS

    def test_the_rule_of_a_view_goes_before_that_of_its_blueprint(self, portal: Portal) -> None:
        @rule(DOOR)
        def view() -> str:
            return ""

        portal.app.add_url_rule("/ici", "portal.closed", view)
        assert rule_of(portal.app, "portal.closed") is DOOR
        assert rule_of(portal.app, "portal.home") is PUBLIC


class TestWithoutASession:
    @pytest.mark.parametrize(
        ("path", "wanted"),
        [
            ("/lyon/gestion/", "/lyon/gestion/"),
            ("/en/lyon/gestion/", "/en/lyon/gestion/"),
            ("/lyon/gestion/services?filtre=masques&q=é", None),
            ("/mon-compte", "/mon-compte"),
            ("/lyon/mon-espace", "/lyon/mon-espace"),
            ("/national/gestion/", "/national/gestion/"),
        ],
    )
    def test_one_is_sent_to_the_door_and_back(
        self, client: FlaskClient, path: str, wanted: str | None
    ) -> None:
        answer = client.get(path)
        assert answer.status_code == 303
        prefix = "/en" if path.startswith("/en/") else ""
        assert answer.headers["Location"].startswith(f"{prefix}/connexion?next=/")
        if wanted is not None:
            assert answer.headers["Location"] == f"{prefix}/connexion?next={wanted}"
        assert answer.headers["Cache-Control"] == "private, no-store"

    @pytest.mark.parametrize("method", ["HEAD", "OPTIONS", "GET"])
    def test_no_verb_tells_anything(self, portal: Portal, method: str) -> None:
        for endpoint, path in routes(portal.app, public=False, method="GET"):
            found = rule_of(portal.app, endpoint)
            if found is None or found.action is None:
                continue
            answer = portal.app.test_client().open(path, method=method)
            assert answer.status_code in (303, 404), f"{method} {path}"
            if answer.status_code == 303:
                assert "/connexion?next=" in answer.headers["Location"]

    def test_what_does_not_exist_below_a_desk_is_the_same_for_everybody(
        self, portal: Portal
    ) -> None:
        lise = portal.signed_in(cast.LISE)
        for path in ("/lyon/gestion/nulle-part", "/mon-compte/nulle-part", "/national/gestion/x"):
            nobody, somebody = portal.client.get(path), lise.get(path)
            assert nobody.status_code == somebody.status_code == 404
            assert nobody.data == somebody.data
            assert "Set-Cookie" not in nobody.headers

    def test_a_missing_slash_is_added_before_anything_is_told(self, client: FlaskClient) -> None:
        for path, led in (
            ("/lyon/gestion", "/lyon/gestion/"),
            ("/en/lyon/gestion", "/en/lyon/gestion/"),
            ("/national/gestion?a=b", "/national/gestion/?a=b"),
        ):
            answer = client.get(path)
            assert (answer.status_code, answer.headers["Location"]) == (308, led)
        for path in ("//evil.example/gestion", "//evil.example/", "/\\evil.example"):
            assert not client.get(path).headers.get("Location", "/").startswith(("//", "/\\", "h"))


class TestTheNation:
    def test_its_addresses_never_reach_screens_of_academies(self, portal: Portal) -> None:
        nora, adapter = portal.signed_in(cast.NORA), portal.app.url_map.bind("")
        for endpoint, path in routes(portal.app, public=False, method="GET"):
            if not path.startswith("/lyon/gestion/"):
                continue
            national = path.replace("/lyon/", "/national/", 1)
            led, _ = adapter.match(national)
            if led == endpoint:  # nothing national has this address
                assert nora.get(national).status_code == 404, national
            else:
                assert led.startswith("national"), national

    def test_its_own_desk_is_hers_alone(self, portal: Portal) -> None:
        assert portal.signed_in(cast.LISE).get("/national/gestion/").status_code == 403
        assert portal.signed_in(cast.NORA).get("/national/gestion/").status_code != 403

    def test_everybody_has_a_space_there(self, portal: Portal) -> None:
        assert portal.signed_in(cast.AWA).get("/national/mon-espace").status_code == 200


class TestAnAcademiesOwnHost:
    """Public pages alone are there: one cookie, one address for the provider."""

    @pytest.mark.parametrize(
        ("path", "led"),
        [
            ("/gestion/", "/reunion/gestion/"),
            ("/gestion/journal?q=a%20b&c", "/reunion/gestion/journal?q=a%20b&c"),
            ("/en/gestion/", "/en/reunion/gestion/"),
            ("/mon-espace", "/reunion/mon-espace"),
            ("/connexion?next=/reunion/gestion/", "/connexion?next=/reunion/gestion/"),
            ("/mon-compte", "/mon-compte"),
        ],
    )
    def test_private_addresses_lead_to_the_portals_host_with_their_query(
        self, portal: Portal, path: str, led: str
    ) -> None:
        answer = portal.client.get(path, headers={"Host": OWN_HOST})
        assert answer.status_code == 303
        assert answer.headers["Location"] == portal.site.settings.public_url + led
        assert "Set-Cookie" not in answer.headers

    def test_no_form_is_taken_there(self, portal: Portal) -> None:
        lise = portal.signed_in(cast.LISE)
        answer = lise.post("/deconnexion", headers={"Host": OWN_HOST})
        assert answer.status_code == 303
        assert lise.get("/mon-compte").status_code == 200


class TestForgedForms:
    @pytest.mark.parametrize("person", [None, cast.LISE, cast.NORA])
    @pytest.mark.parametrize("token", [None, "", "wrong"])
    def test_without_its_token_no_form_does_anything(
        self, portal: Portal, person: cast.Person | None, token: str | None
    ) -> None:
        data = {} if token is None else {"csrf_token": token}
        taken = []
        for endpoint, path in routes(portal.app, public=False, method="POST"):
            found = rule_of(portal.app, endpoint)
            if found is None or not found.token:
                continue
            client = portal.signed_in(person) if person else portal.app.test_client()
            answer = client.post(path, data=data)
            if answer.status_code != 403 or "Cette demande ne vient pas" not in answer.text:
                taken.append(f"{path}: {answer.status}")
        assert taken == []

    def test_the_token_of_another_browser_does_not_help(self, portal: Portal) -> None:
        token = token_of(portal.signed_in(cast.VICTOR), "/mon-compte")
        lise = portal.signed_in(cast.LISE)
        lise.get("/mon-compte")
        answer = lise.post("/mon-compte", data={"csrf_token": token, "name": "Pirate"})
        assert answer.status_code == 403
        assert 'value="Lise"' in lise.get("/mon-compte").text

    def test_nor_does_the_right_token_on_a_page_of_another_site(self, portal: Portal) -> None:
        lise = portal.signed_in(cast.LISE)
        data = {"csrf_token": token_of(lise, "/mon-compte"), "name": "Pirate"}
        for origin, status in (("https://evil.example", 403), ("null", 303), (None, 303)):
            headers = {} if origin is None else {"Origin": origin}
            answer = lise.post("/mon-compte", data=data, headers=headers)
            assert answer.status_code == status, origin

    @pytest.mark.parametrize(
        "headers",
        [
            {},
            {"Origin": "https://evil.example"},
            {"Origin": "null"},
            {"Origin": "http://localhost.evil.example", "Sec-Fetch-Site": "same-origin"},
            {"Sec-Fetch-Site": "cross-site"},
            {"Sec-Fetch-Site": "same-site"},
        ],
    )
    def test_words_of_another_site_are_never_shown_to_be_sent_in_good_faith(
        self, portal: Portal, headers: dict[str, str]
    ) -> None:
        for client in (portal.app.test_client(), portal.signed_in(cast.LISE)):
            answer = client.post("/mon-compte", data={"name": "Pirate"}, headers=headers)
            assert answer.status_code == 403
            assert "Pirate" not in answer.text


def end_all_sessions(portal: Portal) -> None:
    long_ago = datetime.now(UTC) - timedelta(days=1)
    with writing(portal.site.sessions) as session:
        session.execute(update(AccountSession).values(seen_at=long_ago))


def fields_in(answer: TestResponse) -> dict[str, str]:
    found = re.findall(r'<input type="hidden"\s+name="([^"]+)"\s+value="([^"]*)">', answer.text)
    return {name: value.replace("&#39;", "'").replace("&amp;", "&") for name, value in found}


class TestOverHttps:
    @pytest.fixture
    def portal_settings(self) -> dict[str, str]:
        return {"public_url": "https://trousse.example.fr"}

    def test_a_browser_that_says_nothing_of_where_it_comes_from_may_decide(
        self, portal: Portal
    ) -> None:
        """No Referer: some networks strip it."""
        lise = portal.signed_in(cast.LISE)
        there = {"base_url": "https://trousse.example.fr"}
        lise.set_cookie(COOKIE, portal.session_token(cast.LISE), domain="trousse.example.fr")
        page = lise.get("/mon-compte", **there)
        token = fields_in(page)["csrf_token"]
        data = {"csrf_token": token, "name": "Élise"}
        for headers in ({}, {"Origin": "https://trousse.example.fr"}):
            assert lise.post("/mon-compte", data=data, headers=headers, **there).status_code == 303
        cookies = lise.get("/connexion/jeton", **there).headers.getlist("Set-Cookie")
        assert all("Secure" in cookie for cookie in cookies)


class TestAFormThatComesTooLate:
    def test_it_is_shown_back_and_sent_again_once_signed_in(self, portal: Portal) -> None:
        lise = portal.signed_in(cast.LISE)
        token = token_of(lise, "/mon-compte")
        end_all_sessions(portal)
        late = lise.post("/mon-compte", data={"csrf_token": token, "name": "Lise d'Ici & co"})
        assert late.status_code == 401
        assert "Votre session est terminée" in late.text
        assert 'href="/connexion?next=/connexion/fait"' in late.text
        assert late.headers["Cache-Control"] == "private, no-store"
        fields = fields_in(late)
        assert fields["name"] == "Lise d'Ici & co"
        # She signs in elsewhere; the form cookie is still the same here.
        lise.set_cookie(COOKIE, portal.session_token(cast.LISE))
        assert lise.post("/mon-compte", data=fields).status_code == 303
        assert "Lise d&#39;Ici &amp; co" in lise.get("/mon-compte").text

    def test_with_a_token_of_before_the_sign_in_the_button_leads_here_once_more(
        self, portal: Portal
    ) -> None:
        lise = portal.signed_in(cast.LISE)
        fields = {"csrf_token": token_of(lise, "/mon-compte"), "name": "Élise"}
        lise.delete_cookie("trousse-form")  # as a sign-in in another tab does
        again = lise.post("/mon-compte", data=fields, headers=SAME_ORIGIN)
        assert again.status_code == 403
        assert "Vérifiez, puis envoyez de nouveau" in again.text
        assert 'value="Lise"' in lise.get("/mon-compte").text, "nothing was done yet"
        assert lise.post("/mon-compte", data=fields_in(again)).status_code == 303
        assert 'value="Élise"' in lise.get("/mon-compte").text

    def test_a_script_may_take_the_token_of_the_new_session(self, portal: Portal) -> None:
        lise = portal.signed_in(cast.LISE)
        answer = lise.get("/connexion/jeton")
        assert answer.json is not None
        assert answer.json["signed_in"] is True
        data = {"csrf_token": answer.json["token"], "name": "Élise"}
        assert lise.post("/mon-compte", data=data).status_code == 303
        nobody = portal.client.get("/connexion/jeton")
        assert nobody.json is not None
        assert nobody.json["signed_in"] is False
        assert "Access-Control-Allow-Origin" not in nobody.headers

    def test_several_values_lines_and_the_query_are_kept(self, portal: Portal) -> None:
        typed = {"favori": ["visio", "pad"], "word": "première ligne\r\nseconde <b>"}
        answer = portal.client.post(
            "/en/lyon/mon-espace/favoris?q=a%20b", data=typed, headers=SAME_ORIGIN
        )
        assert answer.status_code == 401
        assert 'action="/en/lyon/mon-espace/favoris?q=a%20b"' in answer.text
        for kept in ('value="visio"', 'value="pad"', "seconde &lt;b&gt;"):
            assert kept in answer.text

    def test_passwords_are_not_shown_back(self, portal: Portal) -> None:
        data = {"current_password": "secret-one", "new_password": "secret-two", "next": "/lyon/"}
        answer = portal.client.post("/mon-compte/mot-de-passe", data=data, headers=SAME_ORIGIN)
        assert answer.status_code == 401
        assert "secret" not in answer.text
        assert fields_in(answer)["next"] == "/lyon/"

    def test_too_much_is_not_shown_back_and_the_page_says_where_it_still_is(
        self, portal: Portal
    ) -> None:
        data = {"name": "é" * (MOST_BYTES // 2)}
        headers = {**SAME_ORIGIN, "Content-Type": "multipart/form-data"}
        portal.app.config["MAX_CONTENT_LENGTH"] = None
        portal.app.config["MAX_FORM_MEMORY_SIZE"] = None
        answer = portal.client.post("/mon-compte", data=data, headers=headers)
        assert answer.status_code == 401
        assert "éééé" not in answer.text
        assert "Revenez à la page précédente" in answer.text

    def test_who_has_no_right_is_not_asked_to_send_it_again(self, portal: Portal) -> None:
        victor = portal.signed_in(cast.VICTOR)
        for _, path in routes(portal.app, public=False, method="POST"):
            if path.startswith("/lyon/gestion/"):
                answer = victor.post(path, data={"a": "b"}, headers=SAME_ORIGIN)
                assert answer.status_code == 403, path
                assert "Envoyer de nouveau" not in answer.text


def _knows_cookies(answer: TestResponse) -> bool:
    return "Set-Cookie" in answer.headers or "Cookie" in answer.headers.get("Vary", "")


class TestPublicAddresses:
    def test_they_are_the_same_bytes_with_a_session_as_without(self, portal: Portal) -> None:
        visits.enter(World.TROUBLED, portal)
        lise = portal.signed_in(cast.LISE)
        paths = public_paths(portal.app)
        assert len(paths) > 60
        different = []
        for path in paths:
            if path == "/metrics":  # counts these very requests
                continue
            for language in ("", "/en"):
                nobody = portal.app.test_client().get(language + path)
                somebody = lise.get(language + path)
                # An opening leads to one of several backends, by chance.
                if nobody.status_code == somebody.status_code == 303:
                    continue
                if (nobody.status_code, nobody.data) != (somebody.status_code, somebody.data):
                    different.append(language + path)
                if any(map(_knows_cookies, (nobody, somebody))):
                    different.append(f"{language}{path}: cookies")
        assert different == []

    def test_pages_that_a_public_form_makes_know_nobody_either(self, portal: Portal) -> None:
        answer = portal.signed_in(cast.LISE).post("/lyon/lien/salle")
        assert answer.status_code == 200
        assert "Lise" not in answer.text
        assert "Set-Cookie" not in answer.headers

    def test_they_lead_everybody_to_the_space_and_to_the_desk(self, client: FlaskClient) -> None:
        academie, portal_page = client.get("/lyon/").text, client.get("/accessibilite").text
        assert 'href="/lyon/mon-espace"' in academie
        assert 'href="/lyon/gestion/"' in academie
        assert 'href="/mon-compte"' in portal_page
        assert 'href="/mon-compte/bureaux"' in portal_page


def test_a_private_page_is_never_kept_by_the_cache_in_front(portal: Portal) -> None:
    """Not even one that may be kept where it is public: it asks no guard."""
    visits.enter(World.UP, portal)
    path = "/rennes/mon-espace/services/pad"
    told = portal.signed_in(cast.LISE).get(path)
    assert told.status_code == 200
    assert "pas proposé" in told.text
    assert told.headers["Cache-Control"] == "private, no-store"
    assert portal.client.get(path).status_code == 303


def test_a_page_without_a_rule_that_wants_somebody_fails_loudly(portal: Portal) -> None:
    with portal.app.test_request_context("/"), pytest.raises(LookupError):
        require_person()


def test_own_token_is_what_the_guard_wants(portal: Portal) -> None:
    lise = portal.signed_in(cast.LISE)
    lise.get("/mon-compte")
    answer = lise.post("/mon-compte", data={"csrf_token": own_token(lise), "name": "L."})
    assert answer.status_code == 303
