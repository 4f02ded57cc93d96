"""The desk's first screen: three steps on a first visit, then what waits."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import Blueprint, Response, redirect
from flask.typing import ResponseReturnValue
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from accounts.permissions import Action
from database import writing
from instances import news
from instances.announcement_board import Phase, read_board
from instances.endings import endings_in
from instances.first_visit import FirstVisit, Step, dismiss, read_first_visit, tick
from instances.journal_reading import Filter, read_page
from instances.models import Announcement, LocalServiceRow
from instances.news import News
from instances.offer import today
from instances.page import build_page
from instances.usage import openings_since
from web import current, ending_words, links
from web.admin import announcement_words, journal_words
from web.admin.desk import Desk, desk, page
from web.admin.journal import say_lines
from web.guards import needs
from web.site import utc_now
from web.state_words import trouble
from web.translation import gettext as _
from web.translation import ngettext

blueprint = Blueprint("desk_start", __name__, url_prefix="/<academie>/gestion")

OPENINGS_DAYS = 30
_MOST_OPENED = 5
_LAST_LINES = 5
_WHERE = {
    Step.CONTACTS: "desk_texts.index",
    Step.SEEN: "desk_preview.index",
    Step.CHOICES: "desk_services.index",
}


@dataclass(frozen=True, kw_only=True)
class StepView:
    step: Step
    title: str
    text: str
    url: str
    done: bool


@dataclass(frozen=True, kw_only=True)
class Waiting:
    text: str
    url: str


@dataclass(frozen=True, kw_only=True)
class AnnouncementLine:
    text: str
    when: str
    url: str


@blueprint.get("/")
@needs(Action.SEE_DESK)
def start(academie: str) -> Response:  # noqa: ARG001
    at, now = desk(), utc_now()
    with current.site().sessions() as session:
        visit = read_first_visit(session, at.card.slug)
        found = news.read_news(session, at.snapshot, at.card, now=now)
        newest = read_page(session, Filter(academie=at.card.slug), size=_LAST_LINES)
        board = read_board(session, at.card.slug, now=now)
        return page(
            "admin/start.html",
            at,
            visit=visit,
            steps=tuple(_steps(visit)),
            waiting=(*_news(found), *_endings(at, now), *_troubles(at, now), *_drafts(session, at)),
            announcements=(
                (_("Annonces en ce moment"), _announcements(board[Phase.CURRENT], at, now)),
                (_("Annonces à venir"), _announcements(board[Phase.COMING], at, now)),
            ),
            lines=say_lines(session, newest.lines, at),
            opened=_most_opened(session, at, now),
        )


@blueprint.post("/premiers-pas/fini")
@needs(Action.DECIDE)
def finish(academie: str) -> ResponseReturnValue:  # noqa: ARG001
    with writing(current.site().sessions) as session:
        dismiss(session, by=desk().decision())
    return redirect(links.url("desk_start.start"), 303)


@blueprint.post("/premiers-pas/<step>")
@needs(Action.DECIDE)
def tick_step(academie: str, step: str) -> ResponseReturnValue:  # noqa: ARG001
    """Take a step as done; what colleagues see is then shown, for nothing else tells it was."""
    if step not in tuple(Step):
        current.not_found()
    with writing(current.site().sessions) as session:
        tick(session, [Step(step)], by=desk().decision())
    where = _WHERE[Step.SEEN] if step == Step.SEEN else "desk_start.start"
    return redirect(links.url(where), 303)


def _steps(visit: FirstVisit) -> Iterator[StepView]:
    words = {
        Step.CONTACTS: (
            _("Vos contacts"),
            _("Qui vos collègues appellent-ils quand ça coince ? Vérifiez noms et horaires."),
        ),
        Step.SEEN: (
            _("Ce que voient vos collègues"),
            _("Regardez la page de votre académie comme eux, avec tous les services."),
        ),
        Step.CHOICES: (
            _("Vos premiers choix"),
            _("Un service fait doublon chez vous ? Masquez-le, en disant pourquoi."),
        ),
    }
    for step, (title, text) in words.items():
        where = links.url(_WHERE[step])
        yield StepView(step=step, title=title, text=text, url=where, done=step in visit.done)


def _news(found: News) -> Iterator[Waiting]:
    where = links.url("desk_news.index")
    if due := len(found.due):
        text = ngettext("%(num)d choix à revoir", "%(num)d choix à revoir", due)
        yield Waiting(text=text, url=f"{where}#revoir")
    if snags := len(found.snags):
        text = ngettext("%(num)d choix à regarder", "%(num)d choix à regarder", snags)
        yield Waiting(text=text, url=f"{where}#revoir")
    if items := len(found.items):
        text = ngettext("%(num)d nouveauté nationale", "%(num)d nouveautés nationales", items)
        yield Waiting(text=text, url=f"{where}#national")


def _endings(at: Desk, now: datetime) -> Iterator[Waiting]:
    found = endings_in(at.snapshot, at.card, now=now)
    if found:
        yield Waiting(text=ending_words.waiting(found), url=links.url("desk_endings.index"))


def _troubles(at: Desk, now: datetime) -> Iterator[Waiting]:
    shown = build_page(at.snapshot, at.card, now=now)
    text = trouble(shown)
    if text:
        yield Waiting(text=text.rstrip("."), url=links.url("status.status"))


def _drafts(session: Session, at: Desk) -> Iterator[Waiting]:
    own = LocalServiceRow.academie == at.card.slug, LocalServiceRow.draft.is_not(None)
    drafts = session.scalar(select(func.count()).select_from(LocalServiceRow).where(*own)) or 0
    if drafts:
        text = ngettext("%(num)d brouillon à publier", "%(num)d brouillons à publier", drafts)
        yield Waiting(text=text, url=links.url("desk_local.index"))


def _announcements(
    rows: tuple[Announcement, ...], at: Desk, now: datetime
) -> tuple[AnnouncementLine, ...]:
    return tuple(
        AnnouncementLine(
            text=row.text,
            when=announcement_words.span(row.starts_at, row.ends_at, at.card.zone, now),
            url=links.url("desk_announcements.index"),
        )
        for row in rows
    )


def _most_opened(session: Session, at: Desk, now: datetime) -> tuple[tuple[str, int], ...]:
    since = today(at.card, now) - timedelta(days=OPENINGS_DAYS)
    counts = openings_since(session, at.card.slug, since)
    words = journal_words.glossary(at.snapshot, at.card, {})
    most = sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:_MOST_OPENED]
    return tuple((journal_words.subject(name, words), count) for name, count in most)
