"""Incidents in the database: they open, grow and close from what the probes see."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from monitoring.incidents import Event
from monitoring.records import Moved


def follow(session: Session, moved: Sequence[Moved], *, now: datetime) -> tuple[Event, ...]:
    """Write what a batch means for incidents, in its transaction; return each line written.

    To be called with every batch, also when nothing moved: time alone may close an incident.
    """
    _ = session, moved, now
    return ()
