"""The page of states with all that it can tell: axe finds nothing, nothing is too wide or small."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect
from pytest_playwright.pytest_playwright import CreateContextCallback

from monitoring.target import State
from tests.browser import measures, visits
from tests.browser.test_axe import in_every_way
from tests.browser.visits import World
from tests.instances.histories import Known
from tests.portal import Portal
from tests.web import happenings
from tests.web.happenings import AN_HOUR, Said, now

pytestmark = pytest.mark.browser

DAYS = (State.UP, State.DOWN, State.DEGRADED, State.MAINTENANCE, None) * 18


@pytest.fixture
def reader(new_context: CreateContextCallback, portal: Portal, address: str) -> Page:
    visits.enter(World.TROUBLED, portal)
    keys = [key for name in ("visio", "salle") for key in happenings.keys_of(portal, name)]
    line = Said(text="Un disque est plein.", stage="identified", at=now(), next_at=now() + AN_HOUR)
    happenings.add_incident(portal, keys, Said(code="opened", at=now() - AN_HOUR), line)
    over = {"opened_at": now() - 3 * AN_HOUR, "closed_at": now() - 2 * AN_HOUR}
    happenings.add_incident(portal, keys, Said(code="closed", at=now() - 2 * AN_HOUR), **over)
    happenings.add_window(portal, "service", "pad", repeats="weekly", text="Exportez vos textes.")
    happenings.add_signals(portal, "lyon", "visio", 12)
    happenings.know(portal, Known(at=now(), worst=DAYS), "visio", "salle", "tubes")
    page = new_context(bypass_csp=True, reduced_motion="reduce").new_page()
    page.goto(f"{address}/lyon/etat")
    return page


def test_everything_open_is_sound(reader: Page) -> None:
    reader.evaluate("document.querySelectorAll('details').forEach(item => { item.open = true })")
    expect(reader.get_by_text("Même souci que")).to_be_visible()
    faults = list(in_every_way(reader))
    for width in (320, 360, 1280):
        reader.set_viewport_size({"width": width, "height": 800})
        faults += measures.sideways(reader)
        if width > 320:
            faults += [*measures.small_targets(reader), *measures.small_texts(reader)]
    assert faults == []


def test_by_keyboard_one_says_that_it_does_not_work(reader: Page) -> None:
    button = reader.get_by_role("button", name=re.compile("Ça ne marche pas pour moi.*Pad"))
    button.focus()
    reader.keyboard.press("Enter")
    expect(reader.get_by_role("heading", level=1)).to_have_text("Merci, c'est noté.")
    assert list(in_every_way(reader)) == []
