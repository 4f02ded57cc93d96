"""School hours from Tahiti to Réunion, and the slot that disturbs fewest."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from instances.window_advice import Advice, Concerned, Slot, advise, in_school_hours

PARIS, REUNION = ZoneInfo("Europe/Paris"), ZoneInfo("Indian/Reunion")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
MONDAY = datetime(2026, 11, 23, tzinfo=PARIS)
LONG_AGO = MONDAY - 300 * DAY
ZONES = (
    "Pacific/Tahiti", "America/Guadeloupe", "America/Cayenne", "America/Miquelon",
    "Europe/Paris", "Indian/Mayotte", "Indian/Reunion", "Pacific/Noumea", "Pacific/Wallis",
)  # fmt: skip


def slot(at: datetime, hours: float = 1) -> Slot:
    starts_at = at.astimezone(UTC)
    return Slot(starts_at=starts_at, ends_at=starts_at + hours * HOUR)


def academie(zone: str, weight: int = 0, name: str | None = None) -> Concerned:
    name = name or zone.partition("/")[2]
    return Concerned(slug=name.lower(), name=name, zone=zone, weight=weight)


def better(advice: Advice | None) -> Slot:
    assert advice is not None
    assert advice.better is not None
    return advice.better


@pytest.mark.parametrize(
    ("at", "hours", "zone", "touches"),
    [
        (MONDAY + 8 * HOUR, 1, PARIS, True),
        (MONDAY + 7 * HOUR, 1, PARIS, False),
        (MONDAY + 7 * HOUR, 1.5, PARIS, True),
        (MONDAY + 17.5 * HOUR, 1, PARIS, True),
        (MONDAY + 18 * HOUR, 12, PARIS, False),
        (MONDAY - 12 * HOUR, 72, PARIS, True),
        (MONDAY - 2 * DAY, 48, PARIS, False),
        # 6 h in Paris is 9 h in Réunion; 16 h is 19 h.
        (MONDAY + 6 * HOUR, 1, REUNION, True),
        (MONDAY + 16 * HOUR, 1, REUNION, False),
        # Sunday evening in Paris is Monday morning in Nouméa.
        (MONDAY - 2 * HOUR, 1, ZoneInfo("Pacific/Noumea"), True),
        # Saturday morning in Paris is Friday evening in Tahiti.
        (MONDAY + 5 * DAY + 3 * HOUR, 1, ZoneInfo("Pacific/Tahiti"), True),
    ],
)
def test_school_hours_are_those_of_the_place(
    *, at: datetime, hours: float, zone: ZoneInfo, touches: bool
) -> None:
    assert in_school_hours(slot(at, hours), zone) is touches


def test_school_hours_follow_the_clocks() -> None:
    """16:30 UTC is 17:30 in Paris in winter, and 18:30 in summer."""
    winter, summer = (datetime(2027, month, 5, 16, 30, tzinfo=UTC) for month in (1, 7))
    assert in_school_hours(slot(winter), PARIS)
    assert not in_school_hours(slot(summer), PARIS)


def test_what_disturbs_nobody_needs_no_advice() -> None:
    academies = [academie("Europe/Paris")]
    assert advise(slot(MONDAY + 19 * HOUR), academies, now=LONG_AGO) is None
    assert advise(slot(MONDAY + 10 * HOUR), [], now=LONG_AGO) is None


def test_the_nearest_slot_that_disturbs_nobody_is_proposed_of_the_same_length() -> None:
    academies = [academie("Europe/Paris")]
    found = better(advise(slot(MONDAY + 16 * HOUR, 1.5), academies, now=LONG_AGO))
    assert found == slot(MONDAY + 18 * HOUR, 1.5)
    early = better(advise(slot(MONDAY + 8.5 * HOUR, 1), academies, now=LONG_AGO))
    assert early == slot(MONDAY + 7 * HOUR, 1)


def test_what_is_past_is_not_proposed() -> None:
    academies = [academie("Europe/Paris")]
    now = MONDAY + 7.5 * HOUR
    found = better(advise(slot(MONDAY + 8.5 * HOUR), academies, now=now))
    assert found == slot(MONDAY + 18 * HOUR)


def test_where_it_is_used_most_counts_most() -> None:
    """At 14 h in Paris, 17 h in Réunion, nobody can be spared on that day: fewest openings win."""
    wanted = slot(MONDAY + 2 * DAY + 14 * HOUR, 12)
    often = [academie("Europe/Paris", 9), academie("Pacific/Noumea", 1)]
    seldom = [academie("Europe/Paris", 1), academie("Pacific/Noumea", 9)]
    for academies, spared in ((often, PARIS), (seldom, ZoneInfo("Pacific/Noumea"))):
        found = better(advise(wanted, academies, now=LONG_AGO))
        assert not in_school_hours(found, spared)


def test_friday_s_work_moves_to_the_weekend_when_it_is_long() -> None:
    academies = [academie(zone) for zone in ZONES]
    friday = MONDAY + 4 * DAY
    advice = advise(slot(friday + 9 * HOUR, 10), academies, now=LONG_AGO)
    found = better(advice)
    assert advice is not None
    assert advice.still_disturbed == ()
    assert found.starts_at.astimezone(PARIS).weekday() in (5, 6)


def test_the_same_as_everywhere_else_has_no_better_slot() -> None:
    """Three days from a Monday night disturb everybody, whenever they begin."""
    advice = advise(slot(MONDAY + 2 * HOUR, 72), [academie("Europe/Paris")], now=LONG_AGO)
    assert advice is not None
    assert advice.better is None


def test_those_who_open_it_most_are_named_first() -> None:
    academies = [
        academie("Europe/Paris", 3, "Lyon"),
        academie("Europe/Paris", 30, "Rennes"),
        academie("Europe/Paris", 3, "Créteil"),
        academie("Pacific/Tahiti", 99),
    ]
    advice = advise(slot(MONDAY + 10 * HOUR), academies, now=LONG_AGO)
    assert advice is not None
    assert [item.name for item in advice.disturbed] == ["Rennes", "Créteil", "Lyon"]


@settings(max_examples=40)
@given(
    half_hours=st.integers(0, 48 * 14),
    length=st.integers(1, 24),
    weights=st.lists(st.integers(0, 50), min_size=len(ZONES), max_size=len(ZONES)),
)
def test_no_slot_nearby_is_better_than_the_one_proposed(
    half_hours: int, length: int, weights: list[int]
) -> None:
    academies = [academie(zone, weight) for zone, weight in zip(ZONES, weights, strict=True)]
    wanted = slot(MONDAY + half_hours * HOUR / 2, length / 2)

    def cost(of: Slot) -> tuple[int, int]:
        busy = [item for item in academies if in_school_hours(of, ZoneInfo(item.zone))]
        return sum(item.weight for item in busy), len(busy)

    advice = advise(wanted, academies, now=LONG_AGO)
    if advice is None:
        assert cost(wanted) == (0, 0)
        return
    found = advice.better or wanted
    assert found.ends_at - found.starts_at == wanted.ends_at - wanted.starts_at
    assert abs(found.starts_at - wanted.starts_at) <= 3 * DAY
    shifts = range(-48, 145)
    nearby = [slot(wanted.starts_at + n * HOUR / 2, length / 2) for n in shifts]
    assert cost(found) == min(map(cost, nearby))
    assert (advice.better is None) is (cost(found) == cost(wanted))
