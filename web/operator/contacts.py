"""Whom to write to in the académies concerned: what their pages and cards make public."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from accounts.permissions import Action
from instances import operator_view
from instances.operator_view import ServiceView
from instances.schema import AcademyCard, ContactKind, HelpContact
from web.guards import needs
from web.operator.desk import operator_desk, page
from web.site import utc_now

blueprint = Blueprint("operator_contacts", __name__, url_prefix="/operateur/<operator>")

SERVICE = "service"


@dataclass(frozen=True, kw_only=True)
class Concerned:
    card: AcademyCard
    services: tuple[str, ...]
    """Titles of those that it shows."""
    contacts: tuple[HelpContact, ...]
    """Its public ones, the académie's own desk first."""

    @property
    def email(self) -> str | None:
        """Return where to write to all of them: one address for each académie."""
        return next((item.email for item in self.contacts if item.email), None)


@blueprint.get("/contacts")
@needs(Action.OPERATE)
def index(operator: str) -> ResponseReturnValue:
    at, now = operator_desk(operator), utc_now()
    services = operator_view.in_use(at.services, now)
    wanted = request.args.get(SERVICE)
    views = operator_view.service_views(at.snapshot, services, now=now)
    chosen = [view for view in views if view.service.id == wanted] or views
    people = _concerned(chosen)
    emails = [item.email for item in people if item.email]
    return page(
        "operator/contacts.html",
        at,
        people=people,
        services=services,
        wanted=wanted if len(chosen) < len(views) or len(views) == 1 else None,
        emails=list(dict.fromkeys(emails)),
        mailto=f"mailto:?bcc={quote(','.join(dict.fromkeys(emails)), safe='@,')}",
        silent=[item.card for item in people if not item.email],
    )


def _concerned(views: Sequence[ServiceView]) -> list[Concerned]:
    cards = {there.card.slug: there.card for view in views for there in view.shown}
    return [
        Concerned(
            card=card,
            services=tuple(
                view.service.title
                for view in views
                if any(there.card.slug == card.slug for there in view.shown)
            ),
            contacts=tuple(sorted(card.help, key=_nearest_last)),
        )
        for card in sorted(cards.values(), key=lambda item: item.name)
    ]


def _nearest_last(contact: HelpContact) -> bool:
    return contact.kind is not ContactKind.ACADEMIE
