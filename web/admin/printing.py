"""Two sheets to print: our choices explained, and what a successor has to know."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint, Response
from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.permissions import Action
from accounts.teams import members
from instances.announcement_board import Phase, read_board
from instances.differences import Difference, DifferenceKind, differences
from instances.local_reading import local_id
from instances.models import Announcement, HideReason, LocalServiceRow
from instances.offer import today
from instances.reminders import ReminderKind, reminders
from web import account_words, current, dates
from web.admin import announcement_words, choice_words, journal_words, news_words
from web.admin.desk import Desk, desk, page
from web.admin.news import say_differences
from web.admin.news_words import Item
from web.guards import needs
from web.site import utc_now
from web.translation import gettext as _

blueprint = Blueprint("desk_printing", __name__, url_prefix="/<academie>/gestion")

_LISTED_TEXT = 160


@dataclass(frozen=True, kw_only=True)
class Explained:
    item: Item
    precision: str


@dataclass(frozen=True, kw_only=True)
class LocalLine:
    title: str
    state: str
    contact: str


@dataclass(frozen=True, kw_only=True)
class Dated:
    when: str
    text: str


@blueprint.get("/nos-choix-expliques")
@needs(Action.SEE_DESK)
def choices(academie: str) -> Response:  # noqa: ARG001
    at, now = desk(), utc_now()
    with current.site().sessions() as session:
        found = differences(session, at.snapshot, at.card, now=now)
    words = journal_words.glossary(at.snapshot, at.card, {})
    groups = [(title, tuple(_explain(several, words))) for title, several in _by_reason(found)]
    return page("admin/print_choices.html", at, groups=groups, now=now)


@blueprint.get("/cahier-de-passation")
@needs(Action.SEE_DESK)
def handover(academie: str) -> Response:  # noqa: ARG001
    at, now = desk(), utc_now()
    with current.site().sessions() as session:
        own = differences(session, at.snapshot, at.card, now=now)
        rows = _local_rows(session, at)
        values: dict[str, Any] = {
            "differences": say_differences(session, own, at),
            "dates": _to_come(session, at, now),
            "drafts": [_local(row, at) for row in rows if row.draft is not None],
            "local": [_local(row, at) for row in rows if row.content is not None],
            "team": [
                (item.name, item.email, account_words.role(item.role))
                for item in members(session, at.card.slug)
                if not item.disabled
            ],
            "announcements": _announcements(session, at, now),
        }
    return page("admin/print_handover.html", at, now=now, **values)


def _by_reason(found: Iterable[Difference]) -> list[tuple[str, list[Difference]]]:
    """Group what is hidden by its reason, and the rest by what it is."""
    several = list(found)
    hidden = [item for item in several if item.kind is DifferenceKind.HIDDEN]
    groups = [
        (_("Masqués : %(reason)s", reason=choice_words.reason(reason)), _because(hidden, reason))
        for reason in HideReason
    ]
    groups.append((_("Masqués, sans raison dite"), _because(hidden, None)))
    for kind in DifferenceKind:
        if kind not in (DifferenceKind.HIDDEN, DifferenceKind.TEXT):
            inside = [item for item in several if item.kind is kind]
            groups.append((news_words.difference_kind(kind), inside))
    return [(title, inside) for title, inside in groups if inside]


def _because(hidden: Iterable[Difference], reason: HideReason | None) -> list[Difference]:
    return [item for item in hidden if item.reason is reason]


def _explain(several: Iterable[Difference], words: journal_words.Glossary) -> Iterable[Explained]:
    for item in several:
        said = item.precision or item.why or ""
        yield Explained(item=news_words.difference(item, words), precision=said)


def _local_rows(session: Session, at: Desk) -> list[LocalServiceRow]:
    own = LocalServiceRow.academie == at.card.slug
    return list(session.scalars(select(LocalServiceRow).where(own).order_by(LocalServiceRow.name)))


def _local(row: LocalServiceRow, at: Desk) -> LocalLine:
    content = row.draft or row.content or {}
    title = str(content.get("title") or local_id(at.card.slug, row.name))
    state = _("retiré") if row.retired_at else _("publié")
    if row.content is None:
        state = _("jamais publié")
    elif row.draft is not None:
        state = _("%(state)s, avec un brouillon en cours", state=state)
    return LocalLine(title=title, state=state, contact=row.contact or "")


def _to_come(session: Session, at: Desk, now: datetime) -> list[Dated]:
    found = reminders(session, at.snapshot, at.card, now=now, ahead=timedelta.max)
    coming = [item for item in found if item.kind is not ReminderKind.HIDING_ENDED]
    dated = [
        (item.day, _("%(title)s : %(text)s", title=said.title, text=said.text))
        for item in coming
        for said in (news_words.reminder(item),)
    ]
    spotlight = at.snapshot.texts_of(at.card.slug).spotlight
    day = today(at.card, now)
    if spotlight is not None and (spotlight.ends is None or spotlight.ends >= day):
        title = spotlight.title.fr
        dated.append((spotlight.starts, _("Mise en avant « %(title)s » : début", title=title)))
        if spotlight.ends is not None:
            end = spotlight.ends + timedelta(days=1)
            dated.append((end, _("Mise en avant « %(title)s » : fin", title=title)))
    return [Dated(when=dates.full_day(when), text=text) for when, text in sorted(dated)]


def _announcements(session: Session, at: Desk, now: datetime) -> list[Dated]:
    board = read_board(session, at.card.slug, now=now)
    rows = (*board[Phase.CURRENT], *board[Phase.COMING])
    return [_announcement(row, at, now) for row in rows if row.academie is not None]


def _announcement(row: Announcement, at: Desk, now: datetime) -> Dated:
    when = announcement_words.span(row.starts_at, row.ends_at, at.card.zone, now)
    return Dated(when=when, text=row.text[:_LISTED_TEXT])
