"""Taking care of an incident, and leaving it to others; a blueprint binds it as the desk."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from flask import flash, redirect, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from monitoring import incident_care
from monitoring.incident_care import TakenMeanwhileError
from monitoring.incident_people import IncidentError
from web import incident_desk
from web.admin.desk import deciding
from web.incident_desk import Board
from web.translation import gettext as _


def take(board: Board, number: int) -> ResponseReturnValue:
    def write(session: Session) -> None:
        incident_care.take(session, number, actor=board.actor, now=board.now, seen=_seen())

    done = _("C'est noté : vous vous en occupez. Les rappels attendent quatre heures.")
    return _decide(board, number, write, done=done)


def let_go(board: Board, number: int) -> ResponseReturnValue:
    def write(session: Session) -> None:
        incident_care.let_go(session, number, actor=board.actor, now=board.now)

    done = _("C'est noté : vous ne vous en occupez plus. Les rappels reprennent.")
    return _decide(board, number, write, done=done)


def _decide(
    board: Board, number: int, write: Callable[[Session], None], *, done: str
) -> ResponseReturnValue:
    item = incident_desk.read(board, number)
    try:
        with deciding() as session:
            write(session)
    except TakenMeanwhileError:
        # The page that answers says who it is, and offers to take over.
        notice = _("Entre-temps, quelqu'un d'autre s'en est chargé : rien n'a changé.")
        item = incident_desk.read(board, number)
        return incident_desk.show(board, item, notice=notice, status=409)
    except IncidentError as error:
        return incident_desk.show(board, item, notice=incident_desk.refused(error), status=409)
    flash(done, "done")
    return redirect(board.address("incident", number=number), 303)


def _seen() -> datetime | None:
    """Return since when somebody took care as the form showed it; nobody, if it is not ours."""
    try:
        return datetime.fromisoformat(request.form.get("seen", ""))
    except ValueError:
        return None
