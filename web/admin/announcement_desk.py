"""What any desk does with announcements, an académie's or the nation's; a blueprint binds it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from flask import Response, flash, redirect, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from accounts.names import names_of
from instances import announcements
from instances.announcement_board import Phase, phase_of, read_board
from instances.announcements import AnnouncementError, AnnouncementView, Author, Content
from instances.models import Announcement
from instances.versions import ChangedMeanwhileError
from web import current, dates
from web.admin import announcement_words as words
from web.admin.actors import say_actor
from web.admin.announcement_forms import AnnouncementForm, Setting
from web.admin.desk import deciding
from web.admin.moments import clock_notes
from web.admin.text_forms import ReasonedForm
from web.forms import whole_number
from web.translation import gettext as _

PREVIEW = "voir"
COPY = "copie"


@dataclass(frozen=True, kw_only=True)
class Board:
    """Whose announcements, and how its screens are shown and addressed."""

    academie: str | None
    """None: those to every académie."""
    zone: ZoneInfo
    place: str
    """Whose hours these are: "heure de Lyon"."""
    actor: str
    now: datetime
    services: Mapping[str, str]
    """Titles of the services that an announcement may be about, by id."""
    layout: str
    """The template that the screens extend."""
    show: Callable[..., Response]
    """Makes a screen from a template, a status and values."""
    address: Callable[..., str]
    """Address of one of our screens by name: index, new, edit, withdraw, restore."""

    def author(self, *, seen: int | None = None, why: str | None = None) -> Author:
        return Author(actor=self.actor, now=self.now, seen=seen, why=why)

    def own(self, session: Session, number: int) -> Announcement:
        """Return an announcement of this desk; of another one there is none here."""
        row = session.get(Announcement, number, with_for_update=True)
        if row is None or row.academie != self.academie:
            current.not_found()
        return row


@dataclass(frozen=True, kw_only=True)
class Listed:
    """One line of the list."""

    row: Announcement
    phase: Phase
    level: str
    span: str
    about: str | None
    author: str
    own: bool
    """False: the nation's, in the list of an académie."""


def index(board: Board) -> ResponseReturnValue:
    with current.site().sessions() as session:
        rows = read_board(session, board.academie, now=board.now)
        names = names_of(session, [row.created_by for several in rows.values() for row in several])
    groups = [
        (words.title(phase), [_listed(board, row, phase, names) for row in several])
        for phase, several in rows.items()
    ]
    return board.show("admin/announcements.html", board=board, groups=groups)


def _listed(board: Board, row: Announcement, phase: Phase, names: Mapping[str, str]) -> Listed:
    return Listed(
        row=row,
        phase=phase,
        level=words.level(row.level),
        span=words.span(row.starts_at, row.ends_at, board.zone, board.now),
        about=board.services.get(row.service_id, row.service_id) if row.service_id else None,
        author=say_actor(row.created_by, names),
        own=row.academie == board.academie,
    )


def new(board: Board) -> ResponseReturnValue:
    """Show an empty form, or one that says again what an earlier one said."""
    form = _form(board, None)
    copied = whole_number(request.args.get(COPY))
    if copied:
        with current.site().sessions() as session:
            content = announcements.content_of(board.own(session, copied))
        form.fill(content)
        form.start_day.data = form.start_hour.data = form.end_day.data = form.end_hour.data = None
    return _show_form(board, form)


def create(board: Board) -> ResponseReturnValue:
    form = _form(board, None)
    if not form.validate():
        return _show_form(board, form, status=422)
    if _asks_for_a_preview():
        return _show_form(board, form, preview=form.content())
    content = form.content()
    row = Announcement(academie=board.academie, created_by=board.actor, **content.__dict__)
    with deciding() as session:
        announcements.announce(session, row, now=board.now, known=board.services, why=form.why)
    return _done(board, form, words.published(content.starts_at, board.zone, board.now))


def edit(board: Board, number: int) -> ResponseReturnValue:
    row = _read(board, number)
    if _is_done_with(board, row):
        return _refuse(board)
    form = _form(board, row)
    form.fill(announcements.content_of(row))
    form.version.data = str(row.version)
    return _show_form(board, form, row=row)


def change(board: Board, number: int) -> ResponseReturnValue:
    row = _read(board, number)
    form = _form(board, row)
    if not form.validate():
        return _show_form(board, form, row=row, status=422)
    if _asks_for_a_preview():
        return _show_form(board, form, row=row, preview=form.content())
    author = board.author(seen=form.seen, why=form.why)
    try:
        with deciding() as session:
            found = board.own(session, number)
            announcements.change(session, found, form.content(), by=author, known=board.services)
    except ChangedMeanwhileError as error:
        return _show_conflict(board, form, number, error)
    except AnnouncementError as error:
        form.form_errors.append(words.refused(error))
        return _show_form(board, form, row=row, status=422)
    return _done(board, form, _("Votre annonce est modifiée."))


