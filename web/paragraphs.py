"""Plain text that people typed, as paragraphs of a page: escaped, its addresses made links."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from markupsafe import Markup, escape

_ADDRESS = re.compile(r"https?://[^\s<>\"«»]+")
_NOT_AT_THE_END = ".,;:!?…'’"
_BLANK_LINE = re.compile(r"\n\s*\n")


def paragraphs(text: str) -> tuple[Markup, ...]:
    """Cut a text at its blank lines; only http and https addresses become links."""
    lines = "\n".join(text.splitlines()).strip()
    return tuple(_paragraph(part) for part in _BLANK_LINE.split(lines) if part.strip())


def _paragraph(text: str) -> Markup:
    pieces, at = [], 0
    for found in _ADDRESS.finditer(text):
        address = _without_tail(found.group())
        if not _has_host(address):
            continue
        pieces += [_plain(text[at : found.start()]), _link(address)]
        at = found.start() + len(address)
    return Markup().join([*pieces, _plain(text[at:])])


def _plain(text: str) -> Markup:
    return Markup("<br>").join(escape(line) for line in text.split("\n"))


def _link(address: str) -> Markup:
    return Markup('<a href="{0}">{0}</a>').format(address)


def _without_tail(address: str) -> str:
    """Return an address without the punctuation of the sentence around it."""
    while address[-1] in _NOT_AT_THE_END or _closes_what_it_did_not_open(address):
        address = address[:-1]
    return address


def _closes_what_it_did_not_open(address: str) -> bool:
    return address.endswith(")") and address.count(")") > address.count("(")


def _has_host(address: str) -> bool:
    try:
        return bool(urlsplit(address).hostname)
    except ValueError:
        return False
