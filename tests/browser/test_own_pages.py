"""Pages of sign-in and of one's own account are sound HTML, and axe has nothing against them."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests import cast
from tests.browser import html_faults, visits
from tests.browser.test_axe import faults_on
from tests.browser.visits import World
from tests.portal import Portal
from web.auth import COOKIE

DOOR = ("/connexion", "/connexion?next=/lyon/gestion/", "/connexion/lien/inconnu", "/deconnexion")
OWN = (
    "/mon-compte", "/mon-compte/mot-de-passe", "/mon-compte/supprimer", "/mon-compte/bureaux",
    "/lyon/mon-espace", "/rennes/mon-espace", "/lyon/mon-espace/services/visio",
    "/lyon/mon-espace/souci/visio", "/connexion/fait", "/national/gestion/",
)  # fmt: skip
"""The last one is not Lise's: she is told so."""


@pytest.mark.parametrize("language", ["fr", "en"])
def test_they_are_sound(portal: Portal, language: str) -> None:
    visits.enter(World.TROUBLED, portal)
    prefix = "/en" if language == "en" else ""
    lise, faults = portal.signed_in(cast.LISE), []
    asked = [(portal.client, path) for path in DOOR] + [(lise, path) for path in OWN]
    for client, path in asked:
        page, found = html_faults.read(client.get(prefix + path).text, language)
        faults += [f"{prefix}{path}: {fault}" for fault in (*found, *html_faults.faults_of(page))]
    assert faults == []


@pytest.mark.parametrize("path", ["/connexion", "/mon-compte", "/mon-compte/mot-de-passe"])
def test_a_form_that_comes_back_is_sound(portal: Portal, path: str) -> None:
    client = portal.signed_in(cast.LISE)
    token = client.get("/connexion/jeton").json
    assert token is not None
    answer = client.post(path, data={"csrf_token": token["token"]})
    page, faults = html_faults.read(answer.text, "fr")
    assert answer.status_code == 422
    assert faults + html_faults.faults_of(page) == []


def test_the_page_for_a_late_form_is_sound(portal: Portal) -> None:
    answer = portal.client.post(
        "/lyon/mon-espace/favoris",
        data={"favori": ["visio", "pad"]},
        headers={"Origin": "http://localhost"},
    )
    page, faults = html_faults.read(answer.text, "fr")
    assert answer.status_code == 401
    assert faults + html_faults.faults_of(page) == []


@pytest.mark.browser
@pytest.mark.slow
def test_axe_finds_nothing(portal: Portal, address: str, browser: Browser) -> None:
    visits.enter(World.TROUBLED, portal)
    context: BrowserContext = browser.new_context(bypass_csp=True, reduced_motion="reduce")
    page: Page = context.new_page()
    faults = faults_on(page, [f"{address}{path}" for path in DOOR])
    token = portal.session_token(cast.LISE)
    context.add_cookies([{"name": COOKIE, "value": token, "url": address}])
    faults += faults_on(page, [f"{address}{path}" for path in OWN])
    context.close()
    assert faults == []
