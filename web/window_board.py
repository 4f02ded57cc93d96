"""Whose maintenances a screen is about, and how it shows and words them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from flask import Response, request
from sqlalchemy.orm import Session

from instances.snapshot import Snapshot
from instances.window_advice import Concerned
from monitoring import windows
from monitoring.maintenance import Scope
from monitoring.models import MaintenanceWindow
from monitoring.window_list import Listed, ListPage, Phase, read_list
from monitoring.window_rules import Author
from web import current
from web import window_words as words
from web.forms import whole_number
from web.window_forms import place_of

LIST, PAGE = "liste", "page"
SEGMENTS = {Phase.CURRENT: "en-cours", Phase.COMING: "a-venir", Phase.OVER: "passees"}
"""How addresses name the phases."""


@dataclass(frozen=True, kw_only=True)
class Board:
    owner: str | None
    """None: everybody's, for those who may only end them."""
    zone: ZoneInfo
    place: str
    """Whose hours these are: "heure de Lyon"."""
    actor: str
    now: datetime
    snapshot: Snapshot
    layout: str
    """The template that the screens extend."""
    show: Callable[..., Response]
    """Makes a screen from a template, a status and values."""
    address: Callable[..., str]
    """Address of one of our screens by name: index, new, edit, end, call_off."""
    acts: bool
    """Whether this person may change anything here."""
    places: Mapping[str, str]
    """What maintenance may be announced for, by code, with the words for it."""
    zones: Mapping[str, str]
    concerned: Callable[[Session, tuple[Scope, str]], tuple[Concerned, ...]]
    """Finds the académies that would notice."""

    @property
    def known(self) -> frozenset[tuple[Scope, str]]:
        return frozenset(map(place_of, self.places))

    def author(self, *, seen: int | None = None, why: str | None = None) -> Author:
        return Author(actor=self.actor, now=self.now, seen=seen, why=why)

    def own(self, session: Session, number: int) -> MaintenanceWindow:
        """Return a maintenance of this board; of another one there is none here."""
        row = windows.find(session, number, owner=self.owner)
        if row is None:
            current.not_found()
        return row


@dataclass(frozen=True, kw_only=True)
class Line:
    """One maintenance in the list."""

    item: Listed
    when: str
    often: str
    about: str
    owner: str
    """Empty on the screens of the owner."""


@dataclass(frozen=True, kw_only=True)
class Shown:
    phase: Phase
    page: ListPage
    lines: tuple[Line, ...]
    tabs: tuple[tuple[Phase, str, str, int], ...]
    """Phase, its segment, title and count."""


def shown(session: Session, board: Board) -> Shown:
    """Read what the address asks for; without a wish, what goes on, else what comes."""
    number = whole_number(request.args.get(PAGE)) or 1
    phase = next((p for p, name in SEGMENTS.items() if name == request.args.get(LIST)), None)
    wanted = phase or Phase.CURRENT
    page = read_list(session, wanted, now=board.now, number=number, owner=board.owner)
    if phase is None and not page.items and page.counts[Phase.COMING]:
        wanted = Phase.COMING
        page = read_list(session, wanted, now=board.now, owner=board.owner)
    return Shown(
        phase=wanted,
        page=page,
        lines=tuple(line(board, item) for item in page.items),
        tabs=tuple((p, name, words.title(p), page.counts[p]) for p, name in SEGMENTS.items()),
    )


def line(board: Board, item: Listed) -> Line:
    window = item.window
    starts_at, ends_at = window.starts_at, window.ends_at
    if item.next is not None:
        starts_at, ends_at = item.next.starts_at, item.next.ends_at
    return Line(
        item=item,
        when=words.span(starts_at, ends_at, board.zone, board.now),
        often=words.repeats(window),
        about=words.about(window.scope, window.value, board.snapshot),
        owner="" if board.owner else words.owner(window.owner, board.snapshot),
    )
