"""What was opened today, for this tab only, and the way out when it did not work."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.pages import Site

pytestmark = pytest.mark.browser


def open_service(page: Page, name: str) -> None:
    with page.expect_popup() as popup:
        page.click(f"[data-id={name}] .tile-main")
    popup.value.close()


def names(page: Page) -> list[str]:
    return page.locator("#ouverts li").all_inner_texts()


def test_the_last_three_are_listed_by_name_newest_first(awa: Page) -> None:
    expect(awa.locator("#ouverts")).to_be_hidden()
    for name in ("visio-agents", "nuage", "evento", "docs", "nuage"):
        open_service(awa, name)
    assert names(awa) == ["Nuage", "Docs", "Évento"]
    awa.reload()
    assert names(awa) == ["Nuage", "Docs", "Évento"]
    expect(awa.locator("#ouverts a").first).to_have_attribute("href", "/rennes/ouvrir/nuage")


def test_effacer_forgets_them(awa: Page) -> None:
    open_service(awa, "nuage")
    awa.get_by_role("button", name="Effacer").click()
    expect(awa.locator("#ouverts")).to_be_hidden()
    assert awa.evaluate("document.activeElement.id") == "q"
    awa.reload()
    expect(awa.locator("#ouverts")).to_be_hidden()


def test_yesterday_is_forgotten(awa: Page) -> None:
    awa.evaluate(
        """sessionStorage.setItem('trousse.ouverts',
        '[{"id": "nuage", "name": "Nuage", "day": "Sat Nov 21 2020"}]')"""
    )
    awa.reload()
    expect(awa.locator("#ouverts")).to_be_hidden()


def test_another_tab_knows_nothing_of_them(awa: Page, site: Site) -> None:
    open_service(awa, "nuage")
    other = awa.context.new_page()
    other.goto(f"{site.url}/rennes/")
    expect(other.locator("#ouverts")).to_be_hidden()


def test_after_a_click_the_tile_says_when_and_leads_to_the_trouble_page(awa: Page) -> None:
    expect(awa.locator("[data-id=nuage] .tile-after")).to_be_hidden()
    open_service(awa, "nuage")
    after = awa.locator("[data-id=nuage] .tile-after")
    expect(after).to_have_text(re.compile(r"^Ouvert à \d?\d h \d\d\. Ça n'a pas marché \?$"))
    expect(after.locator("a")).to_have_attribute("href", "/rennes/depanner/nuage")
    open_service(awa, "nuage")
    expect(awa.locator(".tile-opened")).to_have_count(1)


def test_a_middle_click_and_the_keyboard_open_too(awa: Page) -> None:
    with awa.context.expect_page():
        awa.click("[data-id=nuage] .tile-main", button="middle")
    with awa.expect_popup():
        awa.locator("[data-id=docs] .tile-main").press("Enter")
    assert names(awa) == ["Docs", "Nuage"]


def test_a_right_click_opens_nothing(awa: Page) -> None:
    awa.click("[data-id=nuage] .tile-main", button="right")
    expect(awa.locator("#ouverts")).to_be_hidden()


def test_a_favourite_counts_as_an_opening(awa: Page) -> None:
    awa.click("[data-id=evento] .tile-star")
    with awa.expect_popup():
        awa.click("#favoris a.favourite")
    assert names(awa) == ["Évento"]


def test_a_service_in_trouble_was_not_opened(awa: Page) -> None:
    awa.click("[data-id=tubes] .tile-main")
    awa.wait_for_url("**/rennes/depanner/tubes")
    awa.go_back()
    expect(awa.locator(".tile[data-id=tubes]")).to_be_visible()
    expect(awa.locator("#ouverts")).to_be_hidden()
