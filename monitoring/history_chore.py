"""The chore that keeps the histories fresh: all targets every ten minutes, a few at a time."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection
from datetime import UTC, datetime

from sqlalchemy.orm import Session, sessionmaker

import journal
from database import writing
from journal import Revision
from monitoring import history, history_work, lease
from monitoring.lease import Lease

ROUND_SECONDS = 600.0
"""From the beginning of one round to that of the next."""


class Histories:
    """`zones`: those in which somebody looks at days and school hours; none: not known yet."""

    __name__ = "histories"

    def __init__(
        self, sessions: sessionmaker[Session], zones: Callable[[], Collection[str]]
    ) -> None:
        self._sessions = sessions
        self._zones = zones
        self._began = float("-inf")
        self._after: int | None = None
        """Number of the last target that was done; none: between two rounds."""
        self._wrote = False

    def __call__(self, held: Lease) -> bool:
        zones = self._zones()
        if not zones or not self._is_time():
            return False
        now = datetime.now(UTC)
        with self._sessions() as session:
            done = history_work.work_out(session, zones=zones, now=now, after=self._after or 0)
        # Pages are told once a round: each worker then reads all histories anew.
        tell = done is None and self._wrote
        if tell or (done is not None and done.fresh):
            with writing(self._sessions) as session:
                lease.fence(session, held)
                if done is not None:
                    history.write(session, done.fresh)
                if tell:
                    journal.bump(session, Revision.HISTORY)
        self._wrote = done is not None and (self._wrote or bool(done.fresh))
        self._after = None if done is None else done.last_id
        return True

    def _is_time(self) -> bool:
        if self._after is None:
            if time.monotonic() - self._began < ROUND_SECONDS:
                return False
            # Before the work: what fails waits its turn as well.
            self._began, self._after = time.monotonic(), 0
        return True
