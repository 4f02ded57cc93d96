"""Every screen of ops, in the order of the menu."""

from __future__ import annotations

from web.ops import (
    alerts,
    backends,
    catalogue,
    endings,
    incidents,
    monitor,
    wall,
    windows,
)

BLUEPRINTS = (
    backends.blueprint,
    incidents.blueprint,
    windows.blueprint,
    endings.blueprint,
    alerts.blueprint,
    catalogue.blueprint,
    monitor.blueprint,
    wall.blueprint,
)
