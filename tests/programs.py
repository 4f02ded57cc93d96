"""Programs that some tests need: found, or the test is skipped by name, or fails under CI."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import NoReturn

import pytest

ADMINISTRATOR_FOLDERS = ("/usr/sbin", "/usr/local/sbin", "/sbin")


def skip_loudly(reason: str) -> NoReturn:
    """Skip this test, unless CI is set: there a skip would hide that nothing was tested."""
    if os.environ.get("CI"):
        pytest.fail(f"not skipped under CI: {reason}", pytrace=False)
    pytest.skip(reason)


def require_program(name: str, *, package: str, folders: tuple[str, ...] = ()) -> str:
    """Return the path of a program that the Debian package brings."""
    search = os.pathsep.join((os.environ.get("PATH", ""), *ADMINISTRATOR_FOLDERS, *folders))
    found = shutil.which(name, path=search)
    if found is None:
        skip_loudly(f"{name} is missing: apt-get install {package}")
    return found


def require_path(path: str, *, package: str) -> Path:
    """Return a folder or file that the Debian package brings."""
    if not Path(path).exists():
        skip_loudly(f"{path} is missing: apt-get install {package}")
    return Path(path)
