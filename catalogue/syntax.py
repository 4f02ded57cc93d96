"""The first thing that keeps a text from being YAML: what it is, and where to look."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml

from catalogue.findings import START, Mark
from catalogue.problems import Code, Value

MOST_LEVELS = 30
# The C parser is ten times as fast; a PyYAML built without it reads the same.
PARSER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_KEY_OR_ITEM = re.compile(r" *(- |[A-Za-z_]+:( |$))")
_BEFORE_KEY = re.compile(r" *(?:- +)*(?=[A-Za-z_]+:)")
_KEY = re.compile(r" *[A-Za-z_]+(?=:)")
# The last two: what the parser in Python makes of an escape beyond Unicode.
_ERRORS = (yaml.YAMLError, ValueError, OverflowError)


@dataclass(frozen=True, kw_only=True)
class Trouble:
    code: Code
    mark: Mark
    """The place to correct."""
    noticed: int
    """The line at which the parser gave up."""
    values: dict[str, Value] = field(default_factory=dict)


def events(text: str) -> Iterator[Any]:
    return yaml.parse(text, Loader=PARSER)


def mark_of(mark: Any) -> Mark:
    return START if mark is None else Mark(mark.line + 1, mark.column + 1)


def first_trouble(text: str) -> Trouble | None:
    """Return the first syntax error; none too when the text goes too deep to be read at all."""
    around: list[Any] = []
    quoted: Any = None
    try:
        for event in events(text):
            if isinstance(event, yaml.CollectionStartEvent):
                around.append(event)
            elif isinstance(event, yaml.CollectionEndEvent):
                around.pop()
            elif isinstance(event, yaml.ScalarEvent) and event.style in ("'", '"'):
                quoted = event
            if len(around) > MOST_LEVELS:
                return None
    except yaml.MarkedYAMLError as error:
        brackets = [item for item in around if item.flow_style]
        return _described(text.split("\n"), error, quoted, brackets)
    except _ERRORS as error:
        return Trouble(code=Code.SYNTAX, mark=START, noticed=1, values={"message": str(error)})
    return None


def _described(
    lines: list[str], error: yaml.MarkedYAMLError, quoted: Any, brackets: list[Any]
) -> Trouble:
    noticed = mark_of(error.problem_mark)
    if quoted is not None and mark_of(quoted.end_mark).line == noticed.line:
        start = mark_of(quoted.start_mark)
        if _swallows(lines, start.line, noticed.line):
            return Trouble(code=Code.UNCLOSED_QUOTE, mark=start, noticed=noticed.line)
    for bracket in brackets:
        start = mark_of(bracket.start_mark)
        at_end = noticed.line >= len(lines) and start.line < noticed.line
        if at_end or _swallows(lines, start.line, noticed.line):
            return Trouble(code=Code.UNCLOSED_BRACKET, mark=start, noticed=noticed.line)
    code, mark, values = _said(lines, error, noticed)
    return Trouble(code=code, mark=mark, noticed=noticed.line, values=values)


def _swallows(lines: list[str], first: int, last: int) -> bool:
    """Tell whether a key or an item stands further left than what opened above allows."""
    opening = lines[first - 1]
    key = _BEFORE_KEY.match(opening)
    indent = key.end() if key else _indent(opening)
    return any(_KEY_OR_ITEM.match(line) and _indent(line) <= indent for line in lines[first:last])


def _said(
    lines: list[str], error: yaml.MarkedYAMLError, at: Mark
) -> tuple[Code, Mark, dict[str, Value]]:
    message = error.problem or str(error)
    line = lines[at.line - 1] if at.line <= len(lines) else ""
    if "mapping values are not allowed" in message:
        key = _KEY.match(line)
        if key and key.end() == at.column - 1:
            # The line goes on with the text above, as it stands too far to the right.
            return Code.INDENTATION, Mark(at.line, _indent(line) + 1), {}
        return Code.COLON_IN_TEXT, at, {}
    if "quoted scalar" in (error.context or "") and "end of stream" in message:
        return Code.UNCLOSED_QUOTE, mark_of(error.context_mark), {}
    if "cannot start any token" in message:
        return Code.RESERVED_CHARACTER, at, {"character": line[at.column - 1 : at.column]}
    return _said_of_structure(message, error, at)


def _said_of_structure(
    message: str, error: yaml.MarkedYAMLError, at: Mark
) -> tuple[Code, Mark, dict[str, Value]]:
    if "expected ':'" in message:
        # The mark that helps is the line without a colon, not where the search for it ended.
        return Code.INDENTATION, mark_of(error.context_mark), {}
    if "did not find expected" in message or "<block end>" in message or "', but got" in message:
        return Code.INDENTATION, at, {}
    return Code.SYNTAX, at, {"message": message}


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))
