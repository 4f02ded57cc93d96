"""Whoever asks the browser for letters twice as large reads every page on a phone all the same."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.browser import measures, visits
from tests.browser.visits import World
from tests.portal import Portal

pytestmark = [pytest.mark.browser, pytest.mark.slow]

TWICE = 32


def test_every_page_fits(
    launch_browser: Callable[..., Browser],
    browser_type_launch_args: dict[str, Any],
    portal: Portal,
    address: str,
) -> None:
    visits.enter(World.TROUBLED, portal)
    larger = [*browser_type_launch_args["args"], f"--blink-settings=defaultFontSize={TWICE}"]
    browser = launch_browser(args=larger)
    page = browser.new_page(viewport={"width": 360, "height": 640}, reduced_motion="reduce")
    faults = []
    for visit in visits.pages():
        page.goto(f"{address}{visit.path}")
        faults += [f"{visit.path}: {fault}" for fault in measures.sideways(page)]
    letters = page.evaluate("getComputedStyle(document.documentElement).fontSize")
    browser.close()
    assert letters == f"{TWICE}px"
    assert faults == []
