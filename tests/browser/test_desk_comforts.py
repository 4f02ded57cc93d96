"""What the desk's script and style make easier: a menu that folds, fields that come when asked."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests import cast
from tests.portal import Portal
from web.auth import COOKIE

pytestmark = pytest.mark.browser

HIDE = "/lyon/gestion/services/visio/masquer"


@pytest.fixture
def lise(page: Page, errors: list[str], portal: Portal, address: str) -> Page:
    del errors
    token = portal.session_token(cast.LISE)
    page.context.add_cookies([{"name": COOKIE, "value": token, "url": address}])
    page.goto(f"{address}{HIDE}")
    return page


def menu_link(page: Page) -> Locator:
    return page.get_by_role("navigation", name="Gestion").get_by_role("link", name="Journal")


def test_the_menu_is_folded_on_a_telephone_alone(lise: Page) -> None:
    lise.set_viewport_size({"width": 360, "height": 640})
    expect(menu_link(lise)).to_have_count(0)
    folded = lise.locator(".desk-menu summary")
    expect(folded).to_have_text(re.compile("Menu.: Services"))
    folded.click()
    expect(menu_link(lise)).to_be_visible()
    menu_link(lise).click()
    expect(lise.get_by_role("heading", level=1)).to_have_text("Journal")
    lise.set_viewport_size({"width": 1280, "height": 800})
    expect(menu_link(lise)).to_be_visible()
    expect(menu_link(lise)).to_have_attribute("aria-current", "page")


def test_a_field_comes_with_its_answer_and_keeps_what_was_chosen(lise: Page) -> None:
    service, address = lise.get_by_label("Service à la place"), lise.get_by_label("Adresse à la")
    until = lise.get_by_label("Jusqu'au", exact=True)
    for field in (service, address, until):
        expect(field).to_be_hidden()
    lise.get_by_label("Un service", exact=True).check()
    service.select_option("salle")
    expect(address).to_be_hidden()
    lise.get_by_label("Une adresse", exact=True).check()
    expect(service).to_be_hidden()
    expect(address).to_be_visible()
    lise.get_by_label("Un service", exact=True).check()
    expect(service).to_have_value("salle")


def test_what_is_not_asked_is_not_sent(lise: Page) -> None:
    lise.get_by_label("Trop de pannes").check()
    lise.get_by_label("Un service", exact=True).check()
    lise.get_by_label("Service à la place").select_option("salle")
    lise.get_by_label("Rien", exact=True).check()
    lise.get_by_role("button", name="Masquer Visio-Agents").click()
    expect(lise.locator(".message-done")).to_contain_text("Visio-Agents est masqué à Lyon.")


def test_the_first_link_leads_past_the_menu(lise: Page) -> None:
    lise.keyboard.press("Tab")
    expect(lise.get_by_role("link", name="Aller au contenu")).to_be_focused()
    lise.keyboard.press("Enter")
    lise.keyboard.press("Tab")
    expect(lise.locator("#ecran").get_by_role("link", name="Services")).to_be_focused()
