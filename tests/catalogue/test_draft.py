"""A syntax error hides none of the other faults, and changes no line number."""

from __future__ import annotations

import time

import pytest

from catalogue import draft
from catalogue.findings import Findings
from catalogue.problems import Problem
from tests.catalogue.reading import SOUND, edited, read

TITEL = ("title: Salon", "titel: Salon")
STABEL = ("stage: stable", "stage: stabel")
OTHERS = ["unknown-choice 52:24", "missing-key 56:5", "unknown-key 57:5"]
"""What `STABEL` and `TITEL` make."""


def places(*edits: tuple[str, str]) -> list[str]:
    loaded = read(edited(*edits))
    assert not loaded.usable, "a file with a syntax error replaces nothing"
    assert not loaded.catalogue.services
    return [place(problem) for problem in loaded.problems]


def place(problem: Problem) -> str:
    return f"{problem.code} {problem.line}:{problem.column}"


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        (("    summary: Vos", "    summary: Vos: vos"), "colon-in-text 44:17"),
        (("    title: Nuage", "\ttitle: Nuage"), "tab 42:1"),
        (("    task: Ranger", "   task: Ranger"), "indentation 43:4"),
        (("    task: Ranger", "     task: Ranger"), "indentation 43:6"),
        (("    task: Ranger", "task: Ranger"), "indentation 43:1"),
        (("    task: Ranger", "    task Ranger"), "indentation 43:5"),
        (("  - id: nuage", "   - id: nuage"), "indentation 41:4"),
        (("  - id: nuage", " - id: nuage"), "indentation 41:2"),
        (("    launch:\n", "   launch:\n"), "indentation 29:4"),
        (("services:\n", "services\n"), "indentation 18:1"),
        (("keywords: [dropbox]", "keywords: [dropbox"), "unclosed-bracket 47:15"),
        (("users: {agents: direct}\n    with", "users: {agents: direct\n    with"),
         "unclosed-bracket 48:12"),
        (("    title: Nuage", "    title: 'Nuage"), "unclosed-quote 42:12"),
        (("    title: Nuage", '    title: "Nuage'), "unclosed-quote 42:12"),
        (("  - id: dne", "  - id: 'dne"), "unclosed-quote 10:9"),
        (("title: Nuage", "title: @Nuage"), "reserved-character 42:12"),
        (("title: Nuage", 'title: "\\q"'), "syntax 42:13"),
        (("title: Nuage", "title:\u00a0Nuage"), "no-break-space 42:11"),
    ],
)  # fmt: skip
def test_the_other_faults_are_named_beside_a_syntax_error(edit: tuple[str, str], said: str) -> None:
    found = places(edit, TITEL, *([] if edit[0] == "services:\n" else [STABEL]))
    # Where the services cannot be told, those of one that can are named all the same.
    others = OTHERS[1:] if edit[0] == "services:\n" else OTHERS
    assert sorted(found) == sorted([said, *others])


def test_every_syntax_error_is_named_in_the_same_run() -> None:
    found = places(
        ("title: Visio", "title: Vi: sio"),
        ("task: Réunir des", "task: Réunir: des"),
        ("keywords: [zoom, réunion]", "keywords: [zoom, réunion"),
        ("    task: Ranger", "   task: Ranger"),
        ("    title: Nuage", "    title: 'Nuage"),
        ("answer: 'no'", "answer: no"),
        ("  - id: framasoft", "  - id: Frama_soft"),
        ("sign_in: [agent]", "sign_in: [agents]"),
        ("interval: 60", "interval: 1_0"),
        ("title: Salon", "title: @Salon"),
    )
    assert found == [
        "bad-form 15:9", "colon-in-text 20:14", "colon-in-text 21:17", "unclosed-bracket 25:15",
        "not-an-integer 38:21", "unclosed-quote 42:12", "indentation 43:4", "unquoted 49:27",
        "unknown-choice 50:15", "reserved-character 57:12",
    ]  # fmt: skip


def test_an_entry_that_goes_as_a_whole_is_still_known_by_its_id() -> None:
    """Nobody calls the operator unknown, and its services have no fault of their own."""
    old = "    name: DNE\n    kind: education\n"
    loaded = read(edited((old, "    name: DNE\n  ]  kind: education\n"), TITEL))
    found = {place(problem) for problem in loaded.problems}
    assert "unknown-operator" not in " ".join(found)
    assert {"indentation 12:3", "missing-key 56:5", "unknown-key 57:5"} <= found


def test_fifty_syntax_errors_are_named_and_the_rest_is_told() -> None:
    entries = "".join(f"  - id: s{n}\n    title: a: b\n" for n in range(80))
    loaded = read(f"categories: []\noperators: []\nservices:\n{entries}")
    said = [problem.code.value for problem in loaded.problems]
    assert said.count("colon-in-text") == draft.MOST_ROUNDS
    assert "too-many-problems" in said


def test_a_long_text_with_many_errors_takes_no_more_time_than_it_may() -> None:
    entry = "  - id: s{n}\n    title: a: b\n    summary: Une salle pour se voir et se parler.\n"
    entries = "".join(entry.format(n=n) for n in range(15_000))
    before = time.monotonic()
    loaded = read(f"categories: []\noperators: []\nservices:\n{entries}")
    assert any(problem.code == "colon-in-text" for problem in loaded.problems)
    assert time.monotonic() - before < draft.MOST_SECONDS + 10


def test_the_text_has_as_many_lines_as_before() -> None:
    text = edited(("title: Visio", "title: 'Visio"), ("keywords: [dropbox]", "keywords: [drop"))
    made = draft.Draft(text, odd_lines=set(), sections=("categories", "operators", "services"))
    made.mend(Findings())
    assert len(made.lines) == len(SOUND.split("\n"))
    changed = {n for n, line in enumerate(SOUND.split("\n"), 1) if line != made.lines[n - 1]}
    assert changed == made.mended == {20, 47}
