"""Favourites live on the device, survive a reload and travel by a link."""

from __future__ import annotations

import json
import re

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.pages import Site

pytestmark = pytest.mark.browser


def star(page: Page, title: str) -> Locator:
    return page.get_by_role("button", name=f"Ajouter {title} aux favoris")


def favourites_on(page: Page) -> list[str]:
    ids: list[str] = page.eval_on_selector_all(
        "#favoris li a", "links => links.map(link => link.dataset.id)"
    )
    return ids


def test_a_star_adds_the_task_on_top_and_a_second_press_takes_it_away(awa: Page) -> None:
    expect(awa.locator("#favoris")).to_be_hidden()
    star(awa, "Nuage").click()
    expect(star(awa, "Nuage")).to_have_attribute("aria-pressed", "true")
    link = awa.locator("#favoris a.favourite")
    expect(link).to_have_accessible_name(
        re.compile(r"^Ranger vos fichiers ?, Nuage \(nouvel onglet\)")
    )
    expect(link).to_have_attribute("href", "/rennes/ouvrir/nuage")
    expect(link).to_have_attribute("target", "_blank")
    assert link.locator("svg").count() == 1
    star(awa, "Nuage").click()
    expect(star(awa, "Nuage")).to_have_attribute("aria-pressed", "false")
    expect(awa.locator("#favoris")).to_be_hidden()


def test_favourites_survive_a_reload_in_the_order_they_came(awa: Page) -> None:
    star(awa, "Nuage").click()
    star(awa, "Visio-Agents").click()
    awa.reload()
    assert favourites_on(awa) == ["nuage", "visio-agents"]
    expect(star(awa, "Visio-Agents")).to_have_attribute("aria-pressed", "true")
    expect(star(awa, "Docs")).to_have_attribute("aria-pressed", "false")


def test_only_the_first_star_says_where_it_is_kept(awa: Page) -> None:
    star(awa, "Nuage").click()
    expect(awa.locator(".tile-note")).to_have_text("Gardé sur cet appareil. Le retrouver ailleurs")
    expect(awa.locator(".tile-note a")).to_have_attribute("href", "/rennes/#favoris=nuage")
    star(awa, "Docs").click()
    expect(awa.locator(".tile-note")).to_have_count(0)
    expect(awa.locator(".carry a")).to_have_attribute("href", "/rennes/#favoris=nuage,docs")


def test_the_link_that_carries_them_is_copied_and_shown(awa: Page, site: Site) -> None:
    awa.context.grant_permissions(["clipboard-read", "clipboard-write"])
    star(awa, "Nuage").click()
    awa.locator(".carry a").click()
    address = f"{site.url}/rennes/#favoris=nuage"
    expect(awa.locator(".carry")).to_have_text(
        f"Lien copié. Ouvrez-le sur l'autre appareil : {address}"
    )
    assert awa.evaluate("navigator.clipboard.readText()") == address
    assert awa.url == f"{site.url}/rennes/"


def test_favourites_arrive_on_another_device_when_its_owner_agrees(
    awa: Page, site: Site, browser: Browser
) -> None:
    star(awa, "Visio-Agents").click()
    star(awa, "Nuage").click()
    address = awa.locator(".carry a").evaluate("link => link.href")
    context = browser.new_context()
    other = context.new_page()
    other.goto(address)
    expect(other.locator("#offre-favoris p")).to_have_text("Ajouter ces 2 favoris ici ?")
    other.get_by_role("button", name="Ajouter", exact=True).click()
    expect(other.locator("#favoris li")).to_have_count(2)
    expect(other.locator("#offre-favoris")).to_be_hidden()
    assert other.url == f"{site.url}/rennes/"
    other.reload()
    expect(other.locator("#favoris li")).to_have_count(2)
    context.close()


def test_non_merci_keeps_nothing_and_is_not_asked_again(awa: Page, site: Site) -> None:
    awa.goto("about:blank")
    awa.goto(f"{site.url}/rennes/#favoris=nuage")
    expect(awa.locator("#offre-favoris p")).to_have_text("Ajouter ce favori ici ?")
    awa.get_by_role("button", name="Non merci").click()
    awa.reload()
    expect(awa.locator("#offre-favoris")).to_be_hidden()
    expect(awa.locator("#favoris")).to_be_hidden()


