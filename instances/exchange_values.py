"""All that one académie decided, as plain values in one canonical form: equal when alike."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ValidationError

from catalogue.schema import Text
from catalogue.yaml_reader import UNSEEN
from instances.models import Visibility

Entry = Mapping[str, Any]
_BASE64_LINE = 76
_INSTANTS = ("starts_at", "ends_at", "published_at", "retired_at")


@dataclass(frozen=True, kw_only=True)
class Decisions:
    """Without accounts, journal, openings, and what was read of the catalogue's changes."""

    academie: str
    choices: Mapping[str, Entry] = field(default_factory=dict)
    """By id of the service."""
    local_services: Mapping[str, Entry] = field(default_factory=dict)
    """By name, the académie not in front."""
    texts: Mapping[str, Any] = field(default_factory=dict)
    announcements: tuple[Entry, ...] = ()
    """In the order of `announcement_order`; those withdrawn too."""


def canonical(model: type[BaseModel], raw: Entry, zone: ZoneInfo) -> dict[str, Any]:
    """Return an entry as the file holds it: what is empty, or as by default, left out.

    What the schema refuses is kept as it is: an export never fails, an import says what is wrong.
    """
    given = {name: seen(value) for name, value in raw.items()}
    given = {name: value for name, value in given.items() if not _is_blank(value)}
    try:
        values = plain(model.model_validate(given))
    except ValidationError:
        values = {name: plain(value) for name, value in given.items()}
    return in_zone(values, zone)


def _is_blank(value: Any) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


def in_zone(values: Mapping[str, Any], zone: ZoneInfo) -> dict[str, Any]:
    """Say the instants of an entry in the académie's own time."""
    return {
        name: _local(value, zone) if name in _INSTANTS else value for name, value in values.items()
    }


def _local(text: str, zone: ZoneInfo) -> str:
    return datetime.fromisoformat(text).astimezone(zone).isoformat()


def plain(value: Any) -> Any:
    """Make values that YAML knows, of a model or of what it holds."""
    if isinstance(value, Text) and value.en is None:
        return value.fr
    if isinstance(value, BaseModel):
        return _set_fields(value)
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, tuple | list):
        return [plain(item) for item in value]
    if isinstance(value, Mapping):
        return {name: plain(item) for name, item in value.items()}
    return value


def _set_fields(model: BaseModel) -> dict[str, Any]:
    fields = type(model).model_fields
    return {
        name: plain(getattr(model, name))
        for name, about in fields.items()
        if not about.exclude and (about.is_required() or getattr(model, name) != about.default)
    }


def seen(value: Any) -> Any:
    """Leave out of texts what nobody sees and no strict reader takes: a file hides nothing."""
    if isinstance(value, str):
        return UNSEEN.sub("", value.replace("\r\n", "\n").replace("\r", "\n"))
    if isinstance(value, Mapping):
        return {seen(name): seen(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [seen(item) for item in value]
    return value


def choice(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return a decision without what says no more than saying nothing."""
    same_as_nothing = {"visibility_after": Visibility.NATIONAL.value, "wording": {}, "backends": []}
    return {name: value for name, value in values.items() if same_as_nothing.get(name) != value}


def in_lines(content: bytes) -> str:
    """Write a picture as a block of text."""
    text = base64.b64encode(content).decode("ascii")
    starts = range(0, len(text), _BASE64_LINE)
    return "\n".join(text[start : start + _BASE64_LINE] for start in starts)


def from_lines(text: str) -> bytes:
    return base64.b64decode("".join(text.split()))


def announcement_order(entry: Entry) -> tuple[str, ...]:
    """Put announcements in an order that no database decides."""
    instants = (str(entry.get(name, "")) for name in ("starts_at", "ends_at"))
    rest = (str(entry.get(name, "")) for name in ("text", "level", "service_id", "withdrawn"))
    return (*instants, *rest)
