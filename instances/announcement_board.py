"""The announcements that a desk lists: in force, to come, over, withdrawn."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from instances.models import Announcement

LISTED_PAST = 50
"""How many that are over stand in the list."""


class Phase(StrEnum):
    """Where an announcement stands at one instant."""

    CURRENT = "current"
    COMING = "coming"
    OVER = "over"
    WITHDRAWN = "withdrawn"


def phase_of(row: Announcement, now: datetime) -> Phase:
    if row.withdrawn:
        return Phase.WITHDRAWN
    if row.ends_at is not None and row.ends_at <= now:
        return Phase.OVER
    return Phase.COMING if row.starts_at > now else Phase.CURRENT


def read_board(
    session: Session, academie: str | None, *, now: datetime
) -> dict[Phase, tuple[Announcement, ...]]:
    """Read what a desk lists, by phase: its own, and what the nation says to all now or later."""
    own = Announcement.academie == academie
    going_on = Announcement.withdrawn.is_(False) & (
        Announcement.ends_at.is_(None) | (Announcement.ends_at > now)
    )
    national = Announcement.academie.is_(None)
    live = session.scalars(select(Announcement).where(or_(own, national), going_on)).all()
    newest = Announcement.starts_at.desc()
    past = session.scalars(
        select(Announcement).where(own, ~going_on).order_by(newest).limit(LISTED_PAST)
    ).all()
    board: dict[Phase, list[Announcement]] = {phase: [] for phase in Phase}
    for row in sorted(live, key=lambda item: item.starts_at):
        board[phase_of(row, now)].append(row)
    board[Phase.CURRENT].reverse()
    for row in past:
        board[phase_of(row, now)].append(row)
    return {phase: tuple(rows) for phase, rows in board.items()}
