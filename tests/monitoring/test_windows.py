"""Announcing maintenance: what is refused, what is written down, who is told of a conflict."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

import journal
from database import make_sessions, writing
from journal import JournalLine, Revision
from monitoring import windows
from monitoring.maintenance import Repeats, Scope, in_force, occurrences
from monitoring.models import MaintenanceWindow
from monitoring.window_rules import (
    MAX_TEXT,
    MAX_TITLE,
    Author,
    Content,
    WindowConflictError,
    WindowError,
    is_over,
)

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
KNOWN = {(Scope.SERVICE, "visio"), (Scope.OPERATOR, "dne")}
LABELS = {"backend": ("visio/a",), "operator": ("dne",)}
OWNER = "operator/dne"


def make_content(**changes: Any) -> Content:
    values: dict[str, Any] = {
        "scope": Scope.SERVICE,
        "value": "visio",
        "title": "Mise à jour",
        "starts_at": NOW + DAY,
        "ends_at": NOW + DAY + 2 * HOUR,
        "timezone": "Europe/Paris",
    }
    return Content(**(values | changes))


def by(now: datetime = NOW, **changes: Any) -> Author:
    return Author(actor="account/7", now=now, **changes)


def declare(session: Session, **changes: Any) -> MaintenanceWindow:
    content = make_content(**changes)
    return windows.declare(session, content, owner=OWNER, by=by(), known=KNOWN)


def test_an_owner_announces_so_many_at_most(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(windows, "MOST_OF_AN_OWNER", 2)
    row = declare(session)
    windows.call_off(session, row, by=by())
    declare(session)
    with pytest.raises(WindowError, match="too-many"):
        declare(session)
    other = windows.declare(session, make_content(), owner="academie/lyon", by=by(), known=KNOWN)
    assert other.owner == "academie/lyon"
    later = NOW + windows.REMEMBERED + 2 * DAY
    content = make_content(starts_at=later + DAY, ends_at=later + DAY + HOUR)
    assert windows.declare(session, content, owner=OWNER, by=by(later), known=KNOWN)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"title": " \n "}, "no-title"),
        ({"title": "a" * (MAX_TITLE + 1)}, "title-too-long"),
        ({"text": "a" * (MAX_TEXT + 1)}, "text-too-long"),
        ({"value": "pad"}, "unknown-place"),
        ({"scope": Scope.BACKEND}, "unknown-place"),
        ({"ends_at": NOW + DAY}, "ends-before-start"),
        ({"ends_at": NOW + 4 * DAY + timedelta(seconds=1)}, "too-long"),
        ({"starts_at": NOW - HOUR}, "past"),
        ({"timezone": "Europe/Clermont"}, "unknown-zone"),
        ({"timezone": ""}, "unknown-zone"),
        ({"timezone": "../etc/passwd"}, "unknown-zone"),
        ({"repeats": Repeats.WEEKLY, "until": date(2026, 11, 20)}, "until-before-start"),
    ],
)
def test_what_cannot_stand_is_refused_with_its_reason(
    session: Session, changes: dict[str, Any], code: str
) -> None:
    with pytest.raises(WindowError) as refused:
        declare(session, **changes)
    assert refused.value.code == code
    assert session.scalars(select(JournalLine)).all() == []


def test_a_maintenance_is_announced_with_one_line_in_the_journal(any_engine: Engine) -> None:
    sessions = make_sessions(any_engine)
    with writing(sessions) as session:
        before = journal.read_revisions(session)[Revision.WINDOWS]
        declare(session, title="  Mise   à jour ", text="Un\r\n\r\n\r\n\r\ndeux ")
    with sessions() as session:
        [window] = windows.read_windows(session, now=NOW)
        [line] = session.scalars(select(JournalLine)).all()
        assert journal.read_revisions(session)[Revision.WINDOWS] == before + 1
    assert (window.title, window.text) == ("Mise à jour", "Un\n\ndeux")
    assert in_force([window], LABELS, at=NOW + DAY) is not None
    assert (line.event, line.subject, line.actor) == (
        "window.declared",
        f"window/{window.id}",
        "account/7",
    )
    assert line.academie is None
    assert line.after is not None
    assert line.after["starts_at"] == (NOW + DAY).isoformat()


def test_the_line_of_an_academies_own_is_in_its_journal(session: Session) -> None:
    windows.declare(session, make_content(), owner="academie/lyon", by=by(), known=KNOWN)
    session.flush()
    assert session.scalars(select(JournalLine.academie)).all() == ["lyon"]


def test_one_that_was_only_announced_may_change_in_every_way(session: Session) -> None:
    row = declare(session)
    later = make_content(
        scope=Scope.OPERATOR,
        value="dne",
        title="Autre",
        starts_at=NOW + 2 * DAY,
        ends_at=NOW + 2 * DAY + HOUR,
        repeats=Repeats.WEEKLY,
        until=date(2027, 1, 31),
    )
    windows.change(session, row, later, by=by(seen=1), known=KNOWN)
    assert (windows.content_of(row), row.version) == (later, 2)


def test_of_one_that_has_begun_only_words_and_end_change(session: Session) -> None:
    row = declare(session)
    started = NOW + DAY + HOUR
    wanted = replace(
        make_content(title="Plus long", text="Patience.", ends_at=NOW + DAY + 5 * HOUR),
        starts_at=NOW + 9 * DAY,
        scope=Scope.OPERATOR,
        value="dne",
        repeats=Repeats.WEEKLY,
    )
    windows.change(session, row, wanted, by=by(started), known=KNOWN)
    assert windows.content_of(row) == make_content(
        title="Plus long", text="Patience.", ends_at=NOW + DAY + 5 * HOUR
    )
    past = make_content(ends_at=started - timedelta(minutes=1))
    with pytest.raises(WindowError, match="end-past"):
        windows.change(session, row, past, by=by(started), known=KNOWN)
    long = make_content(ends_at=NOW + 9 * DAY)
    with pytest.raises(WindowError, match="too-long"):
        windows.change(session, row, long, by=by(started), known=())


def test_the_end_of_one_that_repeats_is_its_last_day(session: Session) -> None:
    row = declare(session, repeats=Repeats.WEEKLY)
    after = NOW + 10 * DAY
    wanted = make_content(
        repeats=Repeats.WEEKLY, until=date(2026, 12, 31), ends_at=NOW + DAY + 9 * HOUR
    )
    windows.change(session, row, wanted, by=by(after), known=KNOWN)
    assert (row.until, row.ends_at) == (date(2026, 12, 31), NOW + DAY + 2 * HOUR)
    past = replace(wanted, until=date(2026, 11, 25))
    with pytest.raises(WindowError, match="until-past"):
        windows.change(session, row, past, by=by(after), known=KNOWN)


def test_two_who_write_at_once_the_second_is_told(session: Session) -> None:
    row = declare(session)
    windows.change(session, row, make_content(title="Un"), by=by(seen=1), known=KNOWN)
    with pytest.raises(WindowConflictError) as told:
        windows.change(session, row, make_content(title="Deux"), by=by(seen=1), known=KNOWN)
    assert (told.value.actor, told.value.version) == ("account/7", 2)
    assert row.title == "Un"
    with pytest.raises(WindowConflictError):
        windows.call_off(session, row, by=by(seen=1))


def test_what_is_called_off_never_takes_place_and_is_not_called_off_twice(
    session: Session,
) -> None:
    row = declare(session, repeats=Repeats.WEEKLY)
    windows.call_off(session, row, by=by(NOW + HOUR, why="Reportée"))
    window = windows.window_of(row)
    assert in_force([window], LABELS, at=NOW + DAY) is None
    for act in (windows.call_off, windows.end_now):
        with pytest.raises(WindowError, match="over"):
            act(session, row, by=by(NOW + 2 * HOUR))
    lines = session.scalars(select(JournalLine).order_by(JournalLine.id)).all()
    assert [line.event for line in lines] == ["window.declared", "window.called-off"]
    assert lines[1].reason == "Reportée"


def test_what_goes_on_ends_now_and_only_that(session: Session) -> None:
    row = declare(session)
    with pytest.raises(WindowError, match="not-begun"):
        windows.end_now(session, row, by=by())
    during = NOW + DAY + HOUR
    windows.end_now(session, row, by=by(during))
    assert in_force([windows.window_of(row)], LABELS, at=during) is None
    assert is_over(windows.window_of(row), during)


def test_ending_todays_of_one_that_repeats_leaves_next_weeks(session: Session) -> None:
    row = declare(session, repeats=Repeats.WEEKLY)
    during = NOW + DAY + HOUR
    windows.end_now(session, row, by=by(during))
    window = windows.window_of(row)
    assert in_force([window], LABELS, at=during) is None
    assert in_force([window], LABELS, at=during + 7 * DAY) is not None
    assert not is_over(window, during)
    with pytest.raises(WindowError, match="not-begun"):
        windows.end_now(session, row, by=by(during + timedelta(minutes=5)))


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ended=st.dictionaries(st.integers(0, 30), st.integers(1, 119), max_size=8))
def test_each_time_that_was_ended_early_stays_as_short_as_it_was(
    session: Session, ended: dict[int, int]
) -> None:
    """`ended`: the weeks in which somebody ended it, and after how many minutes."""
    row = declare(session, repeats=Repeats.WEEKLY)
    whole = occurrences(windows.window_of(row), start=NOW, end=NOW + 7 * 31 * DAY)
    for week, minutes in sorted(ended.items()):
        at = whole[week].starts_at + timedelta(minutes=minutes)
        windows.end_now(session, row, by=by(at))
    session.flush()
    session.refresh(row)
    found = occurrences(windows.window_of(row), start=NOW, end=NOW + 7 * 31 * DAY)
    lengths = [item.ends_at - item.starts_at for item in found]
    assert lengths == [timedelta(minutes=ended.get(week, 120)) for week in range(31)]
    assert [item.starts_at for item in found] == [item.starts_at for item in whole]


def test_two_times_that_were_ended_early_are_written_down(any_engine: Engine) -> None:
    sessions = make_sessions(any_engine)
    with writing(sessions) as session:
        number = declare(session, repeats=Repeats.WEEKLY).id
    during = [NOW + DAY + HOUR, NOW + 8 * DAY + HOUR / 2]
    for at in during:
        with writing(sessions) as session:
            row = windows.find(session, number)
            assert row is not None
            windows.end_now(session, row, by=by(at))
    with sessions() as session:
        [window] = windows.read_windows(session, now=NOW)
    assert window.cuts == tuple(during)
    assert [in_force([window], LABELS, at=at) for at in during] == [None, None]


def test_one_that_repeats_is_over_after_its_last_time(session: Session) -> None:
    row = declare(session, repeats=Repeats.WEEKLY, until=date(2026, 11, 29))
    window = windows.window_of(row)
    last_end = NOW + 8 * DAY + 2 * HOUR
    assert not is_over(window, last_end - timedelta(seconds=1))
    assert is_over(window, last_end)
    assert is_over(window, last_end + 500 * DAY)


def test_a_window_is_found_by_its_owner_alone(session: Session) -> None:
    row = declare(session)
    assert windows.find(session, row.id, owner=OWNER) is row
    assert windows.find(session, row.id) is row
    assert windows.find(session, row.id, owner="academie/lyon") is None
    assert windows.find(session, row.id + 1) is None


def test_an_hour_is_kept_whatever_the_zone(any_engine: Engine) -> None:
    noumea = ZoneInfo("Pacific/Noumea")
    starts_at = datetime(2026, 11, 22, 6, 0, tzinfo=noumea)
    sessions = make_sessions(any_engine)
    with writing(sessions) as session:
        declare(
            session,
            starts_at=starts_at,
            ends_at=starts_at + HOUR,
            timezone="Pacific/Noumea",
            repeats=Repeats.MONTHLY,
            until=date(2027, 2, 28),
        )
    with sessions() as session:
        [window] = windows.read_windows(session, now=NOW)
    assert (window.starts_at, window.until) == (starts_at.astimezone(UTC), date(2027, 2, 28))
