"""One thread a worker: takes what changed every second, writes openings and signals down."""

from __future__ import annotations

import time
from collections import Counter
from pathlib import Path
from threading import Event, Thread

import structlog
from sqlalchemy.exc import SQLAlchemyError

from database import writing
from instances.signals import add_signals
from instances.usage import Opening, add_openings
from logs import Repeats
from web import spool
from web.site import Site, utc_now

PERIOD = 1.0
"""Seconds between two looks at the revisions."""
SIGNALS_PERIOD = 10.0
"""Seconds between two writings of what people signal: each has pages made anew."""
PATIENCE = 12.0
"""Seconds for a last word with the database: less than gunicorn's graceful_timeout."""
SPOOL = "openings"
"""Folder of the state directory for openings that a stopping worker could not write."""

log = structlog.get_logger()


class Refresher:
    """Started after the fork; no request ever waits for it."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self._stop = Event()
        self._thread: Thread | None = None
        self._away = False
        self._failures = Repeats()
        self._in_hand: Counter[Opening] = Counter()
        """Openings that are being written at this moment."""
        self._signals_at = float("-inf")

    def start(self) -> None:
        _ = self.site.snapshot
        self._thread = Thread(target=self._run, name="refresher", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop the thread; what the database refuses, or does not answer, goes to a file."""
        self._stop.set()
        if self._thread is None:
            self._finish()
            return
        self._thread.join(timeout=PATIENCE)
        if self._thread.is_alive():
            # Whether what it holds was written, nobody can say; this process ends in a moment.
            self.site.tally.put_back(self._take_in_hand())
            self._spool()

    def _run(self) -> None:
        while not self._stop.wait(PERIOD):
            self._turn()
        self._finish()

    def _finish(self) -> None:
        """Write what is left; a database that was away a moment ago is not waited for again."""
        try:
            if not self._away:
                self._flush()
                self._flush_signals()
        except (SQLAlchemyError, OSError) as error:
            log.warning("database-away", error=type(error).__name__)
        self._spool()

    def _turn(self) -> None:
        try:
            self.site.refresh()
            self._flush()
            if time.monotonic() - self._signals_at >= SIGNALS_PERIOD:
                self._flush_signals()
            self._take_spool()
        except (SQLAlchemyError, OSError) as error:
            if not self._away:
                log.warning("database-away", error=type(error).__name__)
            self._away = True
        except Exception as error:
            # The thread must outlive a fault of ours: pages would silently stop changing.
            if self._failures.is_new("turn", error):
                log.exception("refresher-failed")
        else:
            if self._failures.is_over("turn"):
                log.info("refresher-back")
            if self._away:
                log.info("database-back")
            self._away = False

    def _flush(self) -> None:
        counts = self._in_hand = self.site.tally.take()
        try:
            self._write(counts)
        except BaseException:
            self.site.tally.put_back(self._take_in_hand())
            raise
        self._take_in_hand()

    def _flush_signals(self) -> None:
        """Write what was signalled; what a stopping worker cannot write is let go: it ages fast."""
        self._signals_at = time.monotonic()
        counts = self.site.signals.take()
        if not counts:
            return
        try:
            with writing(self.site.sessions) as session:
                add_signals(session, counts)
        except BaseException:
            self.site.signals.put_back(counts, now=utc_now())
            raise

    def _take_in_hand(self) -> Counter[Opening]:
        taken, self._in_hand = self._in_hand, Counter()
        return taken

    def _write(self, counts: Counter[Opening]) -> None:
        if counts:
            with writing(self.site.sessions) as session:
                add_openings(session, counts)

    def _spool(self) -> None:
        counts = self.site.tally.take()
        if counts:
            spool.put(self._folder(), counts)

    def _take_spool(self) -> None:
        spool.take(self._folder(), self._write)

    def _folder(self) -> Path:
        return self.site.settings.state_dir / SPOOL
