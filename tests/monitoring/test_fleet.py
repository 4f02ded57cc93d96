"""Ten days of a hostile fleet, on the real tables, against a reckoning of its own."""

from __future__ import annotations

import heapq
import random
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session, sessionmaker

from database import make_engine, make_sessions, writing
from monitoring import (
    alert_following,
    history,
    history_work,
    incident_records,
    lease,
    records,
    retention,
)
from monitoring.alert_routes import Route
from monitoring.announced import with_announced
from monitoring.availability import Period
from monitoring.board import Board
from monitoring.history import TargetHistory
from monitoring.lease import Lease, LeaseLostError
from monitoring.maintenance import Scope, Window
from monitoring.models import (
    Alert,
    Day,
    FiveMinutes,
    Hour,
    Incident,
    IncidentTarget,
    MonitorLease,
    Target,
    Transition,
)
from monitoring.target import ProbeResult, ProbeTarget, State
from tests.databases import create_tables
from tests.monitoring import fleet
from tests.monitoring.fleet import START, Backend, Heard

pytestmark = pytest.mark.slow
Sessions = sessionmaker[Session]
COUNT = 300
END = START + timedelta(days=fleet.DAYS)
NOW = END + timedelta(minutes=10)
BATCH_SECONDS = 3600.0
FAILING = 0.1
"""Share of the batches that cannot be written."""
DIES_AT, WAKES_AT = 90.0, 94.0
"""Hours: the first monitor is killed, and another comes later than results are believed."""
RESULTS = {
    "U": ProbeResult(state=State.UP, reason="ok", latency_ms=40),
    "G": ProbeResult(state=State.DEGRADED, reason="slow", latency_ms=4000),
    "D": ProbeResult(state=State.DOWN, reason="timeout"),
    "M": ProbeResult(state=State.MAINTENANCE, reason="maintenance-flag", latency_ms=40),
    "t": ProbeResult(state=State.UNKNOWN, reason="name-unreadable"),
}
ROUTES = [Route(name="ops", to="json://127.0.0.1")]


def target(number: int) -> ProbeTarget:
    operator = "worked-on" if number % 7 == 0 else "dne"
    return ProbeTarget(
        key=f"{number:024x}",
        url=f"https://h{number // 3}.example.fr/{number}",
        profile="http",
        interval=fleet.INTERVAL,
        timeout=fleet.TIMEOUT,
        maintenance_cap=fleet.CAP,
        labels={
            "backend": (f"s{number}/b",),
            "host": (f"h{number // 3}.example.fr",),
            "provider": (f"p{number // 30}",),
            "operator": (operator,),
        },
    )


WINDOW = Window(
    id=1,
    uid="w",
    owner="operator/worked-on",
    scope=Scope.OPERATOR,
    value="worked-on",
    title="Travaux",
    starts_at=START + timedelta(hours=fleet.WINDOW[0]),
    ends_at=START + timedelta(hours=fleet.WINDOW[1]),
    updated_at=START,
)


