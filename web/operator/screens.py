"""Every screen of an operator, in the order of the menu."""

from __future__ import annotations

from web.operator import (
    contacts,
    incidents,
    services,
    windows,
)
from web.operator.desk import of_the_same_operator

BLUEPRINTS = (
    services.blueprint,
    incidents.blueprint,
    windows.blueprint,
    contacts.blueprint,
)

for blueprint in BLUEPRINTS:
    blueprint.url_defaults(of_the_same_operator)
