"""Taking one picture: where it is kept, how much of the page it shows, how heavy it may be."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, FloatRect, Locator, Page

IMAGES = Path(__file__).with_name("images")
HEAVIEST = 150_000
"""Bytes."""
MARGIN, ABOVE = 16, 4
"""Pixels; little above, where something else may end."""


def new_context(browser: Browser, *, width: int, height: int, scheme: str) -> BrowserContext:
    return browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme="dark" if scheme == "dark" else "light",
        locale="fr-FR",
        timezone_id="Europe/Paris",
        reduced_motion="reduce",
    )


def keep(page: Page, name: str) -> None:
    """Keep what the window shows."""
    _told(name, page.screenshot(path=IMAGES / f"{name}.png"))


def keep_part(page: Page, name: str, first: str, last: str) -> None:
    """Keep the page's column from one element to another."""
    page.locator(first).first.wait_for()
    page.evaluate("document.activeElement && document.activeElement.blur(); scrollTo(0, 0)")
    column = _column(page).bounding_box()
    top = page.locator(first).first.bounding_box()
    end = page.locator(last).last.bounding_box()
    if column is None or top is None or end is None:
        raise SystemExit(f"{name}: {first} or {last} is not on the page")
    start = max(0, top["y"] - ABOVE)
    clip: FloatRect = {
        "x": max(0, column["x"] - MARGIN),
        "y": start,
        "width": column["width"] + 2 * MARGIN,
        "height": end["y"] + end["height"] + MARGIN - start,
    }
    _told(name, page.screenshot(path=IMAGES / f"{name}.png", full_page=True, clip=clip))


def _column(page: Page) -> Locator:
    for selector in (".desk-main", ".text", "main"):
        if page.locator(selector).count():
            return page.locator(selector).first
    return page.locator("body")


def _told(name: str, image: bytes) -> None:
    print(f"{name}.png  {len(image) // 1000} kB")
    if len(image) > HEAVIEST:
        raise SystemExit(f"{name}.png weighs {len(image)} bytes: {HEAVIEST} at most")
