"""States are fetched again when the reader comes back, and are never shown past their limit."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import TILES
from tests.browser.pages import FakeTile, Site, home

pytestmark = pytest.mark.browser

CHECKED = datetime(2026, 11, 22, 7, 58, tzinfo=UTC)
LIMIT = timedelta(seconds=200)
DOWN = FakeTile(id="nuage", title="Nuage", task="Ranger vos fichiers", search="nuage", state=None)
SENTENCE = (
    "Nous n'arrivons pas à vérifier les services en ce moment. Vous pouvez quand même les ouvrir."
)


def checked_at(when: datetime, *, nuage: FakeTile = TILES[1], hour: str = "8 h 58") -> str:
    tiles = (TILES[0], nuage, *TILES[2:])
    page = home(tiles, checked=when.isoformat(), stale=(when + LIMIT).isoformat())
    return page.replace("8 h 58", hour)


@pytest.fixture
def rennes(page: Page, errors: list[str], site: Site) -> Page:
    """The page of Rennes, checked just now; the page's clock obeys the test."""
    del errors
    set_time(page, site, CHECKED)
    site.watch(page)
    page.clock.install(time=CHECKED)
    site.pages["/rennes/"] = checked_at(CHECKED)
    page.goto(f"{site.url}/rennes/")
    return page


def set_time(page: Page, site: Site, now: datetime) -> None:
    """Let the server's clock stand at `now`."""
    del page
    site.ahead = (now - datetime.now(UTC)).total_seconds()


def come_back(page: Page, site: Site, *, after: float) -> None:
    """Leave the tab for so many seconds, as far as the page can tell, and return."""
    show(page, visible=False)
    page.clock.fast_forward(int(after * 1000))
    site.ahead += after
    show(page, visible=True)


def show(page: Page, *, visible: bool) -> None:
    page.evaluate(
        """visible => {
          Object.defineProperty(document, 'hidden', { value: !visible, configurable: true });
          document.dispatchEvent(new Event('visibilitychange'));
        }""",
        visible,
    )


def settle(page: Page, site: Site) -> None:
    """Let what a script set off be asked, answered and read, however slow the machine is.

    A script's fetch is told before the answer to an evaluation that comes after it.
    """
    page.evaluate("0")
    while site.in_flight:
        page.wait_for_timeout(10)
    for _ in range(3):  # the promises that wait for the answer
        page.evaluate("0")


def asked(site: Site) -> int:
    return site.asked.count("/rennes/")


def test_on_return_the_tile_tells_the_new_state_and_the_line_the_new_hour(
    rennes: Page, site: Site
) -> None:
    rennes.click("[data-id=nuage] .tile-star")
    rennes.click("[data-id=docs] .tile-star")
    site.pages["/rennes/"] = checked_at(
        CHECKED + timedelta(seconds=60), nuage=DOWN, hour="8 h 59"
    ).replace('<p id="soucis" hidden></p>', '<p id="soucis">1 service en panne.</p>')
    come_back(rennes, site, after=60)
    expect(rennes.locator("#verifie")).to_have_text("États vérifiés à 8 h 59.")
    expect(rennes.locator("[data-id=nuage] .tile-state")).to_have_text("En panne")
    expect(rennes.locator("li[data-id=nuage] .tile-main")).to_have_attribute(
        "href", "/rennes/depanner/nuage"
    )
    expect(rennes.locator("#soucis")).to_have_text("1 service en panne.")
    expect(rennes.locator("[data-id=nuage] .tile-star")).to_have_attribute("aria-pressed", "true")
    expect(rennes.locator("#favoris a").first).to_have_attribute("href", "/rennes/depanner/nuage")


def test_the_page_is_not_asked_again_within_half_a_minute(rennes: Page, site: Site) -> None:
    for _ in range(5):
        come_back(rennes, site, after=5)
    settle(rennes, site)
    assert asked(site) == 1
    come_back(rennes, site, after=10)
    expect(rennes.locator("#verifie")).to_have_text("États vérifiés à 8 h 58.")
    settle(rennes, site)
    assert asked(site) == 2


def test_a_tab_in_the_background_asks_for_nothing(rennes: Page, site: Site) -> None:
    show(rennes, visible=False)
    rennes.clock.fast_forward(3_600_000)
    settle(rennes, site)
    assert asked(site) == 1


def test_without_network_old_states_give_way_to_a_sentence(rennes: Page, site: Site) -> None:
    site.down = True
    come_back(rennes, site, after=600)
    expect(rennes.locator("#soucis")).to_have_text(SENTENCE)
    expect(rennes.locator("#verifie")).to_have_text("États non vérifiés.")
    expect(rennes.locator(".tile-state:visible")).to_have_count(0)
    site.down = False
    site.pages["/rennes/"] = checked_at(CHECKED + timedelta(seconds=640), hour="9 h 09")
    come_back(rennes, site, after=60)
    expect(rennes.locator("#verifie")).to_have_text("États vérifiés à 9 h 09.")
    expect(rennes.locator("#soucis")).to_be_hidden()
    expect(rennes.locator(".tile-state:visible")).to_have_count(5)


def test_without_network_fresh_states_stay(rennes: Page, site: Site) -> None:
    site.down = True
    come_back(rennes, site, after=60)
    settle(rennes, site)
    expect(rennes.locator(".tile-state:visible")).to_have_count(5)


