"""What any desk does with incidents, that of ops or of an operator; a blueprint binds it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from flask import Response, flash, redirect, request
from flask.typing import ResponseReturnValue

from accounts.names import names_of
from monitoring import incident_people, incident_reading
from monitoring.incident_people import IncidentChangedError, IncidentError
from monitoring.incidents import IncidentView
from web import current, incident_rows, incident_takers
from web.admin.actors import say_actor
from web.admin.desk import deciding
from web.forms import whole_number
from web.incident_forms import MergeForm, MessageForm
from web.incident_names import Names
from web.incident_rows import Line, Row, Sight
from web.story_fold import fold
from web.translation import gettext as _

OPEN, CLOSED = "en-cours", "termines"
_STATES = {OPEN: True, CLOSED: False}


@dataclass(frozen=True, kw_only=True)
class Board:
    """Whose incidents, and how its screens are shown and addressed."""

    names: Names
    zone: ZoneInfo
    actor: str
    now: datetime
    acts: bool
    """Whether this person may write, or only looks on."""
    layout: str
    """The template that the screens extend."""
    show: Callable[..., Response]
    """Makes a screen from a template, a status and values."""
    address: Callable[..., str]
    """Address of one of our screens by name: index, incident, say, merge, take, let_go."""
    server: Callable[[str], str] | None = None
    """Address of the page of a server by its public id, for those who have one."""

    @property
    def sight(self) -> Sight:
        return Sight(names=self.names, zone=self.zone, now=self.now)

    def row(self, item: IncidentView, takers: Mapping[str, str]) -> Row:
        return incident_rows.row(self.sight, item, takers=takers)

    @property
    def operator(self) -> str:
        return self.names.operator or ""

    @property
    def merges(self) -> bool:
        """Only those who see every server know whether two incidents are one."""
        return self.acts and not self.operator


def index(board: Board) -> ResponseReturnValue:
    asked = _asked(board)
    operator = board.operator or asked.get("operateur", "")
    with current.site().sessions() as session:
        found = incident_reading.find_incidents(
            session,
            operator=operator,
            is_open=_STATES.get(asked.get("etat", "")),
            page=whole_number(request.args.get("page")),
        )
    takers = incident_takers.takers_of(found.items)
    return board.show(
        "ops/incidents.html",
        board=board,
        rows=[board.row(item, takers) for item in found.items],
        found=found,
        asked=asked,
        filters=_filters(board, asked),
        operators=[] if board.operator else board.names.operators(),
        older=board.address("index", page=found.number + 1, **asked),
        newer=board.address("index", page=found.number - 1, **asked),
    )


def _asked(board: Board) -> dict[str, str]:
    """Return what narrows the list; what nobody wrote for us narrows nothing."""
    known = {name for name, _title in board.names.operators()}
    state, operator = request.args.get("etat", ""), request.args.get("operateur", "")
    asked = {"etat": state} if state in _STATES else {}
    return asked | ({"operateur": operator} if not board.operator and operator in known else {})


def _filters(board: Board, asked: Mapping[str, str]) -> list[tuple[str, str, bool]]:
    """List titles, addresses and whether it is the one that is shown."""
    others = {name: value for name, value in asked.items() if name != "etat"}
    titles = {"": _("Tous"), OPEN: _("En cours"), CLOSED: _("Terminés")}
    return [
        (
            title,
            board.address("index", **others, **({"etat": value} if value else {})),
            asked.get("etat", "") == value,
        )
        for value, title in titles.items()
    ]


def incident(board: Board, number: int) -> ResponseReturnValue:
    taken_in = _taken_in(number)
    if taken_in is not None:
        read(board, taken_in)  # that of others is not told to be there
        return redirect(board.address("incident", number=taken_in), 303)
    return show(board, read(board, number))


def add_message(board: Board, number: int) -> ResponseReturnValue:
    item = read(board, number)
    form = _message_form(board, item)
    if not form.validate():
        return show(board, item, message=form, status=422)
    try:
        with deciding() as session:
            incident_people.add_message(
                session,
                number,
                form.saying(),
                actor=board.actor,
                now=board.now,
                seen_version=form.seen,
            )
    except IncidentChangedError as error:
        form.version.data = str(error.version)
        return _show_conflict(board, number, error, form)
    except IncidentError as error:
        form.form_errors.append(refused(error))
        return show(board, item, message=form, status=422)
    flash(_("Votre message est publié."), "done")
    return redirect(board.address("incident", number=number), 303)


def merge(board: Board, number: int) -> ResponseReturnValue:
    item = read(board, number)
    form = _merge_form(board, item)
    if not form.validate():
        return show(board, item, merging=form, status=422)
    try:
        with deciding() as session:
            incident_people.merge(
                session,
                form.number,
                number,
                actor=board.actor,
                now=board.now,
                seen_version=form.seen,
            )
    except IncidentChangedError as error:
        form.merge_version.data = str(error.version)
        return _show_conflict(board, number, error, form)
    except IncidentError as error:
        form.form_errors.append(refused(error))
        return show(board, item, merging=form, status=422)
    flash(_("Les deux incidents n'en font plus qu'un."), "done")
    return redirect(board.address("incident", number=form.number), 303)


def read(board: Board, number: int) -> IncidentView:
    with current.site().sessions() as session:
        item = incident_reading.read_incident(session, number)
    if item is None or not board.names.concerns(item):
        current.not_found()
    return item


def _taken_in(number: int) -> int | None:
    with current.site().sessions() as session:
        return incident_reading.merged_into(session, number)


def _message_form(board: Board, item: IncidentView) -> MessageForm:
    form = MessageForm()
    form.set_against(zone=board.zone, now=board.now, is_open=item.is_open)
    return form


def _merge_form(board: Board, item: IncidentView) -> MergeForm:
    form = MergeForm()
    others = (it for it in current.snapshot().incidents if it.is_open and it.id != item.id)
    form.set_against(
        [
            (it.id, _("n° %(number)d : %(title)s", number=it.id, title=board.names.title(it)))
            for it in others
        ]
    )
    return form


def show(  # noqa: PLR0913 - what one screen may show
    board: Board,
    item: IncidentView,
    *,
    message: MessageForm | None = None,
    merging: MergeForm | None = None,
    conflict: tuple[str, str, list[tuple[str, str]]] | None = None,
    notice: str = "",
    status: int = 200,
) -> Response:
    if message is None:
        message = _message_form(board, item)
        message.version.data = str(item.version)
    if merging is None:
        merging = _merge_form(board, item)
        merging.merge_version.data = str(item.version)
    shown = board.names.shown(item)
    return board.show(
        "ops/incident.html",
        status=status,
        board=board,
        item=item,
        row=board.row(item, incident_takers.takers_of([item])),
        story=fold(_lines(board, item), is_said=lambda line: line.typed),
        places=incident_rows.places(board.sight, item),
        elsewhere=len(item.targets) - len(shown),
        academies=board.names.academies(shown),
        complaints=list(incident_rows.complaints(board.sight, item)),
        form=message,
        merging=merging if board.merges and item.is_open else None,
        conflict_with=conflict,
        notice=notice,
    )


def _show_conflict(
    board: Board, number: int, error: IncidentChangedError, form: MessageForm | MergeForm
) -> Response:
    """Say who or what changed it; what was typed stays, and may be sent again."""
    item = read(board, number)
    with current.site().sessions() as session:
        names = names_of(session, [error.actor])
    who = say_actor(error.actor, names) if error.actor else _("Une vérification")
    when = _("(%(when)s)", when=board.sight.when(error.at))
    latest = [(line.source, line.text) for line in _lines(board, item)[:1]]
    conflict = (who, when, latest)
    if isinstance(form, MergeForm):
        return show(board, item, merging=form, conflict=conflict, status=409)
    return show(board, item, message=form, conflict=conflict, status=409)


def _lines(board: Board, item: IncidentView) -> list[Line]:
    with current.site().sessions() as session:
        actors = incident_reading.authors_of(session, item.id)
        of_care = incident_reading.lines_of_care(session, item.id)
        before = (str(line.content["before"] or "") for line in of_care)
        people = names_of(session, [*actors.values(), *before])
    told = incident_rows.told(item, of_care)
    return list(incident_rows.lines(board.sight, item, told, actors=actors, people=people))


def refused(error: IncidentError) -> str:
    return {
        "gone": _("Cet incident a été regroupé avec un autre entre-temps."),
        "over": _("Cet incident s'est terminé entre-temps : plus personne n'a à s'en occuper."),
        "closed": _("L'un des deux est terminé entre-temps : il n'y a plus rien à regrouper."),
        "same": _("Choisissez un autre incident que celui-ci."),
        "empty": _("Écrivez ce que vous savez, même peu."),
        "too-long": _("Le texte est trop long."),
        "promised-in-the-past": _("Cette heure est déjà passée."),
    }[error.code]
