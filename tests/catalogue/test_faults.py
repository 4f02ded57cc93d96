"""Each kind of fault of a catalogue, in a file of its own that says where it is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from catalogue import syntax
from catalogue.problems import Code
from tests.catalogue.reading import FAULTS, HERE, SOUND, codes, read

SOURCE_CODES = {code for code in Code if code.value.startswith("source-")}
ELSEWHERE = {
    # In test_yaml_reader.py: a comment cannot stand in such a file, or it would be too long.
    Code.BYTE_ORDER_MARK,
    Code.EMPTY_FILE,
    Code.NOT_UTF8,
    Code.SYNTAX,
    Code.TOO_LARGE,
    Code.TOO_MANY_PROBLEMS,
    # The schema has no true or false yet; test_conversion.py has a model with one.
    Code.NOT_A_BOOLEAN,
    # What pydantic may say one day of a rule that has no code yet.
    Code.INVALID,
}


def expected(text: str) -> list[str]:
    return re.findall(r"^# expect: (.*\S)", text, re.MULTILINE)


@pytest.mark.parametrize("path", FAULTS, ids=lambda path: path.stem)
def test_a_fault_is_named_with_its_line_column_and_path(path: Path) -> None:
    problems = read(path.read_bytes()).problems
    found = [f"{item.code} {item.line}:{item.column} {item.path}".strip() for item in problems]
    assert found == expected(path.read_text(encoding="utf-8"))


def test_every_kind_of_fault_has_its_file() -> None:
    said = {line.split()[0] for path in FAULTS for line in expected(path.read_text("utf-8"))}
    assert set(Code) - SOURCE_CODES - ELSEWHERE == {Code(code) for code in said}


def test_the_catalogue_that_faults_are_put_into_has_none() -> None:
    loaded = read(SOUND)
    assert codes(loaded) == []
    assert [item.id for item in loaded.catalogue.services] == ["visio", "nuage", "salon"]


def test_one_run_names_ten_faults() -> None:
    found = read((HERE / "ten_at_once.yaml").read_bytes())
    assert [(item.code.value, item.line, item.column) for item in found.problems] == [
        ("missing-key", 4, 5),
        ("unknown-key", 6, 5),
        ("unknown-choice", 13, 11),
        ("unquoted", 25, 27),
        ("wrong-kind", 26, 14),
        ("bad-form", 32, 14),
        ("not-an-integer", 33, 43),
        ("missing-key", 34, 5),
        ("duplicate-key", 36, 5),
        ("anchor", 37, 14),
        ("not-a-date", 44, 24),
    ]


@pytest.mark.parametrize("path", FAULTS, ids=lambda path: path.stem)
def test_a_pyyaml_without_its_c_parser_finds_the_same(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(syntax, "PARSER", yaml.SafeLoader)
    problems = read(path.read_bytes()).problems
    found = [f"{item.code} {item.line}:{item.column} {item.path}".strip() for item in problems]
    assert found == expected(path.read_text(encoding="utf-8"))


def test_an_escape_beyond_unicode_is_a_problem_for_either_parser(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    text = 'format: "\\UFFFFFFFF"\n'
    assert codes(read(text)) == ["syntax"]
    monkeypatch.setattr(syntax, "PARSER", yaml.SafeLoader)
    assert codes(read(text)) == ["syntax"]
