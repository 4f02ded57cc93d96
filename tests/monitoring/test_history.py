"""Histories: worked out of roll-ups, packed, stored, read; on SQLite and on PostgreSQL."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, insert, select
from sqlalchemy.orm import Session, sessionmaker

import journal
from database import make_sessions, writing
from journal import Revision
from monitoring import history, history_chore, history_work, lease, records, rollups
from monitoring.availability import Availability, Period, Sums
from monitoring.calendars import Stretch, calendar
from monitoring.history import TargetHistory, ZoneFigures, read_history
from monitoring.history_chore import Histories
from monitoring.history_work import work_out
from monitoring.lease import Lease
from monitoring.models import FiveMinutes, History, Hour, Target
from monitoring.rollups import FIVE_MINUTES, HOUR, Tally
from monitoring.series import Series
from monitoring.target import State
from tests.monitoring.scene import target

Sessions = sessionmaker[Session]
NOW = datetime(2026, 11, 25, 10, 2, 30, tzinfo=UTC)
"""A Wednesday."""
UNTIL = datetime(2026, 11, 25, 9, 55, tzinfo=UTC)
ZONES = ("Europe/Paris", "America/Martinique", "America/Guadeloupe", "Pacific/Noumea")
KEY = target(1).key


@pytest.fixture
def sessions(any_engine: Engine) -> Sessions:
    return make_sessions(any_engine)


def register(sessions: Sessions, count: int = 1) -> list[int]:
    with writing(sessions) as session:
        records.register(session, [target(n) for n in range(1, count + 1)])
        return list(session.scalars(select(Target.id).order_by(Target.id)))


def store(sessions: Sessions, target_id: int, start: datetime, tally: Tally) -> None:
    """Count what happened in the five minutes from `start`, as the monitor does."""
    with writing(sessions) as session:
        rollups.write(session, {(target_id, rollups.bucket(start, FIVE_MINUTES)): tally})


def up_all_along(sessions: Sessions, target_id: int, days: int) -> None:
    with writing(sessions) as session:
        last = int(UNTIL.timestamp())
        for table, span, back in ((Hour, HOUR, days * 24), (FiveMinutes, FIVE_MINUTES, 288)):
            first = last // span - back
            rows = [row(target_id, n, span, last) for n in range(first, -(-last // span))]
            session.execute(insert(table), rows)


def row(target_id: int, place: int, span: int, last: int) -> dict[str, int]:
    tally = Tally(up=min(span, last - place * span), checks=span // 60)
    return {"target_id": target_id, "bucket": place, **vars(tally)}


def update_hours(sessions: Sessions, place: datetime, **values: int) -> None:
    with writing(sessions) as session:
        found = session.get_one(Hour, (1, rollups.bucket(place, HOUR)))
        for name, value in values.items():
            setattr(found, name, value)


def one(sessions: Sessions, *, now: datetime = NOW) -> TargetHistory:
    with writing(sessions) as session:
        done = work_out(session, zones=ZONES, now=now)
        assert done is not None
        history.write(session, done.fresh)
    with sessions() as session:
        return read_history(session)[KEY]


def test_a_target_of_which_nothing_was_heard_has_no_figures(sessions: Sessions) -> None:
    register(sessions)
    found = one(sessions)
    assert found.over(Period.QUARTER) == Availability(share=None, coverage=0)
    days = found.days("Europe/Paris")
    assert (len(days), {line.worst for line in days}) == (90, {None})
    assert found.days("Asia/Tokyo") == ()
    assert found.in_school_hours(Period.WEEK, "Asia/Tokyo").share is None


def test_a_target_that_was_up_all_along_is_fully_known(sessions: Sessions) -> None:
    up_all_along(sessions, register(sessions)[0], days=91)
    found = one(sessions)
    full = Availability(share=10_000, coverage=10_000)
    assert {found.over(period) for period in Period} == {full}
    assert {found.in_school_hours(period, zone) for period in Period for zone in ZONES} == {full}
    for zone in ZONES:
        days = found.days(zone)
        assert {line.worst for line in days} == {State.UP}
        assert {line.availability for line in days} == {full}
        assert days[-1].day == UNTIL.astimezone(ZoneInfo(zone)).date()
        assert days[0].day == days[-1].day - timedelta(days=89)


def test_an_hour_in_class_weighs_more_in_school_hours(sessions: Sessions) -> None:
    """Tuesday 10:00 UTC: 11:00 in Paris, 6:00 in the Antilles, 21:00 in Nouméa."""
    up_all_along(sessions, register(sessions)[0], days=91)
    lesson = datetime(2026, 11, 24, 10, tzinfo=UTC)
    update_hours(sessions, lesson, up=0, down=3600, failures=60)
    found = one(sessions)
    hours = 7 * 24
    whole, paris, noumea = (
        found.over(Period.WEEK),
        found.in_school_hours(Period.WEEK, "Europe/Paris"),
        found.in_school_hours(Period.WEEK, "Pacific/Noumea"),
    )
    assert whole.share == pytest.approx(10_000 * (1 - 1 / hours), abs=4)
    assert paris.share == pytest.approx(10_000 * (1 - 1 / 50), abs=10)
    assert noumea.share == 10_000
    by_day = {line.day: line for line in found.days("Europe/Paris")}
    assert by_day[date(2026, 11, 24)].worst is State.DOWN
    assert by_day[date(2026, 11, 24)].availability.share == 9583
    assert by_day[date(2026, 11, 23)].availability.share == 10_000


def test_a_day_is_that_of_the_zone(sessions: Sessions) -> None:
    """22:30 UTC on Monday is Monday night in Paris and Tuesday morning in Nouméa."""
    up_all_along(sessions, register(sessions)[0], days=91)
    update_hours(sessions, datetime(2026, 11, 23, 22, tzinfo=UTC), up=3000, down=600, failures=9)
    found = one(sessions)
    for zone, day in (("Europe/Paris", 23), ("Pacific/Noumea", 24), ("America/Martinique", 23)):
        bad = [line.day.day for line in found.days(zone) if line.worst is State.DOWN]
        assert bad == [day], zone


def test_a_failed_probe_shows_in_every_period_that_holds_it(sessions: Sessions) -> None:
    target_id = register(sessions)[0]
    up_all_along(sessions, target_id, days=91)
    store(sessions, target_id, UNTIL - timedelta(hours=3), Tally(failures=1, checks=1))
    found = one(sessions)
    assert {found.over(period).share for period in Period} == {9999}


def test_zones_with_the_same_hours_share_their_figures(sessions: Sessions) -> None:
    up_all_along(sessions, register(sessions)[0], days=91)
    found = one(sessions)
    assert found.zones["America/Martinique"] == found.zones["America/Guadeloupe"]
    assert len(found.packed) < 500


def test_only_what_changed_is_written_until_an_hour_has_passed(sessions: Sessions) -> None:
    up_all_along(sessions, register(sessions)[0], days=91)
    one(sessions)
    with sessions() as session:
        later = work_out(session, zones=ZONES, now=NOW + timedelta(minutes=1))
        assert later is not None
        assert later.fresh == {}
        later = work_out(session, zones=ZONES, now=NOW + timedelta(hours=2))
        assert later is not None
        assert len(later.fresh) == 1


def test_it_goes_by_small_pieces_over_what_is_watched(sessions: Sessions) -> None:
    ids = register(sessions, count=25)
    with writing(sessions) as session:
        session.get_one(Target, ids[3]).watched = False
    after, sizes = 0, []
    with sessions() as session:
        while (done := work_out(session, zones=ZONES, now=NOW, after=after)) is not None:
            after = done.last_id
            sizes.append(len(done.fresh))
    assert sizes == [10, 10, 4]


def run(chore: Histories, held: Lease) -> int:
    rounds = 0
    while chore(held):
        rounds += 1
    return rounds


def test_pages_are_told_once_a_round_and_only_when_something_was_written(
    sessions: Sessions, monkeypatch: pytest.MonkeyPatch
) -> None:
    register(sessions, count=15)
    with writing(sessions) as session:
        held = lease.take(session, "one")
    assert held is not None
    chore = Histories(sessions, lambda: ZONES)
    assert run(chore, held) == 3
    with sessions() as session:
        assert journal.read_revisions(session)[Revision.HISTORY] == 1
        assert len(read_history(session)) == 15
    assert run(chore, held) == 0
    monkeypatch.setattr(history_chore, "ROUND_SECONDS", 0.0)
    for _ in range(3):
        chore(held)
    with sessions() as session:
        assert journal.read_revisions(session)[Revision.HISTORY] == 1


def test_before_the_zones_are_known_nothing_is_worked_out(sessions: Sessions) -> None:
    register(sessions)
    with writing(sessions) as session:
        held = lease.take(session, "one")
    assert held is not None
    assert not Histories(sessions, tuple)(held)


def test_who_lost_the_lease_writes_no_history(sessions: Sessions) -> None:
    register(sessions)
    with pytest.raises(lease.LeaseLostError):
        Histories(sessions, lambda: ZONES)(Lease(holder="nobody", epoch=7))
    with sessions() as session:
        assert session.scalars(select(History)).all() == []


availabilities = st.builds(
    Availability, share=st.none() | st.integers(0, 10_000), coverage=st.integers(0, 10_000)
)
periods = st.fixed_dictionaries(dict.fromkeys(Period, availabilities))
days = st.lists(
    st.tuples(availabilities, st.none() | st.sampled_from([*State][:4])), min_size=90, max_size=90
)


@given(periods, periods, days)
def test_what_is_packed_comes_out_as_it_went_in(
    whole: dict[Period, Availability],
    school: dict[Period, Availability],
    lines: list[tuple[Availability, State | None]],
) -> None:
    figures = ZoneFigures(first=date(2026, 8, 28), school_hours=school, days=tuple(lines))
    found = history.pack(whole, {"Europe/Paris": figures}, at=NOW)
    assert {period: found.over(period) for period in Period} == whole
    assert {p: found.in_school_hours(p, "Europe/Paris") for p in Period} == school
    seen = found.days("Europe/Paris")
    assert [(line.availability, line.worst) for line in seen] == lines
    assert [(line.day - figures.first).days for line in seen] == list(range(90))


def test_a_thousand_histories_weigh_less_than_five_megabytes() -> None:
    """Every one troubled on every day in another way, in seven zones: nothing to compress."""
    lines = [
        (Availability(share=n * 37 % 10_001, coverage=n * 91 % 10_001), None) for n in range(90)
    ]
    zones = {}
    for n in range(7):
        shuffled = tuple(lines[n * 11 :] + lines[: n * 11])
        school = {period: Availability(share=n, coverage=n) for period in Period}
        zones[str(n)] = ZoneFigures(first=date(2026, 8, 28), school_hours=school, days=shuffled)
    whole = {period: Availability(share=1, coverage=1) for period in Period}
    assert len(history.pack(whole, zones, at=NOW).packed) * 1000 < 5_000_000


rows = st.dictionaries(st.integers(90, 160), st.tuples(*[st.integers(0, 3600)] * 5), max_size=40)
cuts = st.lists(st.integers(90 * 3600, 160 * 3600), min_size=2, max_size=6)


@given(rows, cuts)
def test_parts_of_a_series_add_up_to_the_whole(
    found: dict[int, tuple[int, int, int, int, int]], instants: list[int]
) -> None:
    series = Series([(n, *values) for n, values in found.items()], span=HOUR, first=100, last=150)
    ends = sorted(instants)
    parts = [Stretch(start, end) for start, end in pairwise(ends)]
    total = Sums()
    for part in parts:
        total = total + series.sums([part])
    assert total == series.sums(parts) == series.sums([Stretch(ends[0], ends[-1])])
    expected = sum(
        values[2]
        for n, values in found.items()
        if 100 <= n < 150 and ends[0] <= n * HOUR < ends[-1]
    )
    assert total.down == expected


def test_a_day_on_which_clocks_change_is_an_hour_longer_or_shorter() -> None:
    autumn = calendar("Europe/Paris", until=NOW)
    lengths = {autumn.first + timedelta(days=n): day.seconds for n, day in enumerate(autumn.days)}
    assert lengths[date(2026, 10, 25)] == 25 * 3600
    assert lengths[date(2026, 10, 24)] == 24 * 3600
    assert autumn.days[-1].end == int(NOW.timestamp())
    assert [one.end for one in autumn.days[:-1]] == [two.start for two in autumn.days[1:]]
    spring = calendar("Europe/Paris", until=datetime(2027, 4, 10, tzinfo=UTC))
    lengths = {spring.first + timedelta(days=n): day.seconds for n, day in enumerate(spring.days)}
    assert lengths[date(2027, 3, 28)] == 23 * 3600


def test_school_hours_are_ten_hours_of_five_days() -> None:
    found = calendar("Indian/Reunion", until=NOW)
    opened = [
        datetime.fromtimestamp(item.start, ZoneInfo("Indian/Reunion"))
        for item in found.school_hours
    ]
    assert {at.hour for at in opened} == {8}
    assert {at.weekday() for at in opened} == {0, 1, 2, 3, 4}
    assert {item.seconds for item in found.school_hours[:-1]} == {36_000}


def test_the_latest_minutes_wait_until_their_verdict_is_counted() -> None:
    assert history_work.settled(NOW) == UNTIL
