"""The schema of the database: which one this version needs, and how it gets there."""

from __future__ import annotations

from importlib import import_module

from sqlalchemy import MetaData

import journal
from database import Base
from settings import ROOT


def load_tables() -> MetaData:
    """Import every module that declares tables and return them all."""
    import_module(journal.__name__)
    for path in sorted(ROOT.glob("*/models.py")):
        import_module(f"{path.parent.name}.models")
    return Base.metadata
