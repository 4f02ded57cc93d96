"""Two people who write the same thing at once: the second is told, and loses nothing."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol


class Versioned(Protocol):
    """A row that counts its changes and says who made the last one."""

    version: int
    updated_at: datetime
    updated_by: str


class ChangedMeanwhileError(Exception):
    """Somebody else changed it since the form was opened; nothing was written."""

    def __init__(self, *, actor: str, at: datetime, version: int) -> None:
        self.actor = actor
        self.at = at
        self.version = version
        """What the form must carry to be taken next time."""
        super().__init__(f"changed by {actor} at {at.isoformat()}: now version {version}")


def check_version(row: Versioned | None, seen: int | None) -> None:
    """Compare with the version that a form was made from (0: there was no row yet).

    None: whoever asks has not looked before, such as the command line. Raises
    ChangedMeanwhileError.
    """
    if row is None or seen is None or row.version == seen:
        return
    raise ChangedMeanwhileError(actor=row.updated_by, at=row.updated_at, version=row.version)
