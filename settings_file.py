"""Files of settings in YAML, read strictly: what they hold, where it stands, what is wrong."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from pydantic import ValidationError

MOST_BYTES = 200_000
Loc = tuple[str | int, ...]
_KEY = re.compile(r"[\w-]{1,40}")
_TRICK = re.compile(r"\b(alias|anchor|tag|handle) '.*", re.DOTALL)


class SettingsFileError(Exception):
    """The file cannot be used; the message lists every problem, one a line."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(problems))


def read_text(path: Path) -> str:
    """Return the text of a file; raises SettingsFileError."""
    try:
        content = path.read_bytes()
        text = content.decode("utf-8")
    except OSError as error:
        raise SettingsFileError([f"{path}: cannot be read: {error.strerror}."]) from error
    except UnicodeDecodeError as error:
        raise SettingsFileError([f"{path}: expected text in UTF-8."]) from error
    if len(content) > MOST_BYTES:
        raise SettingsFileError([f"{path}: expected at most {MOST_BYTES} bytes."])
    return text


class Reading:
    """One pass over a file: what it holds, where each thing stands, and what is wrong."""

    def __init__(self) -> None:
        self.problems: list[tuple[int, str]] = []
        self._lines: dict[Loc, int] = {(): 1}

    def read(self, text: str) -> Any:
        """Return text, lists and mappings; none for an empty file or one that cannot be read."""
        try:
            self._refuse_tricks(text)
            node = yaml.compose(text, Loader=yaml.SafeLoader)
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark
            words = _TRICK.sub(r"\1", error.problem or "cannot be read as YAML")
            self.problems.append((mark.line + 1 if mark else 1, f"{words}."))
            return None
        except (yaml.YAMLError, RecursionError, ValueError) as error:
            self.problems.append((1, f"cannot be read as YAML: {error}."))
            return None
        return None if node is None else self._value(node, ())

    def take(self, error: ValidationError, keys: Callable[[Loc], Iterable[str]]) -> None:
        """Report what the schema says; `keys`: what may stand beside an unknown key."""
        for item in error.errors(include_url=False):
            self.add(item["loc"], _words(item["type"], item["loc"], item["msg"], keys))

    def add(self, loc: Loc, words: str) -> None:
        place = loc
        while place not in self._lines:
            place = place[:-1]
        path = "".join(f"[{step}]" if isinstance(step, int) else f".{_name(step)}" for step in loc)
        self.problems.append((self._lines[place], f"{path.lstrip('.') or 'file'}: {words}."))

    def lines(self, path: Path) -> list[str]:
        """Return every problem with its file and line, in the order of the file."""
        return [f"{path}, line {line}: {words}" for line, words in sorted(self.problems)]

    def _refuse_tricks(self, text: str) -> None:
        """Aliases, anchors and tags make a file mean something else than it shows.

        None is repeated: a password may begin with any of their signs.
        """
        for event in yaml.parse(text, Loader=yaml.SafeLoader):
            line = event.start_mark.line + 1 if event.start_mark else 1
            if isinstance(event, yaml.AliasEvent):
                self.problems.append((line, "expected no alias (*…)."))
            elif getattr(event, "anchor", None):
                self.problems.append((line, "expected no anchor (&…)."))
            elif getattr(event, "tag", None) not in (None, "!"):
                self.problems.append((line, "expected no tag (!…)."))

    def _value(self, node: yaml.Node, loc: Loc) -> Any:
        """Return text, lists and mappings; what a text means is for the schema to say."""
        self._lines[loc] = node.start_mark.line + 1
        if isinstance(node, yaml.SequenceNode):
            return [self._value(item, (*loc, n)) for n, item in enumerate(node.value)]
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, loc)
        return node.value

    def _mapping(self, node: yaml.MappingNode, loc: Loc) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key, value in node.value:
            name = key.value if isinstance(key, yaml.ScalarNode) else "?"
            if name in found:
                self.problems.append((key.start_mark.line + 1, f"{_name(name)} stands here twice."))
            found[name] = self._value(value, (*loc, name))
            self._lines[(*loc, name)] = key.start_mark.line + 1
        return found


def _name(key: str) -> str:
    """Repeat a key as it stands; an address that stands in its place may hold a password."""
    return key if _KEY.fullmatch(key) else "…"


def _words(kind: str, loc: Loc, message: str, keys: Callable[[Loc], Iterable[str]]) -> str:
    if kind == "extra_forbidden":
        return f"is not a key: expected one of {', '.join(keys(loc))}"
    if kind == "missing":
        return "is missing"
    return message.removeprefix("Value error, ").replace("Input should be", "expected")
