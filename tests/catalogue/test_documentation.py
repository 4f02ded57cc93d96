"""docs/catalogue.md says every key, every choice and every kind of fault, and nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pydantic import BaseModel

from catalogue.conversion import fields_of
from catalogue.problems import ENTRY_STAYS, WARNINGS, Code
from catalogue.schema import Catalogue
from monitoring.profiles import NAMES
from settings import ROOT

TEXT = (ROOT / "docs" / "catalogue.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| `([^`]+)` \|", TEXT, re.MULTILINE)


def keys(model: type[BaseModel]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Every key with its section of the reference, and what it may say."""
    for name, shape in fields_of(model).items():
        inner = shape.item or shape
        yield name, tuple(map(str, inner.choices))
        if inner.kind == "mapping" and inner.model is not None:
            yield from keys(inner.model)


def test_every_key_has_a_row_of_its_own() -> None:
    names = {name for name, _ in keys(Catalogue)}
    assert len(names) > 70
    assert sorted(names - set(ROWS)) == []


def test_every_choice_is_said() -> None:
    choices = {choice for _, found in keys(Catalogue) for choice in found} | NAMES
    assert sorted(item for item in choices if f"`{item}`" not in TEXT) == []


def test_every_row_is_a_key_or_a_fault() -> None:
    names = {name for name, _ in keys(Catalogue)} | {code.value for code in Code}
    assert sorted(set(ROWS) - names) == []


def test_every_kind_of_fault_is_said() -> None:
    assert sorted(code.value for code in Code if code.value not in ROWS) == []


def test_the_effect_of_every_fault_is_said_right() -> None:
    said = dict(re.findall(r"^\| `([^`]+)` \| .* \| (\w+) \|$", TEXT, re.MULTILINE))
    for code in Code:
        stays = said[code.value] in ("warning", "error", "reference")
        assert (code in ENTRY_STAYS) is stays, code
        assert (code in WARNINGS) is (said[code.value] == "warning"), code
