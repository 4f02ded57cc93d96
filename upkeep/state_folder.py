"""The state folder: made for its owner alone, with the secret key that lives there."""

from __future__ import annotations

import fcntl
import os
import secrets
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

SECRET_KEY_FILE = "secret-key"  # noqa: S105
UPGRADE_LOCK_FILE = "upgrade.lock"


class StateFolderError(Exception):
    """The state folder cannot be made or written; the message says what to do."""


def prepare_state_folder(folder: Path) -> None:
    """Make the folder, 0700, unless it is there; raises StateFolderError."""
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


def secret_key(folder: Path) -> str:
    """Return the key that signs cookies, made at the first call, readable by its owner only.

    Several processes may call it at once: they all get the same key.
    """
    path = folder / SECRET_KEY_FILE
    if not path.exists():
        _write_once(path, secrets.token_hex(32))
    return path.read_text(encoding="ascii").strip()


@contextmanager
def upgrade_lock(folder: Path) -> Iterator[None]:
    """Hold the right to change the database of this machine; waits for who has it."""
    with (folder / UPGRADE_LOCK_FILE).open("w", encoding="ascii") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _write_once(path: Path, text: str) -> None:
    # A link either appears whole or not at all, and never replaces another process's.
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(text + "\n")
        with suppress(FileExistsError):
            path.hardlink_to(draft)
    finally:
        draft.unlink()
