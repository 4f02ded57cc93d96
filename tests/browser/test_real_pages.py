"""The scripts on the pages that the site really makes, with the shipped catalogue."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect
from werkzeug.serving import make_server

from app import create_app
from monitoring.target import State
from tests.browser.test_search_script import found_on
from tests.conftest import SettingsFactory
from tests.databases import create_tables
from tests.portal import Portal

pytestmark = pytest.mark.browser


@pytest.fixture
def portal(make_settings: SettingsFactory) -> Iterator[Portal]:
    portal = Portal(create_app(make_settings(public_url="http://localhost")))
    create_tables(portal.site.engine)
    yield portal
    portal.site.engine.dispose()


@pytest.fixture
def address(portal: Portal) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, portal.app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def rennes(page: Page, errors: list[str], address: str) -> Page:
    del errors
    page.goto(f"{address}/rennes/")
    return page


@pytest.mark.parametrize("query", ["visio", "zoom", "gros fichier", "padlet", "vidéo"])
def test_typing_finds_what_the_form_finds(rennes: Page, address: str, query: str) -> None:
    rennes.fill("#q", query)
    typed = found_on(rennes)
    told = rennes.locator("#nombre")
    expect(told).to_contain_text(query)
    count = told.inner_text()
    answer = rennes.request.get(f"{address}/rennes/", params={"q": query}).text()
    results = answer.partition('id="resultats"')[2].partition('id="services"')[0]
    assert typed == re.findall(r'<li class="tile[^>]* data-id="([^"]+)"', results)
    assert typed
    assert count in re.sub(r"\s+", " ", answer).replace("&#39;", "'") or count in answer


def test_visio_lists_the_four_in_the_order_of_need(rennes: Page) -> None:
    rennes.fill("#q", "visio")
    wanted = ["visio-agents", "classe-virtuelle", "rendez-vous", "webinaire"]
    assert [name for name in found_on(rennes) if name in wanted] == [
        name for name in wanted if rennes.locator(f"li[data-id={name}]").count()
    ]
    assert found_on(rennes)[0] == "visio-agents"


def test_the_answer_of_the_form_goes_on_live(rennes: Page, address: str) -> None:
    rennes.goto(f"{address}/rennes/?q=padlette")
    expect(rennes.locator("#nombre")).to_have_text("Rien pour « padlette ».")
    expect(rennes.locator("[data-suggestion]")).to_have_text("Vous cherchiez padlet ?")
    rennes.goto(f"{address}/rennes/?q=zoom")
    rennes.fill("#q", "nuage")
    assert found_on(rennes) == ["nuage"]
    rennes.press("#q", "Escape")
    expect(rennes.locator("#services")).to_be_visible()
    assert rennes.locator("#resultats li").count() == 0


def test_a_star_can_be_pressed_and_its_note_read(rennes: Page) -> None:
    rennes.get_by_role("button", name="Ajouter Nuage aux favoris").click()
    expect(rennes.locator("#favoris a.favourite")).to_have_count(1)
    rennes.locator(".tile-note a").click()
    expect(rennes.locator(".tile-note")).to_contain_text("#favoris=nuage")
    rennes.reload()
    expect(rennes.locator("#favoris a.favourite")).to_be_visible()


def test_the_page_learns_of_an_outage_on_return(rennes: Page, portal: Portal) -> None:
    expect(rennes.locator("[data-id=nuage] .s-down")).to_have_count(0)
    portal.set_all(State.UP)
    rennes.reload()
    expect(rennes.locator("[data-id=nuage] .tile-state")).to_have_text("Fonctionne")
    rennes.clock.install()
    portal.set_state("nuage", State.DOWN)
    rennes.clock.fast_forward(60_000)
    rennes.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(rennes.locator("[data-id=nuage] .tile-state")).to_contain_text("En panne")
    expect(rennes.locator("#soucis")).to_contain_text("1 service en panne")
    expect(rennes.locator("[data-id=nuage] .tile-star")).to_be_visible()


def test_from_the_choice_to_the_page_and_straight_the_next_time(rennes: Page, address: str) -> None:
    rennes.goto(f"{address}/")
    rennes.click("a[data-remember=lyon]")
    rennes.wait_for_url(f"{address}/lyon/")
    rennes.goto(f"{address}/")
    rennes.wait_for_url(f"{address}/lyon/")
    rennes.goto(f"{address}/rennes/")
    expect(rennes.locator("#autre-academie")).to_have_text(
        "Vous êtes sur la page de Rennes. Revenir à Lyon"
    )
    rennes.get_by_role("link", name=re.compile("changer")).click()
    expect(rennes.locator("#recents a")).to_have_text("Lyon")


def test_english_words_come_with_the_english_page(rennes: Page, address: str) -> None:
    rennes.goto(f"{address}/en/rennes/")
    rennes.fill("#q", "zoom")
    assert "visio-agents" in found_on(rennes)
    expect(rennes.locator("#nombre")).to_contain_text("for")


@pytest.mark.parametrize("path", ["services/nuage", "etat", "lien/rendez-vous", "souci/nuage"])
def test_the_script_raises_nothing_on_the_other_pages(
    rennes: Page, address: str, path: str
) -> None:
    rennes.evaluate(
        """localStorage.setItem('trousse.academies', '[{"id": "lyon", "name": "Lyon"}]')"""
    )
    answer = rennes.goto(f"{address}/rennes/{path}")
    assert answer is not None
    assert answer.status == 200
    rennes.locator("[data-theme-switch]:visible").first.get_by_text("Sombre").click()
    expect(rennes.locator("html")).to_have_attribute("data-theme", "dark")


def test_a_prepared_link_is_copied(rennes: Page, address: str) -> None:
    rennes.context.grant_permissions(["clipboard-read", "clipboard-write"])
    rennes.goto(f"{address}/rennes/lien/rendez-vous")
    rennes.get_by_role("button", name="Créer le lien").click()
    rennes.get_by_role("button", name="Copier le lien").click()
    expect(rennes.locator("#copie")).to_have_text("Lien copié")
    copied = rennes.evaluate("navigator.clipboard.readText()")
    assert copied == (rennes.text_content("#lien") or "").strip()
    assert copied.startswith("https://rendez-vous.renater.fr/")
