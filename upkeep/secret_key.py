"""The key that signs form cookies: made once, kept in the state folder for its owner alone."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from settings import Settings
from upkeep.state_folder import prepare_state_folder

FILE = "secret.key"
SHORTEST = 32


class SecretKeyError(Exception):
    """The key cannot be used; the message says what to do."""


def read_secret_key(settings: Settings) -> str:
    """Return the key of the settings, else that of the state folder, made if there is none.

    Several nodes need the same: TROUSSE_SECRET_KEY. Raises SecretKeyError when it is too short,
    StateFolderError when the folder cannot be written.
    """
    if settings.secret_key is not None:
        return _long_enough(settings.secret_key, "TROUSSE_SECRET_KEY")
    prepare_state_folder(settings.state_dir)
    path = settings.state_dir / FILE
    try:
        return _long_enough(path.read_text(encoding="ascii").strip(), str(path))
    except FileNotFoundError:
        _make(path)
        return _long_enough(path.read_text(encoding="ascii").strip(), str(path))


def _make(path: Path) -> None:
    """Write it whole or not at all: two processes may start at once, and must agree."""
    draft = path.with_name(f"{FILE}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(secrets.token_urlsafe(48))
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()


def _long_enough(key: str, where: str) -> str:
    if len(key) < SHORTEST:
        raise SecretKeyError(
            f"{where}: expected at least {SHORTEST} characters, found {len(key)}. Remove it, and "
            "a new one is made; everybody signs in again."
        )
    return key
