"""The device remembers up to three académies and goes straight to the only one."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import TILES
from tests.browser.pages import Site, home, page

pytestmark = pytest.mark.browser

NAMES = {"rennes": "Rennes", "nantes": "Nantes", "lyon": "Lyon", "amiens": "Amiens"}


def choose_page(lang: str = "fr") -> str:
    start = "/en/" if lang == "en" else "/"
    links = "".join(
        f'<li><a href="{start}{slug}/" data-remember="{slug}" data-name="{name}">Académie de '
        f"{name}</a></li>"
        for slug, name in NAMES.items()
    )
    field = '<input id="q" name="q">'
    return page(f'<ul id="recents" hidden></ul><main>{field}<ul>{links}</ul></main>', lang=lang)


@pytest.fixture
def start(awa: Page, site: Site) -> Page:
    """The page where one chooses, on a device that knows nothing."""
    site.pages |= {f"/{slug}/": home(TILES, academie=slug) for slug in NAMES}
    site.pages |= {"/": choose_page(), "/en/": choose_page("en"), "/en/lyon/": home(TILES)}
    awa.goto(f"{site.url}/")
    return awa


def choose(page: Page, site: Site, *slugs: str) -> None:
    for slug in slugs:
        page.goto(f"{site.url}/?choisir")
        page.click(f"main [data-remember={slug}]")
        page.wait_for_url(f"{site.url}/{slug}/")


def recents(page: Page) -> list[str]:
    return page.locator("#recents a").all_inner_texts()


def test_a_device_that_knows_nothing_is_asked(start: Page, site: Site) -> None:
    assert start.url == f"{site.url}/"
    expect(start.locator("#recents")).to_be_hidden()


def test_the_only_academie_is_gone_to_straight(start: Page, site: Site) -> None:
    choose(start, site, "rennes")
    start.goto(f"{site.url}/")
    start.wait_for_url(f"{site.url}/rennes/")


def test_choisir_and_a_search_always_show_the_page(start: Page, site: Site) -> None:
    choose(start, site, "rennes")
    for query in ("?choisir", "?choisir=", "?q=lyon"):
        start.goto(f"{site.url}/{query}")
        assert recents(start) == ["Rennes"]
        assert start.url == f"{site.url}/{query}"


def test_two_are_offered_and_the_newest_three_are_kept(start: Page, site: Site) -> None:
    choose(start, site, "rennes", "nantes")
    start.goto(f"{site.url}/")
    assert recents(start) == ["Nantes", "Rennes"]
    choose(start, site, "lyon", "amiens", "nantes")
    start.goto(f"{site.url}/")
    assert recents(start) == ["Nantes", "Amiens", "Lyon"]


def test_an_academie_that_is_gone_is_not_gone_to(start: Page, site: Site) -> None:
    start.evaluate(
        """localStorage.setItem('trousse.academies', '[{"id": "caen", "name": "Caen"}]')"""
    )
    start.goto(f"{site.url}/")
    expect(start.locator("#recents")).to_be_hidden()
    assert start.url == f"{site.url}/"


@pytest.mark.parametrize("slug", ["//evil.example", "javascript:alert(1)", "rennes/../../x", "%2F"])
def test_a_forged_memory_leads_nowhere(start: Page, site: Site, slug: str) -> None:
    start.evaluate(
        """slug => localStorage.setItem('trousse.academies',
        JSON.stringify([{ id: slug, name: 'Rennes' }]))""",
        slug,
    )
    start.goto(f"{site.url}/")
    expect(start.locator("#recents")).to_be_hidden()
    assert start.url == f"{site.url}/"


def test_english_stays_english(start: Page, site: Site) -> None:
    choose(start, site, "lyon")
    start.goto(f"{site.url}/en/")
    start.wait_for_url(f"{site.url}/en/lyon/")


def test_the_page_of_another_academie_shows_the_way_back(start: Page, site: Site) -> None:
    choose(start, site, "rennes")
    expect(start.locator("#autre-academie")).to_be_hidden()
    start.goto(f"{site.url}/nantes/")
    note = start.locator("#autre-academie")
    expect(note).to_have_text("Vous êtes sur la page de Nantes. Revenir à Rennes")
    expect(note.locator("a")).to_have_attribute("href", "/rennes/")
    start.goto(f"{site.url}/amiens/")
    expect(note).to_have_text("Vous êtes sur la page d'Amiens. Revenir à Rennes")


def test_a_device_that_knows_none_is_not_bothered(start: Page, site: Site) -> None:
    start.goto(f"{site.url}/nantes/")
    expect(start.locator("#autre-academie")).to_be_hidden()


def test_one_of_several_remembered_is_at_home_too(start: Page, site: Site) -> None:
    choose(start, site, "rennes", "nantes")
    start.goto(f"{site.url}/rennes/")
    expect(start.locator("#autre-academie")).to_be_hidden()


def test_a_page_without_a_place_for_the_way_back_works_on(start: Page, site: Site) -> None:
    choose(start, site, "rennes")
    site.pages["/nantes/"] = site.pages["/nantes/"].replace('id="autre-academie"', "")
    start.goto(f"{site.url}/nantes/")
    start.fill("#q", "nuage")
    expect(start.locator("#resultats li")).to_have_count(1)


def test_a_site_below_a_prefix_stays_below_it(start: Page, site: Site) -> None:
    choose(start, site, "lyon")
    site.pages["/portail/"] = choose_page()
    site.pages["/portail/lyon/"] = home(TILES, academie="lyon")
    site.pages["/portail/nantes/"] = home(TILES, academie="nantes").replace(
        'action="/nantes/"', 'action="/portail/nantes/"'
    )
    start.goto(f"{site.url}/portail/")
    start.wait_for_url(f"{site.url}/portail/lyon/")
    start.goto(f"{site.url}/portail/nantes/")
    expect(start.locator("#autre-academie a")).to_have_attribute("href", "/portail/lyon/")
