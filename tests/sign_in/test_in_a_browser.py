"""Sign-in and sign-out in a real Chromium: what a content policy stops shows only there."""

from __future__ import annotations

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.sign_in.conftest import Scene
from tests.sign_in.oidc_server import OidcServer

pytestmark = [pytest.mark.real, pytest.mark.browser]


def sign_in(page: Page, scene: Scene, name: str) -> None:
    page.goto(f"{scene.address}/connexion")
    page.get_by_role("link", name=re.compile("Guichet")).click()
    page.get_by_placeholder("Enter any login").fill(name)
    page.get_by_placeholder("and password").fill("x")
    page.get_by_role("button", name="Sign-in").click()
    page.get_by_role("button", name="Continue").click()


def test_a_person_signs_in_and_out_everywhere(scene: Scene, oidc: OidcServer, page: Page) -> None:
    oidc.person("claire", email="claire@ac-lyon.fr")
    sign_in(page, scene, "claire")
    page.wait_for_url(f"{scene.address}/**")
    page.goto(f"{scene.address}/mon-compte")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    page.locator("form[action$='/deconnexion'] button").first.click()
    # Led there by the page itself: a form's answer could not be.
    page.wait_for_url(f"{oidc.issuer}/session/end**")
    page.get_by_role("button", name=re.compile("Yes")).click()
    page.wait_for_url(f"{scene.address}/connexion/oidc/au-revoir**")
    expect(page.get_by_role("heading", level=1)).to_have_text("À bientôt")


def test_the_pages_of_failures_are_accessible(
    scene: Scene, oidc: OidcServer, browser: Browser
) -> None:
    assert oidc.process is not None
    context = browser.new_context(bypass_csp=True, viewport={"width": 360, "height": 740})
    page = context.new_page()
    for path in ("/connexion/oidc/retour?state=x", "/connexion/oidc/au-revoir"):
        page.goto(f"{scene.address}{path}")
        found = Axe().run(page).response["violations"]
        assert found == [], [item["id"] for item in found]
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    context.close()
