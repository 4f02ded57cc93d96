"""The search of the page finds what the search of the server finds, and shows it as one types."""

from __future__ import annotations

import json
import random
import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from catalogue.selection import STOP_WORDS, Entry, search, suggestion
from tests.browser.pages import ROOT, Site, from_entries, home
from tests.catalogue.queries import QUERIES, SUGGESTIONS, entries

pytestmark = pytest.mark.browser


def asked_in_the_page(page: Page, texts: tuple[Entry, ...], queries: list[str]) -> list[Any]:
    """Return for each query what the script finds, and what it suggests."""
    answers: list[Any] = page.evaluate(
        """([entries, queries]) => queries.map(query => [
            window.trousse.search(entries, query), window.trousse.suggestion(entries, query)])""",
        [[list(entry) for entry in texts], queries],
    )
    return answers


def asked_here(texts: tuple[Entry, ...], queries: list[str]) -> list[Any]:
    return [[list(search(texts, query)), suggestion(texts, query)] for query in queries]


def test_the_table_of_queries_gives_the_same_ids_in_the_same_order(awa: Page) -> None:
    queries = [query for query, _ in QUERIES]
    found = [ids for ids, _ in asked_in_the_page(awa, entries(), queries)]
    assert found == [expected.split() for _, expected in QUERIES]


def test_the_same_nearby_words_are_suggested(awa: Page) -> None:
    queries = [query for query, _ in SUGGESTIONS]
    suggested = [word for _, word in asked_in_the_page(awa, entries(), queries)]
    assert suggested == [expected for _, expected in SUGGESTIONS]


def damaged(word: str, dice: random.Random) -> str:
    """Return a word as hurried fingers type it."""
    n = dice.randrange(len(word) + 1)
    letter = dice.choice("aeinrstxzé-0")
    return dice.choice(
        [
            word, word[:n], word[:n] + word[n + 1 :], word[:n] + letter + word[n:],
            word[:n] + letter + word[n + 1 :], word[:n] + word[n : n + 2][::-1] + word[n + 2 :],
            word.upper(), word + dice.choice(["s", "x", "aux"]), word[::-1],
        ]
    )  # fmt: skip


def typed_queries(language: str, dice: random.Random) -> list[str]:
    words = sorted({word for _, text in entries(language) for word in text.split()} | STOP_WORDS)
    oddities = [
        "ŒUF",
        "ß",
        "İstanbul",
        "ﬁchier",
        "日本",
        "🎥",
        "e\u0301cole",
        "\u00a0",
        "l'",
        "²",
        "",
    ]
    queries = []
    for _ in range(400):
        parts = [damaged(word, dice) for word in dice.choices(words, k=dice.choice([1, 1, 2, 3]))]
        if dice.random() < 0.15:
            parts.insert(dice.randrange(len(parts) + 1), dice.choice(oddities))
        queries.append(dice.choice([" ", " ", "-", "  ", "'"]).join(parts))
    return [*queries, "🎥" * 120 + "visio", "mot " * 50, "a" * 300]


@pytest.mark.parametrize("language", ["fr", "en"])
def test_hundreds_of_typed_queries_give_the_same_here_and_there(awa: Page, language: str) -> None:
    queries = typed_queries(language, random.Random(20261122))
    texts = entries(language)
    there = asked_in_the_page(awa, texts, queries)
    here = asked_here(texts, queries)
    differences = [row for row in zip(queries, here, there, strict=True) if row[1] != row[2]]
    assert differences == []
    answered = sum(bool(ids) for ids, _ in here)
    assert 100 < answered < len(queries) - 20, "the queries try too little"


def test_the_page_lists_what_the_table_says_in_its_order(
    awa: Page, site: Site, errors: list[str]
) -> None:
    del errors
    site.pages["/lyon/"] = home(from_entries(entries()), academie="lyon")
    awa.goto(f"{site.url}/lyon/")
    for query, expected in QUERIES[::9]:
        awa.fill("#q", query)
        assert found_on(awa) == expected.split(), query


def found_on(page: Page) -> list[str]:
    ids: list[str] = page.eval_on_selector_all(
        "#resultats ul.tiles > li", "tiles => tiles.map(tile => tile.dataset.id)"
    )
    return ids


def order_of(page: Page) -> list[str]:
    ids: list[str] = page.eval_on_selector_all(
        "#services li.tile", "tiles => tiles.map(tile => tile.dataset.id)"
    )
    return ids


