"""The small sound catalogue that the tests of this folder start from, and how they read one."""

from __future__ import annotations

from pathlib import Path

from catalogue.entries import Loaded
from catalogue.loading import load
from monitoring.profiles import NAMES

HERE = Path(__file__).parent
SOUND = (HERE / "sound.yaml").read_text(encoding="utf-8")
FAULTS = sorted((HERE / "faults").glob("*.yaml"))
ICONS = frozenset({"bulle", "nuage", "visio"})
ACADEMIES = frozenset({"lyon", "rennes", "versailles"})


def read(content: bytes | str) -> Loaded:
    return load(
        content.encode() if isinstance(content, str) else content,
        file="services.yaml",
        known_profiles=NAMES,
        known_icons=ICONS,
        known_academies=ACADEMIES,
    )


def codes(loaded: Loaded) -> list[str]:
    return [problem.code.value for problem in loaded.problems]


def edited(*edits: tuple[str, str]) -> str:
    """Return the sound catalogue with each first text replaced by the second."""
    text = SOUND
    for old, new in edits:
        if text.count(old) != 1:
            raise AssertionError(f"{old!r} stands {text.count(old)} times in sound.yaml")
        text = text.replace(old, new)
    return text
