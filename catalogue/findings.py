"""What a reading finds on its way: faults at a place of the text, counted but bounded."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches

from catalogue.problems import ENTRY_STAYS, Code, Value

Loc = tuple[str | int, ...]
"""Keys and indices from the top of the file down to a value."""
MOST_FINDINGS = 500
LONGEST_QUOTATION = 80
MOST_CHOICES = 1000


@dataclass(frozen=True, slots=True)
class Mark:
    """A place of the text, from line 1 and column 1."""

    line: int
    column: int


START = Mark(1, 1)


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault inside one entry; `where` starts at the entry."""

    code: Code
    where: Loc = ()
    values: Mapping[str, Value] = field(default_factory=dict)
    among: Collection[str] | None = None
    """What `values["text"]` may be a misspelling of; looked into only when it is reported."""


@dataclass(frozen=True, slots=True)
class Finding:
    code: Code
    mark: Mark
    loc: Loc
    values: Mapping[str, Value]


class Findings:
    """Collects faults; past `MOST_FINDINGS` it only remembers what they spoil."""

    def __init__(self) -> None:
        self.kept: list[Finding] = []
        self.spoilt: set[Loc] = set()
        """Where an error stands that withholds what is around it."""
        self.spoilt_entries: dict[Loc, set[Loc]] = {}
        """The same by the entry they withhold; one of fewer than two steps spoils the file."""
        self.quiet_lines: set[int] = set()
        """Lines that do not hold what was written there: nothing more is said of them."""

    @property
    def full(self) -> bool:
        return len(self.kept) >= MOST_FINDINGS

    def add(self, code: Code, mark: Mark, loc: Loc = (), **values: Value) -> None:
        if code not in ENTRY_STAYS:
            self.spoil(loc)
        if self.full or mark.line in self.quiet_lines:
            return
        shortened = {name: shorten(value) for name, value in values.items()}
        self.kept.append(Finding(code, mark, loc, shortened))

    def spoil(self, loc: Loc) -> None:
        self.spoilt.add(loc)
        self.spoilt_entries.setdefault(loc[:2], set()).add(loc)

    def take(self, others: Findings) -> None:
        for loc in others.spoilt:
            self.spoil(loc)
        for item in others.kept:
            self.add(item.code, item.mark, item.loc, **item.values)

    def add_fault(self, fault: Fault, mark: Mark, entry: Loc) -> None:
        values = dict(fault.values)
        if fault.among is not None:
            values["nearest"] = self.nearest(str(values["text"]), fault.among)
        self.add(fault.code, mark, (*entry, *fault.where), **values)

    def nearest(self, text: str, choices: Collection[str]) -> str | None:
        return None if self.full else nearest(text, choices)


def shorten(value: Value) -> Value:
    if isinstance(value, str) and len(value) > LONGEST_QUOTATION:
        return value[: LONGEST_QUOTATION - 1] + "…"
    return value


def nearest(text: str, choices: Collection[str]) -> str | None:
    """Return the choice that somebody who typed `text` most likely meant."""
    if len(text) > LONGEST_QUOTATION or len(choices) > MOST_CHOICES:
        return None
    found = get_close_matches(text.lower().replace("_", "-"), sorted(choices), n=1)
    return found[0] if found else None
