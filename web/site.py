"""What every request finds: settings, the snapshot in force, what is counted."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cached_property
from threading import Lock

import structlog
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session, sessionmaker

from database import make_engine, make_sessions
from instances.publication import Sources
from instances.signals import SignalTally
from instances.snapshot import Snapshot, read_snapshot, without_database
from instances.usage import OpeningTally
from settings import Settings
from web.assets import Assets
from web.signal_throttle import SignalThrottle

SITE = "trousse.site"
"""Where `app.extensions` keeps it."""

log = structlog.get_logger()


def utc_now() -> datetime:
    return datetime.now(UTC)


class Site:
    """One a process. Its snapshot is replaced whole: a request that took one keeps it."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.sources = Sources(catalogue=settings.catalogue, academies=settings.academies)
        self.tally = OpeningTally()
        self.signals = SignalTally()
        self.signal_throttle = SignalThrottle()
        self.assets = Assets()
        self._snapshot: Snapshot | None = None
        self._loading = Lock()

    # Made at first use: an engine must not be shared across a fork.
    @cached_property
    def engine(self) -> Engine:
        return make_engine(self.settings.database_url)

    @cached_property
    def sessions(self) -> sessionmaker[Session]:
        return make_sessions(self.engine)

    @property
    def ready(self) -> bool:
        """Whether pages can be made that help somebody."""
        return self._snapshot is not None and bool(self._snapshot.catalogue.services)

    @property
    def snapshot(self) -> Snapshot:
        if self._snapshot is None:
            with self._loading:
                if self._snapshot is None:
                    self._snapshot = self._first_snapshot()
        return self._snapshot

    def refresh(self) -> None:
        """Take what changed in the database; raises SQLAlchemyError when it is away."""
        now = utc_now()
        with self.sessions() as session:
            fresh = read_snapshot(session, self.sources, now=now, last=self._snapshot)
        if self._snapshot is None or fresh.revisions != self._snapshot.revisions:
            self._snapshot = fresh

    def _first_snapshot(self) -> Snapshot:
        now = utc_now()
        try:
            with self.sessions() as session:
                return read_snapshot(session, self.sources, now=now)
        except SQLAlchemyError as error:
            log.warning("database-away", error=type(error).__name__)
        except Exception:
            # Whatever another program left there, people find the services of the sources.
            log.exception("stored-content-unreadable")
        return without_database(self.sources, now=now)
