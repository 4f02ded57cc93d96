"""The monitor's wiring diagram: what it probes with, what it follows, and its chores in order."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session, sessionmaker

from accounts import mail, unused
from accounts import retention as account_retention
from accounts.mail import MailError
from accounts.models import Account
from database import writing
from instances import publication, signals, usage
from instances.directory import CARD_SUFFIXES
from instances.national import NATIONAL_CARD
from instances.publication import Sources
from instances.snapshot import Snapshot, read_snapshot, without_database
from instances.targets import probe_targets
from monitoring import alert_following, incident_records, lease, outbox, probe, retention
from monitoring.alerts import Message, Said
from monitoring.announced import with_announced
from monitoring.asking import make_guard, program_version
from monitoring.courier import Courier
from monitoring.cycle import Monitor
from monitoring.history_chore import Histories
from monitoring.lease import Lease
from monitoring.locality import Locality
from monitoring.memory import Memory
from monitoring.online import make_online
from monitoring.prober import Prober
from monitoring.records import Batch, Moved
from monitoring.route_book import RouteBook
from monitoring.target import ProbeResult, ProbeTarget
from settings import Settings
from web import alert_words, letters

PUBLISH_SECONDS = 300.0
"""Between two looks at the sources when nothing seems to have changed."""
ASK_SECONDS = 30.0
"""Between two questions to a source with an https address."""
PRUNE_SECONDS = 3600.0
Sessions = sessionmaker[Session]

log = structlog.get_logger(__name__)


def make_check(settings: Settings) -> Callable[[ProbeTarget], ProbeResult]:
    return partial(probe.check, guard=make_guard(settings), memory=Memory())


def make_monitor(settings: Settings, sessions: Sessions) -> Monitor:
    sources = Sources(catalogue=settings.catalogue, academies=settings.academies)
    prober = Prober(
        make_check(settings),
        workers=settings.probe_workers,
        is_local=Locality().is_local,
        is_online=make_online(settings),
    )
    following = Following(sources, settings)
    book = RouteBook(settings.alerts, settings.state_dir)
    courier = Courier(sessions, book, path=settings.alerts, words=AlertWords(settings, following))
    return Monitor(
        sessions,
        prober,
        read_targets=following,
        follow=Follow(book),
        chores=(
            Publish(sessions, sources),
            Histories(sessions, following.zones),
            Prune(settings, sessions),
            Farewell(settings, sessions),
        ),
        beside=(courier,),
        version=program_version(),
    )


def read_targets_once(settings: Settings, sessions: Sessions) -> tuple[ProbeTarget, ...]:
    """Return what the monitor would probe now; from the sources alone without a database."""
    sources = Sources(catalogue=settings.catalogue, academies=settings.academies)
    now = datetime.now(UTC)
    try:
        with sessions() as session:
            snapshot = read_snapshot(session, sources, now=now)
    except SQLAlchemyError:
        snapshot = without_database(sources, now=now)
    return probe_targets(snapshot, now=now, default_interval=settings.probe_interval)


class Following:
    """Reads the targets again and again, keeping what did not change since the last time."""

    def __init__(self, sources: Sources, settings: Settings) -> None:
        self._sources = sources
        self._interval = settings.probe_interval
        self._cap = settings.maintenance_cap * 3600
        self._snapshot: Snapshot | None = None

    def zones(self) -> frozenset[str]:
        """Return the zones in which académies live; none before the first reading."""
        if self._snapshot is None:
            return frozenset()
        cards = (NATIONAL_CARD, *self._snapshot.directory.cards)
        return frozenset(card.timezone for card in cards)

    @property
    def snapshot(self) -> Snapshot | None:
        """What was read last."""
        return self._snapshot

    def __call__(self, session: Session) -> Sequence[ProbeTarget]:
        now = datetime.now(UTC)
        self._snapshot = read_snapshot(session, self._sources, now=now, last=self._snapshot)
        targets = probe_targets(
            self._snapshot,
            now=now,
            default_interval=self._interval,
            hurried=signals.hurried(self._snapshot.signals, now=now),
        )
        capped = [replace(target, maintenance_cap=self._cap) for target in targets]
        return with_announced(capped, self._snapshot.windows, now=now)


class Follow:
    """What is written with a batch, in its transaction: incidents, then alerts about them."""

    def __init__(self, book: RouteBook) -> None:
        self._book = book

    def __call__(self, session: Session, batch: Batch, moved: Sequence[Moved]) -> None:
        now, routes = datetime.now(UTC), self._book.read().routes
        events = incident_records.follow(session, moved, now=now)
        alert_following.follow(
            session, events, routes=routes, doubt_since=batch.breaker_since, now=now
        )


class AlertWords:
    """Words alerts with the names that things have in the latest catalogue."""

    def __init__(self, settings: Settings, following: Following) -> None:
        self._settings = settings
        self._following = following

    def __call__(self, said: Said) -> Message:
        names = alert_words.names_of(self._following.snapshot)
        portal, address = self._settings.name, self._settings.public_url
        return alert_words.message(said, names=names, portal=portal, address=address)


class Publish:
    """Publishes catalogue and cards when they changed; reads them outside any transaction."""

    __name__ = "publish"

    def __init__(self, sessions: Sessions, sources: Sources) -> None:
        self._sessions = sessions
        self._sources = sources
        self._is_remote = "://" in sources.catalogue
        self._seen: object = None
        self._judged: object = None
        """What was seen when this process last judged the whole source by itself."""
        self._looked = float("-inf")

    def __call__(self, held: Lease) -> bool:
        seen = (held.epoch, _fingerprint(self._sources))
        patience = ASK_SECONDS if self._is_remote else PUBLISH_SECONDS
        if seen == self._seen and time.monotonic() - self._looked < patience:
            return False
        # Before the work: what fails waits its turn as well.
        self._seen, self._looked = seen, time.monotonic()
        etag = self._last_etag() if seen == self._judged else None
        found = publication.look(self._sources, etag=etag)
        with writing(self._sessions) as session:
            lease.fence(session, held)
            problems = publication.accept(session, found, self._sources, now=datetime.now(UTC))
        for problem in problems:
            log.warning("catalogue-problem", **problem.as_json())
        self._judged = seen
        return True

    def _last_etag(self) -> str | None:
        """Return it for a source that need not be judged again.

        A first look, another program or other cards may judge the same bytes otherwise.
        """
        with self._sessions() as session:
            return publication.last_etag(session, self._sources)


class Prune:
    """Forgets old history, a piece each time until all is done, then rests."""

    __name__ = "prune"

    def __init__(self, settings: Settings, sessions: Sessions) -> None:
        self._idle = timedelta(minutes=settings.session_idle)
        self._sessions = sessions
        self._after: int | None = 0
        self._done = float("-inf")

    def __call__(self, held: Lease) -> bool:
        if self._after is None:
            if time.monotonic() - self._done < PRUNE_SECONDS:
                return False
            self._after = 0
        now = datetime.now(UTC)
        with writing(self._sessions) as session:
            lease.fence(session, held)
            after = retention.prune(session, now=now, after=self._after)
            if after is None:
                publication.forget_old(session, now=now)
                usage.forget_old(session, today=now.date())
                outbox.forget_old(session, now=now)
                signals.forget_old(session, now=now)
                account_retention.prune(session, now=now, idle=self._idle)
        self._after, self._done = after, time.monotonic()
        return True


class Farewell:
    """Tells the owners of accounts that nobody uses; deletes those who were told a month ago."""

    __name__ = "farewell"

    def __init__(self, settings: Settings, sessions: Sessions) -> None:
        self._settings = settings
        self._sessions = sessions
        self._done = float("-inf")

    def __call__(self, held: Lease) -> bool:
        if time.monotonic() - self._done < PRUNE_SECONDS:
            return False
        # Before the work: what fails waits its turn as well.
        self._done = time.monotonic()
        now, months = datetime.now(UTC), self._settings.unused_months
        with self._sessions() as session:
            waiting = unused.to_be_announced(session, now=now, months=months)
        told = [account.id for account in waiting if self._tell(account, now)]
        with writing(self._sessions) as session:
            lease.fence(session, held)
            unused.announce(session, told, now=now)
            deleted = unused.delete_unused(session, now=now)
        if told or deleted:
            log.info("unused-accounts", announced=len(told), deleted=deleted)
        return True

    def _tell(self, account: Account, now: datetime) -> bool:
        """Send the letter where letters go out; False: it is to be tried again."""
        if not mail.is_configured(self._settings):
            return True
        settings = self._settings
        on = unused.end_of(now).date()
        letter = letters.farewell(
            account.email, portal=settings.name, address=f"{settings.public_url}/connexion", on=on
        )
        try:
            mail.send(settings, letter)
        except MailError as error:
            log.warning("letter-not-sent", reason=error.code)
            # An address that is refused today is refused tomorrow.
            return error.code == "mail-refused"
        return True


def _fingerprint(sources: Sources) -> tuple[tuple[str, int, int], ...]:
    """Tell cheaply whether a file may have changed: names, sizes and dates."""
    paths = sorted(path for path in sources.academies.glob("*") if path.suffix in CARD_SUFFIXES)
    if "://" not in sources.catalogue:
        paths.append(Path(sources.catalogue))
    return tuple(_stamp(path) for path in paths)


def _stamp(path: Path) -> tuple[str, int, int]:
    try:
        found = path.stat()
    except OSError:
        return str(path), -1, -1
    return str(path), found.st_size, found.st_mtime_ns
