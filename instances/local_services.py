"""Services that one académie adds to its own page: draft, publish, retire; all journalled."""

from __future__ import annotations

from instances.local_likeness import Duplicate, Likeness, duplicates

__all__ = ["Duplicate", "Likeness", "duplicates"]
