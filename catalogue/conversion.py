"""Nodes into values: the schema says what each scalar is, never the look of the scalar."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, time
from enum import StrEnum
from functools import cache
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel

from catalogue.findings import Findings, Loc, Mark
from catalogue.problems import Code
from catalogue.schema import Text
from catalogue.yaml_reader import Mapping, Node, Refused, Scalar, Sequence

_INTEGER = re.compile(r"-?(0|[1-9][0-9]{0,17})")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TIME = re.compile(r"([01]?[0-9]|2[0-3]):[0-5][0-9]")
_AMBIGUOUS = re.compile(
    r"""(?ix)
    ~ | null | true | false | yes | no | on | off | y | n | =
    | [-+]?0x[0-9a-f_]+ | [-+]?0b[01_]+ | [-+]?0o[0-7_]+
    | [-+]?(\.[0-9][0-9_]*|[0-9][0-9_]*(\.[0-9_]*)?)(e[-+]?[0-9]+)?
    | [-+]?\.inf | \.nan
    | [-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?
    | [0-9]{4}-[0-9]{1,2}-[0-9]{1,2}([Tt\ ].*)?
    """
)
"""What some reader of YAML takes for a number, a date, true, false or nothing."""


@dataclass(frozen=True, slots=True)
class Shape:
    """What a field holds: a word for its kind, and what is inside."""

    kind: str
    """mapping, list, text, integer, boolean, date, time, choice or words (text or languages)."""
    model: type[BaseModel] | None = None
    item: Shape | None = None
    choices: tuple[str, ...] = ()


_PLAIN_KINDS = {str: "text", int: "integer", bool: "boolean", date: "date", time: "time"}


@cache
def shape_of(annotation: Any) -> Shape:
    origin, inside = get_origin(annotation), get_args(annotation)
    if origin in (Annotated, Union, UnionType):
        return shape_of(next(item for item in inside if item is not type(None)))
    if origin is tuple:
        return Shape("list", item=shape_of(inside[0]))
    if origin is Literal:
        return Shape("choice", choices=inside)
    if annotation in _PLAIN_KINDS:
        return Shape(_PLAIN_KINDS[annotation])
    if issubclass(annotation, StrEnum):
        return Shape("choice", choices=tuple(item.value for item in annotation))
    return Shape("words" if annotation is Text else "mapping", model=annotation)


@cache
def fields_of(model: type[BaseModel]) -> dict[str, Shape]:
    fields: dict[str, Any] = dict(model.model_fields)
    return {name: shape_of(info.annotation) for name, info in fields.items()}


class _Spoilt:
    """Stands for a value that has its own problem already."""


SPOILT = _Spoilt()


def convert(node: Node, shape: Shape, loc: Loc, findings: Findings) -> Any:
    """Make a value of the right type, or `SPOILT` where a problem was reported instead."""
    if isinstance(node, Mapping) and shape.model is not None:
        return _mapping(node, shape.model, loc, findings)
    if isinstance(node, Sequence) and shape.item is not None:
        items = enumerate(node.items)
        return [convert(item, shape.item, (*loc, n), findings) for n, item in items]
    if isinstance(node, Scalar) and node.text.strip() and shape.kind in _SCALARS:
        return _scalar(node, shape, loc, findings)
    if not isinstance(node, Refused):
        _add_wrong_kind(node, shape, loc, findings)
    return SPOILT


def _add_wrong_kind(node: Node, shape: Shape, loc: Loc, findings: Findings) -> None:
    text = node.text if isinstance(node, Scalar) else ""
    if isinstance(node, Scalar) and not text.strip():
        findings.add(Code.EMPTY_VALUE, node.mark, loc, key=str(loc[-1]))
        return
    kind = {Mapping: "mapping", Sequence: "list", Scalar: "text"}[type(node)]
    findings.add(Code.WRONG_KIND, node.mark, loc, wanted=shape.kind, kind=kind, text=text)


def _mapping(node: Mapping, model: type[BaseModel], loc: Loc, findings: Findings) -> Any:
    fields = fields_of(model)
    values = {}
    for key, (mark, inner) in node.entries.items():
        if key in fields:
            values[key] = convert(inner, fields[key], (*loc, key), findings)
        else:
            add_unknown_key(key, mark, loc, tuple(fields), findings)
    return values


def add_unknown_key(
    key: str, mark: Mark, loc: Loc, known: tuple[str, ...], findings: Findings
) -> None:
    # Keys have underscores: somebody may have typed a hyphen.
    names = {name.replace("_", "-"): name for name in known}
    near = names.get(findings.nearest(key, names) or "")
    findings.add(Code.UNKNOWN_KEY, mark, (*loc, key), key=key, nearest=near, choices=known)


def _scalar(node: Scalar, shape: Shape, loc: Loc, findings: Findings) -> Any:
    value = _SCALARS[shape.kind](node, shape)
    if not isinstance(value, Code):
        return value
    if value is Code.UNKNOWN_CHOICE:
        near = findings.nearest(node.text, shape.choices)
        findings.add(value, node.mark, loc, text=node.text, nearest=near, choices=shape.choices)
    else:
        findings.add(value, node.mark, loc, text=node.text)
    return SPOILT


def _text(node: Scalar, _shape: Shape) -> str | Code:
    if node.plain and _AMBIGUOUS.fullmatch(node.text):
        return Code.UNQUOTED
    return node.text.strip()


def _choice(node: Scalar, shape: Shape) -> str | Code:
    if node.text not in shape.choices:
        return Code.UNKNOWN_CHOICE
    return _text(node, shape)


def _integer(node: Scalar, _shape: Shape) -> int | Code:
    if node.plain and _INTEGER.fullmatch(node.text):
        return int(node.text)
    return Code.NOT_AN_INTEGER


def _boolean(node: Scalar, _shape: Shape) -> bool | Code:
    if node.plain and node.text in ("true", "false"):
        return node.text == "true"
    return Code.NOT_A_BOOLEAN


def _date(node: Scalar, _shape: Shape) -> date | Code:
    if not _DATE.fullmatch(node.text):
        return Code.NOT_A_DATE
    try:
        return date.fromisoformat(node.text)
    except ValueError:
        return Code.NOT_A_DATE


def _time(node: Scalar, _shape: Shape) -> time | Code:
    if not _TIME.fullmatch(node.text):
        return Code.NOT_A_TIME
    if node.plain:
        return Code.UNQUOTED
    hour, minute = node.text.split(":")
    return time(int(hour), int(minute))


_SCALARS: dict[str, Callable[[Scalar, Shape], Any]] = {
    "text": _text,
    "words": _text,
    "choice": _choice,
    "integer": _integer,
    "boolean": _boolean,
    "date": _date,
    "time": _time,
}
