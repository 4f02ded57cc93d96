"""What every screen of the national desk has: who looks, the menu, the picture it shows."""

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
class NationalDesk:
    person: Person
    snapshot: Snapshot


def national_desk() -> NationalDesk:
    """Return the desk of whoever a guard has let in."""
    return NationalDesk(person=require_person(), snapshot=current.snapshot())


def menu(at: NationalDesk) -> tuple[MenuItem, ...]:
    items = [
        MenuItem(endpoint="national_desk.index", title=_("Le pays")),
        MenuItem(endpoint="national_catalogue.index", title=_("Liste nationale")),
    ]
    if may(at.person, Action.GOVERN):
        items += [
            MenuItem(endpoint="national_announcements.index", title=_("Annonces à tous")),
            MenuItem(endpoint="national_accounts.index", title=_("Comptes")),
        ]
    if may(at.person, Action.WATCH):
        items.append(MenuItem(endpoint="ops_backends.index", title=_("Serveurs")))
    return tuple(items)


def page(template: str, at: NationalDesk, *, status: int = 200, **values: Any) -> Response:
    """Make a screen; whoever is let in here decides here."""
    body = render_template(
        template, menu=menu(at), decides=may(at.person, Action.GOVERN), zone=ZONE, **values
    )
    return make_response(body, status)
