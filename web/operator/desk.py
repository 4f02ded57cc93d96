"""What every screen of an operator has: who runs what, the menu, one way to write."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Response, make_response, render_template, request

from accounts.permissions import Person
from catalogue.schema import Operator, Service
from instances.national import NATIONAL_CARD
from instances.snapshot import Snapshot
from web import current
from web.admin.desk import MenuItem
from web.auth import require_person
from web.translation import gettext as _

ZONE = NATIONAL_CARD.zone


@dataclass(frozen=True, kw_only=True)
class OperatorDesk:
    operator: Operator
    person: Person
    snapshot: Snapshot

    @property
    def owner(self) -> str:
        """Return how windows name this operator."""
        return f"operator/{self.operator.id}"

    @property
    def services(self) -> tuple[Service, ...]:
        """Return what this operator runs, in the order of the national list."""
        catalogue = self.snapshot.catalogue
        return tuple(item for item in catalogue.services if item.operator == self.operator.id)


def operator_desk(operator: str) -> OperatorDesk:
    """Return the desk of the operator in the address; a guard has let this person in.

    An operator that the national catalogue does not have answers 404.
    """
    snapshot = current.snapshot()
    found = snapshot.catalogue.operator(operator)
    if found is None:
        current.not_found()
    return OperatorDesk(operator=found, person=require_person(), snapshot=snapshot)


def of_the_same_operator(_endpoint: str, values: dict[str, Any]) -> None:
    """Let addresses of one operator's screens lead to others of the same."""
    here = request.view_args or {}
    if "operator" in here:
        values.setdefault("operator", here["operator"])


def menu() -> tuple[MenuItem, ...]:
    return (
        MenuItem(endpoint="operator_services.index", title=_("Vos services")),
        MenuItem(endpoint="operator_incidents.index", title=_("Incidents")),
        MenuItem(endpoint="operator_windows.index", title=_("Maintenances")),
        MenuItem(endpoint="operator_contacts.index", title=_("Contacts")),
    )


def page(template: str, at: OperatorDesk, *, status: int = 200, **values: Any) -> Response:
    body = render_template(template, at=at, menu=menu(), zone=ZONE, **values)
    return make_response(body, status)
