"""The table of 2,000 servers against the teacher's page, kept and made anew, in the same run."""

from __future__ import annotations

import http.client
import sys
import time
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from statistics import median
from urllib.parse import urlsplit

from sqlalchemy.orm import Session, sessionmaker

import journal
from accounts.models import LOCAL, Account, Grant
from accounts.permissions import Role
from accounts.sessions import Lifetimes, open_session
from bench import offer
from bench.figures import Figure, report
from bench.portal import Portal, portal, temporary_folder
from bench.programs import PATIENCE, BenchError
from bench.stand_in import Addresses
from database import make_engine, make_sessions, writing
from instances.snapshot import Snapshot
from instances.targets import probe_targets
from journal import Revision
from monitoring import records
from monitoring.models import Target
from monitoring.target import State
from settings import Settings
from web.auth import COOKIE

SERVERS = 2000
RUNS = 60
CHANGES = 10
SEEN = 2.5
"""Seconds after which every worker has taken a change."""
MOST_TIMES = 2.0
"""Over the teacher's page made anew."""
KEPT, ANEW = "/rennes/", "/rennes/?q=visio"
TABLES = {
    "the table, the worst first": "/ops/",
    "page 20 of it, by version": "/ops/?tri=version&page=20",
    "a search in it": "/ops/?q=visio&tri=latency",
    "the wall": "/ops/mur",
}
# Nobody is probed: states are written as a monitor would.
NOWHERE = Addresses(
    plain="http://127.0.0.1:9", secure="https://127.0.0.1:9", refused="http://127.0.0.1:9",
    authority=offer.SHIPPED,
)  # fmt: skip


def main(runs: int = RUNS, changes: int = CHANGES) -> int:
    return report(measure(runs, changes))


def measure(runs: int, changes: int) -> Iterator[Figure]:
    content = offer.with_targets(offer.shipped(NOWHERE), SERVERS, NOWHERE)
    with temporary_folder() as folder, portal(folder, content, NOWHERE) as site:
        sessions = make_sessions(make_engine(_settings(site).database_url))
        _fill(sessions, offer.snapshot_of(content, datetime.now(UTC)))
        cookie = {"Cookie": f"{COOKIE}={_sign_in(sessions)}"}
        time.sleep(SEEN)
        asked = _Asking(site, cookie)
        if f"{SERVERS}" not in asked.text("/ops/"):
            raise BenchError("the table does not show all servers: was the last change taken?")
        yield from _compare(asked, runs)
        yield _after_changes(asked, sessions, changes)


class _Asking:
    """One connection, and so one worker, for all that is compared."""

    def __init__(self, site: Portal, headers: Mapping[str, str]) -> None:
        self._connection = http.client.HTTPConnection(urlsplit(site.url).netloc, timeout=PATIENCE)
        self._headers = dict(headers)

    def text(self, path: str) -> str:
        self._connection.request("GET", path, headers=self._headers)
        answer = self._connection.getresponse()
        body = answer.read().decode()
        if answer.status != http.HTTPStatus.OK:
            raise BenchError(f"{path} answered {answer.status}.")
        return body

    def milliseconds(self, path: str) -> float:
        started = time.perf_counter()
        self.text(path)
        return (time.perf_counter() - started) * 1000


def _compare(asked: _Asking, runs: int) -> Iterator[Figure]:
    paths = (KEPT, ANEW, *TABLES.values())
    times: dict[str, list[float]] = {path: [] for path in paths}
    for path in paths:
        asked.text(path)
    for _ in range(runs):
        for path in paths:  # in turn: what slows the machine down slows all of them
            times[path].append(asked.milliseconds(path))
    kept, anew = median(times[KEPT]), median(times[ANEW])
    for name, path in TABLES.items():
        found = median(times[path])
        yield Figure(
            name=f"{name} ({SERVERS:,} servers), over the teacher's page made anew",
            value=found / anew,
            unit="×",
            at_most=MOST_TIMES,
            detail=f"{found:.1f} ms; the teacher's page {anew:.1f} ms made anew, {kept:.2f} ms "
            f"kept: {found / kept:.0f} × that",
        )


def _after_changes(asked: _Asking, sessions: sessionmaker[Session], changes: int) -> Figure:
    """Time the first table after a batch of the monitor's: rows are worked out anew then."""
    times, anew = [], []
    for _ in range(changes):
        with writing(sessions) as session:
            journal.bump(session, Revision.HEALTH)
        time.sleep(SEEN)
        times.append(asked.milliseconds("/ops/"))
        anew.append(asked.milliseconds(ANEW))
    return Figure(
        name="the first table after a change of states, over the teacher's page made anew",
        value=median(times) / median(anew),
        unit="×",
        at_most=MOST_TIMES,
        detail=f"{median(times):.1f} and {median(anew):.1f} ms",
    )


def _settings(site: Portal) -> Settings:
    return Settings.from_env(site.environment)


def _fill(sessions: sessionmaker[Session], snapshot: Snapshot) -> None:
    """Let a monitor have seen every target: most are well, some of each kind are not."""
    now = datetime.now(UTC)
    states = list(State)
    with writing(sessions) as session:
        targets = probe_targets(snapshot, now=now, default_interval=60)
        records.register(session, targets)
        for number, row in enumerate(session.query(Target).order_by(Target.id)):
            row.state = states[number % len(states)] if number % 10 == 0 else State.UP
            row.since = now - timedelta(minutes=number)
            row.checked_at, row.stale_at = now, now + timedelta(hours=3)
            row.reason = "ok" if row.state == State.UP else "timeout"
            row.version, row.latency_ms = f"{number % 40}.{number % 7}", 20 + number % 900
            row.certificate_until = now + timedelta(days=number % 90)
        journal.bump(session, Revision.HEALTH)


def _sign_in(sessions: sessionmaker[Session]) -> str:
    now, day = datetime.now(UTC), timedelta(days=1)
    with writing(sessions) as session:
        account = Account(email="omar@example.fr", name="Omar", created_at=now)
        session.add(account)
        session.flush()
        session.add(
            Grant(
                account_id=account.id, role=Role.OPS, scope="", granted_at=now,
                granted_by="bench", source=LOCAL,
            )
        )  # fmt: skip
        return open_session(session, account, now=now, lifetimes=Lifetimes(idle=day, absolute=day))


if __name__ == "__main__":
    sys.exit(main())
