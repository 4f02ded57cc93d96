"""Calendars take what we announce, and expand it to the hours that we announce."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from dateutil.rrule import rrulestr
from dateutil.tz import tzical
from icalendar import Calendar

from monitoring import windows
from monitoring.maintenance import occurrences
from tests.portal import Portal
from tests.web import happenings
from tests.web.happenings import AN_HOUR, now

PARIS = ZoneInfo("Europe/Paris")
PATH = "/lyon/etat/maintenances.ics"


def events(portal: Portal, path: str = PATH) -> list[Any]:
    answer = portal.client.get(path)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    read: Any = Calendar.from_ical(answer.data)
    assert read.errors == []
    assert {"VERSION", "PRODID"} <= read.keys()
    found: list[Any] = read.walk("VEVENT")
    for event in found:
        assert {"UID", "DTSTAMP", "DTSTART", "DTEND", "SUMMARY", "SEQUENCE"} <= event.keys()
        assert event.errors == []
    return found


def test_one_time_is_one_event_with_a_stable_id_and_its_version(portal: Portal) -> None:
    uid = happenings.add_window(portal, "service", "pad", version=3, text="Exportez vos textes.")
    [event] = events(portal)
    assert (event["UID"], event["SEQUENCE"]) == (uid, 3)
    assert event["SUMMARY"] == "Pad en maintenance"
    assert event["DESCRIPTION"] == "Mise à jour\n\nExportez vos textes."
    assert event["DTEND"].dt - event["DTSTART"].dt == AN_HOUR


def test_nothing_announced_is_a_calendar_all_the_same(portal: Portal) -> None:
    assert events(portal) == []
    assert portal.client.get(PATH).text.count("BEGIN:VTIMEZONE") == 1


def days_ago(least: int, *, from_day: int = 1) -> datetime:
    """Return a moment in the past, on the first day of a month or later, at half past seven."""
    day = now().date() - timedelta(days=least)
    while day.day < from_day:
        day -= timedelta(days=1)
    return datetime(day.year, day.month, day.day, 7, 30, tzinfo=PARIS)


@pytest.mark.parametrize(
    ("repeats", "begins"),
    [
        ("weekly", days_ago(60)),
        ("monthly", days_ago(60)),
        ("monthly", days_ago(60, from_day=29)),
    ],
    ids=["weekly", "monthly", "last of the month"],
)
def test_a_calendar_expands_it_as_we_do(portal: Portal, repeats: str, begins: datetime) -> None:
    """Over a year: hours stay when the clocks change, the fifth Tuesday is the last."""
    until = now().date() + timedelta(days=330)
    values: dict[str, Any] = {"repeats": repeats, "until": until}
    happenings.add_window(
        portal, "service", "pad", starts_at=begins, ends_at=begins + AN_HOUR, **values
    )
    [event] = events(portal)
    start = event["DTSTART"].dt
    assert str(start.tzinfo) == "Europe/Paris"
    # As calendars do: local hours, the zone put on afterwards.
    rule = re.sub(r"UNTIL=(\d{8})T\d+Z", r"UNTIL=\1T235959", event["RRULE"].to_ical().decode())
    local = rrulestr(rule, dtstart=start.replace(tzinfo=None))
    theirs = [moment.replace(tzinfo=PARIS).astimezone(UTC) for moment in local]
    [window] = portal.site.snapshot.windows
    ours = occurrences(window, start=begins, end=begins + timedelta(days=500))
    assert theirs == [taking.starts_at for taking in ours]
    assert len(theirs) > 10


def test_hours_are_ours_to_a_reader_that_knows_no_zone(portal: Portal) -> None:
    begins = days_ago(400)
    values: dict[str, Any] = {"repeats": "weekly", "timezone": "Europe/Paris"}
    happenings.add_window(
        portal, "service", "pad", starts_at=begins, ends_at=begins + AN_HOUR, **values
    )
    read = tzical(StringIO(portal.client.get(PATH).text)).get("Europe/Paris")
    for week in range(150):
        local = begins.replace(tzinfo=None) + timedelta(weeks=week)
        assert local.replace(tzinfo=read).utcoffset() == local.replace(tzinfo=PARIS).utcoffset()


def test_times_that_ended_early_are_told_beside_their_series(portal: Portal) -> None:
    begun = days_ago(14)
    second = begun + timedelta(days=7)
    cuts = [str(begun + AN_HOUR / 4), str(second + AN_HOUR / 2)]
    values: dict[str, Any] = {"repeats": "weekly", "cuts": cuts}
    happenings.add_window(
        portal, "service", "pad", starts_at=begun, ends_at=begun + AN_HOUR, **values
    )
    series, *singles = events(portal)
    assert {event["UID"] for event in singles} == {series["UID"]}
    assert [event["RECURRENCE-ID"].dt for event in singles] == [begun, second]
    lengths = [event["DTEND"].dt - event["DTSTART"].dt for event in singles]
    assert lengths == [AN_HOUR / 4, AN_HOUR / 2]


def test_one_occurrence_is_added_by_the_link_of_the_page(portal: Portal) -> None:
    uid = happenings.add_window(portal, "service", "pad", repeats="weekly")
    page = portal.client.get("/lyon/etat").text
    [path] = re.findall(r'href="(/lyon/etat/maintenances/[^"]+\.ics)"', page)
    [event] = events(portal, path)
    assert "RRULE" not in event
    assert event["UID"].startswith(uid)
    assert event["UID"] != uid, "it does not replace the series of somebody who has both"
    assert portal.client.get(path.replace(uid, "autre")).status_code == 404


def test_an_end_ends_the_series(portal: Portal) -> None:
    ended = now() + timedelta(days=10)
    happenings.add_window(portal, "service", "pad", repeats="weekly", ended_at=ended)
    [event] = events(portal)
    assert event["RRULE"]["UNTIL"] == [ended]


def test_what_was_called_off_is_cancelled_in_a_later_version(portal: Portal) -> None:
    uid = happenings.add_window(portal, "service", "pad")
    [path] = re.findall(
        r'href="(/lyon/etat/maintenances/[^"]+\.ics)"', portal.client.get("/lyon/etat").text
    )
    [before] = events(portal)
    assert before["STATUS"] == "CONFIRMED"
    happenings.stop_window(portal, uid, windows.call_off)
    for where in (PATH, path):
        [after] = events(portal, where)
        assert (after["UID"], after["STATUS"]) == (uid, "CANCELLED")
        assert after["SEQUENCE"] > before["SEQUENCE"]
        assert (after["DTSTART"].dt, after["DTEND"].dt) == (
            before["DTSTART"].dt,
            before["DTEND"].dt,
        )


def test_what_ended_early_ends_then_in_a_later_version(portal: Portal) -> None:
    begun = now() - AN_HOUR / 2
    uid = happenings.add_window(portal, "service", "pad", starts_at=begun, ends_at=begun + AN_HOUR)
    [before] = events(portal)
    happenings.stop_window(portal, uid, windows.end_now)
    [after] = events(portal)
    assert (after["UID"], after["STATUS"]) == (uid, "CONFIRMED")
    assert after["SEQUENCE"] > before["SEQUENCE"]
    assert after["DTSTART"].dt < after["DTEND"].dt < before["DTEND"].dt


@pytest.mark.parametrize(
    ("since_last", "status"), [(timedelta(days=3), "CANCELLED"), (AN_HOUR / 2, "CONFIRMED")]
)
def test_a_series_that_is_called_off_ends_with_the_time_that_goes_on_or_comes(
    portal: Portal, since_last: timedelta, status: str
) -> None:
    week = timedelta(days=7)
    begun = now() - week - since_last
    values: dict[str, Any] = {"repeats": "weekly", "timezone": "UTC"}
    values |= {"starts_at": begun, "ends_at": begun + AN_HOUR, "updated_at": begun}
    cuts = [str(begun + AN_HOUR / 4)]
    uid = happenings.add_window(portal, "service", "pad", cuts=cuts, **values)
    happenings.stop_window(portal, uid, windows.call_off)
    series, cut, last = events(portal)
    assert {event["UID"] for event in (series, cut, last)} == {uid}
    assert cut["DTEND"].dt == begun + AN_HOUR / 4
    assert last["STATUS"] == status
    assert last["RECURRENCE-ID"].dt == begun + (2 * week if status == "CANCELLED" else week)
    assert series["STATUS"] == "CONFIRMED", "of what took place"
    rule = rrulestr(series["RRULE"].to_ical().decode(), dtstart=series["DTSTART"].dt)
    assert rule[-1] == last["RECURRENCE-ID"].dt


def test_a_series_that_is_called_off_before_it_began_is_cancelled_whole(portal: Portal) -> None:
    uid = happenings.add_window(portal, "service", "pad", repeats="monthly")
    happenings.stop_window(portal, uid, windows.call_off)
    [series] = events(portal)
    assert (series["UID"], series["STATUS"]) == (uid, "CANCELLED")
