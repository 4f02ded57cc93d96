"""Writes what docs/probe-profiles.md says of each profile from the profiles themselves."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from importlib import import_module
from inspect import getdoc
from pathlib import Path

import yaml

from monitoring.profiles import PROFILES
from monitoring.profiles.recipe import Ask, Check, Connect, Profile
from monitoring.target import State

PAGE = Path(__file__).parent / "probe-profiles.md"
SEEN = Path(__file__).parent / "seen.yaml"
SITUATIONS = {
    "healthy": "healthy",
    "maintenance": "maintenance",
    "database": "broken database",
    "stopped": "stopped",
    "host": "wrong virtual host",
    "note": "beside that",
}
_REGION = re.compile(r"(<!-- made from (\w+) -->\n)(.*?)(<!-- end -->)", re.DOTALL)


def page() -> str:
    """The whole page: what stands between two marks made again, the rest as it was written."""
    regions = {"states": states(), "sections": sections(), "seen": seen()}
    return _REGION.sub(lambda found: f"{found[1]}\n{regions[found[2]]}\n{found[4]}", _text())


def _text() -> str:
    return PAGE.read_text(encoding="utf-8")


def states() -> str:
    """One row a profile: the reasons of its own behind each state."""
    shown = (State.DEGRADED, State.MAINTENANCE, State.DOWN)
    rows = (
        [_code(name), ", ".join(profile.covers), *(_reasons(profile, state) for state in shown)]
        for name, profile in sorted(PROFILES.items())
    )
    return _table(["profile", "software", *(state.value for state in shown)], rows)


def _reasons(profile: Profile, state: State) -> str:
    own = {
        reason: None
        for check in profile.checks
        for reason, told in check.tells.items()
        if told is state
    }
    return ", ".join(map(_code, own))


def sections() -> str:
    return "\n".join(_section(name, profile) for name, profile in sorted(PROFILES.items()))


def _section(name: str, profile: Profile) -> str:
    about, _, facts = _docstring(name).partition("\n\n")
    heads = ["looked at", "part", "rests", "up", "otherwise"]
    version = f"Version: {profile.version}." if profile.version else "No version."
    return "\n".join(
        [
            f"## `{name}`\n",
            f"{about[0].upper()}{about[1:]}\n",
            _table(heads, map(_row, profile.checks)),
            f"{version} Verified against {profile.verified}.\n",
            f"{facts}\n",
        ]
    )


def _docstring(name: str) -> str:
    words = getdoc(import_module(f"monitoring.profiles.{name.replace('-', '_')}")) or ""
    return words.removeprefix(f"Profile `{name}`: ").strip()


def _row(check: Check) -> list[str]:
    asked = ", else ".join(map(_place, check.asks))
    return [
        f"{check.proves} {asked}".strip(),
        check.part,
        _rest(check),
        check.up,
        _otherwise(check),
    ]


def _place(ask: Ask | Connect) -> str:
    if isinstance(ask, Connect):
        return ""
    """A path as code, words as words."""
    place = ask.shown or (ask.place if isinstance(ask.place, str) else "")
    first, _, rest = place.partition(", ")
    shown = f"{_code(first)}, {rest}" if rest else _code(first)
    shown = shown if place.startswith("/") else place
    return shown if ask.method == "GET" else f"{ask.method} {shown}"


def _rest(check: Check) -> str:
    rest = f"{check.rest // 60} min" if check.rest else ""
    return ", ".join(filter(None, [rest, "" if check.essential else "optional"]))


def _otherwise(check: Check) -> str:
    if check.courtesy:
        return "(does not count)"
    told: dict[State, list[str]] = {}
    for reason, state in check.tells.items():
        told.setdefault(state, []).append(_code(reason))
    return "; ".join(f"{', '.join(reasons)}: {state}" for state, reasons in told.items())


def seen() -> str:
    """What real servers were seen to do: each situation, with the verdict that it got."""
    rows = ([row["software"], row["version"], *_verdicts(row)] for row in seen_rows())
    return _table(["software", "version", *SITUATIONS.values()], rows)


def seen_rows() -> Iterator[Mapping[str, str]]:
    # All is text: the version 1.10 is not a number.
    yield from yaml.load(SEEN.read_text(encoding="utf-8"), yaml.BaseLoader)  # noqa: S506


def _verdicts(row: Mapping[str, str]) -> Iterator[str]:
    """`state reason`, as in "down database", is shown with its reason as code."""
    for situation in SITUATIONS:
        words = row.get(situation, "")
        state, _, reason = words.partition(" ")
        yield f"{state} {_code(reason)}" if state in set(State) and reason else words


def _code(words: str) -> str:
    return f"`{words}`"


def _table(heads: list[str], rows: Iterable[Iterable[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
