"""What an operator or an editor may type is in docs/: settings, commands, metrics, keys."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import Any

import click
import pytest

from app import create_app
from catalogue.schema import Catalogue
from settings import ROOT, Settings
from settings_reading import Reader
from tests.architecture.tree import program_modules
from tests.conftest import SettingsFactory
from tests.programs import skip_loudly

FLASKS_OWN = frozenset({"run", "shell", "routes"})


def document(name: str) -> str:
    path = ROOT / "docs" / name
    if not path.is_file():
        skip_loudly(f"docs/{name} is not written yet")
    return path.read_text(encoding="utf-8")


def missing(names: set[str], text: str) -> list[str]:
    """Return the names that never stand between backquotes."""
    quoted = set(re.findall(r"`([^`\n]+)`", text))
    said = quoted | {word for phrase in quoted for word in re.split(r"[\s=:{\[]+", phrase)}
    return sorted(names - said)


class Recorder(dict[str, str]):
    """An environment that remembers what it was asked."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: set[str] = set()

    def get(self, key: str, default: Any = None) -> Any:
        self.asked.add(key)
        return default


def setting_names() -> set[str]:
    environ = Recorder()
    Settings.from_env(environ)
    return environ.asked | Reader.ELSEWHERE


def test_every_setting_is_documented() -> None:
    names = setting_names()
    assert "TROUSSE_STATE_DIR" in names
    assert missing(names, document("settings.md")) == []


def test_no_setting_is_documented_that_does_not_exist() -> None:
    said = set(re.findall(r"\bTROUSSE_[A-Z_]+[A-Z]\b", document("settings.md")))
    assert sorted(said - setting_names()) == []


def commands(group: click.Group, path: str) -> Iterator[str]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if isinstance(command, click.Group):
            yield from commands(command, f"{path} {name}")
        else:
            yield f"{path} {name}"


def test_every_command_is_documented(make_settings: SettingsFactory) -> None:
    application = create_app(make_settings())
    names = set(commands(application.cli, "flask")) - {f"flask {name}" for name in FLASKS_OWN}
    assert "flask database upgrade" in names
    text = document("operations.md").replace("flask --app app ", "flask ")
    assert [name for name in sorted(names) if name not in text] == []


def metric_names() -> set[str]:
    return {
        node.value
        for module in program_modules()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and re.fullmatch(r"trousse_[a-z][a-z0-9_]+", node.value)
        and node.value != "trousse_writes"  # an execution option of database.py
    }


def test_every_metric_is_documented() -> None:
    assert missing(metric_names(), document("metrics.md")) == []


def catalogue_keys() -> set[str]:
    found: set[str] = set()
    waiting: list[Any] = [Catalogue.model_json_schema()]
    while waiting:
        node = waiting.pop()
        if isinstance(node, dict):
            found |= set(node.get("properties", {}))
            waiting += node.values()
        elif isinstance(node, list):
            waiting += node
    return found


def test_every_key_of_the_catalogue_is_documented() -> None:
    keys = catalogue_keys()
    assert {"services", "choose_when", "takeout", "naming"} <= keys
    assert missing(keys, document("catalogue.md")) == []


@pytest.mark.parametrize(
    "text", ["`TROUSSE_NAME=Ma trousse`", "`TROUSSE_NAME`", "`a TROUSSE_NAME`"]
)
def test_a_name_counts_as_said_between_backquotes(text: str) -> None:
    assert missing({"TROUSSE_NAME"}, text) == []
    assert missing({"TROUSSE_NAME"}, text.replace("`", "")) == ["TROUSSE_NAME"]
