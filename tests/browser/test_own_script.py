"""What static/js/own.js adds to a person's own pages, in a real browser."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from sqlalchemy import update

from accounts import passwords
from accounts.models import Account, AccountSession
from database import writing
from tests import cast
from tests.portal import Portal
from web.auth import COOKIE

pytestmark = pytest.mark.browser

PASSWORD = "une-craie-bleue-sous-la-pluie"
KEPT = "JSON.parse(localStorage.getItem('trousse.favoris'))"


@pytest.fixture
def awa(page: Page, portal: Portal, address: str, context: BrowserContext) -> Page:
    """Awa, signed in."""
    token = portal.session_token(cast.AWA)
    context.add_cookies([{"name": COOKIE, "value": token, "url": address}])
    return page


def keep_on_device(page: Page, address: str, *favourites: tuple[str, str]) -> None:
    page.goto(f"{address}/lyon/etat")
    kept = [{"id": service_id, "name": name} for service_id, name in favourites]
    page.evaluate("kept => localStorage.setItem('trousse.favoris', kept)", json.dumps(kept))


class TestFavourites:
    def test_those_of_the_device_are_taken_over(self, awa: Page, address: str) -> None:
        keep_on_device(awa, address, ("visio", "Visio-Agents"), ("rennes.ent", "Toutatice"))
        awa.goto(f"{address}/lyon/mon-espace")
        awa.get_by_role("button", name="Reprendre les favoris de cet appareil").click()
        expect(awa.locator("#messages")).to_contain_text("1 favori de cet appareil")
        expect(awa.locator("#messages .message")).to_be_focused()
        expect(awa.locator(".tiles .tile-main")).to_contain_text("Réunir des collègues")
        assert len(awa.evaluate(KEPT)) == 2, "they stay on the device too"

    def test_a_device_without_any_says_so(self, awa: Page, address: str) -> None:
        awa.goto(f"{address}/lyon/mon-espace")
        awa.get_by_role("button", name="Reprendre les favoris").click()
        expect(awa.locator("[data-told]")).to_have_text("Cet appareil n'a pas encore de favoris.")

    def test_those_of_the_account_go_onto_the_device_and_onto_the_public_page(
        self, awa: Page, address: str
    ) -> None:
        keep_on_device(awa, address, ("pad", "Pad"))
        awa.goto(f"{address}/lyon/mon-espace")
        awa.get_by_label("Réunir des collègues").check()
        awa.get_by_role("button", name="Enregistrer mes favoris").click()
        awa.get_by_role("button", name="Mettre ces favoris sur cet appareil").click()
        expect(awa.locator("[data-told]")).to_contain_text("C'est fait")
        assert awa.evaluate(KEPT) == [
            {"id": "pad", "name": "Pad"},
            {"id": "visio", "name": "Visio-Agents"},
        ]
        awa.goto(f"{address}/lyon/")
        expect(awa.locator("#favoris li")).to_have_count(2)

    def test_what_another_program_left_there_does_no_harm(self, awa: Page, address: str) -> None:
        awa.goto(f"{address}/lyon/etat")
        awa.evaluate("localStorage.setItem('trousse.favoris', '{\"a\": 1}')")
        awa.goto(f"{address}/lyon/mon-espace")
        awa.get_by_role("button", name="Reprendre les favoris").click()
        expect(awa.locator("[data-told]")).to_contain_text("pas encore de favoris")


def test_a_form_that_comes_too_late_is_sent_with_one_click_after_a_sign_in_elsewhere(
    awa: Page, portal: Portal, address: str, context: BrowserContext
) -> None:
    number = portal.account(cast.AWA)
    with writing(portal.site.sessions) as session:
        passwords.set_password(session.get_one(Account, number), PASSWORD)
    awa.goto(f"{address}/mon-compte")
    awa.get_by_label("Votre nom").fill("Awa d'Ici")
    with writing(portal.site.sessions) as session:
        long_ago = datetime.now(UTC) - timedelta(days=1)
        session.execute(update(AccountSession).values(seen_at=long_ago))
    awa.get_by_role("button", name="Enregistrer mon nom").click()
    expect(awa.locator("h1")).to_have_text("Votre session est terminée")
    with context.expect_page() as opening:
        awa.get_by_role("link", name="Entrer").click()
    door = opening.value
    door.get_by_label("Adresse mail").fill(cast.AWA.email)
    door.get_by_label("Mot de passe").fill(PASSWORD)
    door.get_by_role("button", name="Entrer").click()
    expect(door.locator("h1")).to_have_text("C'est fait")
    door.close()
    awa.bring_to_front()
    awa.evaluate("window.dispatchEvent(new Event('focus'))")
    expect(awa.locator("form [role=status]")).to_contain_text("envoyez")
    awa.get_by_role("button", name="Envoyer de nouveau").click()
    expect(awa.locator("#messages")).to_contain_text("Votre nom est changé.")
    expect(awa.get_by_label("Votre nom")).to_have_value("Awa d'Ici")
