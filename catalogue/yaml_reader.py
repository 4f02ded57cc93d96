"""Strict YAML: text into nodes that know their place; nothing is typed here, all scalars are text.

Only what a list of services needs is let in. Anchors, aliases, tags, merge keys and several
documents are refused: they make a file mean something else than it shows.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import yaml

from catalogue.findings import START, Findings, Loc, Mark
from catalogue.problems import Code

MOST_BYTES = 2_000_000
MOST_LEVELS = 30

# The C parser is ten times as fast; a PyYAML built without it reads the same.
_PARSER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u2028-\u202e\u2060-\u2069\ud800-\udfff\ufeff\ufffe\uffff]"
)
"""Control, bidirectional and invisible characters: the file would not be what it looks like."""
_NO_BREAK = re.compile("^ *[\u00a0\u202f]|^[ -]*[a-z_]+:[\u00a0\u202f]", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Scalar:
    mark: Mark
    text: str
    plain: bool
    """Written without quotes."""


@dataclass(frozen=True, slots=True)
class Sequence:
    mark: Mark
    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Mapping:
    mark: Mark
    entries: dict[str, tuple[Mark, Node]]
    """Place of the key, and the value."""

    def get(self, key: str) -> Node | None:
        return self.entries[key][1] if key in self.entries else None


@dataclass(frozen=True, slots=True)
class Refused:
    """Stands where something was that has its own problem already."""

    mark: Mark


Node = Scalar | Sequence | Mapping | Refused


def place_of(node: Node, where: Loc) -> Mark:
    """Return where the value at `where` stands, or the nearest thing around it that exists."""
    return node_at(node, where).mark


def node_at(node: Node, where: Loc) -> Node:
    """Return the value at `where`, or the nearest thing around it that exists."""
    for step in where:
        inner = inner_node(node, step)
        if inner is None:
            break
        node = inner
    return node


def inner_node(node: Node, step: str | int) -> Node | None:
    if isinstance(node, Mapping) and isinstance(step, str):
        return node.get(step)
    if isinstance(node, Sequence) and isinstance(step, int) and step < len(node.items):
        return node.items[step]
    return None


class _TooDeepError(Exception):
    pass


def read_yaml(content: bytes, findings: Findings) -> Node | None:
    """Return the top of the one document, or none when the text cannot be used at all."""
    text = _decode(content, findings)
    if text is None:
        return None
    clean = not findings.kept
    try:
        return _Builder(text, findings).document()
    except _TooDeepError:
        return None
    except yaml.MarkedYAMLError as error:
        # A tab or an odd character is the cause already named.
        if clean:
            _add_syntax_error(text, error, findings)
    except (yaml.YAMLError, ValueError, OverflowError) as error:
        # The last two: what the parser in Python makes of an escape beyond Unicode.
        findings.add(Code.SYNTAX, START, message=str(error))
    return None


def _decode(content: bytes, findings: Findings) -> str | None:
    if len(content) > MOST_BYTES:
        findings.add(Code.TOO_LARGE, START, limit=MOST_BYTES, size=len(content))
        return None
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        before = _normalise(content[: error.start].decode("utf-8"))
        byte = f"0x{content[error.start]:02X}"
        findings.add(Code.NOT_UTF8, _place(before, len(before)), byte=byte)
        return None
    if text.startswith("\ufeff"):
        findings.add(Code.BYTE_ORDER_MARK, START)
        text = text[1:]
    return _without_odd_characters(_normalise(text), findings)


def _normalise(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _without_odd_characters(text: str, findings: Findings) -> str:
    """Report tabs and unseen characters, and go on with spaces so that the rest is read too."""
    for number, line in enumerate(text.split("\n"), start=1):
        tab = line.find("\t")
        if tab >= 0:
            findings.add(Code.TAB, Mark(number, tab + 1))
        for odd in _UNSEEN.finditer(line):
            character = f"U+{ord(odd.group()):04X}"
            mark = Mark(number, odd.start() + 1)
            findings.add(Code.CONTROL_CHARACTER, mark, character=character)
    return _UNSEEN.sub(" ", text.replace("\t", " "))


def _place(text: str, index: int) -> Mark:
    line = text.count("\n", 0, index) + 1
    return Mark(line, index - text.rfind("\n", 0, index))


def _add_syntax_error(text: str, error: yaml.MarkedYAMLError, findings: Findings) -> None:
    message = error.problem or str(error)
    odd = _NO_BREAK.search(text)
    if odd:
        findings.add(Code.NO_BREAK_SPACE, _place(text, odd.end() - 1))
        return
    at = _mark(error.problem_mark)
    if "mapping values are not allowed" in message:
        findings.add(Code.COLON_IN_TEXT, at)
    elif "quoted scalar" in (error.context or "") and "end of stream" in message:
        findings.add(Code.UNCLOSED_QUOTE, _mark(error.context_mark))
    elif "cannot start any token" in message:
        line = text.split("\n")[at.line - 1]
        findings.add(Code.RESERVED_CHARACTER, at, character=line[at.column - 1 : at.column])
    elif "expected ':'" in message:
        # The mark that helps is the line without a colon, not where the search for it ended.
        findings.add(Code.INDENTATION, _mark(error.context_mark))
    elif "did not find expected" in message or "<block end>" in message:
        findings.add(Code.INDENTATION, at)
    else:
        findings.add(Code.SYNTAX, at, message=message)


def _mark(mark: Any) -> Mark:
    return START if mark is None else Mark(mark.line + 1, mark.column + 1)


class _Builder:
    """Makes nodes of the parser's events; counts levels before it goes down one."""

    def __init__(self, text: str, findings: Findings) -> None:
        self.events: Iterator[Any] = yaml.parse(text, Loader=_PARSER)
        self.findings = findings

    def document(self) -> Node | None:
        root: Node | None = None
        for event in self.events:
            if not isinstance(event, yaml.DocumentStartEvent):
                continue
            if root is not None:
                self.findings.add(Code.SEVERAL_DOCUMENTS, _mark(event.start_mark))
                return None
            root = self.node(next(self.events), ())
        if root is None or (isinstance(root, Scalar) and not root.text):
            if not self.findings.kept:
                self.findings.add(Code.EMPTY_FILE, START)
            return None
        return root

    def node(self, event: Any, loc: Loc) -> Node:
        mark = _mark(event.start_mark)
        if isinstance(event, yaml.AliasEvent):
            self.findings.add(Code.ALIAS, mark, loc, name=str(event.anchor))
            return Refused(mark)
        if event.anchor is not None:
            self.findings.add(Code.ANCHOR, mark, loc, name=event.anchor)
        # "!" alone is what the parser notes for quoted text in some versions.
        if event.tag not in (None, "!"):
            self.findings.add(Code.TAG, mark, loc, name=event.tag)
        if isinstance(event, yaml.ScalarEvent):
            return self.scalar(event, mark, loc)
        if len(loc) >= MOST_LEVELS:
            self.findings.add(Code.TOO_DEEP, mark, limit=MOST_LEVELS)
            raise _TooDeepError
        if isinstance(event, yaml.SequenceStartEvent):
            return self.sequence(mark, loc)
        return self.mapping(mark, loc)

    def scalar(self, event: Any, mark: Mark, loc: Loc) -> Node:
        odd = _UNSEEN.search(event.value)
        if odd:  # written as an escape, or it would have been seen in the text
            character = f"U+{ord(odd.group()):04X}"
            self.findings.add(Code.CONTROL_CHARACTER, mark, loc, character=character)
            return Refused(mark)
        return Scalar(mark, event.value, event.style in (None, ""))

    def sequence(self, mark: Mark, loc: Loc) -> Sequence:
        items: list[Node] = []
        while not isinstance(event := next(self.events), yaml.SequenceEndEvent):
            items.append(self.node(event, (*loc, len(items))))
        return Sequence(mark, tuple(items))

    def mapping(self, mark: Mark, loc: Loc) -> Mapping:
        entries: dict[str, tuple[Mark, Node]] = {}
        while not isinstance(event := next(self.events), yaml.MappingEndEvent):
            name = event.value if isinstance(event, yaml.ScalarEvent) else "?"
            key = self.node(event, (*loc, name))
            value = self.node(next(self.events), (*loc, name))
            if self.accepts(key, entries, loc):
                entries[name] = (key.mark, value)
        return Mapping(mark, entries)

    def accepts(self, key: Node, entries: dict[str, tuple[Mark, Node]], loc: Loc) -> bool:
        if not isinstance(key, Scalar):
            if not isinstance(key, Refused):
                self.findings.add(Code.COMPLEX_KEY, key.mark, loc)
            return False
        name = key.text
        if name == "<<" and key.plain:
            self.findings.add(Code.MERGE_KEY, key.mark, loc)
            return False
        if name in entries:
            first = entries[name][0].line
            self.findings.add(
                Code.DUPLICATE_KEY, key.mark, (*loc, name), key=name, first_line=first
            )
            return False
        return True
