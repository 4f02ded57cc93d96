"""A link that was prepared, and its ways out.

A click does not wait for the page that it leads to: whoever looks at a whole page right after it
may look at the one before, or at neither. So each step here ends when its page is there.
"""

from __future__ import annotations

from playwright.sync_api import Page, expect

WAYS = {"Afficher en grand": ".big", "Imprimer les mots": ".slip"}
"""The button of each way out, and what only the page behind it shows."""


def prepare(page: Page, address: str, *, name: str = "") -> None:
    page.goto(f"{address}/lyon/lien/salle")
    page.fill("#nom", name)
    page.fill("#jour", "2026-12-03")
    page.fill("#heure", "18:00")
    page.get_by_role("button", name="Créer le lien").click()
    expect(page.locator("#lien")).to_be_visible()
    page.wait_for_load_state()


def leave_by(page: Page, way: str) -> None:
    page.get_by_role("button", name=way).click()
    expect(page.locator(WAYS[way]).first).to_be_visible()
    page.wait_for_load_state()
