"""A reader that knows no zone learns from ours what the clocks show, for as long as we plan."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo
from io import StringIO
from zoneinfo import ZoneInfo

import pytest
from dateutil.tz import tzical

from web.calendar_zones import vtimezone

SINCE, NOW = datetime(2026, 1, 2, tzinfo=UTC), datetime(2026, 11, 20, tzinfo=UTC)
FRENCH = (
    "Europe/Paris", "America/Guadeloupe", "America/Martinique", "America/Cayenne",
    "America/Miquelon", "Indian/Reunion", "Indian/Mayotte", "Pacific/Noumea", "Pacific/Tahiti",
    "Pacific/Wallis",
)  # fmt: skip
ODD = ("Australia/Lord_Howe", "Africa/Casablanca", "America/Santiago", "UTC")
"""Half an hour, no rule, summer in January."""


def clocks(local: str) -> datetime:
    return datetime.fromisoformat(local)


def written(name: str) -> str:
    content: bytes = vtimezone(name, since=SINCE, now=NOW).to_ical()
    return content.decode()


def as_read(name: str) -> tzinfo:
    found = tzical(StringIO(written(name))).get(name)
    assert found is not None
    return found


@pytest.mark.parametrize("name", [*FRENCH, *ODD])
def test_the_clocks_are_those_of_the_place(name: str) -> None:
    """At local hours, as an event gives them; none of them is there twice."""
    zone, read = ZoneInfo(name), as_read(name)
    for half_days in range(2 * 365 * 10):
        local = clocks("2026-01-02T10:00") + timedelta(hours=12 * half_days)
        assert local.replace(tzinfo=read).utcoffset() == local.replace(tzinfo=zone).utcoffset()


@pytest.mark.parametrize(
    ("name", "before", "at"),
    [
        ("Europe/Paris", clocks("2027-03-28T01:59"), clocks("2027-03-28T03:00")),
        ("Europe/Paris", clocks("2030-10-27T01:59"), clocks("2030-10-27T03:00")),
        ("America/Miquelon", clocks("2028-03-12T01:59"), clocks("2028-03-12T03:00")),
    ],
)
def test_they_are_moved_at_their_hour(name: str, before: datetime, at: datetime) -> None:
    zone, read = ZoneInfo(name), as_read(name)
    offsets = [moment.replace(tzinfo=read).utcoffset() for moment in (before, at)]
    assert offsets == [moment.replace(tzinfo=zone).utcoffset() for moment in (before, at)]
    assert offsets[0] != offsets[1]


def test_a_rule_is_told_as_one_and_what_has_none_by_its_dates() -> None:
    assert written("Europe/Paris").count("RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=") == 2
    assert "RRULE" not in written("Indian/Reunion")
    assert written("Africa/Casablanca").count("BEGIN:") > 10
    assert not any("RDATE" in written(name) for name in (*FRENCH, *ODD))
