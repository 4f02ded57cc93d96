"""axe finds nothing to object to on the desks; nothing there is too wide or too small."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import desk_visits, desk_world, measures
from tests.browser.desk_visit import DeskVisit
from tests.browser.desk_world import DeskWorld, Who
from tests.browser.test_axe import NARROW, SCHEME_RULES, WIDE, violations
from tests.browser.test_layout import count_sheets, look
from tests.portal import Portal
from web.auth import COOKIE

pytestmark = pytest.mark.browser

Way = tuple[str, tuple[int, int], str, Sequence[str]]
WAYS: tuple[Way, ...] = (
    ("360 px, light", NARROW, "light", ()),
    ("360 px, dark", NARROW, "dark", SCHEME_RULES),
)
WIDELY: tuple[Way, ...] = (("1280 px, light", WIDE, "light", ()),)
"""Only the menu is another than on a telephone: one page of each person is enough."""
PARTS = 3
"""Tests that share the pages."""


@pytest.fixture
def world(portal: Portal, tmp_path: Path) -> DeskWorld:
    return desk_world.enter(portal, tmp_path)


def page_of(browser: Browser, world: DeskWorld, who: Who, address: str) -> Page:
    context = browser.new_context(bypass_csp=True, reduced_motion="reduce", base_url=address)
    if who in world.tokens:
        context.add_cookies([{"name": COOKIE, "value": world.tokens[who], "url": address}])
    return context.new_page()


def by_person(visits: list[DeskVisit]) -> Iterator[tuple[Who, list[DeskVisit]]]:
    for who in Who:
        yield who, [visit for visit in visits if visit.who is who]


def faults_on(page: Page, ways: Sequence[Way] = WAYS) -> Iterator[str]:
    """Look at the page that is open: with axe, then with a ruler."""
    for name, (width, height), scheme, rules in ways:
        page.set_viewport_size({"width": width, "height": height})
        page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
        yield from (f"{name}: {fault}" for fault in violations(page, rules))
    yield from look(page)


@pytest.mark.slow
@pytest.mark.parametrize("part", range(PARTS))
def test_every_page_is_for_everybody_and_fits(
    browser: Browser, world: DeskWorld, address: str, part: int
) -> None:
    faults = []
    for who, visits in by_person(desk_visits.pages()[part::PARTS]):
        page = page_of(browser, world, who, address)
        for rank, visit in enumerate(visits):
            page.goto(world.path(visit.path))
            ways = WAYS if rank else WAYS + WIDELY
            faults += [f"{who} at {visit.path}: {fault}" for fault in faults_on(page, ways)]
        page.context.close()
    assert faults == []


@pytest.mark.parametrize("sheet", ["nos-choix-expliques", "cahier-de-passation"])
def test_a_printed_sheet_fits_its_paper(
    browser: Browser, world: DeskWorld, address: str, sheet: str
) -> None:
    page = page_of(browser, world, Who.LISE, address)
    page.goto(f"/lyon/gestion/{sheet}")
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 718, "height": 1046})  # A4 less its margins, in CSS px
    assert measures.sideways(page) == []
    expect(page.get_by_role("button", name="Imprimer")).to_be_hidden()
    expect(page.get_by_role("link", name="Retour à la gestion")).to_be_hidden()
    assert 1 <= count_sheets(page.pdf(prefer_css_page_size=True)) <= 3
    page.context.close()
