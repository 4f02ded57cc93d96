"""Ops' table of every server: twenty-five in view on a desk; cards on a telephone."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect

from monitoring.target import State
from tests import cast
from tests.browser import measures
from tests.browser.test_axe import violations
from tests.portal import Portal
from web.auth import COOKIE

pytestmark = pytest.mark.browser

_ROOM = """() => {
  const rows = [...document.querySelectorAll('.ops-dense tbody tr')];
  const tallest = Math.max(...rows.map(row => row.getBoundingClientRect().height));
  return (innerHeight - rows[0].getBoundingClientRect().top) / tallest;
}"""


@pytest.fixture
def table(browser: Browser, portal: Portal, address: str) -> Page:
    portal.set_all(State.UP)
    portal.set_state("visio", State.DOWN, backend="b")
    context = browser.new_context(bypass_csp=True, reduced_motion="reduce", base_url=address)
    cookie = {"name": COOKIE, "value": portal.session_token(cast.OMAR), "url": address}
    context.add_cookies([cookie])  # type: ignore[list-item]
    page = context.new_page()
    page.goto("/ops/")
    return page


def test_a_screen_has_room_for_twenty_five_servers(table: Page) -> None:
    table.set_viewport_size({"width": 1280, "height": 900})
    assert table.evaluate(_ROOM) >= 25
    assert measures.small_targets(table) == []
    assert violations(table) == []


def test_on_a_telephone_each_server_is_a_card_with_all_its_columns(table: Page) -> None:
    table.set_viewport_size({"width": 360, "height": 740})
    card = table.locator(".ops-dense tbody tr").first
    for words in ("En panne", "Visio-Agents", "visio/b", "DNE"):
        expect(card.get_by_text(words).locator("visible=true").first).to_be_visible()
    assert measures.sideways(table) == []
    assert measures.small_targets(table) == []
