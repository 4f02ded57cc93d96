"""Every field of the schema has a shape that the reader knows, and a form that it can name."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pydantic import BaseModel

from catalogue.conversion import Shape, fields_of
from catalogue.findings import Findings, Mark
from catalogue.refusals import FORMS, build
from catalogue.schema import Catalogue
from catalogue.yaml_reader import Mapping, Scalar
from instances.schema import AcademyCard

KINDS = {"mapping", "list", "text", "integer", "boolean", "date", "time", "choice", "words"}


class Switch(BaseModel):
    on: bool


def shapes(model: type[BaseModel]) -> Iterator[Shape]:
    for shape in fields_of(model).values():
        inner = shape.item or shape
        yield from (shape, inner)
        if inner.model is not None:
            yield from shapes(inner.model)


@pytest.mark.parametrize("model", [Catalogue, AcademyCard])
def test_every_field_has_a_shape(model: type[BaseModel]) -> None:
    assert {shape.kind for shape in shapes(model)} <= KINDS


def test_every_pattern_of_the_schema_has_a_name() -> None:
    def patterns(node: object) -> Iterator[str]:
        if isinstance(node, dict):
            if isinstance(node.get("pattern"), str):
                yield node["pattern"]
            for value in node.values():
                yield from patterns(value)
        if isinstance(node, list):
            for value in node:
                yield from patterns(value)

    found = set(patterns(Catalogue.model_json_schema()))
    assert len(found) >= 8
    assert found <= set(FORMS)


@pytest.mark.parametrize(
    ("text", "plain", "wanted"),
    [("true", True, True), ("false", True, False), ("yes", True, None), ("True", True, None),
     ("1", True, None), ("true", False, None)],
)  # fmt: skip
def test_only_true_and_false_are_booleans(text: str, plain: bool, wanted: bool | None) -> None:  # noqa: FBT001
    mark, findings = Mark(1, 1), Findings()
    node = Mapping(mark, {"on": (mark, Scalar(mark, text, plain))})
    switch = build(Switch, node, (), findings)
    assert (switch.on if switch else None) is wanted
    assert [item.code.value for item in findings.kept] == (
        ["not-a-boolean"] if wanted is None else []
    )
