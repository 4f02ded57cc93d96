"""Whatever is in the file: reading never raises, merging never loses a good entry."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalogue.loading import merge
from tests.catalogue.reading import FAULTS, SOUND, read

LAST = read(SOUND).catalogue
LINES = SOUND.splitlines(keepends=True)
PIECES = st.sampled_from(
    ["- ", "? ", ": ", "[", "]", "{", "}", "&a ", "*a ", "!!str ", "'", '"', "|\n", ">\n", "---\n",
     "...\n", "\n", "  ", "\t", "#", "<<: ", "~", "no", "id: ", "services:\n", "format: 1\n",
     "%YAML 1.1\n", "\u2028", "\x85", "\\ud800", '"\\ud800"', '"\\0"', "é", "\U0001f600", "@", "`"]
)  # fmt: skip


def check(content: bytes | str) -> None:
    loaded = read(content)
    assert loaded.usable or loaded.problems
    for problem in loaded.problems:
        assert problem.line >= 1
        assert problem.column >= 1
        problem.as_json()
    loaded.catalogue.model_dump_json().encode()


@settings(deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_are_read(content: bytes) -> None:
    check(content)


@settings(deadline=None)
@given(st.lists(PIECES, max_size=60).map("".join))
def test_any_bits_of_yaml_are_read(text: str) -> None:
    check(text)


@settings(deadline=None)
@given(st.data())
def test_any_damage_to_a_good_file_is_read(data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(SOUND)))
    end = data.draw(st.integers(start, min(len(SOUND), start + 80)))
    check(SOUND[:start] + data.draw(st.one_of(PIECES, st.text(max_size=5))) + SOUND[end:])


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_a_spoilt_line_loses_no_entry(data: st.DataObject) -> None:
    """Any change inside a line that keeps the id lines keeps every service served."""
    lines = list(LINES)
    places = [n for n, line in enumerate(lines) if not line.startswith("  - id:")]
    for number in data.draw(st.lists(st.sampled_from(places), min_size=1, max_size=4)):
        line = lines[number].rstrip("\n")
        column = data.draw(st.integers(0, len(line)))
        put = data.draw(st.one_of(PIECES, st.text(max_size=3), st.just(None)))
        lines[number] = (line[:column] + put + line[column:] + "\n") if put is not None else ""
    loaded = read("".join(lines))
    merged = merge(loaded, LAST)
    kept = {item.id for item in merged.services}
    named = set(loaded.services.order) if loaded.usable else kept
    # A spoilt line may cut the end of the file off as text: what it no longer names is gone.
    assert {item.id for item in LAST.services} & named <= kept
    operators, categories = {x.id for x in merged.operators}, {x.id for x in merged.categories}
    for service in merged.services:
        assert service.operator in operators
        assert set(service.categories) <= categories
        assert set(service.alternatives) <= kept


@pytest.mark.parametrize("path", FAULTS, ids=lambda path: path.stem)
def test_a_fault_leaves_what_was_served(path: Path) -> None:
    loaded = read(path.read_bytes())
    kept = {item.id for item in merge(loaded, LAST).services}
    named = set(loaded.services.order) if loaded.usable else kept
    assert {"visio", "nuage", "salon"} & named <= kept
    if loaded.withheld and not loaded.services.may_lack:
        assert set(loaded.withheld) <= kept
