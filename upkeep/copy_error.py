"""The one exception of backup and restore."""

from __future__ import annotations


class CopyError(Exception):
    """A copy cannot be made or put back; the message says what was found and what to do."""
