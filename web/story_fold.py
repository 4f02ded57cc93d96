"""How much of a long story stands in view: its newest lines, and what people said last."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

Line = TypeVar("Line")

NEWEST = 4
WORTH_IT = 3
"""Lines that a fold must hide; a shorter story stands whole."""


@dataclass(frozen=True, kw_only=True)
class Folded(Generic[Line]):
    """A story, the newest line first."""

    shown: tuple[Line, ...]
    earlier: tuple[Line, ...]


def fold(lines: Sequence[Line], *, is_said: Callable[[Line], bool]) -> Folded[Line]:
    """Keep in view what is newest; and the last line of a person, whatever probes saw since."""
    last_said = next((n for n, line in enumerate(lines) if is_said(line)), 0)
    in_view = {*range(NEWEST), last_said}
    if len(lines) < len(in_view) + WORTH_IT:
        return Folded(shown=tuple(lines), earlier=())
    return Folded(
        shown=tuple(line for n, line in enumerate(lines) if n in in_view),
        earlier=tuple(line for n, line in enumerate(lines) if n not in in_view),
    )
