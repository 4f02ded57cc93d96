"""What differs from the nation, what the nation changed, and what is to be looked at again."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from flask import Blueprint, Response, flash, redirect
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from wtforms import IntegerField
from wtforms.validators import InputRequired, NumberRange

from accounts.names import names_of
from accounts.permissions import Action
from instances import news
from instances.differences import Difference, DifferenceKind, differences
from instances.news import News
from instances.reminders import Reminder
from instances.snags import Snag
from web import current, links
from web.admin import journal_words, news_words
from web.admin.actors import say_actor
from web.admin.desk import Desk, deciding, desk, page
from web.admin.journal_words import Glossary
from web.admin.news_words import Item
from web.forms import MOST, DeskForm
from web.guards import needs
from web.site import utc_now
from web.translation import gettext as _

blueprint = Blueprint("desk_news", __name__, url_prefix="/<academie>/gestion")


class ReadForm(DeskForm):
    publication = IntegerField(validators=[InputRequired(), NumberRange(min=1, max=MOST)])
    """The version that the screen spoke of: what came meanwhile stays to be read."""


@dataclass(frozen=True, kw_only=True)
class Decided:
    """A difference, with who decided it."""

    item: Item
    who: str
    at: datetime
    why: str


@dataclass(frozen=True, kw_only=True)
class Told:
    """Everything the screen says, in words."""

    news: News
    read_by: str
    items: tuple[Item, ...]
    snags: tuple[tuple[Item, bool], ...]
    """With whether it is new."""
    due: tuple[Item, ...]
    coming: tuple[Item, ...]
    differences: tuple[tuple[str, tuple[Decided, ...]], ...]
    """By kind, titled."""


@blueprint.get("/ce-qui-change")
@needs(Action.SEE_DESK)
def index(academie: str) -> Response:  # noqa: ARG001
    at = desk()
    with current.site().sessions() as session:
        told = _tell(session, at)
    return page("admin/news.html", at, told=told)


@blueprint.post("/ce-qui-change/lu")
@needs(Action.DECIDE)
def acknowledge(academie: str) -> ResponseReturnValue:  # noqa: ARG001
    at, form = desk(), ReadForm()
    done = False
    if form.validate_on_submit():
        with deciding() as session:
            done = news.acknowledge(session, form.publication.data, by=at.decision())
    if done:
        flash(_("C'est noté : vous avez lu ces nouveautés."), "done")
    else:
        flash(_("Ces nouveautés ne sont plus celles d'aujourd'hui : relisez-les."), "error")
    return redirect(links.url("desk_news.index"), 303)


def say_differences(
    session: Session, found: Iterable[Difference], at: Desk
) -> tuple[tuple[str, tuple[Decided, ...]], ...]:
    """Word differences, grouped by kind."""
    several = list(found)
    names = names_of(session, [item.actor for item in several])
    words = journal_words.glossary(at.snapshot, at.card, names)
    groups = groupby(several, key=_kind)
    return tuple(
        (news_words.difference_kind(kind), tuple(_decided(item, words) for item in inside))
        for kind, inside in groups
    )


def _kind(item: Difference) -> DifferenceKind:
    return item.kind


def _decided(item: Difference, words: Glossary) -> Decided:
    return Decided(
        item=news_words.difference(item, words),
        who=say_actor(item.actor, words.names),
        at=item.at,
        why=news_words.why(item),
    )


def _tell(session: Session, at: Desk) -> Told:
    now = utc_now()
    found = news.read_news(session, at.snapshot, at.card, now=now)
    own = differences(session, at.snapshot, at.card, now=now)
    names = names_of(session, [found.read_by] if found.read_by else [])
    words = journal_words.glossary(at.snapshot, at.card, names)
    return Told(
        news=found,
        read_by=say_actor(found.read_by, names) if found.read_by else "",
        items=tuple(news_words.news_item(item, words) for item in found.items),
        snags=say_snags(found.snags, found, words),
        due=_remind(found.due),
        coming=_remind(item for item in found.reminders if not item.due),
        differences=say_differences(session, own, at),
    )


def say_snags(
    several: Iterable[Snag], found: News, words: Glossary
) -> tuple[tuple[Item, bool], ...]:
    return tuple((news_words.snag(item, words), item in found.new_snags) for item in several)


def _remind(several: Iterable[Reminder]) -> tuple[Item, ...]:
    return tuple(news_words.reminder(item) for item in several)
