"""What every screen of the desk has: who decides for which académie, the menu, one way to write."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from flask import Response, g, make_response, render_template
from sqlalchemy.orm import Session

from accounts.permissions import Action, Person, may
from database import writing
from instances.choices import Decision
from instances.schema import AcademyCard
from instances.snapshot import Snapshot
from web import current
from web.admin.news_count import waiting
from web.auth import require_person
from web.site import utc_now
from web.translation import gettext as _


@dataclass(frozen=True, kw_only=True)
class MenuItem:
    endpoint: str
    title: str
    count: int = 0
    """Of what waits to be read."""


@dataclass(frozen=True, kw_only=True)
class Desk:
    card: AcademyCard
    person: Person
    snapshot: Snapshot

    def may(self, action: Action) -> bool:
        return may(self.person, action, scope=self.card.slug)

    def decision(self) -> Decision:
        return Decision(academie=self.card.slug, actor=self.person.actor, now=utc_now())


def desk() -> Desk:
    """Return the desk of the académie in the address; a guard has let this person in."""
    return Desk(card=g.card, person=require_person(), snapshot=current.snapshot())


@contextmanager
def deciding() -> Iterator[Session]:
    """Open the session in which a decision is written; this worker shows it at once."""
    with writing(current.site().sessions) as session:
        yield session
    current.site().refresh()
    g.pop("snapshot", None)


def menu(at: Desk) -> tuple[MenuItem, ...]:
    items = [
        MenuItem(endpoint="desk_start.start", title=_("Accueil")),
        MenuItem(endpoint="desk_services.index", title=_("Services")),
        MenuItem(endpoint="desk_local.index", title=_("Nos services à nous")),
        MenuItem(endpoint="desk_announcements.index", title=_("Annonces")),
        MenuItem(endpoint="desk_windows.index", title=_("Maintenances")),
        MenuItem(endpoint="desk_texts.index", title=_("Notre académie")),
        MenuItem(
            endpoint="desk_news.index",
            title=_("Ce qui change chez nous"),
            count=waiting(at.snapshot, at.card, at.decision(), decides=at.may(Action.DECIDE)),
        ),
        MenuItem(endpoint="desk_preview.index", title=_("Aperçu")),
        MenuItem(endpoint="desk_journal.index", title=_("Journal")),
    ]
    if at.may(Action.MANAGE_MEMBERS):
        items.append(MenuItem(endpoint="desk_members.index", title=_("Membres")))
    items.append(MenuItem(endpoint="desk_exchange.index", title=_("Exporter, importer")))
    return tuple(items)


def page(template: str, at: Desk, *, status: int = 200, **values: Any) -> Response:
    """Make a screen of the desk; whoever looks on without deciding gets no forms."""
    body = render_template(
        template, desk=at, menu=menu(at), decides=at.may(Action.DECIDE), **values
    )
    return make_response(body, status)
