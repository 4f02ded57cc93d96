"""Finds in scripts and style sheets what Safari 12, Chrome 80 or Firefox 91 do not understand."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

import tinycss2
import tree_sitter_javascript
from tree_sitter import Language, Node, Parser

JAVASCRIPT = Parser(Language(tree_sitter_javascript.language()))

NEWER_NODES = {
    "optional_chain": "optional chaining",
    "private_property_identifier": "private member",
    "field_definition": "class field",
    "class_static_block": "static block",
    "import_statement": "module import",
    "export_statement": "module export",
}
NEWER_OPERATORS = frozenset({"??", "??=", "||=", "&&="})
NEWER_NAMES = frozenset(
    {
        "AbortSignal", "AggregateError", "BigInt", "FinalizationRegistry", "IntersectionObserver",
        "ListFormat", "RelativeTimeFormat", "ResizeObserver", "WeakRef", "allSettled", "any", "at",
        "cancelIdleCallback", "checkVisibility", "findLast", "findLastIndex", "fromEntries",
        "getSetCookie", "globalThis", "groupBy", "hasOwn", "inert", "matchAll", "moveBefore",
        "popover", "queueMicrotask", "randomUUID", "replaceAll", "replaceChildren",
        "requestIdleCallback", "showModal", "showPopover", "startViewTransition",
        "structuredClone", "timeout", "toReversed", "toSorted", "toSpliced", "togglePopover",
        "withResolvers",
    }
)  # fmt: skip

NEWER_AT_RULES = frozenset(
    {
        "container",
        "counter-style",
        "layer",
        "property",
        "scope",
        "starting-style",
        "view-transition",
    }
)
NEWER_SELECTORS = frozenset({"has", "is", "where", "dir", "popover-open", "open", "user-invalid"})
NEWER_PROPERTIES = re.compile(
    r"(aspect-ratio|inset(-.+)?|translate|rotate|scale|container(-.+)?|anchor-.+"
    r"|(margin|padding|border|scroll-margin|scroll-padding)-(inline|block)(-.+)?"
    r"|(min-|max-)?(inline|block)-size|offset-.+|position-(anchor|area|try.*))"
)
NEWER_FUNCTIONS = frozenset(
    {
        "clamp", "color", "color-mix", "conic-gradient", "hwb", "lab", "lch", "light-dark", "mod",
        "oklab", "oklch", "rem", "round", "anchor", "image-set", "cross-fade",
    }
)  # fmt: skip
NEWER_UNITS = re.compile(r"([dsl]v(h|w|min|max|i|b)|cq(w|h|i|b|min|max)|r?lh|cap|rcap|ric|rex)")
NEWER_KEYWORDS = {
    "overflow": {"clip"}, "overflow-x": {"clip"}, "overflow-y": {"clip"},
    "overflow-wrap": {"anywhere"}, "word-break": {"auto-phrase"},
    "width": {"fit-content", "stretch"}, "max-width": {"fit-content", "stretch"},
    "min-width": {"fit-content", "stretch"},
    "grid-template-columns": {"subgrid", "masonry"}, "grid-template-rows": {"subgrid", "masonry"},
}  # fmt: skip


def newer_script(source: bytes) -> list[str]:
    """Return what is too new in a script, each with its line."""
    tree = JAVASCRIPT.parse(source)
    found = [
        f"line {node.start_point[0] + 1}: {what}"
        for node in _walk(tree.root_node)
        for what in _newer_node(node)
    ]
    return [*found, "syntax error"] if tree.root_node.has_error and not found else found


def _walk(node: Node) -> Iterator[Node]:
    yield node
    for child in node.children:
        yield from _walk(child)


def _newer_node(node: Node) -> Iterator[str]:
    text = (node.text or b"").decode()
    if node.type in NEWER_NODES:
        yield NEWER_NODES[node.type]
    elif node.type in NEWER_OPERATORS:
        yield f"operator {node.type}"
    elif node.type == "number" and (re.search("_", text) or text.endswith("n")):
        yield f"number {text}"
    elif node.type == "regex_pattern" and re.search(r"\(\?<[=!]", text):
        yield f"lookbehind {text}"
    elif node.type == "regex_flags" and set(text) & set("dv"):
        yield f"regex flag {text}"
    elif node.type == "await_expression" and not _inside_function(node):
        yield "await outside a function"
    elif node.type in ("identifier", "property_identifier") and text in NEWER_NAMES:
        yield f"name {text}"


def _inside_function(node: Node) -> bool:
    parent = node.parent
    while parent is not None and "function" not in parent.type and "method" not in parent.type:
        parent = parent.parent
    return parent is not None


def newer_style(source: str) -> list[str]:
    """Return what is too new in a style sheet, each with its line.

    What stands in `@supports` may be new; so may a value after an older one of the same property.
    """
    rules = tinycss2.parse_stylesheet(source, skip_comments=True, skip_whitespace=True)
    found = list(_newer_rules(rules))
    if ":focus-visible" in source and not re.search(r":focus(?![-\w])(?!:not)", source):
        found.append(":focus-visible without a :focus for older browsers")
    return found


def _newer_rules(rules: Sequence[Any]) -> Iterator[str]:
    for rule in rules:
        if rule.type == "error":
            yield f"line {rule.source_line}: {rule.message}"
        elif rule.type == "at-rule":
            yield from _newer_at_rule(rule)
        elif rule.type == "qualified-rule":
            yield from _newer_selector(rule)
            yield from _newer_declarations(rule)


def _newer_at_rule(rule: Any) -> Iterator[str]:
    keyword = rule.at_keyword.lower()
    if keyword in NEWER_AT_RULES:
        yield f"line {rule.source_line}: @{keyword}"
    elif keyword == "media":
        if re.search("[<>]", tinycss2.serialize(rule.prelude)):
            yield f"line {rule.source_line}: media range with a comparison"
        yield from _newer_rules(
            tinycss2.parse_rule_list(rule.content, skip_comments=True, skip_whitespace=True)
        )


def _newer_selector(rule: Any) -> Iterator[str]:
    text = tinycss2.serialize(rule.prelude)
    for name in re.findall(r"(?<!:):([a-z-]+)", text):
        if name in NEWER_SELECTORS:
            yield f"line {rule.source_line}: :{name}"
    if "&" in text:
        yield f"line {rule.source_line}: nesting"
    if re.search(r":not\([^)]*[, >+~][^)]*\)", text):
        yield f"line {rule.source_line}: a list in :not()"
    if ":focus-visible" in text and "," in text:
        yield f"line {rule.source_line}: :focus-visible makes older browsers drop the whole list"


def _newer_declarations(rule: Any) -> Iterator[str]:
    items = tinycss2.parse_blocks_contents(rule.content, skip_comments=True, skip_whitespace=True)
    declared: dict[str, str] = {}
    for item in items:
        if item.type != "declaration":
            yield f"line {item.source_line}: nesting or an error"
            continue
        newer = list(_newer_value(item.lower_name, item.value))
        if NEWER_PROPERTIES.fullmatch(item.lower_name):
            newer.append(item.lower_name)
        if newer and item.lower_name not in declared:
            yield f"line {item.source_line}: {', '.join(newer)}"
        declared[item.lower_name] = tinycss2.serialize(item.value)
    gaps = {"gap", "row-gap", "column-gap"} & set(declared)
    if gaps and "grid" not in declared.get("display", "") and not _has_columns(declared):
        yield f"line {rule.source_line}: gap outside a grid (say display: grid in the same rule)"
    if "appearance" in declared and "-webkit-appearance" not in declared:
        yield f"line {rule.source_line}: appearance without -webkit-appearance"


def _has_columns(declared: dict[str, str]) -> bool:
    return bool({"columns", "column-count", "column-width"} & set(declared))


def _newer_value(name: str, tokens: Sequence[Any]) -> Iterator[str]:
    for token in tokens:
        if token.type == "function":
            if token.lower_name in NEWER_FUNCTIONS:
                yield f"{token.lower_name}()"
            if token.lower_name in {"rgb", "rgba", "hsl", "hsla"} and "," not in _plain(token):
                yield f"{token.lower_name}() without commas"
            yield from _newer_value(name, token.arguments)
        elif token.type == "dimension" and NEWER_UNITS.fullmatch(token.lower_unit):
            yield f"unit {token.lower_unit}"
        elif token.type == "ident" and token.lower_value in NEWER_KEYWORDS.get(name, ()):
            yield f"{name}: {token.lower_value}"


def _plain(token: Any) -> str:
    text: str = tinycss2.serialize(token.arguments)
    # A custom property may hold the commas.
    return "," if "var(" in text else text


def newer_markup(source: str) -> list[str]:
    """Return the elements and attributes of a template that older browsers would not obey."""
    patterns = (
        r"<dialog\b",
        r"<search\b",
        r"<script[^>]+type=.module",
        r"\spopover\b",
        r"\sinert\b",
    )
    return [match.group().strip() for p in patterns for match in re.finditer(p, source)]
