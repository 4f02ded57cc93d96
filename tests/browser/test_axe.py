"""axe finds nothing to object to: every page, each state, both schemes, narrow and wide."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page, expect
from pytest_playwright.pytest_playwright import CreateContextCallback

from tests.browser import prepared_link, visits
from tests.browser.visits import SERVICES, World
from tests.portal import Portal

pytestmark = pytest.mark.browser

NARROW, WIDE = (360, 640), (1280, 800)
SCHEME_RULES = ("color-contrast", "link-in-text-block")
"""What a colour scheme can break; the other rules don't look at colours."""
RUN = "options => axe.run(options).then(found => found.violations)"
"""Only what is wrong comes back, without the account of all that was looked at."""


@pytest.fixture
def reader(new_context: CreateContextCallback) -> Page:
    return new_context(bypass_csp=True, reduced_motion="reduce").new_page()


def violations(page: Page, rules: Sequence[str] = ()) -> list[str]:
    options: dict[str, Any] = {"resultTypes": ["violations"]}
    if rules:
        options["runOnly"] = {"type": "rule", "values": list(rules)}
    # A page that is looked at in several ways reads the large script once.
    if not page.evaluate("() => typeof window.axe?.run === 'function'"):
        page.evaluate(AXE_SCRIPT)
    return [
        f"{violation['id']}: {node['target']} {node['html'][:120]}"
        for violation in page.evaluate(RUN, options)
        for node in violation["nodes"]
    ]


def in_every_way(page: Page) -> Iterator[str]:
    """Look at one page narrow and wide, light and dark."""
    for size in (NARROW, WIDE):
        page.set_viewport_size({"width": size[0], "height": size[1]})
        page.emulate_media(color_scheme="light")
        yield from (f"{size[0]} px, light: {fault}" for fault in violations(page))
        page.emulate_media(color_scheme="dark")
        yield from (f"{size[0]} px, dark: {fault}" for fault in violations(page, SCHEME_RULES))


def faults_on(page: Page, addresses: Sequence[str]) -> list[str]:
    faults = []
    for address in addresses:
        page.goto(address)
        faults += [f"{address}: {fault}" for fault in in_every_way(page)]
    return faults


@pytest.mark.slow
def test_every_page(reader: Page, portal: Portal, address: str) -> None:
    visits.enter(World.UP, portal)
    assert faults_on(reader, [address + visit.path for visit in visits.pages()]) == []


@pytest.mark.slow
@pytest.mark.parametrize("world", [World.TROUBLED, World.UNCHECKED])
def test_every_page_that_shows_states(
    reader: Page, portal: Portal, address: str, world: World
) -> None:
    """In the troubled world each service is in another state; unchecked, all are alike."""
    visits.enter(world, portal)
    services = SERVICES if world is World.TROUBLED else SERVICES[:1]
    paths = ["/lyon/", "/lyon/etat", "/lyon/ouvrir/tubes", "/rennes/services/pad"]
    paths += [f"/lyon/{page}/{name}" for name in services for page in ("services", "souci")]
    assert faults_on(reader, [address + path for path in paths]) == []


def test_the_english_pages_say_their_language(reader: Page, portal: Portal, address: str) -> None:
    visits.enter(World.TROUBLED, portal)
    paths = ("/", "/lyon/", "/lyon/services/pad")
    assert faults_on(reader, [f"{address}/en{path}" for path in paths]) == []


def test_the_ways_out_of_a_prepared_link(reader: Page, portal: Portal, address: str) -> None:
    visits.enter(World.UP, portal)
    prepared_link.prepare(reader, address)
    faults = [f"ready: {fault}" for fault in in_every_way(reader)]
    for way in prepared_link.WAYS:
        prepared_link.prepare(reader, address)
        prepared_link.leave_by(reader, way)
        faults += [f"{way}: {fault}" for fault in in_every_way(reader)]
    assert faults == []


def test_a_form_that_comes_back(reader: Page, portal: Portal, address: str) -> None:
    visits.enter(World.UP, portal)
    reader.goto(f"{address}/lyon/lien/salle")
    reader.fill("#nom", "!!!")
    reader.fill("#heure", "18:00")
    reader.click("text=Créer le lien")
    expect(reader.locator("[aria-invalid=true]")).to_have_count(2)
    reader.wait_for_load_state()
    assert list(in_every_way(reader)) == []


def test_a_page_in_use(reader: Page, portal: Portal, address: str) -> None:
    """Favourites, an offer of more, what was opened, a search: all that the script adds."""
    visits.enter(World.TROUBLED, portal)
    reader.goto(f"{address}/lyon/")
    reader.locator(".tile[data-id=notes] .tile-star").click()
    reader.locator(".tile-note a").click()
    with reader.context.expect_page() as opened:
        reader.locator(".tile[data-id=notes] .tile-main").click()
    opened.value.close()
    reader.goto(f"{address}/lyon/#favoris=salle,visio")
    expect(reader.locator("#offre-favoris button")).to_have_count(2)
    faults = list(in_every_way(reader))
    for query in ("zoom", "etherpaddd"):
        reader.fill("#q", query)
        faults += [f"{query}: {fault}" for fault in in_every_way(reader)]
    assert faults == []


def test_axe_would_see_a_fault(reader: Page) -> None:
    reader.set_content('<html lang="fr"><title>A</title><main><h1>A</h1><img src="/x.png">')
    assert any(fault.startswith("image-alt") for fault in violations(reader))
