"""The state folder: made for its owner alone, and kept so."""

from __future__ import annotations

import fcntl
import os
import stat
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

UPGRADE_LOCK_FILE = "upgrade.lock"


class StateFolderError(Exception):
    """The state folder cannot be made or written; the message says what to do."""


def prepare_state_folder(folder: Path) -> None:
    """Make the folder, or make the one that is there its owner's alone, 0700.

    Raises StateFolderError. A folder of another user's, such as a container's volume, keeps its
    mode: only its owner may change it.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise StateFolderError(
            f"cannot make the state folder {folder}: {error.strerror}. "
            "Set TROUSSE_STATE_DIR to a folder that this user may write."
        ) from error
    if not os.access(folder, os.W_OK | os.X_OK):
        raise StateFolderError(
            f"the state folder {folder} cannot be written by this user. "
            "Change its owner, or set TROUSSE_STATE_DIR to another folder."
        )
    _close_to_others(folder)


def _close_to_others(folder: Path) -> None:
    found = folder.stat()
    if found.st_mode & stat.S_ISVTX:
        raise StateFolderError(
            f"everybody may write into {folder}. Set TROUSSE_STATE_DIR to a folder of its own."
        )
    if found.st_uid == os.geteuid() and found.st_mode & 0o077:
        folder.chmod(0o700)


@contextmanager
def upgrade_lock(folder: Path) -> Iterator[None]:
    """Hold the right to change the database of this machine; waits for who has it."""
    with (folder / UPGRADE_LOCK_FILE).open("w", encoding="ascii") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