@dataclass
class Watch:
    """One monitor without threads: a board, its lease, and batches, some of which fail."""

    sessions: Sessions
    backends: list[Backend]
    name: str
    dice: random.Random
    board: Board = field(default_factory=Board)
    unwritten: list[tuple[Backend, Heard]] = field(default_factory=list)
    held: Lease | None = None

    def take_over(self, now: float) -> None:
        with writing(self.sessions) as session:
            self.held = lease.take(session, self.name)
            assert self.held is not None
            # Ten days pass in seconds, which are no more than these on the database's clock.
            session.get_one(MonitorLease, 1).expires += 3600.0
            targets = [target(backend.number) for backend in self.backends]
            records.register(session, targets)
            known = records.read_known(session)
            figures = lease.read_figures(session)
        assert figures is not None
        self.board.doubt(figures.breaker_since)
        at = START + timedelta(seconds=now)
        ahead = with_announced(targets, [WINDOW], now=at)
        self.board.follow(ahead, known, now=now)

    def follow(self, now: float) -> None:
        at = START + timedelta(seconds=now)
        found = [target(backend.number) for backend in self.backends]
        self.board.follow(with_announced(found, [WINDOW], now=at), {}, now=now)

    def hear(self, backend: Backend, second: float) -> None:
        at = START + timedelta(seconds=second)
        hour = second / 3600
        letter = backend.answer(hour)
        cut = fleet.is_cut(hour)
        result = RESULTS["D" if cut else letter]
        failed = result.state is State.DOWN
        self.board.hear(
            target_key(backend.number),
            result,
            at=at,
            now=second,
            local=False,
            online=(not cut) if failed else None,
        )
        counted = "n" if cut else letter
        if backend.is_worked_on and fleet.is_announced(hour):
            counted = "A"
        self.unwritten.append((backend, Heard(at, counted)))

    def write(self, now: float) -> None:
        """Write a batch, or fail to: it is then given back, and comes with the next."""
        batch = self.board.take()
        assert self.held is not None
        at = START + timedelta(seconds=now)
        try:
            with writing(self.sessions) as session:
                lease.fence(session, self.held, breaker_since=batch.breaker_since)
                moved = records.write(session, batch, epoch=self.held.epoch)
                events = incident_records.follow(session, moved, now=at)
                alert_following.follow(
                    session, events, routes=ROUTES, doubt_since=batch.breaker_since, now=at
                )
                fail_at_times(self.dice)
        except DiskFullError:
            self.board.give_back(batch)
            return
        for backend, heard in self.unwritten:
            backend.heard.append(heard)
        self.unwritten.clear()

    def is_in_doubt(self) -> bool:
        return any(entry.held for entry in self.board.entries.values())


class DiskFullError(Exception):
    pass


def fail_at_times(dice: random.Random) -> None:
    if dice.random() < FAILING:
        raise DiskFullError


def target_key(number: int) -> str:
    return f"{number:024x}"


def probes(backends: list[Backend]) -> Iterator[tuple[float, int, Backend]]:
    """Yield all probes of all backends, in the order of time."""
    return heapq.merge(
        *([(second, item.number, item) for second in item.instants()] for item in backends),
        key=lambda probe: probe[:2],
    )


def ten_days(sessions: Sessions) -> list[Backend]:
    dice = random.Random(20261122)
    backends = [Backend(n, random.Random(n)) for n in range(COUNT)]
    watch, next_batch, killed = Watch(sessions, backends, "one", dice), 0.0, False
    watch.take_over(0.0)
    dead = watch
    for second, _number, backend in probes(backends):
        hour = second / 3600
        if killed and watch.held is None:
            if hour < WAKES_AT:
                continue
            run_out(sessions)
            watch.take_over(second)
            refuse_the_dead(dead, second)
        if second >= next_batch:
            next_batch = second + BATCH_SECONDS * (0.5 + dice.random())
            watch.write(second)
            watch.follow(second)
            prune(sessions, second)
        watch.hear(backend, second)
        if not killed and hour >= DIES_AT and not watch.is_in_doubt():
            # What it had not written is gone with it.
            killed, dead = True, watch
            watch = Watch(sessions, backends, "two", dice)
    while watch.unwritten:
        watch.write(fleet.DAYS * 86400.0)
    return backends


def prune(sessions: Sessions, second: float) -> None:
    at, after = START + timedelta(seconds=second), 0
    if at.hour != 3:
        return
    while (found := forget(sessions, at, after)) is not None:
        after = found


def forget(sessions: Sessions, at: datetime, after: int) -> int | None:
    with writing(sessions) as session:
        return retention.prune(session, now=at, after=after)


def run_out(sessions: Sessions) -> None:
    with writing(sessions) as session:
        session.get_one(MonitorLease, 1).expires = 0.0


