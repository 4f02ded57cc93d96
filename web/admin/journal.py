"""The journal of an académie: who decided what, when and why; to read, to filter, to take away."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from flask import Blueprint, Response, request, stream_with_context
from sqlalchemy.orm import Session
from wtforms import SelectField, StringField

from accounts import identities
from accounts.names import names_of
from accounts.permissions import Action
from catalogue.spelling import fold
from instances.journal_reading import (
    Filter,
    Words,
    actors_of,
    read_all,
    read_page,
    subjects_of,
)
from instances.models import HideReason
from instances.offer import start_of, today
from journal import JournalLine
from web import current
from web.admin import choice_words, journal_words
from web.admin.actors import say_actor
from web.admin.desk import Desk, desk, page
from web.admin.journal_sheet import sheet
from web.admin.journal_values import ACTORS, LONGEST, Told, tell
from web.admin.journal_words import Glossary
from web.admin.moments import DayField
from web.forms import DeskForm
from web.guards import needs
from web.site import utc_now
from web.translation import gettext as _
from web.translation import lazy_gettext

blueprint = Blueprint("desk_journal", __name__, url_prefix="/<academie>/gestion")

_MOST_WORDS = 8


class JournalForm(DeskForm):
    """What to look for; it changes nothing, so its address can be kept."""

    qui = SelectField(lazy_gettext("Qui"), validate_choice=False)
    service = SelectField(lazy_gettext("Service"), validate_choice=False)
    sujet = SelectField(lazy_gettext("Sujet"), validate_choice=False)
    du = DayField(lazy_gettext("Du"))
    au = DayField(lazy_gettext("Au"))
    mots = StringField(lazy_gettext("Mots"))


@dataclass(frozen=True, kw_only=True)
class Line:
    """A line of the journal, in words."""

    id: int
    at: datetime
    who: str
    event: str
    subject: str
    told: tuple[Told, ...]
    reason: str
    precision: str

    @property
    def first(self) -> tuple[Told, ...]:
        return self.told[:LONGEST]

    @property
    def rest(self) -> tuple[Told, ...]:
        return self.told[LONGEST:]


@blueprint.get("/journal")
@needs(Action.SEE_DESK)
def index(academie: str) -> Response:  # noqa: ARG001
    at = desk()
    form = _form()
    with current.site().sessions() as session:
        _offer_choices(session, form, at)
        found = read_page(session, _filter(form, at), before_id=_number(request.args.get("avant")))
        lines = say_lines(session, found.lines, at)
    return page(
        "admin/journal.html",
        at,
        status=422 if form.errors else 200,
        form=form,
        lines=lines,
        asked=_asked(),
        older=found.older,
        newer="avant" in request.args,
    )


@blueprint.get("/journal.csv")
@needs(Action.SEE_DESK)
def download(academie: str) -> Response:
    at = desk()
    wanted = _filter(_form(), at)
    name = f"journal-{academie}-{today(at.card, utc_now()).isoformat()}.csv"
    return Response(
        stream_with_context(_sheet(wanted, at)),
        mimetype="text/csv",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def say_lines(
    session: Session, lines: tuple[JournalLine, ...] | list[JournalLine], at: Desk
) -> tuple[Line, ...]:
    """Word some lines of the journal of an académie."""
    actors = [actor for line in lines for actor in (line.actor, line.subject, *_others(line))]
    names = names_of(session, actors)
    words = journal_words.glossary(at.snapshot, at.card, names)
    return tuple(_say(line, words) for line in lines)


def _others(line: JournalLine) -> Iterator[str]:
    # Only where the program itself writes a number: in a text it would be somebody's guess.
    values = line.after if isinstance(line.after, dict) else {}
    yield from (item for name in ACTORS if isinstance(item := values.get(name), str))


def _say(line: JournalLine, words: Glossary) -> Line:
    after = line.after if isinstance(line.after, dict) else {}
    return Line(
        id=line.id,
        at=line.at,
        who=say_actor(line.actor, words.names),
        event=journal_words.event(line.event),
        subject=journal_words.subject(line.subject, words),
        told=tell(line.before, line.after, words, without=_SAID_BY.get(line.event, ())),
        reason=_reason(line.reason or ""),
        precision=str(after.get("precision") or ""),
    )


_SAID_BY = dict.fromkeys(
    ("service.hidden", "service.shown", "service.as-the-nation"), ("visibility",)
)
"""What the name of an event says already."""


def _reason(code: str) -> str:
    if code == identities.REASON:
        return _("Selon ses groupes chez le fournisseur d'identité")
    return choice_words.reason(HideReason(code)) if code in set(HideReason) else code


def _sheet(wanted: Filter, at: Desk) -> Iterator[str]:
    def batches() -> Iterator[Line]:
        for lines in read_all(current.site().sessions, wanted):
            with current.site().sessions() as session:
                said = say_lines(session, list(lines), at)
            yield from said

    return sheet(batches(), at.card)


def _form() -> JournalForm:
    form = JournalForm(formdata=request.args)
    form.validate()
    return form


def _filter(form: JournalForm, at: Desk) -> Filter:
    typed = fold(form.mots.data or "").split()[:_MOST_WORDS]
    as_typed = (form.mots.data or "").split()[:_MOST_WORDS]
    return Filter(
        academie=at.card.slug,
        actor=form.qui.data or None,
        subject=form.service.data or None,
        events=(form.sujet.data,) if form.sujet.data in journal_words.kinds() else (),
        since=_start(form.du.data, at),
        before=_start(form.au.data and form.au.data + timedelta(days=1), at),
        words=tuple(
            Words(typed=word, subjects=_titled(folded, at), reasons=_reasons(folded))
            for word, folded in zip(as_typed, typed, strict=False)
        ),
    )


def _start(day: date | None, at: Desk) -> datetime | None:
    return None if day is None else start_of(day, at.card)


def _titled(word: str, at: Desk) -> frozenset[str]:
    titles = journal_words.glossary(at.snapshot, at.card, {}).titles
    return frozenset(name for name, title in titles.items() if word in fold(title))


def _reasons(word: str) -> frozenset[str]:
    return frozenset(item.value for item in HideReason if word in fold(choice_words.reason(item)))


def _offer_choices(session: Session, form: JournalForm, at: Desk) -> None:
    actors = actors_of(session, at.card.slug)
    words = journal_words.glossary(at.snapshot, at.card, names_of(session, actors))
    people = _sorted((actor, say_actor(actor, words.names)) for actor in actors)
    subjects = subjects_of(session, at.card.slug)
    services = _sorted((name, journal_words.subject(name, words)) for name in subjects)
    form.qui.choices = [("", _("Tout le monde")), *people]
    form.service.choices = [("", _("Tous les services")), *services]
    kinds = [item for item in journal_words.kinds().items() if item[0] not in _NEVER_HERE]
    form.sujet.choices = [("", _("Tous les sujets")), *kinds]


_NEVER_HERE = frozenset({"account", "catalogue", "academies"})
"""These concern the whole nation."""


def _sorted(choices: Iterator[tuple[str, str]]) -> list[tuple[str, str]]:
    return sorted(choices, key=lambda item: fold(item[1]))


def _asked() -> dict[str, Any]:
    """Return the filters of this address, for those of other pages and of the file."""
    names = ("qui", "service", "sujet", "du", "au", "mots")
    return {name: value for name in names if (value := request.args.get(name))}


def _number(text: str | None) -> int | None:
    return int(text) if text and re.fullmatch(r"[0-9]{1,15}", text) else None
