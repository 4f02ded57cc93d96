from __future__ import annotations

import re
from ipaddress import ip_network
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests import cast
from tests.portal import Portal
from web.auth import COOKIE

PATH = "/lyon/gestion/services-locaux"


@pytest.fixture
def portal_settings() -> dict[str, Any]:
    return {"probe_allowed_networks": (ip_network("127.0.0.0/8"),)}


@pytest.fixture
def lise(page: Page, errors: list[str], portal: Portal, address: str) -> Page:
    """Lise in front of her own services, signed in."""
    del errors
    let_in(page.context, portal, address)
    page.goto(f"{address}{PATH}")
    return page


def let_in(context: BrowserContext, portal: Portal, address: str) -> None:
    token = portal.session_token(cast.LISE)
    context.add_cookies([{"name": COOKIE, "value": token, "url": address}])


def add_from_the_model(page: Page, url: str) -> None:
    page.get_by_role("link", name="Ajouter un service").click()
    page.get_by_role("link", name=re.compile("^Pronote")).click()
    page.get_by_label("Adresse", exact=True).fill(url)
    page.get_by_role("button", name="Essayer la vérification").click()
    expect(page.get_by_text("Ça marche")).to_be_in_viewport()
    expect(page.get_by_label("Adresse", exact=True)).to_have_value(url)
    page.get_by_role("button", name="Enregistrer et voir l'aperçu").click()
    expect(page.get_by_role("heading", name="Faire l'appel et saisir les notes")).to_be_visible()
    page.get_by_role("button", name="Publier").click()
    expect(page.get_by_text("est publié")).to_be_visible()


def test_a_service_goes_from_a_model_to_the_public_page(
    lise: Page, address: str, own_server: str
) -> None:
    add_from_the_model(lise, own_server)
    lise.goto(f"{address}/lyon/")
    tile = lise.locator("#services li[data-id='lyon.pronote']")
    expect(tile).to_contain_text("Service de votre académie")
    lise.get_by_role("searchbox").fill("bulletins")
    expect(lise.locator("#nombre")).to_contain_text("1 service")
    lise.locator("#resultats").get_by_role("link", name=re.compile("En savoir plus")).click()
    expect(lise.get_by_role("heading", level=1)).to_contain_text("Faire l'appel")
    with lise.expect_popup() as opened:
        lise.get_by_role("link", name=re.compile("Ouvrir Pronote")).click()
    expect(opened.value).to_have_title("Chez nous")


def test_a_service_of_the_academie_is_kept_among_the_favourites(
    lise: Page, address: str, own_server: str
) -> None:
    add_from_the_model(lise, own_server)
    lise.goto(f"{address}/lyon/")
    lise.get_by_role("button", name="Ajouter Pronote aux favoris").first.click()
    lise.reload()
    expect(lise.locator("#favoris")).to_contain_text("Faire l'appel et saisir les notes")


def test_the_whole_way_is_walked_without_scripts(
    browser: Any, portal: Portal, address: str, own_server: str
) -> None:
    context = browser.new_context(java_script_enabled=False)
    let_in(context, portal, address)
    page = context.new_page()
    page.goto(f"{address}{PATH}")
    add_from_the_model(page, own_server)
    page.get_by_role("link", name=re.compile("^Retirer de la page")).click()
    page.get_by_label("À la place (public)").select_option(label="CodiMD")
    page.get_by_role("button", name="Retirer Pronote").click()
    page.goto(f"{address}/lyon/services/lyon.pronote")
    expect(page.get_by_role("heading", level=1)).to_contain_text("n'est plus proposé")
    expect(page.get_by_text("À la place : CodiMD")).to_be_visible()
    context.close()


def test_enter_in_a_field_keeps_a_draft_and_tries_nothing(lise: Page, address: str) -> None:
    lise.goto(f"{address}{PATH}/nouveau")
    lise.get_by_label("Nom du service").fill("ENT")
    lise.get_by_label("Nom du service").press("Enter")
    expect(lise.get_by_text("Le brouillon est enregistré")).to_be_visible()
    expect(lise).to_have_url(f"{address}{PATH}/ent/modifier")


def test_the_form_is_filled_and_published_with_the_keyboard_alone(lise: Page, address: str) -> None:
    lise.goto(f"{address}{PATH}/nouveau")
    for label, text in (
        ("Nom du service", "ENT"),
        ("Tâche", "Ouvrir l'ENT"),
        ("Adresse", "https://ent.example.fr"),
    ):
        walk_to(lise, label)
        lise.keyboard.type(text)
    walk_to(lise, "Pictogramme")
    lise.keyboard.press("ArrowLeft")
    walk_to(lise, "Publier")
    lise.keyboard.press("Enter")
    expect(lise.get_by_text("ENT est publié")).to_be_visible()


def walk_to(page: Page, name: str) -> None:
    """Press Tab until the field, group or button of this name is reached."""
    for _ in range(120):
        page.keyboard.press("Tab")
        found = page.evaluate(
            """() => {
                const at = document.activeElement;
                const group = at.type === "radio" && at.closest("fieldset");
                const label = group ? group.querySelector("legend") : at.labels && at.labels[0];
                return ((label || at).textContent || "").trim();
            }"""
        )
        if found == name:
            return
    raise AssertionError(f"Tab never reaches {name}")
