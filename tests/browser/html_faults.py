"""What is wrong with a page of ours, read as HTML without a browser."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from xml.etree.ElementTree import Element

import html5lib

NEW_TAB = {"fr": "(nouvel onglet)", "en": "(new tab)"}
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")


@dataclass(frozen=True)
class Page:
    """A page that was read, with its parents: ElementTree keeps none."""

    root: Element
    language: str

    def all(self, *names: str) -> list[Element]:
        return [node for node in self.root.iter() if node.tag in names]

    def ids(self) -> list[str]:
        return [node.attrib["id"] for node in self.root.iter() if "id" in node.attrib]

    def links(self) -> Iterator[tuple[Element, str]]:
        for node in self.all("a", "form"):
            target = node.get("href" if node.tag == "a" else "action")
            if target is not None:
                yield node, target


def text_of(node: Element) -> str:
    return " ".join("".join(node.itertext()).split())


def read(text: str, language: str) -> tuple[Page, list[str]]:
    """Parse a page; returns the parser's own complaints too."""
    parser = html5lib.HTMLParser(namespaceHTMLElements=False)
    root = parser.parse(text)
    faults = [f"HTML: {code} {values} at {place}" for place, code, values in parser.errors]
    return Page(root, language), faults


def faults_of(page: Page) -> list[str]:
    """List everything that is wrong; empty when the page is well made."""
    checks = (_head, _headings, _ids, _anchors, _fields, _buttons, _new_tabs, _names)
    return [fault for check in checks for fault in check(page)]


def _head(page: Page) -> Iterator[str]:
    if page.root.get("lang") != page.language:
        yield f"lang is {page.root.get('lang')!r}, not {page.language!r}"
    titles = [text_of(node) for node in page.all("title")]
    if len(titles) != 1 or not titles[0]:
        yield f"titles: {titles}"
    for heading in page.all("h1"):
        if text_of(heading) not in titles[0]:
            yield f"the title {titles[0]!r} does not hold the h1 {text_of(heading)!r}"


def _headings(page: Page) -> Iterator[str]:
    levels = [_HEADINGS.index(str(node.tag)) + 1 for node in page.all(*_HEADINGS)]
    if levels.count(1) != 1:
        yield f"{levels.count(1)} h1"
    for before, after in pairwise(levels):
        if after > before + 1:
            yield f"h{after} follows h{before}"
    yield from (f"empty <{node.tag}>" for node in page.all(*_HEADINGS) if not text_of(node))


def _ids(page: Page) -> Iterator[str]:
    yield from (f"id {name!r} stands {n} times" for name, n in Counter(page.ids()).items() if n > 1)
    known = set(page.ids())
    for node in page.root.iter():
        for attribute in ("for", "aria-labelledby", "aria-describedby", "aria-controls"):
            for name in node.get(attribute, "").split():
                if name not in known:
                    yield f"<{node.tag} {attribute}={name!r}> leads to no id"


def _anchors(page: Page) -> Iterator[str]:
    known = set(page.ids())
    for _, target in page.links():
        if target.startswith("#") and target[1:] not in known:
            yield f"{target} is not on the page"
    first = next((target for _, target in page.links()), "")
    skips = [node for node in page.root.iter("ul") if node.get("class") == "skip"]
    if skips and not first.startswith("#"):
        yield f"the first link is {first!r}, no skip link"


def _fields(page: Page) -> Iterator[str]:
    labelled = {node.get("for") for node in page.all("label")}
    inside = {id(node) for label in page.all("label") for node in label.iter()}
    for node in page.all("input", "textarea", "select"):
        named = node.get("aria-label") or node.get("aria-labelledby")
        labels = node.get("id") in labelled or id(node) in inside
        if node.get("type") != "hidden" and not labels and not named:
            yield f"<{node.tag} name={node.get('name')!r}> has no label"


def _buttons(page: Page) -> Iterator[str]:
    for node in page.all("button"):
        if node.get("type") not in ("button", "submit"):
            yield f"button {text_of(node)!r} has no type"


def _new_tabs(page: Page) -> Iterator[str]:
    for node in page.all("a"):
        if node.get("target") != "_blank":
            continue
        if NEW_TAB[page.language] not in text_of(node):
            yield f"link {text_of(node)!r} does not say that it opens a new tab"
        if "noopener" not in node.get("rel", ""):
            yield f"link {text_of(node)!r} lacks rel=noopener"


def _names(page: Page) -> Iterator[str]:
    for node in page.all("a", "button", "summary"):
        if not text_of(node) and not node.get("aria-label"):
            yield f"<{node.tag} href={node.get('href')!r}> has no name"