def test_a_page_left_open_on_a_screen_is_asked_again_when_it_grows_old(
    rennes: Page, site: Site
) -> None:
    site.pages["/rennes/"] = checked_at(CHECKED + timedelta(seconds=200), hour="9 h 01")
    site.ahead += 215
    rennes.clock.fast_forward(215_000)
    expect(rennes.locator("#verifie")).to_have_text("États vérifiés à 9 h 01.")
    assert asked(site) == 2


def pass_minutes(page: Page, site: Site, minutes: int) -> None:
    for _ in range(minutes):
        site.ahead += 60
        page.clock.fast_forward(60_000)
        settle(page, site)


def test_when_the_monitor_stopped_an_open_page_says_so_and_asks_once_a_minute_at_most(
    rennes: Page, site: Site
) -> None:
    pass_minutes(rennes, site, 10)
    expect(rennes.locator("#verifie")).to_have_text("États non vérifiés.")
    assert 3 <= asked(site) <= 8


@pytest.mark.parametrize("outage", ["no network", "old page", "no state"])
def test_an_open_page_recovers_by_itself_when_states_are_fresh_again(
    rennes: Page, site: Site, outage: str
) -> None:
    site.down = outage == "no network"
    if outage == "no state":
        unknown = home(TILES).replace("États vérifiés à 8 h 58.", "États non vérifiés.")
        site.pages["/rennes/"] = unknown
    pass_minutes(rennes, site, 6)
    expect(rennes.locator("#verifie")).to_have_text("États non vérifiés.")
    site.down = False
    site.pages["/rennes/"] = checked_at(CHECKED + timedelta(seconds=420), hour="9 h 05")
    pass_minutes(rennes, site, 2)
    expect(rennes.locator("#verifie")).to_have_text("États vérifiés à 9 h 05.")
    expect(rennes.locator("#soucis")).to_be_hidden()
    expect(rennes.locator(".tile-state:visible")).to_have_count(5)


def test_an_open_page_of_fresh_states_is_asked_once_per_limit(rennes: Page, site: Site) -> None:
    for minute in range(12):
        site.pages["/rennes/"] = checked_at(CHECKED + timedelta(minutes=minute))
        pass_minutes(rennes, site, 1)
    assert 3 <= asked(site) <= 5
    expect(rennes.locator(".tile-state:visible")).to_have_count(5)


def test_a_tab_that_grew_old_in_the_background_asks_when_it_is_seen(
    rennes: Page, site: Site
) -> None:
    show(rennes, visible=False)
    pass_minutes(rennes, site, 4)
    show(rennes, visible=True)
    settle(rennes, site)
    show(rennes, visible=False)
    assert asked(site) == 2
    rennes.clock.fast_forward(15_000)
    site.pages["/rennes/"] = checked_at(CHECKED + timedelta(seconds=255), hour="9 h 02")
    show(rennes, visible=True)
    pass_minutes(rennes, site, 1)
    expect(rennes.locator("#verifie")).to_have_text("États vérifiés à 9 h 02.")


def test_a_wrong_clock_on_the_device_does_not_make_states_old(
    page: Page, errors: list[str], site: Site
) -> None:
    del errors
    set_time(page, site, CHECKED)
    site.watch(page)
    page.clock.install(time=CHECKED + timedelta(hours=2))
    site.pages["/rennes/"] = checked_at(CHECKED)
    page.goto(f"{site.url}/rennes/")
    settle(page, site)
    expect(page.locator("#verifie")).to_have_text("États vérifiés à 8 h 58.")
    expect(page.locator(".tile-state:visible")).to_have_count(5)
    assert asked(site) == 2


def test_the_tile_that_holds_the_keyboard_waits_for_the_next_time(rennes: Page, site: Site) -> None:
    rennes.focus("[data-id=nuage] .tile-main")
    site.pages["/rennes/"] = checked_at(CHECKED, nuage=DOWN, hour="8 h 59")
    come_back(rennes, site, after=60)
    expect(rennes.locator("#verifie")).to_have_text("États vérifiés à 8 h 59.")
    assert rennes.evaluate("document.activeElement.closest('li').dataset.id") == "nuage"
    rennes.focus("#q")
    come_back(rennes, site, after=60)
    expect(rennes.locator("[data-id=nuage] .tile-state")).to_have_text("En panne")


def test_a_refresh_keeps_what_was_said_after_an_opening_and_the_search(
    rennes: Page, site: Site
) -> None:
    with rennes.expect_popup():
        rennes.click("[data-id=nuage] .tile-main")
    rennes.fill("#q", "nuage")
    site.pages["/rennes/"] = checked_at(CHECKED, nuage=DOWN, hour="8 h 59")
    come_back(rennes, site, after=60)
    expect(rennes.locator("#resultats [data-id=nuage] .tile-state")).to_have_text("En panne")
    expect(rennes.locator("#resultats .tile-after")).to_contain_text("Ouvert à")


def test_a_page_without_any_check_is_not_asked_again_at_once(awa: Page, site: Site) -> None:
    site.watch(awa)
    show(awa, visible=True)
    settle(awa, site)
    assert asked(site) == 1
