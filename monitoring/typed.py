"""What people type about windows and incidents, as it is kept: words, and nothing that hides."""

from __future__ import annotations

import re

_HIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff]")
_LINE_END = re.compile("\r\n|[\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")


def kept(text: str) -> str:
    """Return a text without control signs, nor those that turn what comes after them around."""
    return _HIDDEN.sub("", _LINE_END.sub("\n", text)).strip()
