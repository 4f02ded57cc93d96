"""Safari 12, Chrome 80 and Firefox 91 understand every script, style sheet and template we ship."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from tests.architecture.browser_baseline import newer_markup, newer_script, newer_style

ROOT = Path(__file__).parents[2]
SCRIPTS = sorted((ROOT / "static").rglob("*.js"))
STYLES = sorted((ROOT / "static").rglob("*.css"))
NOT_PUBLIC = {"copy.js", "desk.js", "own.js"}
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("path", SCRIPTS, ids=name_of)
def test_a_script_is_understood_by_the_oldest_browser(path: Path) -> None:
    assert newer_script(path.read_bytes()) == []


@pytest.mark.parametrize("path", STYLES, ids=name_of)
def test_a_style_sheet_is_understood_by_the_oldest_browser(path: Path) -> None:
    assert newer_style(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("path", TEMPLATES, ids=name_of)
def test_a_template_is_understood_by_the_oldest_browser(path: Path) -> None:
    assert newer_markup(path.read_text(encoding="utf-8")) == []


def test_the_scripts_are_where_they_are_looked_for() -> None:
    assert {path.name for path in SCRIPTS} >= {"theme.js", "portal.js"}
    assert STYLES
    assert TEMPLATES


def test_the_scripts_of_the_public_pages_stay_below_eight_kilobytes_compressed() -> None:
    public = [path for path in SCRIPTS if path.name not in NOT_PUBLIC]
    assert sum(len(gzip.compress(path.read_bytes(), 9)) for path in public) <= 8_000


def test_the_script_of_the_desk_stays_below_six_kilobytes_compressed() -> None:
    private = [path for path in SCRIPTS if path.name in NOT_PUBLIC]
    assert {path.name for path in private} == NOT_PUBLIC
    assert sum(len(gzip.compress(path.read_bytes(), 9)) for path in private) <= 6_000


@pytest.mark.parametrize("path", SCRIPTS, ids=name_of)
def test_a_script_speaks_to_nobody_else(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert not [word for word in ("http:", "https:", "import(", "eval(", "cookie") if word in text]


@pytest.mark.parametrize(
    "source",
    [
        "a?.b", "a?.()", "a ?? b", "a ??= b", "a ||= b", "a &&= b", "class A { #x = 1 }",
        "class A { x = 1 }", "class A { static { f() } }", "await f()", "x = 1_000", "x = 10n",
        "/(?<=a)b/.test(c)", "/a/v.test(b)", "a.replaceAll('b', 'c')", "a.at(-1)",
        "structuredClone(a)", "AbortSignal.timeout(1)", "a.matchAll(/b/g)", "Object.fromEntries(a)",
        "Promise.allSettled(a)", "globalThis.a", "dialog.showModal()", "a.replaceChildren()",
        "import a from 'b'", "export const a = 1", "if (", "new ResizeObserver(f)",
    ],
)  # fmt: skip
def test_newer_scripts_are_refused(source: str) -> None:
    assert newer_script(source.encode()) != []


@pytest.mark.parametrize(
    "source",
    [
        "const { a, ...b } = { ...c };", "try { f() } catch { g() }", "async () => { await f(); };",
        "const a = `b${c}`;", "for (const a of b) f(a);", "a ? .5 : b;", "new Map([[1, 2]]);",
        "/(?<year>a)/u.test(b);", "a.flatMap(f); a.padStart(2, '0');",
    ],
)  # fmt: skip
def test_scripts_of_the_baseline_are_let_through(source: str) -> None:
    assert newer_script(source.encode()) == []


@pytest.mark.parametrize(
    "source",
    [
        "a { display: flex; gap: 1em }", "ul { row-gap: 1em }", "a:has(b) { color: red }",
        ":is(a, b) { color: red }", ":where(a) { color: red }", "a:not(b, c) { color: red }",
        "a { color: red; & b { color: blue } }", "a { b { color: blue } }",
        "@layer base { a { color: red } }", "@container (width > 1px) { a { color: red } }",
        "a { aspect-ratio: 1 }", "a { inset: 0 }", "a { width: clamp(1px, 2px, 3px) }",
        "a { color: color-mix(in srgb, red, blue) }", "a { height: 100dvh }",
        "a:focus-visible { outline: 1px }", "a:focus, a:focus-visible { outline: 1px }",
        "@media (width >= 40em) { a { color: red } }", "@media print { a { inset: 0 } }",
        "a { color: rgb(0 0 0 / 50%) }", "a { margin-inline: auto }", "a { rotate: 3deg }",
        "a { overflow-wrap: anywhere }", "a { appearance: none }", "a { width: calc(1svh + 1px) }",
        "a { color: oklch(1 0 0) }", "a { color: light-dark(red, blue) }", "a, b",
    ],
)  # fmt: skip
def test_newer_styles_are_refused(source: str) -> None:
    assert newer_style(source) != []


@pytest.mark.parametrize(
    "source",
    [
        "a { display: grid; gap: 1em }", "a { columns: 2; column-gap: 1em }",
        "a { height: 100vh; height: 100dvh }", "a:not(.b):hover { color: rgba(0, 0, 0, .5) }",
        "a:focus { outline: 1px } a:focus:not(:focus-visible) { outline: none }",
        "@supports (inset: 0) { a { inset: 0; gap: 1em } }", "a { --gap: 1em; color: var(--b) }",
        "@media (min-width: 40em) { a { width: min(100%, 70em) } }", "a::before { content: '' }",
        "a { overflow-wrap: break-word; overflow-wrap: anywhere }",
        "input { -webkit-appearance: none; appearance: none }", "@page { margin: 1cm }",
    ],
)  # fmt: skip
def test_styles_of_the_baseline_are_let_through(source: str) -> None:
    assert newer_style(source) == []


@pytest.mark.parametrize("source", ["<dialog open>", "<div popover>", '<script type="module">'])
def test_newer_markup_is_refused(source: str) -> None:
    assert newer_markup(source) != []