def test_a_link_pasted_into_the_open_page_is_offered_too(awa: Page) -> None:
    awa.evaluate("location.hash = '#favoris=docs,nuage'")
    expect(awa.locator("#offre-favoris p")).to_have_text("Ajouter ces 2 favoris ici ?")


@pytest.mark.parametrize(
    "carried",
    [
        "", ",,,", "nuage", "<img%20src=x>", "NUAGE", "nantes.cahier", "../../x", "x" * 5000 + "!",
    ],
)  # fmt: skip
def test_a_link_that_brings_nothing_new_asks_nothing(awa: Page, site: Site, carried: str) -> None:
    star(awa, "Nuage").click()
    awa.goto("about:blank")
    awa.goto(f"{site.url}/rennes/#favoris={carried}")
    expect(awa.locator("#offre-favoris")).to_be_hidden()
    expect(awa.locator("#favoris li")).to_have_count(1)


def test_a_favourite_that_is_hidden_here_leads_to_the_page_that_explains(
    awa: Page, site: Site
) -> None:
    keep_by_hand(awa, [{"id": "forge", "name": "Forge"}, {"id": "nantes.cahier", "name": "Cahier"}])
    awa.reload()
    link = awa.locator("#favoris a.favourite")
    expect(link).to_have_text("Forge, pas proposé dans votre académie")
    expect(link).to_have_attribute("href", "/rennes/services/forge")
    awa.goto(f"{site.url}/nantes/")
    expect(awa.locator("#favoris li")).to_have_count(2)


def keep_by_hand(page: Page, value: object) -> None:
    text = value if isinstance(value, str) else json.dumps(value)
    page.evaluate("text => localStorage.setItem('trousse.favoris', text)", text)


@pytest.mark.parametrize(
    "kept",
    [
        "not json", "{}", "null", "[null]", "[1, 2]", '[{"id": "nuage"}]', '[{"name": "Nuage"}]',
        '[{"id": "<b>", "name": "x"}]', '[{"id": 3, "name": {}}]', "[[]]",
    ],
)  # fmt: skip
def test_what_a_hand_or_another_version_left_in_storage_breaks_nothing(
    awa: Page, kept: str
) -> None:
    keep_by_hand(awa, kept)
    awa.reload()
    expect(awa.locator("#favoris")).to_be_hidden()
    star(awa, "Docs").click()
    expect(awa.locator("#favoris li")).to_have_count(1)


def test_another_tab_learns_of_a_new_favourite(awa: Page, site: Site) -> None:
    other = awa.context.new_page()
    other.goto(f"{site.url}/rennes/")
    star(awa, "Évento").click()
    expect(other.locator("#favoris li")).to_have_count(1)
    expect(star(other, "Évento")).to_have_attribute("aria-pressed", "true")


def test_favourites_leave_room_for_the_answers_of_a_search(awa: Page) -> None:
    star(awa, "Nuage").click()
    awa.fill("#q", "docs")
    expect(awa.locator("#favoris")).to_be_hidden()
    star(awa, "Docs").click()
    expect(awa.locator("#favoris")).to_be_hidden()
    awa.press("#q", "Escape")
    expect(awa.locator("#favoris li")).to_have_count(2)


FORBIDDEN = """
for (const name of ['localStorage', 'sessionStorage'])
  Object.defineProperty(window, name, { get() { throw new DOMException('no', 'SecurityError'); } });
"""
FULL = """
Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError'); };
"""


@pytest.mark.parametrize("storage", [FORBIDDEN, FULL], ids=["forbidden", "full"])
def test_a_device_that_keeps_nothing_still_has_a_page_that_works(
    page: Page, errors: list[str], site: Site, storage: str
) -> None:
    del errors
    page.add_init_script(storage)
    page.goto(f"{site.url}/rennes/#favoris=docs")
    page.get_by_role("button", name="Ajouter", exact=True).click()
    star(page, "Nuage").click()
    expect(page.locator("#favoris li")).to_have_count(2)
    expect(page.locator(".tile-note")).to_contain_text("Cet appareil ne permet pas de garder")
    with page.expect_popup():
        page.click("[data-id=nuage] .tile-main")
    expect(page.locator("#ouverts li")).to_have_text("Nuage")
    page.locator("[data-theme-switch]").get_by_text("Sombre").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.fill("#q", "nuage")
    expect(page.locator("#resultats li")).to_have_count(1)
