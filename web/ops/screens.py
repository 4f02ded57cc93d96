"""Every screen of ops, in the order of the menu."""

from __future__ import annotations

from web.ops import (
    alerts,
    backend,
    catalogue,
    endings,
    incidents,
    monitor,
    wall,
    windows,
)

BLUEPRINTS = (
    backend.blueprint,  # the table's blueprint, with the routes of both modules
    incidents.blueprint,
    windows.blueprint,
    endings.blueprint,
    alerts.blueprint,
    catalogue.blueprint,
    monitor.blueprint,
    wall.blueprint,
)
