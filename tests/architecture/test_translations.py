"""Every French string of the screens has its English one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from settings import ROOT
from tests.programs import skip_loudly

ENGLISH = ROOT / "translations" / "en" / "LC_MESSAGES" / "messages.po"
KEYWORDS: dict[str, tuple[int, ...] | None] = {
    "_": None, "gettext": None, "lazy_gettext": None, "N_": None, "ngettext": (1, 2),
    "pgettext": (2,), "npgettext": (2, 3),
}  # fmt: skip
SOURCES = [("**.py", "python"), ("**.html", "jinja2"), ("**.txt", "jinja2")]


def french_strings() -> Iterator[tuple[str, str | tuple[str, ...]]]:
    for folder in (ROOT / "web", ROOT / "templates"):
        found = extract_from_dir(folder, method_map=SOURCES, keywords=KEYWORDS)
        for name, line, message, _comments, _context in found:
            yield f"{(folder / name).relative_to(ROOT)}:{line}", message


@pytest.fixture(scope="module")
def english() -> Catalog:
    if not ENGLISH.is_file():
        skip_loudly(f"{ENGLISH.relative_to(ROOT)} is not written yet")
    with ENGLISH.open("rb") as file:
        return read_po(file, locale="en")


def test_every_string_is_translated(english: Catalog) -> None:
    wrong = []
    for place, message in french_strings():
        entry = english.get(message if isinstance(message, str) else message[0])
        words = entry.string if entry else ""
        complete = all(words) if isinstance(words, tuple) else bool(words)
        if not complete:
            wrong.append(f"{place}: {message}")
    assert wrong == []


def test_no_translation_is_a_guess(english: Catalog) -> None:
    assert [entry.id for entry in english if entry.id and entry.fuzzy] == []


def test_placeholders_are_the_same_in_both_languages(english: Catalog) -> None:
    wrong = [(entry.id, problem) for entry in english for problem in entry.check(english)]
    assert wrong == []


def test_strings_are_found_in_templates_and_in_code(tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text("{{ _('Ouvrir') }} {% trans %}Aide{% endtrans %}")
    (tmp_path / "page.py").write_text("gettext('Chercher')")
    found = extract_from_dir(tmp_path, method_map=SOURCES, keywords=KEYWORDS)
    assert sorted(str(message) for _, _, message, *_ in found) == ["Aide", "Chercher", "Ouvrir"]
