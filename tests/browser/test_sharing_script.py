"""Copy and print buttons of a link that is ready."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.pages import Site, page

pytestmark = pytest.mark.browser

LINK = "https://rendez-vous.example.fr/bel-ami-clair-7k3f"
MESSAGE = "Bonjour, nous nous retrouvons en visio.\nPour entrer : " + LINK
READY = page(
    f"""<main><p id="lien">
      {LINK}
    </p>
    <button type="button" data-copy="#lien" hidden>Copier le lien</button>
    <textarea id="message" readonly>{MESSAGE}</textarea>
    <button type="button" data-copy="#message" data-copied="Message copié" hidden>Copier</button>
    <button type="button" data-print hidden>Imprimer</button>
    <p role="status" id="copie"></p></main>"""
)
WITHOUT_CLIPBOARD = "Object.defineProperty(navigator, 'clipboard', { value: undefined });"
REFUSED = "navigator.clipboard.writeText = () => Promise.reject(new Error('no'));"


@pytest.fixture
def ready(awa: Page, site: Site) -> Page:
    site.pages["/pret"] = READY
    awa.context.grant_permissions(["clipboard-read", "clipboard-write"])
    awa.goto(f"{site.url}/pret")
    return awa


def clipboard(page: Page) -> str:
    text: str = page.context.pages[0].evaluate("navigator.clipboard.readText()")
    return text


def test_the_link_is_copied_as_it_is_and_that_is_said(ready: Page) -> None:
    ready.get_by_role("button", name="Copier le lien").click()
    expect(ready.get_by_role("status")).to_have_text("Lien copié")
    assert clipboard(ready) == LINK


def test_the_message_keeps_its_lines(ready: Page) -> None:
    ready.get_by_role("button", name="Copier", exact=True).click()
    expect(ready.get_by_role("status")).to_have_text("Message copié")
    assert clipboard(ready) == MESSAGE


@pytest.mark.parametrize("script", [WITHOUT_CLIPBOARD, REFUSED], ids=["absent", "refused"])
def test_without_the_modern_clipboard_the_old_way_copies(
    awa: Page, site: Site, script: str
) -> None:
    site.pages["/pret"] = READY
    awa.add_init_script(script)
    awa.goto(f"{site.url}/pret")
    button = awa.get_by_role("button", name="Copier le lien")
    button.click()
    expect(awa.get_by_role("status")).to_have_text("Lien copié")
    expect(button).to_be_focused()
    assert awa.locator("textarea").count() == 1
    awa.evaluate("document.querySelector('#message').removeAttribute('readonly')")
    awa.fill("#message", "")
    awa.focus("#message")
    awa.keyboard.press("Control+V")
    assert awa.input_value("#message") == LINK


def test_when_nothing_copies_the_reader_is_told(awa: Page, site: Site) -> None:
    site.pages["/pret"] = READY
    awa.add_init_script(WITHOUT_CLIPBOARD + "document.execCommand = () => false;")
    awa.goto(f"{site.url}/pret")
    awa.get_by_role("button", name="Copier le lien").click()
    expect(awa.get_by_role("status")).to_contain_text("La copie n'a pas marché")


def test_printing_is_one_click(ready: Page) -> None:
    ready.evaluate("window.print = () => { window.printed = true; }")
    ready.get_by_role("button", name="Imprimer").click()
    assert ready.evaluate("window.printed") is True


def test_without_a_script_no_dead_button_is_shown(site: Site, browser: Browser) -> None:
    site.pages["/pret"] = READY
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{site.url}/pret")
    assert page.locator("button:visible").count() == 0
    context.close()


def test_a_page_without_words_is_left_alone(awa: Page, site: Site) -> None:
    site.pages["/bare"] = READY.replace('id="mots"', 'id="autre"')
    awa.goto(f"{site.url}/bare")
    assert awa.locator("button:visible").count() == 0
