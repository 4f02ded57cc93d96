"""Who may import whom: the layers of docs/architecture.md, read from the code."""

from __future__ import annotations

import ast
from pathlib import Path

from tests.architecture.tree import Module, all_modules, program_modules

LAYERS: tuple[frozenset[str], ...] = (
    frozenset({"settings_reading"}),
    frozenset({"settings", "settings_file", "database", "logs"}),
    frozenset({"journal", "outbound", "access_log"}),
    frozenset({"upkeep"}),
    frozenset({"catalogue", "monitoring", "accounts"}),
    frozenset({"instances"}),
    frozenset({"web"}),
    frozenset({"jobs"}),
    frozenset({"cli"}),
    frozenset({"app"}),
)
"""From the ground up: a module imports from its own package and from lower layers only."""
SIBLINGS = LAYERS[4]
RANK = {package: rank for rank, packages in enumerate(LAYERS) for package in packages}
WEB_PACKAGES = frozenset(
    {"flask", "flask_babel", "flask_login", "flask_wtf", "jinja2", "werkzeug", "wtforms"}
)
MAY_USE_WEB = frozenset({"web", "cli", "app"})

CLIENTS = frozenset(
    {"requests", "urllib3", "urllib.request", "http.client", "socket", "ssl", "smtplib", "ftplib",
     "httpx", "aiohttp", "telnetlib", "xmlrpc", "authlib", "apprise"}
)  # fmt: skip
MAY_HOLD_A_CLIENT = {
    "accounts/mail.py": "the mail server's address is a setting, which may be private",
    "catalogue/source.py": "the catalogue's address is a setting, which may be private",
    "monitoring/cycle.py": "reads this machine's name",
    "monitoring/sending.py": "addresses of alerts stand in a file of ops, and may be private",
    "web/oidc_client.py": "the identity provider's address is a setting, which may be private",
    "web/oidc_tokens.py": "checks claims by Authlib, asks nothing",
}
"""Besides `outbound`. Each with the reason why no stranger chooses the address."""


def _package(name: str) -> str:
    return name.partition(".")[0]


def _is_of(name: str, packages: frozenset[str]) -> bool:
    return any(name == package or name.startswith(f"{package}.") for package in packages)


def _upward(module: Module) -> list[str]:
    wrong = []
    for line, name in module.imported():
        target = _package(name)
        if target == module.package or target not in RANK:
            continue
        if RANK[target] >= RANK[module.package]:
            wrong.append(f"{module.path}:{line} imports {name}, which is not below it")
    return wrong


def test_every_package_has_its_layer() -> None:
    assert {module.package for module in program_modules()} <= set(RANK)


def test_imports_go_down() -> None:
    assert [line for module in program_modules() for line in _upward(module)] == []


def test_siblings_never_import_one_another() -> None:
    wrong = [
        f"{module.path}:{line} imports {name}"
        for module in program_modules()
        if module.package in SIBLINGS
        for line, name in module.imported()
        if _package(name) in SIBLINGS - {module.package}
    ]
    assert wrong == []


def test_only_the_web_knows_flask() -> None:
    wrong = [
        f"{module.path}:{line} imports {name}"
        for module in program_modules()
        if module.package not in MAY_USE_WEB
        for line, name in module.imported()
        if _package(name) in WEB_PACKAGES
    ]
    assert wrong == []


def test_the_catalogue_knows_no_database() -> None:
    wrong = [
        f"{module.path}:{line} imports {name}"
        for module in program_modules()
        if module.package == "catalogue"
        for line, name in module.imported()
        if _package(name) in {"sqlalchemy", "database", "journal"}
    ]
    assert wrong == []


def test_the_program_imports_no_test() -> None:
    wrong = [
        f"{module.path}:{line} imports {name}"
        for module in program_modules()
        for line, name in module.imported()
        if _package(name) in {"tests", "bench", "pytest", "deploy"}
    ]
    assert wrong == []


def test_imports_stand_at_the_top_of_the_file() -> None:
    wrong = [
        f"{module.path}:{node.lineno} imports inside {function.name}()"
        for module in all_modules()
        for function in module.functions()
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]
    assert wrong == []


def test_imports_are_absolute() -> None:
    wrong = [
        f"{module.path}:{line} imports {name}"
        for module in all_modules()
        for line, name in module.imported()
        if name.startswith(".")
    ]
    assert wrong == []


def test_the_outside_is_reached_through_one_door() -> None:
    wrong = [
        f"{module.path}:{line} imports {name}"
        for module in program_modules()
        if module.package != "outbound" and str(module.path) not in MAY_HOLD_A_CLIENT
        for line, name in module.imported()
        if _is_of(name, CLIENTS)
    ]
    assert wrong == []


def test_an_exception_that_serves_no_more_is_removed() -> None:
    using = {
        str(module.path)
        for module in program_modules()
        for _, name in module.imported()
        if _is_of(name, CLIENTS)
    }
    assert set(MAY_HOLD_A_CLIENT) <= using


def test_the_rules_see_what_they_forbid() -> None:
    """A rule that can see nothing passes for ever."""
    source = "from instances import page\ndef f() -> None:\n    import requests\n"
    module = Module(path=Path("catalogue/wrong.py"), lines=3, tree=ast.parse(source))
    assert _upward(module) == ["catalogue/wrong.py:1 imports instances.page, which is not below it"]
    assert [_is_of(name, CLIENTS) for _, name in module.imported()] == [False, True]
    assert [function.name for function in module.functions()] == ["f"]
