"""What every screen of ops has: who looks, the menu, the picture it shows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Response, make_response, render_template

from accounts.permissions import Action, Person, may
from instances.national import NATIONAL_CARD
from instances.snapshot import Snapshot
from web import current
from web.admin.desk import MenuItem
from web.auth import require_person
from web.translation import gettext as _

ZONE = NATIONAL_CARD.zone


@dataclass(frozen=True, kw_only=True)
class OpsDesk:
    person: Person
    snapshot: Snapshot

    @property
    def acts(self) -> bool:
        """Whether this person may change anything here, or only looks on."""
        return may(self.person, Action.OPERATE)


def ops_desk() -> OpsDesk:
    """Return the desk of whoever a guard has let in."""
    return OpsDesk(person=require_person(), snapshot=current.snapshot())


def menu() -> tuple[MenuItem, ...]:
    return (
        MenuItem(endpoint="ops_backends.index", title=_("Serveurs")),
        MenuItem(endpoint="ops_incidents.index", title=_("Incidents")),
        MenuItem(endpoint="ops_windows.index", title=_("Maintenances")),
        MenuItem(endpoint="ops_endings.index", title=_("Échéances")),
        MenuItem(endpoint="ops_alerts.index", title=_("Alertes")),
        MenuItem(endpoint="ops_catalogue.index", title=_("Liste nationale")),
        MenuItem(endpoint="ops_monitor.index", title=_("Surveillance")),
        MenuItem(endpoint="ops_wall.index", title=_("Écran mural")),
    )


def page(template: str, at: OpsDesk, *, status: int = 200, **values: Any) -> Response:
    body = render_template(template, ops=at, menu=menu(), acts=at.acts, zone=ZONE, **values)
    return make_response(body, status)
