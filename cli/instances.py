"""`flask instances …`: what each académie shows."""

from __future__ import annotations

from flask.cli import AppGroup

group = AppGroup("instances", help="What each académie shows.")
