"""Names and sizes: modules that say what they hold, short enough to be read at once."""

from __future__ import annotations

import ast

from tests.architecture.tree import Function, Module, all_modules, program_modules

FORBIDDEN_NAMES = frozenset(
    {"utils", "util", "helpers", "helper", "common", "core", "base", "misc", "tools", "lib",
     "shared", "stuff", "manager", "functions"}
)  # fmt: skip
LONGEST_MODULE = 300
LONGEST_FUNCTION = 40
LONG_BY_NATURE = {
    "catalogue/schema.py": "one file reads as the reference of services.yaml",
    "web/wording.py": "a table of words, one a line",
}


def _length(function: Function) -> int:
    """Lines from the signature to the end, the docstring not counted."""
    lines = (function.end_lineno or function.lineno) - function.lineno + 1
    first = function.body[0]
    documented = ast.get_docstring(function) is not None
    return lines - ((first.end_lineno or 0) - first.lineno + 1 if documented else 0)


def test_no_module_has_a_name_that_says_nothing() -> None:
    wrong = [
        str(module.path)
        for module in all_modules()
        for part in module.path.with_suffix("").parts
        if part in FORBIDDEN_NAMES
    ]
    assert wrong == []


def test_every_module_says_what_it_is_responsible_for() -> None:
    wrong = [
        str(module.path)
        for module in all_modules()
        # test_launch.py is about launch.py: its place says it.
        if not module.path.name.startswith("test_") and ast.get_docstring(module.tree) is None
    ]
    assert wrong == []


def test_no_module_is_too_long() -> None:
    wrong = [
        f"{module.path}: {module.lines} lines"
        for module in program_modules()
        if module.lines > LONGEST_MODULE and str(module.path) not in LONG_BY_NATURE
    ]
    assert wrong == [], f"more than {LONGEST_MODULE} lines: split them by what they are about"


def test_no_function_is_too_long() -> None:
    wrong = [
        f"{module.path}:{function.lineno} {function.name}(): {_length(function)} lines"
        for module in all_modules()
        if module.package != "migrations"  # a list of tables, written by Alembic
        for function in module.functions()
        if _length(function) > LONGEST_FUNCTION
    ]
    assert wrong == [], f"more than {LONGEST_FUNCTION} lines: give a part of them a name"


def test_a_length_leaves_the_docstring_out() -> None:
    source = 'def f() -> int:\n    """One.\n\n    Two.\n    """\n    return 1\n'
    module = Module(path=all_modules()[0].path, lines=6, tree=ast.parse(source))
    assert [_length(function) for function in module.functions()] == [2]
