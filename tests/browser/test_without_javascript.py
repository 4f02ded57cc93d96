"""Without JavaScript everything works, and nothing is shown that would not."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect
from pytest_playwright.pytest_playwright import CreateContextCallback

from tests.browser import prepared_link, visits
from tests.browser.visits import World
from tests.portal import Portal

pytestmark = pytest.mark.browser

NEEDS_A_SCRIPT = ".tile-star, [data-theme-switch], [data-copy], [data-print], [data-clear-opened]"


@pytest.fixture
def awa(new_context: CreateContextCallback, portal: Portal, address: str) -> Page:
    visits.enter(World.TROUBLED, portal)
    page = new_context(java_script_enabled=False, viewport={"width": 360, "height": 640}).new_page()
    page.goto(f"{address}/")
    return page


def on_lyon(page: Page, address: str) -> None:
    page.goto(f"{address}/lyon/")


def test_she_finds_her_academie_by_what_she_knows(awa: Page, address: str) -> None:
    awa.fill("#q", "69")
    awa.get_by_role("button", name="Chercher").click()
    expect(awa.locator("#nombre")).to_have_text(re.compile(r"^1 académie pour «\s69\s»"))
    awa.get_by_role("link", name="Lyon", exact=True).click()
    expect(awa).to_have_url(f"{address}/lyon/")


def test_she_searches_by_the_form(awa: Page, address: str) -> None:
    on_lyon(awa, address)
    awa.fill("#q", "etherpadd")
    awa.get_by_role("button", name="Chercher").click()
    expect(awa.locator("#resultats .tile:visible")).to_have_count(1)
    expect(awa.locator("#services")).to_be_hidden()
    awa.get_by_role("link", name="Voir tous les services").click()
    expect(awa.locator("#services")).to_be_visible()
    expect(awa.locator("#resultats")).to_be_hidden()


def test_a_search_that_finds_nothing_proposes_a_word(awa: Page, address: str) -> None:
    on_lyon(awa, address)
    awa.fill("#q", "etherpaddd")
    awa.get_by_role("button", name="Chercher").click()
    awa.locator("[data-suggestion] a").click()
    expect(awa.locator("#resultats .tile").first).to_be_visible()
    awa.goto(f"{address}/lyon/?q=zzzzzz")
    expect(awa.locator("#nombre")).to_have_text(re.compile(r"^Rien pour «\szzzzzz\s»"))
    expect(awa.get_by_role("link", name="Voir tous les services")).to_be_visible()


def test_she_puts_her_profile_first_and_takes_it_back(awa: Page, address: str) -> None:
    on_lyon(awa, address)
    awa.get_by_role("link", name="Je dirige").click()
    expect(awa.locator("#services .tile").first).to_be_visible()
    awa.get_by_role("link", name="tout voir").click()
    expect(awa).to_have_url(f"{address}/lyon/")


def test_every_state_can_be_read(awa: Page, address: str) -> None:
    on_lyon(awa, address)
    words = {
        "visio": "En panne depuis",
        "salle": "Perturbé depuis",
        "pad": "En maintenance",
        "tubes": "Perturbé depuis",
        "framasalle": "État non vérifié",
    }
    for service, state in words.items():
        expect(awa.locator(f".tile[data-id={service}] .tile-state")).to_contain_text(state)
    expect(awa.locator("#soucis")).to_contain_text("1 service en panne, 1 en maintenance.")
    expect(awa.locator("#verifie")).to_contain_text("États vérifiés à")
    expect(awa.locator("section.news")).to_contain_text("Important")


def test_a_tile_opens_its_service(awa: Page, address: str) -> None:
    on_lyon(awa, address)
    link = awa.locator(".tile[data-id=notes] .tile-main")
    expect(link).to_have_attribute("href", "/lyon/ouvrir/notes")
    answer = awa.request.get(f"{address}/lyon/ouvrir/notes", max_redirects=0)
    assert (answer.status, answer.headers["location"]) == (303, "https://notes.example.fr/")
    awa.locator(".tile[data-id=tubes] .tile-main").click()
    expect(awa.locator("h1")).to_have_text("Pour quel niveau ?")
    expect(awa.locator(".levels .tile-state").first).to_contain_text("En panne")


def test_what_is_down_says_what_to_do(awa: Page, address: str) -> None:
    on_lyon(awa, address)
    awa.locator(".tile[data-id=visio] .tile-main").click()
    expect(awa.locator("h1")).to_have_text("Visio-Agents est en panne")
    expect(awa.locator(".tile-main")).to_have_attribute("href", "/lyon/ouvrir/salle")
    expect(awa.get_by_role("link", name=re.compile("Essayer quand même"))).to_be_visible()


def prepare(page: Page, address: str) -> str:
    prepared_link.prepare(page, address, name="Conseil de cycle 3")
    return page.locator("#lien").inner_text()


def test_a_link_is_prepared_with_its_message(awa: Page, address: str) -> None:
    link = prepare(awa, address)
    assert re.fullmatch(r"https://salle\.example\.fr/conseil-de-cycle-3-[a-z0-9]+", link)
    message = awa.locator("#message").input_value()
    assert link in message
    assert "le jeudi 3 décembre à 18 h" in message.replace("\N{NO-BREAK SPACE}", " ")
    assert awa.locator("#lien").evaluate("node => getComputedStyle(node).userSelect") == "all"


def test_the_ways_out_of_a_link(awa: Page, address: str) -> None:
    link = prepare(awa, address)
    awa.get_by_role("button", name="Afficher en grand").click()
    assert awa.locator(".big").inner_text().replace("\n", "") in link
    awa.get_by_role("button", name="Revenir").click()
    expect(awa.locator("#lien")).to_have_text(link)
    awa.get_by_role("button", name="Imprimer les mots").click()
    expect(awa.locator(".slip .to")).to_have_text([link] * 8)
    awa.get_by_role("button", name="Revenir").click()
    with awa.expect_download() as agenda:
        awa.get_by_role("button", name="Ajouter à l'agenda").click()
    assert agenda.value.suggested_filename == "rendez-vous.ics"
    assert "DTSTART:20261203T170000Z" in agenda.value.path().read_text(encoding="utf-8")


_EMPTY = """() => Array.from(document.querySelectorAll('section, nav, ul, ol, p, h2, h3, [role]'))
  .filter(node => node.offsetHeight && !node.closest('.vh'))
  .filter(node => !node.textContent.trim() && !node.querySelector('svg, input, img'))
  .filter(node => node.getAttribute('role') !== 'status')
  .map(node => node.outerHTML.slice(0, 100))"""


def test_nothing_is_shown_that_is_empty_or_does_nothing(awa: Page, address: str) -> None:
    for visit in visits.pages():
        awa.goto(address + visit.path)
        shown = [node for node in awa.locator(NEEDS_A_SCRIPT).all() if node.is_visible()]
        assert shown == [], visit.path
        assert awa.evaluate(_EMPTY) == [], visit.path
        for button in awa.locator("button:visible").all():
            assert button.evaluate("node => node.type === 'submit' && !!node.form"), visit.path
    prepare(awa, address)
    assert [node for node in awa.locator(NEEDS_A_SCRIPT).all() if node.is_visible()] == []
