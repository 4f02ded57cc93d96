"""Drafts in the file of decisions: unfinished by nature, so read without a schema."""

from __future__ import annotations

import re
from typing import Any

from catalogue.yaml_reader import Mapping, Node, Scalar, Sequence

_INTEGER = re.compile(r"-?(0|[1-9][0-9]*)")
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]*)?([eE][-+]?[0-9]+)?")
_WORDS = {"true": True, "false": False, "null": None}


def value_of(node: Node) -> Any:
    """Return what JSON would hold: quoted is text, and so is what looks like nothing else."""
    if isinstance(node, Mapping):
        return {name: value_of(inner) for name, (_mark, inner) in node.entries.items()}
    if isinstance(node, Sequence):
        return [value_of(item) for item in node.items]
    return _scalar(node) if isinstance(node, Scalar) else None


def _scalar(node: Scalar) -> Any:
    if not node.plain:
        return node.text
    if node.text in _WORDS:
        return _WORDS[node.text]
    if _INTEGER.fullmatch(node.text):
        return int(node.text)
    return float(node.text) if _NUMBER.fullmatch(node.text) else node.text
