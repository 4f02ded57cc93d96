"""The keyboard alone: the same opening, focus always in sight, skip links, no trap."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from pytest_playwright.pytest_playwright import CreateContextCallback

from tests.browser import visits
from tests.browser.awa import Service, catalogue_with, running
from tests.browser.visits import World
from tests.portal import CATALOGUE, Portal

pytestmark = pytest.mark.browser

MOST_STOPS = 150

_FOCUS = """() => {
  const node = document.activeElement;
  if (!node || node === document.body) return null;
  const drawn = [null, '::after'].some(part => {
    const style = getComputedStyle(node, part);
    const ring = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2;
    const border = part && style.content !== 'none' && parseFloat(style.borderTopWidth) >= 2;
    return ring || border || style.boxShadow !== 'none';
  });
  const box = node.getBoundingClientRect();
  const inside = box.bottom > 0 && box.top < innerHeight && box.width > 0 && box.height > 0;
  if (!node.dataset.stop) node.dataset.stop = String(Math.random());
  return {
    id: node.dataset.stop, name: node.textContent.trim() || node.name || node.id,
    drawn, inside, html: node.outerHTML.slice(0, 100),
  };
}"""


@pytest.fixture
def visio() -> Iterator[Service]:
    with running("Visio-Agents") as service:
        yield service


@pytest.fixture
def portal_settings(tmp_path: Path, visio: Service) -> dict[str, Any]:
    places = {"https://visio-a.example.fr": visio.url, "https://visio-b.example.fr": visio.url}
    # Two backends at one address would be a problem of the catalogue.
    places["https://visio-b.example.fr"] += "/b"
    catalogue = tmp_path / "services.yaml"
    catalogue.write_text(catalogue_with(CATALOGUE, places), encoding="utf-8")
    return {"catalogue": str(catalogue)}


@pytest.fixture
def awa(new_context: CreateContextCallback, portal: Portal) -> Page:
    visits.enter(World.UP, portal)
    return new_context(viewport={"width": 1280, "height": 800}, reduced_motion="reduce").new_page()


def tab_to(page: Page, name: str) -> None:
    """Press Tab until the focus is on what has this name."""
    for _ in range(MOST_STOPS):
        page.keyboard.press("Tab")
        stop = page.evaluate(_FOCUS)
        if stop is not None and re.search(name, stop["name"]):
            return
    pytest.fail(f"Tab never comes to {name!r}")


def stops_of(page: Page) -> list[dict[str, Any]]:
    """Tab through the whole page, until the focus leaves it or comes back to its beginning."""
    stops: list[dict[str, Any]] = []
    seen: set[str] = set()
    for _ in range(MOST_STOPS):
        page.keyboard.press("Tab")
        stop = page.evaluate(_FOCUS)
        # A date has several stops of its own.
        if stops and stop is not None and stop["id"] == stops[-1]["id"]:
            continue
        if stop is None or stop["id"] in seen:
            return stops
        seen.add(stop["id"])
        stops.append(stop)
    pytest.fail(f"more than {MOST_STOPS} stops")


def test_from_nothing_to_the_visio_with_tab_and_enter(
    awa: Page, address: str, visio: Service
) -> None:
    awa.goto(f"{address}/")
    tab_to(awa, "^Lyon$")
    awa.keyboard.press("Enter")
    awa.wait_for_url(f"{address}/lyon/")
    tab_to(awa, "^Réunir des collègues ou des parents")
    with awa.context.expect_page() as opened:
        awa.keyboard.press("Enter")
    expect(opened.value).to_have_title("Visio-Agents")
    assert visio.asked


def test_by_the_search_field(awa: Page, address: str) -> None:
    awa.goto(f"{address}/lyon/")
    awa.keyboard.press("Tab")
    awa.keyboard.press("Enter")
    tab_to(awa, "^q$")
    awa.keyboard.type("zoom")
    expect(awa.locator("#resultats .tile")).to_have_count(2)
    awa.keyboard.press("Enter")
    tab_to(awa, "^Réunir des collègues ou des parents")
    with awa.context.expect_page() as opened:
        awa.keyboard.press("Enter")
    expect(opened.value).to_have_title("Visio-Agents")


def test_escape_empties_the_search_and_stays_in_the_field(awa: Page, address: str) -> None:
    awa.goto(f"{address}/lyon/")
    awa.focus("#q")
    awa.keyboard.type("zoom")
    expect(awa.locator("#services")).to_be_hidden()
    awa.keyboard.press("Escape")
    expect(awa.locator("#services")).to_be_visible()
    expect(awa.locator("#q")).to_be_focused()
    expect(awa.locator("#q")).to_have_value("")


@pytest.mark.parametrize(
    ("path", "name", "target"),
    [
        ("/lyon/", "Aller à la recherche", "recherche"),
        ("/lyon/", "Aller aux services", "services"),
        ("/", "Aller à la recherche", "recherche-academie"),
        ("/", "Aller à la liste des académies", "academies"),
        ("/lyon/etat", "Aller au contenu", "contenu"),
        ("/lyon/services/visio", "Aller au contenu", "contenu"),
        ("/contact", "Aller au contenu", "contenu"),
    ],
)
def test_skip_links_show_and_lead_past_the_header(
    awa: Page, address: str, path: str, name: str, target: str
) -> None:
    awa.goto(address + path)
    tab_to(awa, f"^{name}$")
    assert awa.evaluate(_FOCUS)["inside"], "a skip link shows when it has the focus"
    awa.keyboard.press("Enter")
    awa.keyboard.press("Tab")
    inside = "id => document.getElementById(id).contains(document.activeElement)"
    assert awa.evaluate(inside, target)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_the_focus_is_always_in_sight_and_never_trapped(
    awa: Page, address: str, width: int, scheme: Any
) -> None:
    awa.set_viewport_size({"width": width, "height": 640})
    awa.emulate_media(color_scheme=scheme)
    for path in ("/", "/lyon/", "/lyon/?q=zoom", "/lyon/etat", "/lyon/lien/salle"):
        awa.goto(address + path)
        stops = stops_of(awa)
        assert [stop["html"] for stop in stops if not stop["drawn"]] == [], path
        assert [stop["html"] for stop in stops if not stop["inside"]] == [], path
        assert len(stops) > 10, path


def test_tab_visits_everything_that_can_be_pressed(awa: Page, address: str) -> None:
    awa.goto(f"{address}/lyon/")
    visited = len(stops_of(awa))
    everything = awa.evaluate(
        """() => Array.from(document.querySelectorAll('a[href], button, input, summary'))
        .filter(node => node.type !== 'hidden' && node.getClientRects().length).length"""
    )
    assert visited == everything


def test_a_link_is_prepared_and_shown_with_the_keyboard(awa: Page, address: str) -> None:
    awa.goto(f"{address}/lyon/")
    tab_to(awa, "^Préparer un lien, Rendez-vous")
    awa.keyboard.press("Enter")
    awa.wait_for_url("**/lien/salle")
    tab_to(awa, "^nom$")
    awa.keyboard.type("Conseil")
    awa.keyboard.press("Enter")
    expect(awa.locator("h1")).to_have_text("Votre lien est prêt")
    tab_to(awa, "^Imprimer les mots$")
    awa.keyboard.press("Enter")
    expect(awa.locator(".slip")).to_have_count(8)
    tab_to(awa, "^Revenir$")
    awa.keyboard.press("Enter")
    expect(awa.locator("#lien")).to_contain_text("conseil-")


def test_a_star_keeps_the_focus(awa: Page, address: str) -> None:
    awa.goto(f"{address}/lyon/")
    tab_to(awa, "^Ajouter Tubes aux favoris")
    for pressed in ("true", "false"):
        awa.keyboard.press("Enter")
        star = awa.get_by_role("button", name="Ajouter Tubes aux favoris")
        expect(star).to_be_focused()
        expect(star).to_have_attribute("aria-pressed", pressed)
