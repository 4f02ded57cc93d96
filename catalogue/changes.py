"""What differs between two catalogues, as typed changes that a journal or a screen can word."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from catalogue.schema import Catalogue, Category, Operator, Service


class ChangeKind(StrEnum):
    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


class Part(StrEnum):
    SERVICE = "service"
    OPERATOR = "operator"
    CATEGORY = "category"


@dataclass(frozen=True, kw_only=True)
class Change:
    kind: ChangeKind
    part: Part
    id: str
    field: str | None = None
    """Such as `lifecycle.until` or `backends[main].url`; none for a whole entry."""
    before: Any = None
    """As JSON has it; none where there was nothing."""
    after: Any = None


def changes(before: Catalogue, after: Catalogue) -> tuple[Change, ...]:
    """List what one must know to go from one to the other, services first, in file order."""
    return (
        *_entries(Part.SERVICE, before.services, after.services),
        *_entries(Part.OPERATOR, before.operators, after.operators),
        *_entries(Part.CATEGORY, before.categories, after.categories),
    )


def _entries(
    part: Part,
    before: Iterable[Service | Operator | Category],
    after: Iterable[Service | Operator | Category],
) -> Iterator[Change]:
    old = {item.id: item for item in before}
    new = {item.id: item for item in after}
    for name, entry in new.items():
        if name not in old:
            kind, whole = ChangeKind.ADDED, _plain(entry)
            yield Change(kind=kind, part=part, id=name, after=whole)
        elif entry != old[name]:
            for field, left, right in _differences(_plain(old[name]), _plain(entry), ""):
                kind = _kind(left, right)
                yield Change(kind=kind, part=part, id=name, field=field, before=left, after=right)
    for name, entry in old.items():
        if name not in new:
            kind, whole = ChangeKind.REMOVED, _plain(entry)
            yield Change(kind=kind, part=part, id=name, before=whole)


def _plain(entry: Service | Operator | Category) -> dict[str, Any]:
    return entry.model_dump(mode="json", exclude_none=True)


def _kind(before: Any, after: Any) -> ChangeKind:
    if before is None:
        return ChangeKind.ADDED
    return ChangeKind.REMOVED if after is None else ChangeKind.CHANGED


def _differences(before: Any, after: Any, field: str) -> Iterator[tuple[str, Any, Any]]:
    """Go down mappings, and lists whose items have ids; other lists differ as a whole."""
    if before == after:
        return
    left, right = _named(before), _named(after)
    if left is None or right is None:
        yield field, before, after
        return
    by_id = isinstance(after, list)
    common = [name for name in right if name in left]
    if by_id and common != [name for name in left if name in right]:
        # Their order says which one comes first on the screen.
        yield field, list(left), list(right)
    for name in dict.fromkeys((*left, *right)):
        step = f"[{name}]" if by_id else f".{name}" if field else name
        yield from _differences(left.get(name), right.get(name), field + step)


def _named(value: Any) -> dict[str, Any] | None:
    if isinstance(value, dict):
        return value
    if isinstance(value, list) and value and all(_has_id(item) for item in value):
        return {item["id"]: item for item in value}
    return None


def _has_id(item: Any) -> bool:
    return isinstance(item, dict) and "id" in item
