"""Lise writes an announcement for tomorrow, and gives her page a logo, in a real browser."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page, expect
from pytest_playwright.pytest_playwright import CreateContextCallback

from tests import cast, images
from tests.portal import Portal
from web.auth import COOKIE

pytestmark = pytest.mark.browser

DESK = "/lyon/gestion"
OURS = f"{DESK}/notre-academie"


@pytest.fixture
def lise(portal: Portal, address: str, new_context: CreateContextCallback) -> Page:
    context = new_context(base_url=address, bypass_csp=True, reduced_motion="reduce")
    token = portal.session_token(cast.LISE)
    context.add_cookies([{"name": COOKIE, "value": token, "url": address}])
    return context.new_page()


def write(page: Page, text: str, *, day: str = "", hour: str = "") -> None:
    page.goto(f"{DESK}/annonces/nouvelle")
    page.get_by_label("Texte").fill(text)
    page.get_by_label("À partir du").fill(day)
    page.get_by_label("Heure de début").fill(hour)


def test_one_for_tomorrow_waits_and_is_not_on_the_page_today(lise: Page) -> None:
    tomorrow = datetime.now(ZoneInfo("Europe/Paris")).date() + timedelta(days=1)
    write(lise, "Nuage ferme.", day=tomorrow.isoformat(), hour="08:00")
    lise.get_by_role("button", name="Voir l'effet").click()
    preview = lise.get_by_role("region", name="Comme vos collègues la verront")
    expect(preview.get_by_text("Nuage ferme.")).to_be_visible()
    expect(preview.get_by_text("à 8\N{NO-BREAK SPACE}h, sans date de fin")).to_be_visible()
    expect(lise.get_by_label("Texte")).to_have_value("Nuage ferme.")
    lise.get_by_role("button", name="Publier").click()
    expect(lise.get_by_role("heading", name="À venir")).to_be_visible()
    expect(lise.get_by_text("Nuage ferme.", exact=True)).to_be_visible()
    lise.goto("/lyon/")
    expect(lise.get_by_role("heading", level=1)).to_be_visible()
    expect(lise.get_by_text("Nuage ferme.")).to_have_count(0)


def test_one_that_is_withdrawn_comes_back(lise: Page) -> None:
    write(lise, "Le pad change.")
    lise.get_by_role("button", name="Publier").click()
    lise.get_by_role("link", name="Retirer").click()
    lise.get_by_label("Pourquoi").fill("La date a changé")
    lise.get_by_role("button", name="Retirer cette annonce").click()
    expect(lise.get_by_role("heading", name="Retirées")).to_be_visible()
    lise.get_by_role("button", name="Annuler").click()
    expect(lise.get_by_role("heading", name="En ce moment")).to_be_visible()
    lise.goto("/lyon/")
    expect(lise.get_by_text("Le pad change.")).to_be_visible()


def test_a_logo_is_given_and_a_photograph_is_refused(lise: Page) -> None:
    lise.goto(f"{OURS}/logo")
    photograph = {"name": "photo.jpg", "mimeType": "image/jpeg", "buffer": bytes(3_000_000)}
    lise.set_input_files("[name=logo]", photograph)  # type: ignore[arg-type]
    lise.get_by_role("button", name="Publier ce logo").click()
    expect(lise.get_by_role("heading", name="C'est trop lourd pour nous")).to_be_visible()
    lise.get_by_role("link", name="Revenir au formulaire").click()
    logo = {"name": "logo.png", "mimeType": "image/png", "buffer": images.PNG}
    lise.set_input_files("[name=logo]", logo)  # type: ignore[arg-type]
    lise.get_by_role("button", name="Publier ce logo").click()
    expect(lise.get_by_text("Votre logo est affiché.")).to_be_visible()
    lise.goto("/lyon/")
    shown = lise.get_by_role("img", name="Académie de Lyon")
    assert shown.evaluate("image => image.naturalWidth") == 120
    assert shown.evaluate("image => image.clientHeight") <= 48 + 8
