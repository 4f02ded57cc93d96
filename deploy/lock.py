"""Writes requirements.lock: what running needs, a marker line, then what tests need besides."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "requirements.lock"
MARKER = "# ---- for tests and checks only ----"
HEADER = """\
# Every package with its exact version and hashes; `make lock` writes it, pip installs it.
# `make run` reads down to the marker line, `make test` reads the whole.
"""
OPTIONS = (
    "--universal", "--python-version=3.11", "--generate-hashes", "--no-annotate", "--no-header",
    "--quiet",
)  # fmt: skip


def main() -> None:
    """Resolve everything together first, so that both halves agree on every version."""
    with tempfile.TemporaryDirectory() as folder:
        whole = _compile(Path(folder) / "whole.txt", "--group=dev", *sys.argv[1:])
        running = _compile(Path(folder) / "running.txt", f"--constraint={folder}/whole.txt")
    needed = _entries(running)
    besides = [entry for name, entry in _entries(whole).items() if name not in needed]
    parts = [HEADER, *needed.values(), f"\n{MARKER}\n", *besides]
    LOCK.write_text("".join(parts), encoding="utf-8")


def _compile(target: Path, *options: str) -> str:
    command = [sys.executable, "-m", "uv", "pip", "compile", "pyproject.toml", *OPTIONS]
    subprocess.run([*command, *options, "--output-file", str(target)], check=True, cwd=ROOT)
    return target.read_text(encoding="utf-8")


def _entries(text: str) -> dict[str, str]:
    """Split into one text for each package: its line and the hashes indented below."""
    entries: dict[str, str] = {}
    name = ""
    for line in text.splitlines(keepends=True):
        if not line.startswith((" ", "#")):
            name = line.partition(";")[0].strip(" \\\n")
            entries[name] = ""
        entries[name] += line
    return entries


if __name__ == "__main__":
    main()
