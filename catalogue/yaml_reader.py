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

from catalogue.draft import PLACEHOLDER, Draft
from catalogue.findings import START, Findings, Loc, Mark
from catalogue.problems import Code
from catalogue.syntax import MOST_LEVELS, events, mark_of

MOST_BYTES = 2_000_000

UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u2028-\u202e\u2060-\u2069\ud800-\udfff\ufeff\ufffe\uffff]"
)
"""Control, bidirectional and invisible characters: the file would not be what it looks like."""
_ANY_SPACE = re.compile("[\u00a0\u202f]")
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
    id: str | None = None
    """Of an entry that has a syntax error, where it can be told."""


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


def read_yaml(content: bytes, findings: Findings, *, sections: tuple[str, ...] = ()) -> Node | None:
    """Return the top of the one document, or none when the text cannot be used at all.

    Where there are syntax errors, all are reported, and what is left is returned for its other
    faults; the file as a whole is spoilt then. `sections` names the lists at the top.
    """
    text = _decode(content, findings)
    if text is None:
        return None
    odd_lines = {item.mark.line for item in findings.kept}
    found = Findings()
    try:
        root = _Builder(text, found, set()).document()
    except _TooDeepError:
        root = None
    except (yaml.YAMLError, ValueError, OverflowError):
        return _read_draft(text, findings, odd_lines, sections)
    findings.take(found)
    if root is None and not findings.kept:
        findings.add(Code.EMPTY_FILE, START)
    return root


def _read_draft(
    text: str, findings: Findings, odd_lines: set[int], sections: tuple[str, ...]
) -> Node | None:
    draft = Draft(_without_odd_spaces(text, findings), odd_lines=odd_lines, sections=sections)
    draft.mend(findings)
    findings.spoil(())
    findings.quiet_lines |= draft.mended
    try:
        return _Builder(draft.text, findings, draft.mended).document()
    except (_TooDeepError, yaml.YAMLError, ValueError, OverflowError):
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
        for odd in UNSEEN.finditer(line):
            character = f"U+{ord(odd.group()):04X}"
            mark = Mark(number, odd.start() + 1)
            findings.add(Code.CONTROL_CHARACTER, mark, character=character)
    return UNSEEN.sub(" ", text.replace("\t", " "))


def _place(text: str, index: int) -> Mark:
    line = text.count("\n", 0, index) + 1
    return Mark(line, index - text.rfind("\n", 0, index))


def _without_odd_spaces(text: str, findings: Findings) -> str:
    """Report the spaces that only look like those of YAML, and go on with real ones."""
    for odd in _NO_BREAK.finditer(text):
        findings.add(Code.NO_BREAK_SPACE, _place(text, odd.end() - 1))
    return _NO_BREAK.sub(lambda odd: _ANY_SPACE.sub(" ", odd.group()), text)


class _Builder:
    """Makes nodes of the parser's events; counts levels before it goes down one."""

    def __init__(self, text: str, findings: Findings, mended: set[int]) -> None:
        self.events: Iterator[Any] = events(text)
        self.findings = findings
        self.mended = mended
        """Lines on which a placeholder may stand."""

    def document(self) -> Node | None:
        root: Node | None = None
        for event in self.events:
            if not isinstance(event, yaml.DocumentStartEvent):
                continue
            if root is not None:
                self.findings.add(Code.SEVERAL_DOCUMENTS, mark_of(event.start_mark))
                return None
            root = self.node(next(self.events), ())
        if root is None or (isinstance(root, Scalar) and not root.text):
            return None
        return root

    def node(self, event: Any, loc: Loc) -> Node:
        mark = mark_of(event.start_mark)
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
        if mark.line in self.mended and event.value.startswith(PLACEHOLDER):
            self.findings.spoil(loc)
            return Refused(mark, event.value[len(PLACEHOLDER) :] or None)
        odd = UNSEEN.search(event.value)
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
