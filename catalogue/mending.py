"""A broken entry with stand-ins for what is broken, so that its other faults are named as well.

What is mended is looked at, never served.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from catalogue.conversion import SPOILT, Shape, fields_of
from catalogue.findings import Fault, Findings, Loc
from catalogue.problems import Code

M = TypeVar("M", bound=BaseModel)

_DEPENDS: dict[Code, frozenset[str]] = {
    Code.NO_ADDRESS: frozenset({"backends", "variants", "lifecycle", "rollout"}),
    Code.NO_TAKEOUT: frozenset({"data"}),
    Code.NAME_PLACEHOLDER: frozenset({"launch", "variants"}),
    Code.NAME_NOT_WANTED: frozenset({"launch", "variants"}),
    Code.NOTE_MISSING: frozenset({"with_pupils"}),
    Code.OBSOLETE_WITHOUT_SUCCESSOR: frozenset({"lifecycle"}),
    Code.PROBE_ADDRESS: frozenset({"backends", "variants"}),
    Code.HOURS_INCOMPLETE: frozenset({"support"}),
}
"""Keys that a rule looks at beside the one it points to."""


def mend(model: type[M], value: Any, loc: Loc, findings: Findings) -> M | None:
    """Make the entry with stand-ins; none when it has no id of its own to speak of it by."""
    if (*loc, "id") in findings.spoilt:
        return None
    try:
        return model.model_validate(_mended(Shape("mapping", model=model), value, loc, findings))
    except ValidationError:
        return None


def sure_faults(faults: Iterable[Fault], entry: Loc, findings: Findings) -> list[Fault]:
    """Leave out what may only come from a stand-in."""
    spoilt = [loc[len(entry) :] for loc in findings.spoilt_entries.get(entry, ())]
    keys = {loc[0] for loc in spoilt if loc}
    return [fault for fault in faults if not _doubtful(fault, spoilt, keys)]


def _doubtful(fault: Fault, spoilt: list[Loc], keys: set[str | int]) -> bool:
    if keys & _DEPENDS.get(fault.code, frozenset()):
        return True
    return any(
        loc[: len(fault.where)] == fault.where or fault.where[: len(loc)] == loc
        for loc in spoilt
        if loc
    )


def _mended(shape: Shape, value: Any, loc: Loc, findings: Findings) -> Any:
    """Return the value without its broken parts, or `SPOILT` when nothing is left of it."""
    if value is SPOILT or (loc in findings.spoilt and not isinstance(value, dict)):
        return SPOILT
    if isinstance(value, dict) and shape.model is not None:
        return _mended_mapping(shape.model, value, loc, findings)
    if isinstance(value, list) and shape.item is not None:
        items = [_mended(shape.item, item, (*loc, n), findings) for n, item in enumerate(value)]
        # A list without one of its items would have the others in wrong places.
        return SPOILT if any(item is SPOILT for item in items) else items
    return value


def _mended_mapping(
    model: type[BaseModel], value: dict[str, Any], loc: Loc, findings: Findings
) -> dict[str, Any]:
    fields = fields_of(model)
    mended = {
        key: _mended(fields[key], inner, (*loc, key), findings) for key, inner in value.items()
    }
    kept = {key: inner for key, inner in mended.items() if inner is not SPOILT}
    for key, info in model.model_fields.items():
        if info.is_required() and key not in kept:
            kept[key] = _stand_in(key, fields[key])
    return kept


def _stand_in(key: str, shape: Shape) -> Any:
    if shape.kind == "choice":
        return shape.choices[0]
    if shape.item is not None:
        return [_stand_in(key, shape.item)]
    if shape.kind == "mapping" and shape.model is not None:
        return _mended_mapping(shape.model, {}, (), Findings())
    return "https://stand-in.invalid" if key == "url" else "stand-in"
