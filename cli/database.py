"""`flask database …`: upgrade, backup, restore."""

from __future__ import annotations

from flask.cli import AppGroup

group = AppGroup("database", help="The database.")
