"""When announced maintenance takes place: hours that stay, clocks that change, what it is about."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitoring.maintenance import (
    Repeats,
    Scope,
    Window,
    coming,
    covers,
    in_force,
    occurrences,
)

PARIS = ZoneInfo("Europe/Paris")
ZONES = ("Europe/Paris", "Indian/Reunion", "Pacific/Tahiti", "America/Miquelon", "Pacific/Noumea")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
VISIO = {"backend": ("visio/a",), "service": ("visio",), "operator": ("dne",)}


def make_window(starts_at: datetime, **changes: Any) -> Window:
    values: dict[str, Any] = {
        "id": 1,
        "uid": "u",
        "owner": "operator/dne",
        "scope": Scope.SERVICE,
        "value": "visio",
        "title": "Mise à jour",
        "starts_at": starts_at,
        "ends_at": starts_at + 2 * HOUR,
        "updated_at": starts_at,
    }
    return Window(**(values | changes))


def local(*values: int, zone: ZoneInfo = PARIS, fold: int = 0) -> datetime:
    year, month, day, hour, minute = values
    return datetime(year, month, day, hour, minute, tzinfo=zone, fold=fold).astimezone(UTC)


def begins(window: Window, start: datetime, end: datetime) -> list[str]:
    found = occurrences(window, start=start, end=end)
    return [
        item.starts_at.astimezone(ZoneInfo(window.timezone)).strftime("%m-%d %H:%M")
        for item in found
    ]


def test_one_takes_place_once_and_is_in_force_until_its_end() -> None:
    window = make_window(local(2026, 12, 2, 12, 30))
    assert begins(window, window.starts_at - DAY, window.starts_at + 400 * DAY) == ["12-02 12:30"]
    for at, holds in (
        (window.starts_at - timedelta(seconds=1), False),
        (window.starts_at, True),
        (window.ends_at - timedelta(seconds=1), True),
        (window.ends_at, False),
    ):
        assert (in_force([window], VISIO, at=at) is not None) is holds, at


def test_an_hour_stays_when_the_clocks_change() -> None:
    weekly = make_window(local(2026, 10, 20, 22, 0), repeats=Repeats.WEEKLY)
    found = occurrences(weekly, start=weekly.starts_at, end=weekly.starts_at + 14 * DAY)
    assert [item.starts_at.hour for item in found] == [20, 21]
    assert {item.ends_at - item.starts_at for item in found} == {2 * HOUR}


def test_an_hour_that_is_skipped_is_the_one_that_clocks_then_show() -> None:
    weekly = make_window(local(2027, 3, 21, 2, 30), repeats=Repeats.WEEKLY)
    assert begins(weekly, weekly.starts_at, weekly.starts_at + 15 * DAY) == [
        "03-21 02:30",
        "03-28 03:30",
        "04-04 02:30",
    ]


@pytest.mark.parametrize("fold", [0, 1])
def test_the_first_time_is_the_instant_that_was_meant_even_in_an_hour_that_comes_twice(
    fold: int,
) -> None:
    starts_at = local(2026, 10, 25, 2, 30, fold=fold)
    weekly = make_window(starts_at, repeats=Repeats.WEEKLY)
    found = occurrences(weekly, start=starts_at - DAY, end=starts_at + 8 * DAY)
    assert [item.starts_at for item in found] == [starts_at, local(2026, 11, 1, 2, 30)]


def test_every_second_tuesday_and_the_last_one_of_a_month() -> None:
    second = make_window(local(2026, 12, 8, 20, 0), repeats=Repeats.MONTHLY)
    assert begins(second, second.starts_at, second.starts_at + 70 * DAY) == [
        "12-08 20:00",
        "01-12 20:00",
        "02-09 20:00",
    ]
    fifth = make_window(local(2026, 12, 29, 20, 0), repeats=Repeats.MONTHLY)
    assert begins(fifth, fifth.starts_at, fifth.starts_at + 70 * DAY) == [
        "12-29 20:00",
        "01-26 20:00",
        "02-23 20:00",
    ]


def test_the_last_day_is_one_of_the_windows_own_zone() -> None:
    tahiti = ZoneInfo("Pacific/Tahiti")
    # There it is Monday evening, here Tuesday morning.
    weekly = make_window(
        local(2026, 12, 7, 20, 0, zone=tahiti),
        timezone="Pacific/Tahiti",
        repeats=Repeats.WEEKLY,
        until=date(2026, 12, 14),
    )
    assert begins(weekly, weekly.starts_at, weekly.starts_at + 60 * DAY) == [
        "12-07 20:00",
        "12-14 20:00",
    ]


def test_what_was_called_off_holds_no_more_and_what_went_on_was_cut() -> None:
    window = make_window(local(2026, 12, 2, 12, 0))
    early = make_window(window.starts_at, ended_at=window.starts_at + HOUR)
    [cut] = occurrences(early, start=window.starts_at, end=window.ends_at)
    assert cut.ends_at == window.starts_at + HOUR
    before = make_window(window.starts_at, ended_at=window.starts_at - HOUR)
    assert occurrences(before, start=window.starts_at - DAY, end=window.ends_at) == ()


def test_of_one_that_repeats_the_time_that_was_cut_is_shorter_and_the_next_is_whole() -> None:
    starts_at = local(2026, 12, 2, 12, 0)
    weekly = make_window(starts_at, repeats=Repeats.WEEKLY, cuts=(starts_at + HOUR,))
    found = occurrences(weekly, start=starts_at, end=starts_at + 8 * DAY)
    assert [item.ends_at - item.starts_at for item in found] == [HOUR, 2 * HOUR]
    assert in_force([weekly], VISIO, at=starts_at + HOUR) is None


def test_of_several_the_one_that_ends_last_is_in_force() -> None:
    short = make_window(local(2026, 12, 2, 12, 0))
    long = make_window(short.starts_at, id=2, ends_at=short.ends_at + HOUR)
    for order in ((short, long), (long, short)):
        found = in_force(order, VISIO, at=short.starts_at)
        assert found is not None
        assert found.window.id == 2
    ahead = coming([long, short], now=short.starts_at - HOUR, ahead=DAY)
    assert [item.window.id for item in ahead] == [1, 2]


@pytest.mark.parametrize(
    ("scope", "value", "about"),
    [
        (Scope.SERVICE, "visio", True),
        (Scope.SERVICE, "vis", False),
        (Scope.SERVICE, "lyon:visio", False),
        (Scope.BACKEND, "visio/a", True),
        (Scope.BACKEND, "visio/b", False),
        (Scope.OPERATOR, "dne", True),
        (Scope.OPERATOR, "asso", False),
        (Scope.HOST, "visio.example.fr", False),
    ],
)
def test_a_window_is_about_what_its_label_says(scope: Scope, value: str, *, about: bool) -> None:
    window = make_window(local(2026, 12, 2, 12, 0), scope=scope, value=value)
    assert covers(window, VISIO) is about


def test_an_operators_work_is_not_on_the_address_that_an_academie_put_in_its_place() -> None:
    window = make_window(local(2026, 12, 2, 12, 0), scope=Scope.OPERATOR, value="dne")
    own = {**VISIO, "backend": ("lyon:visio/propre-1",)}
    assert not covers(window, own)
    assert covers(window, {**VISIO, "backend": ("lyon:visio/propre-1", "visio/a")})


def test_an_academies_word_holds_for_no_server_that_others_use_as_well() -> None:
    window = make_window(local(2026, 12, 2, 12, 0), owner="academie/lyon", value="lyon:notes")
    own = {"backend": ("lyon:notes/a",), "service": ("lyon.notes",)}
    assert covers(window, own)
    for others in ("visio/a", "lyon-2:notes/a", "rennes:notes/a"):
        assert not covers(window, {"backend": (*own["backend"], others)}), others


def _independent(window: Window, start: datetime, end: datetime) -> Iterator[datetime]:
    """Look at each day of the calendar in turn: no rule, no library of rules."""
    zone = ZoneInfo(window.timezone)
    first = window.starts_at.astimezone(zone)
    day = first.date()
    while day <= end.astimezone(zone).date():
        if _is_its_day(day, first.date(), window.repeats) and day <= (window.until or date.max):
            at = datetime.combine(day, first.time().replace(fold=0), zone).astimezone(UTC)
            at = window.starts_at if day == first.date() else at
            if at < end and start < at + window.duration:
                yield at
        day += DAY


def _is_its_day(day: date, first: date, repeats: Repeats) -> bool:
    if repeats is Repeats.ONCE:
        return day == first
    if day.weekday() != first.weekday():
        return False
    if repeats is Repeats.WEEKLY:
        return True
    if first.day > 28:
        return (day + 7 * DAY).month != day.month
    return (day.day - 1) // 7 == (first.day - 1) // 7


@given(
    zone=st.sampled_from(ZONES),
    minute=st.integers(0, 366 * 24 * 60),
    minutes=st.integers(1, 72 * 60),
    repeats=st.sampled_from(Repeats),
    lasts=st.none() | st.integers(0, 200),
    ahead=st.integers(-40, 250),
    span=st.integers(1, 60),
)
def test_occurrences_are_those_of_a_calendar_that_is_leafed_through(  # noqa: PLR0913
    *,
    zone: str,
    minute: int,
    minutes: int,
    repeats: Repeats,
    lasts: int | None,
    ahead: int,
    span: int,
) -> None:
    new_year = datetime(2026, 1, 1, tzinfo=ZoneInfo(zone))
    begin = (new_year + timedelta(minutes=minute)).astimezone(UTC)
    first_day = begin.astimezone(ZoneInfo(zone)).date()
    window = make_window(
        begin,
        ends_at=begin + timedelta(minutes=minutes),
        timezone=zone,
        repeats=repeats,
        until=first_day + lasts * DAY if lasts is not None and repeats != "once" else None,
    )
    start = begin + ahead * DAY
    found = occurrences(window, start=start, end=start + span * DAY)
    assert [item.starts_at for item in found] == list(
        _independent(window, start, start + span * DAY)
    )
    assert all(item.ends_at - item.starts_at == window.duration for item in found)