def refuse_the_dead(dead: Watch, second: float) -> None:
    """It was only asleep, and wakes up past its lease: nothing of what it knows is written."""
    with pytest.raises(LeaseLostError):
        dead.write(second)


@dataclass(frozen=True)
class Outcome:
    sessions: Sessions
    heard: dict[int, list[Heard]]
    """By number of the backend, what was written, the cap of maintenance applied."""
    ids: dict[int, int]
    """Number of the backend by that of its row."""
    histories: dict[str, TargetHistory]


@pytest.fixture(scope="module")
def outcome(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Outcome]:
    engine = make_engine(f"sqlite:///{tmp_path_factory.mktemp('fleet')}/fleet.db")
    create_tables(engine)
    sessions = make_sessions(engine)
    backends = ten_days(sessions)
    with sessions() as session:
        keys = {target_key(item.number): item.number for item in backends}
        ids = {row.id: keys[row.key] for row in session.execute(select(Target.id, Target.key))}
    heard = {item.number: fleet.judged(item.heard) for item in backends}
    yield Outcome(sessions, heard, ids, work_out(sessions))
    engine.dispose()


def test_every_transition_is_written_once_and_none_is_invented(outcome: Outcome) -> None:
    found: dict[int, list[tuple[datetime, str]]] = defaultdict(list)
    before: dict[int, str] = {}
    with outcome.sessions() as session:
        for row in session.scalars(select(Transition).order_by(Transition.id)):
            number = outcome.ids[row.target_id]
            assert before.get(number, "unknown") == row.before
            before[number] = row.after
            found[number].append((row.at, "?" if row.after == "unknown" else row.after[0]))
            found[number][-1] = (row.at, SHORT[row.after])
    assert sum(len(lines) for lines in found.values()) > 1000
    for number, heard in outcome.heard.items():
        assert found[number] == fleet.transitions(heard), number


SHORT = {"up": "u", "degraded": "g", "down": "d", "maintenance": "m", "unknown": "?"}


def test_our_own_network_puts_nobody_down_and_is_told_once(outcome: Outcome) -> None:
    with outcome.sessions() as session:
        for start, end in fleet.CUTS:
            cut = (START + timedelta(hours=start), START + timedelta(hours=end))
            during = Transition.at.between(*cut)
            states = set(session.scalars(select(Transition.after).where(during)))
            assert "down" not in states
            assert "unknown" in states
        alerts = session.scalars(select(Alert).where(Alert.subject.like("network/%"))).all()
        assert len({row.subject for row in alerts}) == len(fleet.CUTS)
        assert len({(row.subject, row.event) for row in alerts}) == len(alerts)


def test_availability_is_that_of_the_reckoning(outcome: Outcome) -> None:
    found, until = outcome.histories, history_work.settled(NOW)
    hour = until.replace(minute=0, second=0, microsecond=0)
    starts = {
        Period.DAY: until - timedelta(days=1),
        Period.WEEK: hour - timedelta(days=7, hours=-1),
        Period.MONTH: hour - timedelta(days=30, hours=-1),
    }
    for number, heard in outcome.heard.items():
        for period, start in starts.items():
            result = found[target_key(number)].over(period)
            expected = fleet.share_and_coverage(heard, start, until)
            assert (result.share, result.coverage) == expected, (number, period)


def test_every_local_day_is_that_of_the_reckoning(outcome: Outcome) -> None:
    found, until = outcome.histories, history_work.settled(NOW)
    for number, heard in list(outcome.heard.items())[::10]:
        for name in ("Europe/Paris", "Pacific/Noumea"):
            zone = ZoneInfo(name)
            for line in found[target_key(number)].days(name)[-12:]:
                start = datetime(line.day.year, line.day.month, line.day.day, tzinfo=zone)
                end = min(start + timedelta(days=1), until)
                expected = fleet.share_and_coverage(
                    heard, start.astimezone(UTC), end.astimezone(UTC)
                )
                got = (line.availability.share, line.availability.coverage)
                assert got == expected, (number, line)


