"""Lise decides about services: by mouse, by keyboard alone, without a script, beside Omar."""

from __future__ import annotations

import re
from datetime import date

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from pytest_playwright.pytest_playwright import CreateContextCallback

from accounts.permissions import Right, Role
from tests import cast
from tests.browser import visits
from tests.browser.visits import World
from tests.portal import Portal
from web.auth import COOKIE

pytestmark = pytest.mark.browser

LIST = "/lyon/gestion/services"
MOST_STOPS = 120
EDITOR = Right(role=Role.EDITOR, scope="lyon")


def last_of_august() -> date:
    today = date.today()  # noqa: DTZ011 - far enough from midnight anywhere
    year = today.year if today < date(today.year, 8, 1) else today.year + 1
    return date(year, 8, 31)


def let_in(context: BrowserContext, token: str, address: str) -> Page:
    context.add_cookies([{"name": COOKIE, "value": token, "url": address}])
    page = context.new_page()
    page.goto(f"{address}{LIST}")
    return page


@pytest.fixture
def lise(context: BrowserContext, errors: list[str], portal: Portal, address: str) -> Page:
    del errors
    visits.enter(World.UP, portal)
    page = let_in(context, portal.session_token(cast.LISE), address)
    page.set_viewport_size({"width": 1280, "height": 1600})
    return page


def fill_hiding(page: Page) -> None:
    page.get_by_label("Outil équivalent déjà en place").check()
    page.get_by_label("Un service", exact=True).check()
    page.get_by_label("Service à la place").select_option("salle")
    page.get_by_label("Mot aux collègues").fill("Prenez Rendez-vous.")
    page.get_by_label(re.compile("Jusqu'au…")).check()
    page.get_by_label("Jusqu'au", exact=True).fill(last_of_august().isoformat())


def hide_see_undo(page: Page, address: str) -> None:
    page.get_by_role("link", name="Masquer Visio-Agents").click()
    fill_hiding(page)
    page.get_by_role("button", name="Voir l'effet").click()
    expect(page.locator("#effet")).to_contain_text("Visio-Agents n'est pas proposé")
    expect(page.locator("#effet .tile[data-id=visio]")).to_have_count(0)
    page.locator("#effet").get_by_role("button", name="Masquer Visio-Agents").click()
    done = page.locator(".message-done")
    expect(done).to_contain_text(
        "Visio-Agents est masqué à Lyon. Les anciens liens mènent à Rendez-vous."
    )
    row = page.locator("#service-visio")
    expect(row).to_contain_text("Outil équivalent déjà en place. Lise,")
    expect(row).to_contain_text("Jusqu'au 31 août")
    colleague = page.context.new_page()
    colleague.goto(f"{address}/lyon/services/visio")
    expect(colleague.get_by_text("À la place : Rendez-vous")).to_be_visible()
    colleague.close()
    page.get_by_role("button", name=re.compile("^Annuler")).click()
    expect(page.locator(".message-done")).to_contain_text("Visio-Agents est comme avant.")
    expect(page.locator("#service-visio")).to_contain_text("Affiché")


def test_she_hides_sees_the_effect_and_undoes(lise: Page, address: str) -> None:
    hide_see_undo(lise, address)


def test_the_same_without_javascript(
    new_context: CreateContextCallback, portal: Portal, address: str
) -> None:
    visits.enter(World.UP, portal)
    context = new_context(java_script_enabled=False, viewport={"width": 360, "height": 640})
    page = let_in(context, portal.session_token(cast.LISE), address)
    hide_see_undo(page, address)
    page.get_by_role("button", name="Monter Rendez-vous").click()
    expect(page.locator(".message-done")).to_contain_text(
        "Rendez-vous est maintenant en 1re place."
    )


def tab_to(page: Page, name: str) -> None:
    """Press Tab until the focus is on what has this name."""
    for _ in range(MOST_STOPS):
        page.keyboard.press("Tab")
        if re.search(name, focused(page)):
            return
    pytest.fail(f"Tab never comes to {name!r}")


def focused(page: Page) -> str:
    found: str = page.evaluate(
        """() => {
          const node = document.activeElement, label = node.labels && node.labels[0];
          return (label || node).textContent.replace(/\\s+/g, ' ').trim();
        }"""
    )
    return found


def test_the_same_with_the_keyboard_alone(lise: Page) -> None:
    tab_to(lise, "^Masquer Visio-Agents$")
    lise.keyboard.press("Enter")
    lise.wait_for_url("**/masquer")
    tab_to(lise, "^Outil équivalent")
    lise.keyboard.press("Space")
    tab_to(lise, "^Rien$")
    lise.keyboard.press("ArrowUp")
    lise.keyboard.press("ArrowUp")
    assert focused(lise) == "Un service"
    tab_to(lise, "^Service à la place$")
    lise.keyboard.type("Parler à q")
    tab_to(lise, "^Mot aux collègues$")
    lise.keyboard.type("Prenez Rendez-vous.")
    expect(lise.get_by_text("19 / 140")).to_be_visible()
    tab_to(lise, "^Voir l'effet$")
    lise.keyboard.press("Enter")
    expect(lise.locator("#effet")).to_contain_text("À la place : Rendez-vous")
    tab_to(lise, "^Masquer Visio-Agents$")
    lise.keyboard.press("Enter")
    expect(lise.locator(".message-done")).to_be_focused()
    tab_to(lise, "^Annuler")
    lise.keyboard.press("Enter")
    expect(lise.locator(".message-done")).to_contain_text("est comme avant")


