"""Every screen of an operator, in the order of the menu."""

from __future__ import annotations

from web.operator import (
    contacts,
    incidents,
    services,
    windows,
)

BLUEPRINTS = (
    services.blueprint,
    incidents.blueprint,
    windows.blueprint,
    contacts.blueprint,
)
