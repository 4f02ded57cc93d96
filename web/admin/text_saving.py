"""How the screens of "Notre académie" read and write a field, and tell of two who write at once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from flask import Response, flash, redirect
from flask.typing import ResponseReturnValue

from accounts.names import names_of
from instances import texts
from instances.offer import offer
from instances.schema import AcademyCard
from instances.texts import Saying, TextField
from instances.versions import ChangedMeanwhileError
from web import current, dates, links
from web.admin.actors import say_actor
from web.admin.desk import Desk, deciding
from web.admin.text_forms import ReasonedForm
from web.site import utc_now
from web.translation import gettext as _

Conflict = tuple[str, str, Sequence[tuple[str, str]]]


def save(at: Desk, saying: Saying) -> ChangedMeanwhileError | None:
    """Write a field; returns who came first instead of writing over it."""
    try:
        with deciding() as session:
            texts.say(session, saying, by=at.decision())
    except ChangedMeanwhileError as error:
        return error
    return None


def version_of(at: Desk, field: TextField) -> int:
    """Return the version that a form is made from; 0: nothing was ever said."""
    with current.site().sessions() as session:
        row = texts.find_row(session, at.card.slug, field)
        return row.version if row is not None else 0


def conflict(
    at: Desk, error: ChangedMeanwhileError, form: ReasonedForm, theirs: Sequence[tuple[str, str]]
) -> Conflict:
    """Say who changed it and what it is now; the form may then be sent again as it stands."""
    form.version.data = str(error.version)
    with current.site().sessions() as session:
        who = say_actor(error.actor, names_of(session, [error.actor]))
    return who, _("le %(when)s", when=when(at, error.at)), theirs


def when(at: Desk, moment: datetime) -> str:
    return dates.instant(moment, at.card.zone, utc_now())


def national_card(at: Desk) -> AcademyCard:
    """Return the card as it is in the national file, without what the académie says instead."""
    card = at.snapshot.directory.by_slug(at.card.slug)
    return at.card if card is None else card


def shown_services(at: Desk) -> dict[str, str]:
    """Return the titles of what is shown here, by id, as it is told apart in a list."""
    shown = (item.service for item in offer(at.snapshot, at.card, utc_now()) if not item.absence)
    return {service.id: f"{service.title} ({service.task.fr})" for service in shown}


def said_now(at: Desk) -> texts.Texts:
    """Return what the académie says at this moment; the snapshot of a request may be older."""
    with current.site().sessions() as session:
        return texts.read_texts(session).get(at.card.slug, texts.Texts())


def done(text: str, endpoint: str = "desk_texts.index") -> ResponseReturnValue:
    flash(text, "done")
    response: Response = redirect(links.url(endpoint), 303)  # type: ignore[assignment]
    return response