def order_of(page: Page) -> list[str]:
    found: list[str] = page.eval_on_selector_all(
        ".service-row", "rows => rows.map(row => row.dataset.service)"
    )
    return found


def test_the_keyboard_moves_a_service_and_stays_on_its_button(lise: Page) -> None:
    button = lise.get_by_role("button", name="Descendre Visio-Agents")
    button.focus()
    for place in ("2e", "3e"):
        lise.keyboard.press("Enter")
        expect(lise.get_by_role("status")).to_contain_text(f"maintenant en {place} place")
        expect(lise.get_by_role("button", name="Descendre Visio-Agents")).to_be_focused()
    assert order_of(lise)[:3] == ["salle", "framasalle", "visio"]


def test_a_mouse_drags_a_service_to_its_place(lise: Page, address: str) -> None:
    start = lise.locator("#service-framasalle .service-handle").bounding_box()
    end = lise.locator("#service-visio").bounding_box()
    assert start is not None
    assert end is not None
    lise.mouse.move(start["x"] + 10, start["y"] + 10)
    lise.mouse.down()
    lise.mouse.move(end["x"] + 40, end["y"] + 8, steps=8)
    lise.mouse.up()
    expect(lise.locator(".message-done")).to_contain_text("Framasalle est maintenant en 1re place.")
    assert order_of(lise)[:3] == ["framasalle", "visio", "salle"]
    lise.goto(f"{address}/lyon/")
    expect(lise.locator("#services .tile").first).to_have_attribute("data-id", "framasalle")


def test_escape_gives_up_a_drag(lise: Page) -> None:
    start = lise.locator("#service-framasalle .service-handle").bounding_box()
    end = lise.locator("#service-visio").bounding_box()
    assert start is not None
    assert end is not None
    lise.mouse.move(start["x"] + 10, start["y"] + 10)
    lise.mouse.down()
    lise.mouse.move(end["x"] + 40, end["y"] + 8, steps=8)
    assert order_of(lise)[0] == "framasalle"
    lise.keyboard.press("Escape")
    lise.mouse.up()
    assert order_of(lise)[:3] == ["visio", "salle", "framasalle"]


def test_a_finger_drags_a_service_too(
    new_context: CreateContextCallback, portal: Portal, address: str
) -> None:
    visits.enter(World.UP, portal)
    context = new_context(has_touch=True, viewport={"width": 390, "height": 1400})
    page = let_in(context, portal.session_token(cast.LISE), address)
    start = page.locator("#service-salle .service-handle").bounding_box()
    end = page.locator("#service-visio").bounding_box()
    assert start is not None
    assert end is not None
    hand = context.new_cdp_session(page)
    x = start["x"] + 10
    for kind, y in (
        ("touchStart", start["y"] + 10),
        ("touchMove", end["y"] + 40),
        ("touchMove", end["y"] + 4),
    ):
        point = {"x": x, "y": y}
        hand.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [point]})
    hand.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    expect(page.locator(".message-done")).to_contain_text(
        "Rendez-vous est maintenant en 1re place."
    )


def test_two_people_edit_one_service_and_nobody_loses_a_word(
    lise: Page, new_context: CreateContextCallback, portal: Portal, address: str
) -> None:
    omar = let_in(new_context(), portal.session_token(cast.OMAR, EDITOR), address)
    for page, words in ((lise, "Les mots de Lise"), (omar, "Les mots d'Omar")):
        page.goto(f"{address}{LIST}/visio")
        page.get_by_label("Besoin, en français").fill(words)
    omar.get_by_role("button", name="Enregistrer", exact=True).last.click()
    expect(omar.locator(".message-done")).to_contain_text("Visio-Agents est modifié à Lyon.")
    lise.get_by_role("button", name="Enregistrer", exact=True).last.click()
    told = lise.locator("#erreurs")
    expect(told).to_contain_text("Omar a changé ceci")
    expect(told).to_contain_text("Besoin : Les mots d'Omar")
    expect(told).to_be_focused()
    expect(lise.get_by_label("Besoin, en français")).to_have_value("Les mots de Lise")
    lise.get_by_role("button", name="Enregistrer", exact=True).last.click()
    expect(lise.locator(".message-done")).to_contain_text("Visio-Agents est modifié à Lyon.")
    expect(lise.locator("#service-visio")).to_contain_text("Les mots de Lise")


def test_several_are_ticked_and_hidden_together(lise: Page) -> None:
    for title in ("Réunir des collègues", "Écrire à plusieurs", "Prendre des notes"):
        lise.get_by_label(re.compile(title)).check()
    lise.get_by_label("Pour les services cochés").select_option("masquer")
    lise.get_by_role("button", name="Voir ce qui changerait").click()
    expect(lise.get_by_text("CodiMD : obligatoire")).to_be_visible()
    lise.get_by_label("Trop de pannes").check()
    lise.get_by_role("button", name="Masquer", exact=True).click()
    expect(lise.locator(".message-done")).to_contain_text("2 services sont masqués à Lyon.")
