"""Announced maintenance that is over, or that was called off: for a week it is still told so."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from instances.offer import offer
from instances.planned import AHEAD, PlannedWork, places_of, touched_by
from instances.schema import AcademyCard
from instances.snapshot import Snapshot
from monitoring.maintenance import Occurrence, Window, occurrences

TOLD_FOR = timedelta(days=7)
"""Programs that ask once a day, or were off for a weekend, hear of it too."""


class Outcome(StrEnum):
    DONE = "done"
    CUT = "cut"
    """It ended before its time."""
    CALLED_OFF = "called-off"
    """It did not begin."""


@dataclass(frozen=True, kw_only=True)
class PastWork(PlannedWork):
    """A time of a window that is over or will not come; `occurrence`: as it was announced."""

    stopped_at: datetime
    """When it ended, or when it was called off."""

    @property
    def outcome(self) -> Outcome:
        if self.stopped_at <= self.occurrence.starts_at:
            return Outcome.CALLED_OFF
        return Outcome.CUT if self.stopped_at < self.occurrence.ends_at else Outcome.DONE

    @property
    def is_news(self) -> bool:
        """Tell whether it went otherwise than it was announced."""
        return self.outcome is not Outcome.DONE


def past_work_here(snapshot: Snapshot, card: AcademyCard, *, now: datetime) -> tuple[PastWork, ...]:
    """Return what stopped lately for the services that are shown, the latest first."""
    stopped = [item for window in snapshot.windows for item in _stopped(window, now)]
    if not stopped:
        return ()
    shown = [item for item in offer(snapshot, card, now) if item.absence is None]
    places = list(places_of(snapshot, card, shown))
    found = [replace(item, touched=touched_by(item.window, places)) for item in stopped]
    here = (item for item in found if item.touched)
    return tuple(sorted(here, key=lambda item: (item.stopped_at, item.window.id), reverse=True))


def _stopped(window: Window, now: datetime) -> Iterator[PastWork]:
    """Yield the times of a window that stopped lately; of a series called off, the next alone."""
    since = now - TOLD_FOR
    ended_at = window.ended_at if window.ended_at is not None and window.ended_at <= now else None
    if ended_at is not None and ended_at <= since:
        return
    # What was called off was in view until then.
    end = now if ended_at is None else ended_at + AHEAD
    for taking in occurrences(replace(window, ended_at=None), start=since, end=end):
        stopped_at = taking.ends_at if ended_at is None else min(taking.ends_at, ended_at)
        if not since < stopped_at <= now:
            continue
        ends_at = taking.starts_at + window.duration
        announced = Occurrence(window=window, starts_at=taking.starts_at, ends_at=ends_at)
        yield PastWork(occurrence=announced, touched=(), stopped_at=stopped_at)
        if ended_at is not None and taking.ends_at > ended_at:
            return
