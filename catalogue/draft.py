"""A text with syntax errors, mended piece by piece so that its other faults are named as well.

Each piece gives way to a placeholder or a comment of as many lines: the rest stays where it is.
What is mended is looked at, never served.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from dataclasses import replace

from catalogue.findings import Findings, Mark
from catalogue.problems import Code
from catalogue.syntax import Trouble, first_trouble

MOST_ROUNDS = 50
MOST_SECONDS = 3.0
"""For all rounds: a long text is read less often."""
PLACEHOLDER = "\ue000"
"""Starts what stands for a value; the id of an entry that went as a whole comes after it."""
_STAND_IN = f'"{PLACEHOLDER}"'
_VALUE = re.compile(r"(?P<start> *(?:- +)*(?:[A-Za-z_]+: +|[A-Za-z_]+:(?=\S)|(?<=- )))\S.*")
_WORD = re.compile(r"(?P<start> *(?:- +)*[A-Za-z_]+)\b.*")
_ITEM = re.compile(r" *- ")
_ID = re.compile(r" *- +(?:\{ *)?id: +['\"]?(?P<id>[A-Za-z0-9_.-]+)")
_VAGUE = frozenset({Code.INDENTATION, Code.SYNTAX})
"""What a piece left over from a mended value looks like."""


class Draft:
    def __init__(self, text: str, *, odd_lines: set[int], sections: tuple[str, ...]) -> None:
        self.lines = text.split("\n")
        self.original = tuple(self.lines)
        self.odd_lines = odd_lines
        """Those whose beginning has a problem of its own already."""
        self.sections = sections
        self.mended: set[int] = set()

    @property
    def text(self) -> str:
        return "\n".join(self.lines)

    def mend(self, findings: Findings) -> None:
        """Report every syntax error, and put something harmless in its place."""
        until = time.monotonic() + MOST_SECONDS
        trouble = first_trouble(self.text)
        for _ in range(MOST_ROUNDS):
            if trouble is None:
                return
            trouble = self._blamed(trouble)
            if not self._is_leftover(trouble):
                findings.add(trouble.code, trouble.mark, (), **trouble.values)
            if time.monotonic() > until:
                return
            after = self._without(trouble)
            if after == trouble:
                return
            trouble = after
        if trouble is not None:
            findings.add(Code.TOO_MANY_PROBLEMS, trouble.mark, limit=MOST_ROUNDS)

    def _line_of(self, trouble: Trouble) -> int:
        # The end of the text may be a line of its own for the parser.
        return min(trouble.mark.line, len(self.lines))

    def _blamed(self, trouble: Trouble) -> Trouble:
        """Blame the line that left its entry for the margin, not the next one that is in it."""
        above = self._above(self._line_of(trouble))
        if trouble.code is not Code.INDENTATION or above is None or self._section(above) is None:
            return trouble
        line = self.lines[above - 1]
        if above in self.mended or line.startswith((*self._names(), " ", "-")):
            return trouble
        return replace(trouble, mark=Mark(above, 1))

    def _names(self) -> tuple[str, ...]:
        return tuple(f"{name}:" for name in self.sections)

    def _is_leftover(self, trouble: Trouble) -> bool:
        """Tell whether it only comes from what was said before."""
        line = self._line_of(trouble)
        if line in self.mended or line in self.odd_lines:
            return True
        above = self._above(line)
        if above in self.odd_lines:
            return trouble.code in _VAGUE
        deeper = self._indent(line) > self._indent(above) if above else False
        return trouble.code in _VAGUE and above in self.mended and deeper

    def _without(self, trouble: Trouble) -> Trouble | None:
        """Mend the smallest thing that lets the parser go on; returns what stops it next."""
        line = self._line_of(trouble)
        best: str | None = None
        furthest: tuple[int, Trouble | None] = (line, None)
        for instead in self._instead_of(line, trouble):
            after = self._try(line, (instead,))
            reached = after.noticed if after else len(self.lines) + 2
            if reached > furthest[0]:
                best, furthest = instead, (reached, after)
            if best is not None and (after is None or trouble.code not in _VAGUE):
                break
        if best is None:
            return self._without_entry(line, trouble)
        self._keep(line, (best,))
        return furthest[1]

    def _without_entry(self, line: int, trouble: Trouble) -> Trouble | None:
        first, end = self._entry(line)
        if first is None:
            return trouble
        found = _ID.match(self.original[first - 1])
        name = found["id"] if found else ""
        start = f'{self._entry_indent(first)}- "{PLACEHOLDER}{name}"'
        pieces = (start, *["#"] * (end - first - 1))
        after = self._try(first, pieces)
        if after is not None and after.noticed < end:
            return trouble
        self._keep(first, pieces)
        return after

    def _try(self, line: int, pieces: tuple[str, ...]) -> Trouble | None:
        lines = [*self.lines[: line - 1], *pieces, *self.lines[line - 1 + len(pieces) :]]
        return first_trouble("\n".join(lines))

    def _keep(self, line: int, pieces: tuple[str, ...]) -> None:
        self.lines[line - 1 : line - 1 + len(pieces)] = pieces
        self.mended.update(range(line, line + len(pieces)))

    def _instead_of(self, number: int, trouble: Trouble) -> Iterator[str]:
        line = self.lines[number - 1]
        if trouble.code is Code.INDENTATION:
            yield from self._aligned(number)
        value = _VALUE.fullmatch(line)
        if value:
            start = value["start"]
            yield start + ("" if start.endswith(" ") else " ") + _STAND_IN
        word = _WORD.fullmatch(line)
        if word and not value:
            yield f"{word['start']}: {_STAND_IN}"
            yield f"{word['start']}:"
        yield "#"

    def _aligned(self, number: int) -> Iterator[str]:
        """Put the line under the one above it, or over the one below, or where entries start."""
        line = self.lines[number - 1]
        neighbours = (self._above(number), self._below(number))
        indents = [self._indent(other) for other in neighbours if other]
        if _ITEM.match(line):
            indents = [self._item_indent(number), *indents]
        for indent in dict.fromkeys(indents):
            if indent != self._indent(number):
                yield " " * indent + line.lstrip(" ")

    def _indent(self, number: int) -> int:
        line = self.lines[number - 1]
        return len(line) - len(line.lstrip(" "))

    def _above(self, number: int) -> int | None:
        return next((n for n in range(number - 1, 0, -1) if self._says_something(n)), None)

    def _below(self, number: int) -> int | None:
        after = range(number + 1, len(self.lines) + 1)
        return next((n for n in after if self._says_something(n)), None)

    def _says_something(self, number: int) -> bool:
        line = self.original[number - 1].strip()
        return bool(line) and not line.startswith("#")

    def _section(self, number: int) -> int | None:
        """Return the line of the section's name above."""
        starts = self._names()
        if not starts:
            return None
        lines = self.original
        return next((n for n in range(number, 0, -1) if lines[n - 1].startswith(starts)), None)

    def _item_indent(self, number: int) -> int:
        """Return how far the entries of this section stand from the left."""
        start = self._section(number) or 0
        first = next((line for line in self.original[start:] if _ITEM.match(line)), "")
        return len(first) - len(first.lstrip(" "))

    def _entry_indent(self, number: int) -> str:
        return " " * self._item_indent(number)

    def _entry(self, number: int) -> tuple[int | None, int]:
        """Return the first line of the entry around this one, and the line after its last."""
        section = self._section(number)
        if section is None or section == number:
            return None, 0
        # One more than the others: an entry that is not aligned is still one.
        start = re.compile(f" {{0,{self._item_indent(number) + 1}}}- ")
        lines = self.original
        above = range(number, section, -1)
        first = next((n for n in above if start.match(lines[n - 1])), None)
        stops = self._names()
        after = range(number + 1, len(lines) + 1)
        end = next(
            (n for n in after if start.match(lines[n - 1]) or lines[n - 1].startswith(stops)),
            len(lines),
        )
        return first, end
