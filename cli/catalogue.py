"""`flask catalogue …`: check, schema, show, publish the national catalogue."""

from __future__ import annotations

from flask.cli import AppGroup

group = AppGroup("catalogue", help="The national catalogue.")
