"""`flask catalogue|instances|monitor|database …`: each command calls one function."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cli import catalogue, database, instances, monitor

if TYPE_CHECKING:
    from flask import Flask


def register(app: Flask) -> None:
    for group in (catalogue.group, instances.group, monitor.group, database.group):
        app.cli.add_command(group)
