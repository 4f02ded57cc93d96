"""Light, dark or as the device says: before the first paint, kept, the same in every tab."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.pages import Site

pytestmark = pytest.mark.browser


def choose(page: Page, name: str) -> None:
    page.locator("[data-theme-switch]").get_by_role("button", name=name).click()


def pressed(page: Page) -> list[str]:
    return page.locator("[data-theme-choice][aria-pressed=true]").all_inner_texts()


def test_the_switch_appears_with_the_script_and_stands_on_auto(awa: Page) -> None:
    expect(awa.locator("[data-theme-switch]")).to_be_visible()
    assert pressed(awa) == ["Auto"]
    assert awa.get_attribute("html", "data-theme") is None


@pytest.mark.parametrize(("name", "theme"), [("Clair", "light"), ("Sombre", "dark")])
def test_a_choice_holds_after_a_reload_and_auto_ends_it(awa: Page, name: str, theme: str) -> None:
    choose(awa, name)
    assert pressed(awa) == [name]
    awa.reload()
    expect(awa.locator("html")).to_have_attribute("data-theme", theme)
    assert pressed(awa) == [name]
    choose(awa, "Auto")
    awa.reload()
    assert awa.get_attribute("html", "data-theme") is None
    assert awa.evaluate("localStorage.length") == 0


def test_the_choice_is_there_before_the_body_is(awa: Page, site: Site) -> None:
    choose(awa, "Sombre")
    site.pages["/early/"] = site.pages["/rennes/"].replace(
        "</head>", "<script>window.early = document.documentElement.dataset.theme</script></head>"
    )
    awa.goto(f"{site.url}/early/")
    assert awa.evaluate("window.early") == "dark"


def test_another_tab_follows(awa: Page, site: Site) -> None:
    other = awa.context.new_page()
    other.goto(f"{site.url}/rennes/")
    choose(awa, "Sombre")
    expect(other.locator("html")).to_have_attribute("data-theme", "dark")
    assert pressed(other) == ["Sombre"]


def test_a_value_that_is_no_theme_is_auto(awa: Page) -> None:
    awa.evaluate("localStorage.setItem('trousse.theme', 'x\" onload=')")
    awa.reload()
    assert awa.get_attribute("html", "data-theme") is None
    assert pressed(awa) == ["Auto"]
