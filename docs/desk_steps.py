"""What one does again and again at the desk, and on the command line, to make its pictures."""

from __future__ import annotations

import re
from datetime import date

from playwright.sync_api import Page, expect

from bench.portal import FLASK, Portal
from bench.programs import PATIENCE, run


def flask(site: Portal, *words: str) -> str:
    return run((*FLASK, *words), seconds=PATIENCE, environment=site.environment)


def link_in(told: str) -> str:
    found = re.search(r"https?://\S+/connexion/lien/\S+", told)
    if found is None:
        raise SystemExit(f"no link in: {told}")
    return found.group()


def menu(page: Page, name: str) -> None:
    links = page.get_by_role("navigation", name="Gestion")
    with page.expect_navigation(wait_until="networkidle"):
        links.get_by_role("link", name=re.compile(f"^{name}")).click()


def save(page: Page, name: str = "Enregistrer") -> None:
    """Press a button that decides, and wait until it is done."""
    with page.expect_navigation():
        page.get_by_role("button", name=name).last.click()
    expect(page.locator(".message-done")).to_be_visible()


def last_of_august() -> date:
    today = date.today()  # noqa: DTZ011 - far enough from midnight anywhere
    year = today.year if today < date(today.year, 8, 1) else today.year + 1
    return date(year, 8, 31)
