"""The file of an académie's decisions: written for people, read as strictly as the catalogue."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

import yaml

from catalogue import yaml_reader
from catalogue.findings import START, Findings, Mark
from catalogue.loading import located_problems
from catalogue.problems import Code, Problem
from catalogue.refusals import build
from catalogue.top import report_kind
from catalogue.yaml_reader import Node, Scalar, Sequence, inner_node, place_of
from instances.exchange_drafts import value_of
from instances.exchange_schema import FORMAT, ExchangeFile
from instances.exchange_values import (
    Decisions,
    announcement_order,
    choice,
    from_lines,
    in_lines,
    in_zone,
    plain,
)

_PLAIN = re.compile(r"[a-z][a-z0-9_]*([-.][a-z0-9]+)*")
_AMBIGUOUS = {"null", "true", "false", "yes", "no", "on", "off", "y", "n"}
_NEVER_FOLDED = 2**31
_SECTIONS = ("choices", "local_services")


@dataclass(frozen=True, kw_only=True)
class FileRead:
    decisions: Decisions | None
    """None when anything is wrong."""
    problems: tuple[Problem, ...] = ()


class _Writer(yaml.SafeDumper):
    def ignore_aliases(self, _data: Any) -> bool:
        return True

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002, FBT001, FBT002 - PyYAML's own
        super().increase_indent(flow, False)  # noqa: FBT003


def _write_text(writer: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return writer.represent_scalar("tag:yaml.org,2002:str", text, style=_style(text))


def _style(text: str) -> str | None:
    if _PLAIN.fullmatch(text) and text not in _AMBIGUOUS:
        return None
    if "\n" in text:
        return "|"
    return '"' if "'" in text else "'"


_Writer.add_representer(str, _write_text)


def write_file(decisions: Decisions) -> str:
    """Write the decisions; the same decisions give the same text, byte for byte."""
    content: dict[str, Any] = {"format": int(FORMAT), "academie": decisions.academie}
    content |= {
        "choices": _listed(decisions.choices),
        "local_services": _listed(decisions.local_services),
        "texts": dict(decisions.texts),
        "announcements": sorted(map(dict, decisions.announcements), key=announcement_order),
    }
    kept = {name: value for name, value in content.items() if value not in ([], {})}
    return yaml.dump(
        kept,
        Dumper=_Writer,
        sort_keys=False,
        allow_unicode=True,
        width=_NEVER_FOLDED,
    )


def _listed(entries: Mapping[str, Mapping[str, Any]]) -> list[dict[str, Any]]:
    return [{"id": name, **entries[name]} for name in sorted(entries)]


def read_file(content: bytes, *, file: str, zone: ZoneInfo) -> FileRead:
    """Read a file of decisions; never raises on its content, and says all that is wrong at once.

    `zone` is the time in which the instants of the result are said.
    """
    reading = _Reading(content)
    problems = located_problems(reading.root, reading.findings, file)
    if problems or reading.value is None:
        return FileRead(decisions=None, problems=problems)
    return FileRead(decisions=_decisions(reading.value, reading.drafts, zone))


@dataclass
class _Reading:
    """One pass over a file: its format, its drafts, and the rest by the schema."""

    content: bytes
    findings: Findings = field(default_factory=Findings)
    drafts: dict[str, Any] = field(default_factory=dict)
    root: Node | None = None
    value: ExchangeFile | None = None

    def __post_init__(self) -> None:
        self.root = yaml_reader.read_yaml(self.content, self.findings)
        if not isinstance(self.root, yaml_reader.Mapping):
            report_kind(self.root, self.findings)
            return
        self._check_end()
        self._check_format(self.root)
        for section in _SECTIONS:
            self._check_ids(inner_node(self.root, section))
        rest = self._without_drafts(self.root)
        entries = {name: item for name, item in rest.entries.items() if name != "format"}
        self.value = build(
            ExchangeFile, yaml_reader.Mapping(self.root.mark, entries), (), self.findings
        )

    def _check_end(self) -> None:
        """A file without an end to its last line may have been cut off."""
        if not self.content.endswith((b"\n", b"\r")):
            lines = self.content.decode(errors="replace").splitlines()
            self.findings.add(Code.UNFINISHED, Mark(len(lines), len(lines[-1]) + 1))

    def _check_format(self, root: yaml_reader.Mapping) -> None:
        node = root.get("format")
        text = node.text if isinstance(node, Scalar) else ""
        if text != FORMAT:
            mark = node.mark if node is not None else START
            self.findings.add(
                Code.UNSUPPORTED_FORMAT, mark, ("format",), text=text, choices=(FORMAT,)
            )

    def _check_ids(self, section: Node | None) -> None:
        first: dict[str, int] = {}
        for item in section.items if isinstance(section, Sequence) else ():
            node, mark = inner_node(item, "id"), place_of(item, ("id",))
            if not isinstance(node, Scalar):
                continue
            if node.text in first:
                line = first[node.text]
                self.findings.add(Code.DUPLICATE_ID, mark, (), id=node.text, first_line=line)
            first.setdefault(node.text, mark.line)

    def _without_drafts(self, root: yaml_reader.Mapping) -> yaml_reader.Mapping:
        section = root.get("local_services")
        if not isinstance(section, Sequence):
            return root
        items = tuple(self._without_draft(item) for item in section.items)
        kept = dict(root.entries)
        kept["local_services"] = (kept["local_services"][0], Sequence(section.mark, items))
        return yaml_reader.Mapping(root.mark, kept)

    def _without_draft(self, item: Node) -> Node:
        if not isinstance(item, yaml_reader.Mapping) or "draft" not in item.entries:
            return item
        name, draft = inner_node(item, "id"), item.entries["draft"][1]
        if not isinstance(draft, yaml_reader.Mapping):
            return item  # the schema knows no such key, and says so
        if isinstance(name, Scalar):
            self.drafts[name.text] = value_of(draft)
        kept = {key: value for key, value in item.entries.items() if key != "draft"}
        return yaml_reader.Mapping(item.mark, kept)


def _decisions(value: ExchangeFile, drafts: Mapping[str, Any], zone: ZoneInfo) -> Decisions:
    local = _by_id(value.local_services, zone)
    choices = {name: choice(entry) for name, entry in _by_id(value.choices, zone).items()}
    told = (in_zone(plain(item), zone) for item in value.announcements)
    return Decisions(
        academie=value.academie,
        choices={name: entry for name, entry in choices.items() if entry},
        local_services={
            name: {**entry, "draft": drafts[name]} if name in drafts else entry
            for name, entry in local.items()
        },
        texts=_texts(plain(value.texts)),
        announcements=tuple(sorted(told, key=announcement_order)),
    )


def _texts(values: dict[str, Any]) -> dict[str, Any]:
    logo = values.get("logo")
    if logo is None:
        return values
    return {**values, "logo": {**logo, "content": in_lines(from_lines(logo["content"]))}}


def _by_id(items: Iterable[Any], zone: ZoneInfo) -> dict[str, dict[str, Any]]:
    found = {}
    for item in items:
        entry = in_zone(plain(item), zone)
        found[entry.pop("id")] = entry
    return found
