"""What any desk does with announced maintenance, an operator's or an académie's."""

from __future__ import annotations

from collections.abc import Callable

from flask import Response, flash, redirect, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from accounts.names import names_of
from monitoring import windows
from monitoring.models import MaintenanceWindow
from monitoring.window_list import listed
from monitoring.window_rules import (
    Author,
    Content,
    WindowConflictError,
    WindowError,
    checked,
    checked_change,
    is_over,
)
from web import current, dates, window_asking
from web import window_words as words
from web.admin.actors import say_actor
from web.admin.desk import deciding
from web.admin.moments import clock_notes
from web.admin.text_forms import ReasonedForm
from web.forms import whole_number
from web.translation import gettext as _
from web.window_asking import ToHear
from web.window_board import Board, line, shown
from web.window_forms import Setting, WindowForm

COPY = "copie"
_SEE_OTHER, _INVALID, _CONFLICT = 303, 422, 409
Act = Callable[[Session, MaintenanceWindow, Author], None]


def index(board: Board) -> ResponseReturnValue:
    with current.site().sessions() as session:
        found = shown(session, board)
    return board.show("window/list.html", board=board, shown=found)


def new(board: Board) -> ResponseReturnValue:
    """Show an empty form, or one that says again what an earlier one said."""
    form = _form(board, None)
    copied = whole_number(request.args.get(COPY))
    if copied:
        form.fill(_read(board, copied))
        for item in (form.start_day, form.end_day, form.until):
            item.data = None
    return _show_form(board, form)


def create(board: Board) -> ResponseReturnValue:
    form = _form(board, None)
    if not form.validate():
        return _show_form(board, form, status=_INVALID)
    try:
        content = window_asking.wanted(form)
        content = checked(content, known=board.known, now=board.now)
        first = window_asking.to_hear(board, form, content)
        if first is not None:
            return _show_form(board, form, first=first)
        with deciding() as session:
            by = board.author(why=form.why)
            windows.declare(session, content, owner=board.owner or "", by=by, known=board.known)
    except WindowError as error:
        form.form_errors.append(words.refused(error))
        return _show_form(board, form, status=_INVALID)
    return _done(board, form, _("La maintenance est annoncée."))


def edit(board: Board, number: int) -> ResponseReturnValue:
    row = _row(board, number)
    if is_over(windows.window_of(row), board.now):
        return _refuse(board, WindowError("over"))
    form = _form(board, row)
    form.fill(windows.content_of(row))
    form.version.data = str(row.version)
    return _show_form(board, form, row=row)


def change(board: Board, number: int) -> ResponseReturnValue:
    row = _row(board, number)
    form = _form(board, row)
    if not form.validate():
        return _show_form(board, form, row=row, status=_INVALID)
    before = windows.content_of(row)
    try:
        content = window_asking.wanted(form)
        checked_change(before, content, known=board.known, now=board.now)
        first = (
            None
            if window_asking.same_time(before, content)
            else window_asking.to_hear(board, form, content)
        )
        if first is not None:
            return _show_form(board, form, row=row, first=first)
        author = board.author(seen=form.seen, why=form.why)
        with deciding() as session:
            found = board.own(session, number)
            windows.change(session, found, content, by=author, known=board.known)
    except WindowConflictError as error:
        return _show_conflict(board, form, number, error)
    except WindowError as error:
        form.form_errors.append(words.refused(error))
        return _show_form(board, form, row=row, status=_INVALID)
    return _done(board, form, _("La maintenance est modifiée."))


def ask_call_off(board: Board, number: int) -> ResponseReturnValue:
    row = _row(board, number)
    if is_over(windows.window_of(row), board.now):
        return _refuse(board, WindowError("over"))
    form = ReasonedForm()
    form.version.data = str(row.version)
    return _show_call_off(board, row, form)


