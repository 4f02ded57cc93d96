"""The modules of the program, read as syntax trees: nothing is imported to look at them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from settings import ROOT

NOT_OURS = {".venv", "var", "build", "node_modules", ".git"}
BESIDE_THE_PROGRAM = {"tests", "bench", "docs", "migrations", "deploy"}
Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, kw_only=True)
class Module:
    path: Path
    """From the root of the project."""
    lines: int
    tree: ast.Module

    @property
    def package(self) -> str:
        """First part of its dotted name: "web", "settings"."""
        return self.path.parts[0].removesuffix(".py")

    def imported(self) -> Iterator[tuple[int, str]]:
        """Yield line and full name of everything it imports, wherever the import stands."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                yield from ((node.lineno, alias.name) for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                for alias in node.names:
                    yield node.lineno, f"{'.' * node.level}{node.module or ''}.{alias.name}"

    def functions(self) -> Iterator[Function]:
        for node in ast.walk(self.tree):
            if isinstance(node, Function):
                yield node


@cache
def all_modules() -> tuple[Module, ...]:
    """Every Python file of the project, tests included."""
    paths = sorted(path.relative_to(ROOT) for path in ROOT.rglob("*.py"))
    return tuple(_read(path) for path in paths if not NOT_OURS & set(path.parts))


@cache
def program_modules() -> tuple[Module, ...]:
    """What runs in production: neither tests, benches, migrations nor scripts."""
    return tuple(
        module
        for module in all_modules()
        if module.package not in BESIDE_THE_PROGRAM and module.path.name != "gunicorn.conf.py"
    )


def _read(path: Path) -> Module:
    source = (ROOT / path).read_text(encoding="utf-8")
    return Module(path=path, lines=len(source.splitlines()), tree=ast.parse(source, str(path)))
