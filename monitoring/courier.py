"""Hands the outbox over, a thread for each route: a slow receiver delays nobody else."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import structlog
from sqlalchemy.orm import Session, sessionmaker

from database import writing
from monitoring import alert_following, alert_newcomers, alerts, lease, outbox, sending
from monitoring.alert_routes import Route
from monitoring.alerts import Message, Said
from monitoring.lease import Lease
from monitoring.outbox import Claim
from monitoring.route_book import AddressError, RouteBook, address_of
from monitoring.sending import Outcome
from monitoring.steps import guarded

CATCH_UP_SECONDS = 15.0
UNKNOWN_SECONDS = 60.0
"""Between two looks at rows whose route is in the file no more."""
SETTLE_SECONDS = 120.0
"""How long to try to write down what became of a hand-over: longer than a claim holds."""

log = structlog.get_logger(__name__)

Words = Callable[[Said], Message]


class Courier:
    """For the monitor in charge alone: `begin` returns at once, the work goes on beside it."""

    def __init__(
        self, sessions: sessionmaker[Session], book: RouteBook, *, path: Path | None, words: Words
    ) -> None:
        self._sessions = sessions
        self._book = book
        self._path = path
        self._words = words
        self._round: threading.Thread | None = None
        self._threads: dict[str, threading.Thread] = {}
        self._caught_up = float("-inf")
        self._met: object = None
        """For which routes it was last looked whether they know what is open already."""
        self._met_up_to: int | None = None
        """The number of the last incident looked at; none: all were."""
        self._held: Lease | None = None

    def begin(self, held: Lease) -> bool:
        """Begin another round, unless the last one is not over."""
        self._held = held
        if self._path is None or (self._round is not None and self._round.is_alive()):
            return False
        self._round = threading.Thread(target=self._look, args=(held,), name="courier", daemon=True)
        self._round.start()
        return True

    def wait(self, seconds: float) -> None:
        """Hand over nothing more; wait for what is being handed over."""
        self._held = None
        until = time.monotonic() + seconds
        for thread in (self._round, *self._threads.values()):
            if thread is not None:
                thread.join(max(0.0, until - time.monotonic()))

    def _look(self, held: Lease) -> None:
        def look() -> bool:
            self._catch_up(held)
            return self._hand_out(held)

        def meet() -> bool:
            return self._meet(held)

        guarded(meet)
        guarded(look)

    def _meet(self, held: Lease) -> bool:
        """When the monitor begins, and when routes changed: tell them what is open already."""
        routes = self._book.read().routes
        if (held.epoch, routes) != self._met:
            self._met, self._met_up_to = (held.epoch, routes), 0
        if self._met_up_to is None:
            return False
        with writing(self._sessions) as session:
            lease.fence(session, held)
            now, after = datetime.now(UTC), self._met_up_to
            reached = alert_newcomers.tell(session, routes, after=after, now=now)
        self._met_up_to = reached
        return True

    def _catch_up(self, held: Lease) -> None:
        if time.monotonic() - self._caught_up < CATCH_UP_SECONDS:
            return
        self._caught_up = time.monotonic()
        routes = self._book.read().routes
        with writing(self._sessions) as session:
            lease.fence(session, held)
            alert_following.catch_up(session, routes=routes, now=datetime.now(UTC))

    def _hand_out(self, held: Lease) -> bool:
        """Start a thread for each route that has something due and none yet."""
        now = datetime.now(UTC)
        with self._sessions() as session:
            due = outbox.routes_with_due(session, now=now)
        known = {route.name: route for route in self._book.read().routes}
        if due - known.keys():
            with writing(self._sessions) as session:
                lease.fence(session, held)
                later = now + timedelta(seconds=UNKNOWN_SECONDS)
                gone = due - known.keys()
                outbox.note_error(session, gone, error="route-unknown", due_at=later, now=now)
        for name in due & known.keys():
            thread = self._threads.get(name)
            if thread is None or not thread.is_alive():
                arguments = (known[name], held)
                thread = threading.Thread(
                    target=self._serve, args=arguments, name=f"courier-{name}", daemon=True
                )
                self._threads[name] = thread
                thread.start()
        return bool(due)

    def _serve(self, route: Route, held: Lease) -> None:
        """Hand over what is due for one route, one message after the other."""

        def serve() -> bool:
            claimed = self._claim(route, held)
            if claimed is None:
                return False
            outcome = self._hand_over(route, claimed)
            self._settle(claimed, outcome)
            return outcome.error is None

        while self._held == held and guarded(serve):
            pass

    def _claim(self, route: Route, held: Lease) -> Claim | None:
        with writing(self._sessions) as session:
            lease.fence(session, held)
            return outbox.claim(session, route, now=datetime.now(UTC))

    def _hand_over(self, route: Route, claimed: Claim) -> Outcome:
        if self._path is None:
            return Outcome(error="route-unknown")
        try:
            address = address_of(route, self._path)
        except AddressError as error:
            return Outcome(error=error.code)
        return sending.hand_over(address, self._words(claimed.said))

    def _settle(self, claimed: Claim, outcome: Outcome) -> None:
        """Write what became of it, again and again if the database is away."""

        def settle() -> bool:
            return self._write(claimed, outcome)

        until = time.monotonic() + SETTLE_SECONDS
        while not guarded(settle) and time.monotonic() < until:
            time.sleep(0.5)
        about = {"uid": claimed.said.uid, "route": claimed.route, "attempt": claimed.attempts}
        if outcome.error is None:
            log.info("alert-sent", **about)
        else:
            log.warning("alert-not-sent", error=outcome.error, **about)

    def _write(self, claimed: Claim, outcome: Outcome) -> bool:
        now = datetime.now(UTC)
        with writing(self._sessions) as session:
            if outcome.error is None:
                outbox.settle_sent(session, claimed, now=now)
            else:
                # Chance only spreads the retries of several routes.
                later = alerts.next_try(claimed.attempts, now=now, chance=random.random())  # noqa: S311
                outbox.settle_failed(
                    session,
                    claimed,
                    error=outcome.error,
                    may_have_arrived=outcome.may_have_arrived,
                    due_at=later,
                )
        return True