def work_out(sessions: Sessions) -> dict[str, TargetHistory]:
    zones, after = ("Europe/Paris", "Pacific/Noumea"), 0
    with writing(sessions) as session:
        while done := history_work.work_out(session, zones=zones, now=NOW, after=after):
            history.write(session, done.fresh)
            after = done.last_id
        return history.read_history(session)


def test_every_second_that_was_heard_is_in_the_days_once(outcome: Outcome) -> None:
    with outcome.sessions() as session:
        columns = (Day.up, Day.degraded, Day.down, Day.maintenance, Day.checks, Day.failures)
        sums = [func.sum(column) for column in columns]
        rows = session.execute(select(Day.target_id, *sums).group_by(Day.target_id))
        for target_id, *found in rows:
            heard = outcome.heard[outcome.ids[target_id]]
            held = fleet.seconds(heard, START, NOW)
            letters = [item.letter for item in heard]
            told = sum(letter not in "tn" for letter in letters)
            expected = [held["U"], held["G"], held["D"], held["M"] + held["A"], told]
            assert found == [*expected, letters.count("D")]


def test_whoever_was_in_trouble_was_in_an_incident_and_nobody_else(outcome: Outcome) -> None:
    stays: dict[int, list[IncidentTarget]] = defaultdict(list)
    with outcome.sessions() as session:
        for row in session.scalars(select(IncidentTarget)):
            stays[outcome.ids[row.target_id]].append(row)
        closed = {row.id: row.closed_at for row in session.scalars(select(Incident))}
    for number, heard in outcome.heard.items():
        troubles = fleet.troubles(fleet.transitions(heard))
        assert bool(stays[number]) == bool(troubles), number
        starts, ends = {since for since, _ in troubles}, {until for _, until in troubles}
        for since, until in troubles:
            assert any(
                row.since <= since
                and (row.until is None or (until is not None and row.until >= until))
                for row in stays[number]
            ), (number, since)
        for row in stays[number]:
            assert row.since in starts
            assert row.until in ends
            assert row.until is not None or closed[row.incident_id] is None


def test_who_fails_again_within_two_hours_never_left_its_incident(outcome: Outcome) -> None:
    """Of incidents of one target; what fails with others may be found in theirs."""
    stays: dict[int, list[IncidentTarget]] = defaultdict(list)
    with outcome.sessions() as session:
        rows = session.scalars(select(IncidentTarget)).all()
    shared = Counter(row.incident_id for row in rows)
    for row in rows:
        if shared[row.incident_id] == 1:
            stays[outcome.ids[row.target_id]].append(row)
    found: set[bool] = set()
    for number, heard in outcome.heard.items():
        for before, (since, _until) in pairwise(fleet.troubles(fleet.transitions(heard))):
            failed, ended = before
            assert ended is not None
            for row in stays[number]:
                if row.since <= since and (row.until is None or row.until > since):
                    is_soon = since - ended <= timedelta(hours=2)
                    assert (row.since <= failed) == is_soon, number
                    found.add(is_soon)
    assert found == {True, False}


def test_the_database_stays_as_small_as_promised(outcome: Outcome) -> None:
    with outcome.sessions() as session:
        rows = {
            table: session.scalar(select(func.count()).select_from(table)) or 0
            for table in (FiveMinutes, Hour, Day)
        }
        pages = session.scalar(text("PRAGMA page_count")) or 0
        size = pages * (session.scalar(text("PRAGMA page_size")) or 0)
    # Two days of five minutes, and at most a day more until they are forgotten.
    assert rows[FiveMinutes] <= COUNT * (3 * 288 + 2)
    assert rows[Hour] <= COUNT * (fleet.DAYS * 24 + 1)
    assert rows[Day] <= COUNT * (fleet.DAYS + 1)
    # 350 MB are promised for 1,000 targets after ninety days.
    assert size < 350_000_000 * COUNT / 1000
