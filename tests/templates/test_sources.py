"""What holds for every template as it is written: words, typography, no inline code."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from jinja2 import Environment

from settings import ROOT

TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
WORD_MODULES = [
    ROOT / "web" / name
    for name in ("dates.py", "link_words.py", "state_words.py", "status_words.py", "wording.py")
]
NOT_TRANSLATED = {"cnil.fr", "Français", "English"}
"""A name, and each language in its own words."""
ENVIRONMENT = Environment(extensions=["jinja2.ext.i18n"], autoescape=True)


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def french(path: Path) -> Iterator[str]:
    """Yield each string of a file that gettext will look up."""
    source = path.read_text(encoding="utf-8")
    calls = re.findall(r"\b(?:_|gettext|ngettext)\(((?:\s*\"[^\"]*\",?)+)", source)
    for call in calls:
        yield from re.findall(r'"([^"]*)"', call)


def written_text(path: Path) -> Iterator[str]:
    """Yield the words that stand in a template outside tags and expressions."""
    source = path.read_text(encoding="utf-8")
    # Jinja first: an expression in an attribute may hold a ">".
    html = "".join(value for _, kind, value in ENVIRONMENT.lex(source) if kind == "data")
    # A macro may hold nothing but attributes.
    html = re.sub(r"<[^>]*>|[\w-]+=\"[^\"]*\"", "\n", html)
    for text in html.split("\n"):
        if re.search(r"[^\W\d_]{2}", text):
            yield text.strip()


@pytest.mark.parametrize("path", TEMPLATES, ids=name_of)
def test_every_word_of_a_template_can_be_translated(path: Path) -> None:
    assert set(written_text(path)) - NOT_TRANSLATED == set()


@pytest.mark.parametrize("path", [*TEMPLATES, *WORD_MODULES], ids=name_of)
def test_french_has_no_break_spaces_where_lines_must_not_end(path: Path) -> None:
    breakable = re.compile(r" [?!:;»]|« |\d h\b")
    assert [words for words in french(path) if breakable.search(words)] == []


def test_some_french_is_found_in_templates_and_modules() -> None:
    home = ROOT / "templates" / "portal" / "home.html"
    assert "De quoi avez-vous besoin\N{NO-BREAK SPACE}?" in set(french(home))
    assert all(any(french(path)) for path in WORD_MODULES)


@pytest.mark.parametrize("path", TEMPLATES, ids=name_of)
def test_no_template_holds_a_style_or_a_script_of_its_own(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    assert re.findall(r"\s(?:style|on[a-z]+)=[\"']", source) == []
    scripts = re.findall(r"<script(?![^>]*(?:\ssrc=|application/json))[^>]*>", source)
    assert scripts == []
    assert "<style" not in source


@pytest.mark.parametrize("forbidden", ["instance", "backend", "serveur", "sonde", "catalogue"])
def test_our_own_words_stay_off_the_screens(forbidden: str) -> None:
    of_desks = {"admin", "operator", "ops"}
    for_readers = [
        path
        for path in TEMPLATES
        if path.parent.name not in of_desks and not path.name.startswith("ops_")
    ]
    everything = [words for path in [*for_readers, *WORD_MODULES] for words in french(path)]
    found = [words for words in everything if re.search(rf"\b{forbidden}s?\b", words.lower())]
    assert found == []
