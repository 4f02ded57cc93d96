"""Content of the database that another version of the program wrote, read entry by entry.

What this version refuses is left out and said once: it must neither stop a worker at its start
nor take with it what stands beside it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import StrEnum
from functools import lru_cache
from typing import Any, TypeVar

import structlog
from pydantic import BaseModel, ValidationError

M = TypeVar("M", bound=BaseModel)
E = TypeVar("E", bound=StrEnum)

log = structlog.get_logger(__name__)


def readable(model: type[M], data: object, where: str) -> M | None:
    """Return the value, or none when the schema refuses it; `where` names it in the log."""
    try:
        return model.model_validate(data)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(step) for step in first["loc"])
        _say_once(where, f"{place}: {first['msg']}" if place else first["msg"])
        return None


def readable_items(model: type[M], data: object, where: str) -> Iterator[M]:
    """Yield the entries of a list that can be read."""
    if not isinstance(data, Iterable) or isinstance(data, str | dict):
        _say_once(where, f"expected a list, found {type(data).__name__}")
        return
    for item in data:
        found = readable(model, item, f"{where} {_id_of(item)}")
        if found is not None:
            yield found


def readable_choice(choices: type[E], value: str, where: str) -> E | None:
    try:
        return choices(value)
    except ValueError as error:
        _say_once(where, str(error))
        return None


def _id_of(item: Any) -> str:
    found = item.get("id", item.get("slug", "")) if isinstance(item, dict) else ""
    return str(found)[:60]


@lru_cache(maxsize=1024)
def _say_once(where: str, reason: str) -> None:
    log.warning("stored-content-unreadable", where=where, reason=reason)
