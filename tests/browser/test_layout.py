"""Sizes: nothing too wide, too small or too low, on a phone, zoomed, wide and on paper."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from pytest_playwright.pytest_playwright import CreateContextCallback

from app import create_app
from monitoring.target import State
from tests.browser import measures, prepared_link, visits
from tests.browser.visits import SERVICES, World
from tests.conftest import SettingsFactory
from tests.databases import create_tables
from tests.portal import Portal

pytestmark = pytest.mark.browser

LONG_NAME = "Conseil de cycle 3 de l’école Jacques-Prévert du bourg"
PHONE, ZOOMED, DESK = (360, 640), (320, 256), (1280, 800)
"""A screen 1,280 px wide at 400 % is 320 px wide."""
RULES: dict[tuple[int, int], tuple[Callable[[Page], list[str]], ...]] = {
    PHONE: (measures.sideways, measures.small_targets, measures.small_texts),
    ZOOMED: (measures.sideways,),
    DESK: (measures.sideways, measures.small_targets, measures.small_texts, measures.unequal_rows),
}


@pytest.fixture
def reader(new_context: CreateContextCallback) -> Page:
    return new_context(reduced_motion="reduce").new_page()


def look(page: Page) -> list[str]:
    faults = []
    for (width, height), rules in RULES.items():
        page.set_viewport_size({"width": width, "height": height})
        faults += [f"{width} px: {fault}" for rule in rules for fault in rule(page)]
    return faults


def faults_at(page: Page, addresses: list[str]) -> list[str]:
    faults = []
    for address in addresses:
        page.goto(address)
        faults += [f"{address}: {fault}" for fault in look(page)]
    return faults


@pytest.mark.slow
@pytest.mark.parametrize("language", ["", "/en"])
def test_every_page_fits(reader: Page, portal: Portal, address: str, language: str) -> None:
    visits.enter(World.TROUBLED, portal)
    paths = [visit.path for visit in visits.pages()]
    assert faults_at(reader, [f"{address}{language}{path}" for path in paths]) == []


def test_pages_about_what_works_fit(reader: Page, portal: Portal, address: str) -> None:
    visits.enter(World.UP, portal)
    paths = ["", "etat", "lien/salle", *(f"souci/{name}" for name in SERVICES)]
    assert faults_at(reader, [f"{address}/lyon/{path}" for path in paths]) == []


@pytest.mark.parametrize("way", ["", *prepared_link.WAYS])
def test_a_prepared_link_fits(reader: Page, address: str, way: str) -> None:
    prepared_link.prepare(reader, address, name=LONG_NAME)
    if way:
        prepared_link.leave_by(reader, way)
    assert look(reader) == []


def test_what_the_script_adds_fits(reader: Page, portal: Portal, address: str) -> None:
    visits.enter(World.TROUBLED, portal)
    reader.goto(f"{address}/lyon/")
    reader.locator(".tile[data-id=tubes] .tile-star").click()
    reader.locator(".tile-note a").click()
    expect(reader.locator(".tile-note code")).to_be_visible()
    reader.evaluate("location.hash = 'favoris=salle,visio'")
    expect(reader.locator("#offre-favoris button")).to_have_count(2)
    assert look(reader) == []
    reader.fill("#q", "etherpaddd")
    expect(reader.locator("[data-suggestion]")).to_be_visible()
    assert look(reader) == []


@pytest.fixture
def shipped(make_settings: SettingsFactory) -> Portal:
    """The offer that we ship, with every service up."""
    portal = Portal(create_app(make_settings(public_url="http://localhost")))
    create_tables(portal.site.engine)
    portal.set_all(State.UP)
    return portal


@pytest.mark.parametrize("slug", ["rennes", "clermont-ferrand", "saint-pierre-et-miquelon"])
def test_the_first_screen_holds_the_question_the_profiles_and_the_first_tile(
    reader: Page, shipped: Portal, slug: str
) -> None:
    text = shipped.client.get(f"/{slug}/").text
    sheet = re.search(r'href="(/static/css/[^"]+)"', text)
    assert sheet is not None
    reader.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    reader.set_content(text)
    reader.add_style_tag(content=shipped.client.get(sheet.group(1)).text)
    bottoms = reader.eval_on_selector_all(
        ".top, h1, #q, .profiles a", "nodes => nodes.map(n => n.getBoundingClientRect().bottom)"
    )
    assert len(bottoms) == 8
    assert max(bottoms) < PHONE[1]
    title = reader.locator("#services .tile h3").first.bounding_box()
    assert title is not None
    assert title["y"] + title["height"] < PHONE[1], "the first tile's name is on the first screen"
    shipped.site.engine.dispose()


def test_three_columns_and_a_width_that_one_can_read(
    reader: Page, portal: Portal, address: str
) -> None:
    visits.enter(World.UP, portal)
    reader.set_viewport_size({"width": 1600, "height": 900})
    reader.goto(f"{address}/lyon/")
    boxes = [tile.bounding_box() for tile in reader.locator(".tile").all()[:3]]
    tops = {round(box["y"]) for box in boxes if box}
    assert len(tops) == 1
    main = reader.locator("main .wrap").bounding_box()
    assert main is not None
    assert main["width"] <= 1160
    assert reader.locator("#recherche .field").bounding_box()["width"] == 640  # type: ignore[index]


def count_sheets(pdf: bytes) -> int:
    return len(re.findall(rb"/Type\s*/Page\b(?!s)", pdf))


@pytest.mark.parametrize("name", ["", LONG_NAME])
def test_eight_slips_make_one_sheet(reader: Page, address: str, name: str) -> None:
    prepared_link.prepare(reader, address, name=name)
    prepared_link.leave_by(reader, "Imprimer les mots")
    expect(reader.locator(".slip")).to_have_count(8)
    assert count_sheets(reader.pdf(prefer_css_page_size=True)) == 1
    reader.emulate_media(media="print")
    reader.set_viewport_size({"width": 718, "height": 1046})  # A4 less its margins, in CSS px
    cut = reader.eval_on_selector_all(
        ".slip", "slips => slips.filter(s => s.scrollHeight > s.clientHeight + 1).length"
    )
    assert cut == 0
    expect(reader.get_by_role("button", name="Revenir")).to_be_hidden()


def test_a_printed_page_leaves_out_what_paper_cannot_do(
    reader: Page, portal: Portal, address: str
) -> None:
    visits.enter(World.UP, portal)
    reader.goto(f"{address}/lyon/")
    reader.emulate_media(media="print")
    for part in ("#recherche", ".tile-star", ".theme", ".tile-act"):
        expect(reader.locator(part).first).to_be_hidden()
    expect(reader.locator(".tile h3").first).to_be_visible()
    assert count_sheets(reader.pdf(prefer_css_page_size=True)) <= 2


def test_the_measures_see_what_is_too_small_and_too_wide(reader: Page) -> None:
    reader.set_viewport_size({"width": 360, "height": 640})
    reader.set_content(
        '<div><a href="/">x</a></div><p style="font-size:12px">petit</p>'
        '<div style="width:500px">large</div>'
        '<p>Voir <a href="/">ceci</a> aussi</p>'
    )
    assert len(measures.small_targets(reader)) == 1
    assert measures.small_texts(reader) == ["12 px: petit"]
    assert len(measures.sideways(reader)) == 1
