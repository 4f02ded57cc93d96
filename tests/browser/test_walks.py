"""Awa gets there: few taps on a slow phone, also with the main visio down."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_playwright.pytest_playwright import CreateContextCallback

from monitoring.target import State
from tests.browser.awa import PHONE, Awa, Service, catalogue_with, on_a_slow_phone, running
from tests.portal import CATALOGUE, Portal

pytestmark = [pytest.mark.browser, pytest.mark.slow]

VISIO_TASK = "Réunir des collègues ou des parents"
ROOM_TASK = "Parler à quelques-uns, tout de suite"


@pytest.fixture
def visio() -> Iterator[Service]:
    with running("Visio-Agents") as service:
        yield service


@pytest.fixture
def room() -> Iterator[Service]:
    with running("Rendez-vous") as service:
        yield service


@pytest.fixture
def portal_settings(tmp_path: Path, visio: Service, room: Service) -> dict[str, Any]:
    places = {
        "https://visio-a.example.fr": visio.url,
        "https://visio-b.example.fr": visio.url + "/b",
        "https://salle.example.fr": room.url,
    }
    catalogue = tmp_path / "services.yaml"
    catalogue.write_text(catalogue_with(CATALOGUE, places), encoding="utf-8")
    return {"catalogue": str(catalogue)}


@pytest.fixture
def awa(new_context: CreateContextCallback, portal: Portal, address: str) -> Awa:
    """Awa at `/`, on a phone that knows nothing yet."""
    portal.set_all(State.UP)
    awa = on_a_slow_phone(new_context(**PHONE))
    awa.page.goto(f"{address}/")
    return awa


def told(awa: Awa, most: int) -> None:
    print(f"{awa.taps} taps, {awa.seconds():.1f} s")  # noqa: T201 (read with pytest -s)
    assert awa.taps <= most


def choose_lyon(awa: Awa) -> None:
    awa.tap(awa.page.get_by_role("link", name="Lyon", exact=True))
    awa.page.wait_for_url("**/lyon/")


def test_from_nothing_to_the_visio(awa: Awa, visio: Service) -> None:
    choose_lyon(awa)
    awa.tap_for_a_new_tab(awa.page.get_by_role("link", name=re.compile(VISIO_TASK)))
    expect(awa.page).to_have_title("Visio-Agents")
    assert [path for path in visio.asked if path != "/favicon.ico"] in (["/"], ["/b/"])
    told(awa, most=4)


def test_from_nothing_to_the_visio_by_what_she_knows(awa: Awa, visio: Service) -> None:
    """She types where she works, then the name of the tool that she had."""
    awa.page.fill("#q", "69")
    awa.tap(awa.page.get_by_role("button", name="Chercher"))
    choose_lyon(awa)
    awa.page.fill("#q", "zoom")
    results = awa.page.locator("#resultats .tile")
    expect(results).to_have_count(2)
    awa.tap_for_a_new_tab(results.first.locator(".tile-main"))
    expect(awa.page).to_have_title("Visio-Agents")
    assert visio.asked
    told(awa, most=4)


def test_from_nothing_to_an_alternative_while_the_visio_is_down(
    awa: Awa, portal: Portal, visio: Service, room: Service
) -> None:
    portal.set_state("visio", State.DOWN)
    choose_lyon(awa)
    awa.tap(awa.page.get_by_role("link", name=re.compile(VISIO_TASK)))
    expect(awa.page.locator("h1")).to_have_text("Visio-Agents est en panne")
    expect(awa.page.locator(".tile .tile-state")).to_have_text("Fonctionne")
    awa.tap_for_a_new_tab(awa.page.get_by_role("link", name=re.compile(ROOM_TASK)))
    expect(awa.page).to_have_title("Rendez-vous")
    assert re.fullmatch(r"/[a-z0-9-]{20,}", room.asked[0])
    assert visio.asked == []
    told(awa, most=4)


def to_the_slips(awa: Awa) -> None:
    awa.tap(awa.page.get_by_role("link", name=re.compile("Préparer un lien ?, Rendez-vous")))
    awa.page.wait_for_url("**/lien/salle")
    awa.tap(awa.page.get_by_role("button", name="Créer le lien"))
    awa.tap(awa.page.get_by_role("button", name="Imprimer les mots"))
    expect(awa.page.locator(".slip")).to_have_count(8)
    awa.page.evaluate("window.print = () => document.body.dataset.printed = 'yes'")
    awa.tap(awa.page.get_by_role("button", name="Imprimer", exact=True))
    assert awa.page.evaluate("document.body.dataset.printed") == "yes"


def test_from_nothing_to_eight_slips(awa: Awa, room: Service) -> None:
    choose_lyon(awa)
    to_the_slips(awa)
    assert room.url in awa.page.locator(".slip .to").first.inner_text()
    told(awa, most=6)


def test_from_nothing_to_eight_slips_while_the_visio_is_down(awa: Awa, portal: Portal) -> None:
    portal.set_state("visio", State.DOWN)
    choose_lyon(awa)
    awa.tap(awa.page.get_by_role("link", name=re.compile(VISIO_TASK)))
    to_the_slips(awa)
    told(awa, most=6)


def test_an_opening_is_not_the_end_of_the_page(awa: Awa, address: str) -> None:
    """Back on the page she sees when she opened it, and where to go when it did not work."""
    choose_lyon(awa)
    portal_page = awa.page
    awa.tap_for_a_new_tab(awa.page.get_by_role("link", name=re.compile(VISIO_TASK)))
    after = portal_page.locator(".tile[data-id=visio] .tile-after")
    expect(after).to_have_text(re.compile(r"^Ouvert à \d+\sh\s\d\d\.\sÇa n'a pas marché\s\?\s*$"))
    expect(portal_page.locator("#ouverts .opened a")).to_have_text(["Visio-Agents"])
    after.locator("a").tap()
    expect(portal_page).to_have_url(f"{address}/lyon/souci/visio")
    expect(portal_page.locator("h1")).to_have_text("Visio-Agents fonctionne de notre côté")


def favourites(page: Page) -> list[str]:
    return page.locator("#favoris a.favourite").all_inner_texts()


def test_favourites_survive_a_reload_and_travel_to_another_phone(
    awa: Awa, browser: Browser, address: str
) -> None:
    page = awa.page
    choose_lyon(awa)
    for title in ("Rendez-vous", "Tubes"):
        awa.tap(page.get_by_role("button", name=f"Ajouter {title} aux favoris"))
    page.reload()
    assert len(favourites(page)) == 2
    page.locator("#favoris .carry a").tap()
    link = page.locator("#favoris .carry code").inner_text()
    assert link == f"{address}/lyon/#favoris=salle,tubes"
    other = browser.new_context(**PHONE).new_page()
    other.goto(link)
    other.get_by_role("button", name="Ajouter", exact=True).tap()
    assert favourites(other) == favourites(page)
    other.reload()
    assert len(favourites(other)) == 2
    other.context.close()
