"""What the screens about services have in common: what was decided, read at this very moment."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask import Blueprint, Response, flash, redirect, request
from sqlalchemy.orm import Session

from accounts.names import names_of
from accounts.permissions import Action, scopes_of
from catalogue.schema import Rollout, Service
from instances.choice_reading import as_choice, rows_of
from instances.models import ServiceChoice
from instances.offer import Absence, Offered, is_retired, offer, today
from instances.schema import AcademyCard, LocalService
from instances.snapshot import Snapshot
from instances.supposing import with_choices
from web import current, links
from web.admin.actors import say_actor
from web.admin.desk import Desk, desk, page
from web.context import say
from web.site import utc_now
from web.translation import gettext as _

blueprint = Blueprint("desk_services", __name__, url_prefix="/<academie>/gestion")

_GONE = 410


@dataclass(frozen=True, kw_only=True)
class Table:
    """The services of one académie with what it decided, as the database has it now."""

    at: Desk
    rows: Mapping[str, ServiceChoice]
    snapshot: Snapshot
    offered: Mapping[str, Offered]
    """In the order of the page."""
    names: Mapping[str, str]
    now: datetime

    @property
    def card(self) -> AcademyCard:
        return self.at.card

    @property
    def day(self) -> date:
        return today(self.card, self.now)

    def service(self, service_id: str) -> Service | None:
        """Return a service as the nation, or the académie's own desk, describes it."""
        services = self.snapshot.services_of(self.card.slug)
        return next((item for item in services if item.id == service_id), None)

    def version(self, service_id: str) -> int:
        row = self.rows.get(service_id)
        return 0 if row is None else row.version

    def shown(self) -> dict[str, Service]:
        """Return what people find on the page, or would once signed in."""
        here = (None, Absence.AGENTS_ONLY)
        return {name: item.service for name, item in self.offered.items() if item.absence in here}

    def who(self, actor: str) -> str:
        return say_actor(actor, self.names)


def look(session: Session, at: Desk, *, card: AcademyCard | None = None) -> Table:
    """Read what was decided, not what this worker last heard; for another académie by `card`."""
    card, now = card or at.card, utc_now()
    rows = rows_of(session, card.slug)
    choices = [choice for choice in map(as_choice, rows.values()) if choice is not None]
    snapshot = with_choices(at.snapshot, card.slug, choices)
    return Table(
        at=at if card is at.card else Desk(card=card, person=at.person, snapshot=snapshot),
        rows=rows,
        snapshot=snapshot,
        offered={item.service.id: item for item in offer(snapshot, card, now)},
        names=names_of(session, (row.updated_by for row in rows.values())),
        now=now,
    )


def look_now() -> Table:
    """Read it for the screen that is asked for."""
    with current.site().sessions() as session:
        return look(session, desk())


def is_local(service: Service) -> bool:
    return isinstance(service, LocalService)


def why_not_hidden(service: Service, day: date) -> str:
    """Say why this service cannot be hidden; empty when it can."""
    if service.rollout is Rollout.REQUIRED:
        return _(
            "%(title)s est obligatoire : le ministère demande que chaque académie l'affiche."
            " Vous pouvez changer ses mots et son adresse.",
            title=service.title,
        )
    if is_retired(service, day):
        return _("%(title)s a fermé : il n'est plus affiché nulle part.", title=service.title)
    return ""


def place(card: AcademyCard) -> str:
    """Word where an académie is: "à Lyon", "dans l'académie de Normandie"."""
    if card.region == card.name or not say(card.title).endswith(card.name):
        return say(card.within)
    return _("à %(place)s", place=card.name)


def other_academies(at: Desk) -> tuple[AcademyCard, ...]:
    """Return the other académies for which this person decides."""
    slugs = scopes_of(at.person, Action.DECIDE) - {at.card.slug}
    cards = (at.snapshot.card(slug) for slug in sorted(slugs))
    return tuple(card for card in cards if card is not None)


def back(text: str, *, lines: Iterable[int] = ()) -> Response:
    """Go back to the list and say what was done, with the way to undo it."""
    numbers = ".".join(map(str, lines))
    undo = links.url("desk_services.undo", lines=numbers) if numbers else None
    flash({"text": text, "undo": undo}, "done")  # type: ignore[arg-type] # read by messages.html
    return to_list()


def refuse(text: str) -> Response:
    """Go back to the list and say why nothing was done."""
    flash(text, "error")
    return to_list()


def to_list(anchor: str = "") -> Response:
    path = links.url("desk_services.index", filtre=request.args.get("filtre"))
    response: Response = redirect(f"{path}#{anchor}" if anchor else path, 303)  # type: ignore[assignment]
    return response


def gone(table: Table, service_id: str, typed: Iterable[tuple[str, str]]) -> Response:
    """Say that a service left the list while somebody wrote, and give back what was typed."""
    services = table.snapshot.services_of(table.card.slug)
    renamed = next((item for item in services if service_id in item.aliases), None)
    kept: list[tuple[str, Any]] = [(label, value) for label, value in typed if value]
    return page(
        "admin/service_gone.html",
        table.at,
        status=_GONE,
        service_id=service_id,
        renamed=renamed,
        typed=kept,
    )