def ask_withdrawal(board: Board, number: int) -> ResponseReturnValue:
    row = _read(board, number)
    if _is_done_with(board, row):
        return _refuse(board)
    return _show_withdrawal(board, row, ReasonedForm())


def withdraw(board: Board, number: int) -> ResponseReturnValue:
    form = ReasonedForm()
    if not form.validate():
        return _show_withdrawal(board, _read(board, number), form, status=422)
    with deciding() as session:
        row = board.own(session, number)
        if not row.withdrawn:
            announcements.withdraw(session, row, by=board.author(why=form.why))
    undo = board.address("restore", number=number)
    flash({"text": _("L'annonce est retirée."), "undo": undo}, "done")  # type: ignore[arg-type]
    return redirect(board.address("index"), 303)


def restore(board: Board, number: int) -> ResponseReturnValue:
    with deciding() as session:
        row = board.own(session, number)
        if row.withdrawn:
            announcements.restore(session, row, by=board.author())
    flash(_("L'annonce est remise."), "done")
    return redirect(board.address("index"), 303)


def _read(board: Board, number: int) -> Announcement:
    with current.site().sessions() as session:
        return board.own(session, number)


def _is_done_with(board: Board, row: Announcement) -> bool:
    return phase_of(row, board.now) in (Phase.OVER, Phase.WITHDRAWN)


def _refuse(board: Board) -> ResponseReturnValue:
    flash(words.refused(AnnouncementError("over")), "error")
    return redirect(board.address("index"), 303)


def _show_withdrawal(
    board: Board, row: Announcement, form: ReasonedForm, *, status: int = 200
) -> Response:
    return board.show(
        "admin/announcement_withdraw.html",
        status=status,
        board=board,
        row=row,
        form=form,
        span=words.span(row.starts_at, row.ends_at, board.zone, board.now),
    )


def _form(board: Board, row: Announcement | None) -> AnnouncementForm:
    form = AnnouncementForm()
    begun = row is not None and row.starts_at <= board.now
    setting = Setting(
        zone=board.zone,
        now=board.now,
        services=board.services,
        starts_at=row.starts_at if row is not None and begun else None,
    )
    form.set_against(setting)
    return form


def _asks_for_a_preview() -> bool:
    return request.form.get("faire") == PREVIEW


def _show_form(  # noqa: PLR0913 - what one screen may show
    board: Board,
    form: AnnouncementForm,
    *,
    row: Announcement | None = None,
    preview: Content | None = None,
    conflict: tuple[str, str, list[tuple[str, str]]] | None = None,
    status: int = 200,
) -> Response:
    return board.show(
        "admin/announcement.html",
        status=status,
        board=board,
        form=form,
        row=row,
        preview=preview and _as_it_will_look(preview),
        span=preview and words.span(preview.starts_at, preview.ends_at, board.zone, board.now),
        begun=row and dates.instant(row.starts_at, board.zone, board.now),
        notes=list(clock_notes(form.moments(), form.setting.zone)) if preview else [],
        conflict_with=conflict,
    )


def _as_it_will_look(content: Content) -> AnnouncementView:
    return AnnouncementView(
        id=0,
        level=content.level,
        text=content.text,
        service_id=content.service_id,
        starts_at=content.starts_at,
    )


def _show_conflict(
    board: Board, form: AnnouncementForm, number: int, error: ChangedMeanwhileError
) -> Response:
    """Say who changed it and what it says now; what was typed stays, and may be sent again."""
    with current.site().sessions() as session:
        row = board.own(session, number)
        who = say_actor(error.actor, names_of(session, [error.actor]))
    form.version.data = str(error.version)
    theirs = [
        (_("Niveau"), words.level(row.level)),
        (_("Texte"), row.text),
        (_("Dates"), words.span(row.starts_at, row.ends_at, board.zone, board.now)),
    ]
    when = _("le %(when)s", when=dates.instant(error.at, board.zone, board.now))
    return _show_form(board, form, row=row, conflict=(who, when, theirs), status=409)


def _done(board: Board, form: AnnouncementForm, text: str) -> Response:
    flash(" ".join([text, *clock_notes(form.moments(), form.setting.zone)]), "done")
    response: Response = redirect(board.address("index"), 303)  # type: ignore[assignment]
    return response
