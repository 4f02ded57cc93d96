"""The guide for a DANE cannot go stale: its pictures are there, its words are the screens'."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from babel.messages.extract import extract_from_dir

from settings import ROOT

DOCS = ROOT / "docs"
GUIDE = DOCS / "guide-dane.md"
IMAGES = DOCS / "images"
HEAVIEST = 150_000
"""Bytes of a picture."""
LONGEST = 250
"""Lines of the guide."""
MOST = 14
"""Lines of a section."""
NO_BREAK = "\N{NO-BREAK SPACE}"
SOURCES = [("**.py", "python"), ("**.html", "jinja2")]
KEYWORDS: dict[str, tuple[int, ...] | None] = {
    "_": None, "gettext": None, "lazy_gettext": None, "ngettext": (1, 2),
}  # fmt: skip
PLACEHOLDER = re.compile(r"%\([a-z_]+\)[sd]")


def guide() -> str:
    return GUIDE.read_text(encoding="utf-8")


def plain(words: str) -> str:
    """Leave out what a screen may put around words, and how they are spaced."""
    return " ".join(words.split()).rstrip(" :")


def words_of_the_screens() -> Iterator[str]:
    for folder in ("web", "templates"):
        found = extract_from_dir(ROOT / folder, method_map=SOURCES, keywords=KEYWORDS)
        for _name, _line, message, *_ in found:
            yield from ([message] if isinstance(message, str) else message)


def on_a_screen() -> set[str]:
    """Return the words of all screens, each also as it begins: "Se connecter avec %(name)s"."""
    found = list(words_of_the_screens())
    return {plain(words) for words in (*found, *(PLACEHOLDER.split(words)[0] for words in found))}


def quoted(text: str) -> list[str]:
    return [plain(words) for words in re.findall(r"\*\*(.+?)\*\*", text)]


def test_every_button_that_the_guide_names_is_on_a_screen() -> None:
    names = quoted(guide())
    assert len(names) > 80
    assert sorted(set(names) - on_a_screen()) == []


def test_words_are_looked_for_in_templates_and_in_code() -> None:
    assert {"Voir l'effet", "Se connecter avec", "Journal"} <= on_a_screen()
    assert "Tout effacer d'un coup" not in on_a_screen()


def pictures(name: str) -> list[str]:
    text = (ROOT / name).read_text(encoding="utf-8")
    return re.findall(r"!\[[^\]]+\]\(([^)\s]+)\)", text)


@pytest.mark.parametrize(
    "name", ["README.md", *sorted(f"docs/{path.name}" for path in DOCS.glob("*.md"))]
)
def test_every_picture_that_a_document_shows_is_there(name: str) -> None:
    folder = (ROOT / name).parent
    assert [path for path in pictures(name) if not (folder / path).is_file()] == []


def test_every_picture_is_made_again_by_make_screenshots_and_is_light() -> None:
    made = "".join(path.read_text(encoding="utf-8") for path in DOCS.glob("*.py"))
    kept = sorted(IMAGES.glob("*.png"))
    assert len(kept) > len(pictures("docs/guide-dane.md"))
    assert [path.name for path in kept if f'"{path.stem}"' not in made] == []
    assert [path.name for path in kept if path.stat().st_size > HEAVIEST] == []


def anchor(heading: str) -> str:
    """As forges make it: nothing but letters, digits and hyphens."""
    return re.sub(r"[^\w\- ]", "", heading.lower().replace(NO_BREAK, "")).replace(" ", "-")


def test_every_entry_of_the_table_of_contents_leads_to_a_section() -> None:
    text = guide()
    sections = {anchor(title) for title in re.findall(r"^## (.+)$", text, re.MULTILINE)}
    entries = set(re.findall(r"\]\(#([^)]+)\)", text))
    assert entries == sections


def test_the_guide_stays_short() -> None:
    text = guide()
    assert text.count("\n") <= LONGEST
    for section in text.split("\n## ")[1:]:
        title, *lines = section.splitlines()
        assert len([line for line in lines if line.strip()]) <= MOST, title


def test_french_signs_stay_on_the_line_of_their_word() -> None:
    signs = re.compile(r" [?!:;»]|« |\d (?:h|ko)\b")
    assert [line for line in guide().splitlines() if signs.search(line)] == []
