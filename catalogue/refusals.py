"""One entry of the file made and judged by the schema, its refusals said as findings."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from catalogue.conversion import SPOILT, Shape, convert
from catalogue.findings import Findings, Loc
from catalogue.mending import mend
from catalogue.problems import Code, Value
from catalogue.yaml_reader import Node, inner_node, node_at

M = TypeVar("M", bound=BaseModel)
Said = tuple[Code, dict[str, Value]]

FORMS = {
    r"^[a-z0-9]+(-[a-z0-9]+)*$": "id",
    r"^https?://[^\s/?#@]+([/?#]\S*)?$": "web-address",
    r"^(https?|tcp)://[^\s/?#@]+([/?#]\S*)?$": "probe-address",
    r"^[^@\s]+@[^@\s]+\.[^@\s]+$": "email",
    r"^[0-9+ .]+$": "phone",
    r"^(/\S*)?$": "path",
    r"^/\S*$": "path",
    r"^[A-Z]{2}$": "country",
    r"^[\w-]+(\.[\w-]+)*$": "json-path",
    r"^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+(-[a-z0-9]+)*)?$": "any-id",
}
"""What each pattern of the schema asks for; a test finds every pattern here."""

_LOCAL_ID = re.compile(r"[a-z0-9-]+\.[a-z0-9-]+")


def build(model: type[M], node: Node, loc: Loc, findings: Findings) -> M | None:
    """Make the entry at `loc`, or none when anything in it is wrong; every fault is reported."""
    return build_or_mend(model, node, loc, findings)[0]


def build_or_mend(
    model: type[M], node: Node, loc: Loc, findings: Findings
) -> tuple[M | None, M | None]:
    """As `build`; the second is a broken entry with stand-ins, to look for its other faults."""
    value = convert(node, Shape("mapping", model=model), loc, findings)
    if value is SPOILT:
        return None, None
    try:
        entry = model.model_validate(value)
    except ValidationError as error:
        _report(error, node, loc, findings)
    else:
        whole_file_spoilt = not loc and findings.spoilt
        if loc not in findings.spoilt_entries and not whole_file_spoilt:
            return entry, None
    return None, mend(model, value, loc, findings)


def _report(error: ValidationError, node: Node, loc: Loc, findings: Findings) -> None:
    """Say what the schema refused, but for what was already said of the same value."""
    for fault in error.errors(include_url=False):
        where = fault["loc"]
        steps = range(1, len(where) + 1)
        if any((*loc, *where[:size]) in findings.spoilt for size in steps):
            continue
        # A list whose items are refused has as many as it has, whatever pydantic counts.
        if fault["type"] == "too_short" and _is_spoilt_inside((*loc, *where), findings):
            continue
        language = fault.get("ctx", {}).get("language")
        if language and inner_node(node_at(node, where), language):
            where = (*where, language)
        describe = _DESCRIPTIONS.get(fault["type"], _other)
        code, values = describe({**fault, **fault.get("ctx", {})})
        findings.add(code, node_at(node, where).mark, (*loc, *where), **values)


def _is_spoilt_inside(loc: Loc, findings: Findings) -> bool:
    inside = findings.spoilt_entries.get(loc[:2], ())
    return any(len(item) > len(loc) and item[: len(loc)] == loc for item in inside)


def _missing(fault: dict[str, Any]) -> Said:
    return Code.MISSING_KEY, {"key": str(fault["loc"][-1])}


def _words_too_long(fault: dict[str, Any]) -> Said:
    return Code.TOO_LONG, {"limit": fault["limit"], "length": fault["length"]}


def _too_long(fault: dict[str, Any]) -> Said:
    return Code.TOO_LONG, {"limit": fault["max_length"], "length": len(fault["input"])}


def _wrong_form(fault: dict[str, Any]) -> Said:
    form, text = FORMS.get(fault["pattern"], fault["pattern"]), str(fault["input"])
    if form == "id" and _LOCAL_ID.fullmatch(text):
        return Code.LOCAL_ID, {"text": text}
    return Code.BAD_FORM, {"form": form, "text": text}


def _unreadable_address(fault: dict[str, Any]) -> Said:
    return Code.BAD_FORM, {"form": fault["form"], "text": fault["text"]}


def _too_small(fault: dict[str, Any]) -> Said:
    return Code.OUT_OF_RANGE, {"bound": "least", "limit": fault["ge"], "text": str(fault["input"])}


def _too_big(fault: dict[str, Any]) -> Said:
    return Code.OUT_OF_RANGE, {"bound": "most", "limit": fault["le"], "text": str(fault["input"])}


def _too_few(fault: dict[str, Any]) -> Said:
    return Code.TOO_FEW, {"least": fault["min_length"]}


def _other(fault: dict[str, Any]) -> Said:
    return Code.INVALID, {"message": fault["msg"]}


_DESCRIPTIONS: dict[str, Callable[[dict[str, Any]], Said]] = {
    "missing": _missing,
    "text_too_long": _words_too_long,
    "string_too_long": _too_long,
    "string_pattern_mismatch": _wrong_form,
    "greater_than_equal": _too_small,
    "less_than_equal": _too_big,
    "too_short": _too_few,
    "unreadable_address": _unreadable_address,
}