def test_results_come_as_one_types_and_the_count_is_said(awa: Page) -> None:
    awa.locator("#q").press_sequentially("nua")
    assert found_on(awa) == ["nuage"]
    expect(awa.locator("#nombre")).to_have_text("1 service pour « nua »")
    expect(awa.locator("#services")).to_be_hidden()
    awa.fill("#q", "d")
    assert found_on(awa) == ["docs", "evento", "nuage"]
    expect(awa.locator("#nombre")).to_have_text("3 services pour « d »")


def test_escape_clears_the_field_and_puts_every_tile_back(awa: Page) -> None:
    before = order_of(awa)
    awa.fill("#q", "doodle")
    awa.press("#q", "Escape")
    assert awa.input_value("#q") == ""
    assert order_of(awa) == before
    expect(awa.locator("#services")).to_be_visible()
    expect(awa.locator("#resultats")).to_be_hidden()
    expect(awa.locator("#nombre")).to_have_text("")
    assert awa.evaluate("document.activeElement.id") == "q"


def test_nothing_found_offers_the_nearest_word_and_one_click_takes_it(awa: Page) -> None:
    awa.fill("#q", "padlette")
    expect(awa.locator("#nombre")).to_have_text("Rien pour « padlette ».")
    expect(awa.locator("[data-suggestion]")).to_have_text("Vous cherchiez padlet ?")
    awa.click("[data-suggestion] a")
    assert found_on(awa) == ["docs"]
    expect(awa.locator("[data-empty]")).to_be_hidden()
    assert awa.input_value("#q") == "padlet"


def test_all_services_come_back_by_their_link(awa: Page) -> None:
    awa.fill("#q", "xyzzy")
    expect(awa.locator("[data-suggestion]")).to_be_hidden()
    awa.click("[data-all]")
    expect(awa.locator("#services")).to_be_visible()
    assert len(order_of(awa)) == 5


def test_enter_stays_on_the_page_and_leads_to_the_first_answer(awa: Page) -> None:
    awa.fill("#q", "nuage")
    awa.press("#q", "Enter")
    awa.keyboard.press("Tab")
    assert awa.evaluate("document.activeElement.className") == "tile-main"
    assert awa.url.endswith("/rennes/")


def test_no_letter_alone_does_anything_outside_the_field(awa: Page) -> None:
    before = awa.content()
    awa.locator("body").press("s")
    awa.keyboard.type("fkn/?123")
    assert awa.content() == before


def test_what_is_typed_is_never_read_as_html(awa: Page) -> None:
    awa.fill("#q", "<img src=x onerror=alert(1)>")
    expect(awa.locator("#nombre")).to_contain_text("<img src=x")
    assert awa.locator("main img").count() == 0


def test_the_words_of_the_field_are_searched_again_after_going_back(awa: Page, site: Site) -> None:
    awa.fill("#q", "nuage")
    awa.goto(f"{site.url}/nantes/")
    awa.go_back()
    awa.wait_for_function("document.querySelector('#resultats li') !== null")
    assert found_on(awa) == ["nuage"]


def test_a_page_without_javascript_is_left_as_the_server_made_it(site: Site, browser: Any) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{site.url}/rennes/?q=nuage")
    assert page.locator("#services li.tile").count() == 5
    assert page.locator(".tile-star:visible").count() == 0
    context.close()


def test_the_words_of_the_script_are_json_and_hold_no_markup(awa: Page) -> None:
    words = json.loads(awa.text_content("#mots") or "")
    assert len(words) > 15
    assert not [word for word in words.values() if "<" in word]


def test_every_word_given_to_the_script_is_used_and_every_word_used_is_given(awa: Page) -> None:
    words = set(json.loads(awa.text_content("#mots") or ""))
    script = (ROOT / "static" / "js" / "portal.js").read_text(encoding="utf-8")
    strings = set(re.findall(r"'([a-z_]+)'", script))
    members = set(re.findall(r"(?<!\.)\bwords\.([a-z_]+)\b(?!\()", script)) - {"length"}
    assert words - strings - members == set()
    assert members - words == set()


def test_both_sides_leave_out_the_same_words() -> None:
    script = (ROOT / "static" / "js" / "portal.js").read_text(encoding="utf-8")
    block = script.partition("STOP_WORDS = new Set((")[2].partition(").split(")[0]
    assert set(" ".join(re.findall(r"'([^']*)'", block)).split()) == STOP_WORDS
