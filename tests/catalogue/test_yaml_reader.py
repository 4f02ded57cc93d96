"""Text that cannot be read as a catalogue at all, whatever it says."""

from __future__ import annotations

import time

import pytest

from catalogue.findings import MOST_FINDINGS
from catalogue.problems import Problem
from catalogue.yaml_reader import MOST_BYTES
from tests.catalogue.reading import SOUND, codes, edited, read


def only_problem(content: bytes | str) -> Problem:
    loaded = read(content)
    assert not loaded.usable
    assert len(loaded.problems) == 1, loaded.problems
    return loaded.problems[0]


@pytest.mark.parametrize(
    ("content", "code", "line", "column"),
    [
        (b"", "empty-file", 1, 1),
        (b" \n\n", "empty-file", 1, 1),
        (b"# nothing but a comment\n", "empty-file", 1, 1),
        (b"\x00", "control-character", 1, 1),
        (b"\xef\xbb\xbf" + SOUND.encode(), "byte-order-mark", 1, 1),
        (b"# R\xc3\xa9union\n# l'\xe9t\xe9\n", "not-utf-8", 2, 5),
        ("format: 1\n".encode("utf-16"), "not-utf-8", 1, 1),
        (b"# x\n" * (MOST_BYTES // 4 + 1), "too-large", 1, 1),
        (edited(("title: Nuage", 'title: "\\q"')).encode(), "syntax", 42, 13),
    ],
)
def test_a_file_that_cannot_be_read_is_one_problem(
    content: bytes, code: str, line: int, column: int
) -> None:
    problem = only_problem(content)
    assert (problem.code.value, problem.line, problem.column) == (code, line, column)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_are_counted_alike_whatever_ends_them(end: str) -> None:
    text = edited(("title: Nuage", "titre: Nuage")).replace("\n", end)
    found = [(item.code.value, item.line) for item in read(text).problems]
    assert found == [("missing-key", 41), ("unknown-key", 42)]


def test_a_tab_is_the_only_thing_said_of_the_syntax_it_breaks() -> None:
    text = edited(("    title: Nuage", "\ttitle: Nuage"))
    assert codes(read(text)) == ["tab"]


def test_every_tab_is_named_at_once() -> None:
    text = edited(("    title: Nuage", "    title:\tNuage"), ("title: Salon", "title:\tSalon"))
    assert codes(read(text)) == ["tab", "tab"]


@pytest.mark.parametrize(
    "text",
    [
        "[" * 500_000,
        "{a: " * 100_000,
        "- " * 500_000,
        "? " * 200_000,
        "".join(" " * n + "a:\n" for n in range(1000)),
        "[" * 29 + "a" + "]" * 29,
    ],
    ids=["brackets", "braces", "dashes", "questions", "indentation", "deepest allowed"],
)
def test_depth_costs_neither_the_stack_nor_time(text: str) -> None:
    before = time.process_time()
    loaded = read("format: 1\nservices:\n  " + text if text[0] != "a" else text)
    assert not loaded.usable
    assert loaded.problems
    assert time.process_time() - before < 5


def test_a_flood_of_problems_is_cut_off_and_says_so() -> None:
    entries = "\n".join(f"  - {{id: s{n}, nom: x}}" for n in range(5000))
    before = time.process_time()
    loaded = read(f"categories: []\noperators: []\nservices:\n{entries}\n")
    assert len(loaded.problems) == MOST_FINDINGS + 1
    assert loaded.problems[-1].code == "too-many-problems"
    assert len(loaded.withheld) == 5000
    assert time.process_time() - before < 5


def test_what_a_problem_quotes_is_short() -> None:
    loaded = read(edited(("stage: stable", f"stage: {'x' * 5000}")))
    assert len(str(loaded.problems[0].values["text"])) == 80
