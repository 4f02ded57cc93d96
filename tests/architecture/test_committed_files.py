"""What is committed runs anywhere: no path of one machine, no address of one registry."""

from __future__ import annotations

import re
import subprocess
import tomllib
from pathlib import Path

import pytest

from settings import ROOT
from tests.programs import require_program, skip_loudly

# In pieces, so that this file does not hold what it looks for.
FORBIDDEN = (
    "/" + r"work/",
    "/" + r"root/",
    r"/home/" + r"[a-z]+/",
    r"/opt/" + "pypi",
    r"\." + "library",
    r"\.\./" + "shared",
    r"pypi\." + r"org/simple",
    "files.python" + "hosted",
    r"registry\." + "npmjs",
    r"[a-z0-9]@" + r"localhost:\d+/simple",
)
PATTERN = re.compile("|".join(FORBIDDEN))


@pytest.fixture(scope="module")
def committed() -> list[Path]:
    git = require_program("git", package="git")
    if not (ROOT / ".git").exists():
        skip_loudly("this is no clone: what is committed cannot be listed")
    # Root may look at a clone that belongs to another user.
    command = [git, "-c", f"safe.directory={ROOT}", "ls-files", "-z"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout
    paths = [ROOT / name for name in listed.decode().split("\0") if name]
    return [path for path in paths if path.is_file()]


def test_no_file_names_a_machine(committed: list[Path]) -> None:
    wrong = []
    for path in committed:
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        for number, line in enumerate(text.splitlines(), start=1):
            if found := PATTERN.search(line):
                wrong.append(f"{path.relative_to(ROOT)}:{number}: {found.group()}")
    assert wrong == []


def test_the_lock_names_no_server_and_has_a_hash_for_each_package() -> None:
    lines = (ROOT / "requirements.lock").read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if "://" in line or line.startswith("-")] == []
    packages = [place for place, line in enumerate(lines) if re.match(r"[a-z0-9]", line)]
    assert len(packages) > 40
    assert [lines[place] for place in packages if "--hash=" not in lines[place + 1]] == []


def test_the_lock_holds_every_dependency_that_is_declared() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    declared = [*project["project"]["dependencies"], *project["dependency-groups"]["dev"]]
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    names = {re.split(r"[\[<>=~ ]", line)[0].lower() for line in declared}
    assert [name for name in sorted(names) if f"\n{name}==" not in lock] == [], "type: make lock"


def test_nothing_that_can_be_made_again_is_committed(committed: list[Path]) -> None:
    made = {".mo", ".pyc", ".db", ".log", ".whl"}
    assert [str(path) for path in committed if path.suffix in made] == []
