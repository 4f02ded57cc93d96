"""Somebody in front of the site, with a mouse or the keyboard alone; gestures are counted."""

from __future__ import annotations

import re
from datetime import date, time

from playwright.sync_api import Locator, Page

MOST_STOPS = 150
_FOCUSED = """() => {
  const node = document.activeElement, label = node.labels && node.labels[0];
  return (label || node).textContent.replace(/[\\s\\u00a0]+/g, ' ').trim();
}"""


class Mouse:
    """Points, clicks, and types in the field that was clicked."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.gestures = 0

    def skip(self) -> None:
        """A mouse is already where it looks."""

    def press(self, name: str, *, last: bool = False) -> None:
        named = re.compile(name)
        found = self.page.get_by_role("link", name=named).or_(
            self.page.get_by_role("button", name=named)
        )
        self._click(found.last if last else found.first)

    def go(self, item: str) -> None:
        """Take a link of the menu."""
        menu = self.page.get_by_role("navigation", name="Gestion")
        self._click(menu.get_by_role("link", name=item, exact=True))

    def answer(self, question: str, option: str) -> None:
        group = self.page.get_by_role("group", name=question)
        self._click(group.get_by_role("radio", name=option))

    def choose(self, label: str, option: str) -> None:
        self.gestures += 2
        self.page.get_by_label(label, exact=True).select_option(label=option)

    def write(self, label: str, text: str) -> None:
        field = self.page.get_by_label(label, exact=True).first
        self._click(field)
        field.fill(text)

    def write_day(self, label: str, day: date) -> None:
        self.write(label, day.isoformat())

    def write_hour(self, label: str, hour: time) -> None:
        self.write(label, f"{hour:%H:%M}")

    def _click(self, found: Locator) -> None:
        self.gestures += 1
        found.click()


class Keyboard:
    """Tab, arrows, space, enter and letters; nothing else."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.gestures = 0

    def skip(self) -> None:
        """Leave what is the same on every screen, by the first link of the page."""
        self._key("Tab")
        assert self._focused() == "Aller au contenu"
        self._key("Enter")

    def press(self, name: str, *, last: bool = False) -> None:
        del last  # the next one is found first
        self._tab_to(name)
        self._key("Enter")

    def go(self, item: str) -> None:
        """Take a link of the menu, which stands just before the screen: backwards from there."""
        beyond = self.page.evaluate("document.activeElement !== document.body")
        self._tab_to(f"^{item}$", "Shift+Tab" if beyond else "Tab")
        self._key("Enter")

    def answer(self, question: str, option: str) -> None:
        group = self.page.get_by_role("group", name=question)
        for _ in range(MOST_STOPS):
            self._key("Tab")
            if group.evaluate("group => group.contains(document.activeElement)"):
                break
        for _ in range(10):
            if self._focused().startswith(option):
                break
            self._key("ArrowDown")
        self._key("Space")
        assert group.get_by_role("radio", name=option).is_checked()

    def choose(self, label: str, option: str) -> None:
        self._tab_to(f"^{label}")
        self._type(option)

    def write(self, label: str, text: str) -> None:
        self._tab_to(f"^{label}$")
        self._type(text)

    def write_day(self, label: str, day: date) -> None:
        self._tab_to(f"^{re.escape(label)}$")
        self._type(f"{day:%m%d%Y}")
        assert self._value() == day.isoformat()

    def write_hour(self, label: str, hour: time) -> None:
        self._tab_to(f"^{label}$")
        self._type(f"{hour:%I%M%p}")
        assert self._value() == f"{hour:%H:%M}"

    def _tab_to(self, name: str, key: str = "Tab") -> None:
        for _ in range(MOST_STOPS):
            self._key(key)
            if re.search(name, self._focused()):
                return
        raise AssertionError(f"Tab never comes to {name!r} in {self.page.url}")

    def _focused(self) -> str:
        found: str = self.page.evaluate(_FOCUSED)
        return found

    def _value(self) -> str:
        found: str = self.page.evaluate("document.activeElement.value")
        return found

    def _key(self, name: str) -> None:
        self.gestures += 1
        self.page.keyboard.press(name)

    def _type(self, text: str) -> None:
        self.gestures += len(text)
        self.page.keyboard.type(text)