def call_off(board: Board, number: int) -> ResponseReturnValue:
    form = ReasonedForm()
    if not form.validate():
        return _show_call_off(board, _row(board, number), form, status=_INVALID)
    by = board.author(seen=form.seen, why=form.why)

    def act(session: Session, row: MaintenanceWindow, by: Author) -> None:
        windows.call_off(session, row, by=by)

    return _do(board, number, act, by=by, told=_("La maintenance est annulée."))


def end(board: Board, number: int) -> ResponseReturnValue:
    by = board.author(seen=whole_number(request.form.get("version")) or None)

    def act(session: Session, row: MaintenanceWindow, by: Author) -> None:
        windows.end_now(session, row, by=by)

    return _do(board, number, act, by=by, told=_("La maintenance est terminée."))


def _do(board: Board, number: int, act: Act, *, by: Author, told: str) -> ResponseReturnValue:
    try:
        with deciding() as session:
            act(session, board.own(session, number), by)
    except WindowConflictError as error:
        who, when = _who_and_when(board, error)
        flash(_("%(who)s l'a changée %(when)s : relisez d'abord.", who=who, when=when), "error")
    except WindowError as error:
        flash(words.refused(error), "error")
    else:
        flash(told, "done")
    return redirect(board.address("index"), _SEE_OTHER)


def _row(board: Board, number: int) -> MaintenanceWindow:
    with current.site().sessions() as session:
        return board.own(session, number)


def _read(board: Board, number: int) -> Content:
    return windows.content_of(_row(board, number))


def _form(board: Board, row: MaintenanceWindow | None) -> WindowForm:
    form = WindowForm()
    begun = row is not None and row.starts_at <= board.now
    before = windows.content_of(row) if row is not None and begun else None
    form.set_against(Setting(places=board.places, zones=board.zones, before=before))
    return form


def _refuse(board: Board, error: WindowError) -> ResponseReturnValue:
    flash(words.refused(error), "error")
    return redirect(board.address("index"), _SEE_OTHER)


def _show_call_off(
    board: Board, row: MaintenanceWindow, form: ReasonedForm, *, status: int = 200
) -> Response:
    found = line(board, listed(windows.window_of(row), board.now))
    return board.show(
        "window/call_off.html", status=status, board=board, row=row, form=form, line=found
    )


def _show_form(  # noqa: PLR0913 - what one screen may show
    board: Board,
    form: WindowForm,
    *,
    row: MaintenanceWindow | None = None,
    first: ToHear | None = None,
    conflict: tuple[str, str, list[tuple[str, str]]] | None = None,
    status: int = 200,
) -> Response:
    found = row and line(board, listed(windows.window_of(row), board.now))
    return board.show(
        "window/form.html",
        status=status,
        board=board,
        form=form,
        row=row,
        line=found,
        advice=first and first.advice and window_asking.worded(board, form, first.advice),
        clocks=first.clocks if first else (),
        conflict_with=conflict,
    )


def _show_conflict(
    board: Board, form: WindowForm, number: int, error: WindowConflictError
) -> Response:
    """Say who changed it and what it says now; what was typed stays, and may be sent again."""
    row = _row(board, number)
    found = line(board, listed(windows.window_of(row), board.now))
    form.version.data = str(error.version)
    theirs = [
        (_("Titre"), row.title),
        (_("Texte"), row.text),
        (_("Quand"), " ".join(filter(None, (found.when, found.often)))),
    ]
    who, when = _who_and_when(board, error)
    return _show_form(board, form, row=row, conflict=(who, when, theirs), status=_CONFLICT)


def _who_and_when(board: Board, error: WindowConflictError) -> tuple[str, str]:
    with current.site().sessions() as session:
        who = say_actor(error.actor, names_of(session, [error.actor]))
    return who, _("le %(when)s", when=dates.instant(error.at, board.zone, board.now))


def _done(board: Board, form: WindowForm, text: str) -> Response:
    notes = clock_notes(form.moments(), form.chosen_zone)
    flash(" ".join([text, *notes]), "done")
    response: Response = redirect(board.address("index"), _SEE_OTHER)  # type: ignore[assignment]
    return response
