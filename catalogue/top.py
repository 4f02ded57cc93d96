"""What stands at the top of the file: its format, and the three lists."""

from __future__ import annotations

from catalogue import yaml_reader
from catalogue.conversion import add_unknown_key
from catalogue.findings import Findings, Loc
from catalogue.problems import Code
from catalogue.schema import Catalogue
from catalogue.yaml_reader import Node, Scalar, Sequence

FORMAT = "1"
KEYS = tuple(Catalogue.model_fields)


def report_kind(root: Node | None, findings: Findings) -> None:
    if isinstance(root, Sequence | Scalar):
        kind = "list" if isinstance(root, Sequence) else "text"
        text = root.text if isinstance(root, Scalar) else ""
        findings.add(Code.WRONG_KIND, root.mark, wanted="mapping", kind=kind, text=text)


def check_top(root: yaml_reader.Mapping, findings: Findings) -> None:
    """Look for the three lists, without which the file is not a whole catalogue."""
    for key, (mark, node) in root.entries.items():
        if key not in KEYS:
            add_unknown_key(key, mark, (), KEYS, findings)
            # Alone, it spoils no entry.
            findings.spoilt_entries.pop((key,))
        elif key == "format":
            _check_format(node, findings)
        else:
            _check_section(key, node, findings)
    for key in KEYS[1:]:
        if key not in root.entries:
            findings.add(Code.MISSING_KEY, root.mark, (key,), key=key)


def _check_format(node: Node, findings: Findings) -> None:
    text = node.text if isinstance(node, Scalar) and node.plain else ""
    if text != FORMAT:
        loc: Loc = ("format",)
        findings.add(Code.UNSUPPORTED_FORMAT, node.mark, loc, text=text, choices=(FORMAT,))


def _check_section(key: str, node: Node, findings: Findings) -> None:
    if isinstance(node, Scalar) and not node.text:
        findings.add(Code.EMPTY_VALUE, node.mark, (key,), key=key)
    elif isinstance(node, Scalar | yaml_reader.Mapping):
        kind = "text" if isinstance(node, Scalar) else "mapping"
        text = node.text if isinstance(node, Scalar) else ""
        findings.add(Code.WRONG_KIND, node.mark, (key,), wanted="list", kind=kind, text=text)
    elif isinstance(node, Sequence) and not node.items and key == "services":
        findings.add(Code.NO_SERVICE, node.mark, (key,))
