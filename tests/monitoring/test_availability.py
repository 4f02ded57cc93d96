"""The formula of docs/availability.md: a table, then what must hold whatever was heard."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitoring.availability import Sums, availability, worst
from monitoring.target import State

seconds = st.integers(0, 8_000_000)
sums = st.builds(
    Sums,
    up=seconds,
    degraded=seconds,
    down=seconds,
    maintenance=seconds,
    failures=st.integers(0, 10_000),
)


@pytest.mark.parametrize(
    ("found", "span", "share", "coverage"),
    [
        (Sums(), 3600, None, 0),
        (Sums(up=3600), 3600, 10_000, 10_000),
        (Sums(up=1800, degraded=1800), 3600, 10_000, 10_000),
        (Sums(up=2700, down=900), 3600, 7_500, 10_000),
        # Maintenance and what nobody knows are outside; the coverage says how much is left.
        (Sums(up=900, maintenance=900), 3600, 10_000, 5_000),
        (Sums(maintenance=3600), 3600, None, 10_000),
        (Sums(up=900, down=900), 3600, 5_000, 5_000),
        # Rounded down, always.
        (Sums(up=99_999, down=1), 100_000, 9_999, 10_000),
        (Sums(up=999_999, down=1), 1_000_000, 9_999, 10_000),
        (Sums(up=2, down=1), 3, 6_666, 10_000),
        (Sums(up=3599), 3600, 10_000, 9_997),
        # A probe failed, for less than a second.
        (Sums(up=3600, failures=1), 3600, 9_999, 10_000),
        # Hours that are not over hold a little more than their part of the span.
        (Sums(up=4000), 3600, 10_000, 10_000),
        (Sums(up=10), 0, 10_000, 0),
    ],
)
def test_by_numbers(found: Sums, span: int, share: int | None, coverage: int) -> None:
    result = availability(found, seconds=span)
    assert (result.share, result.coverage) == (share, coverage)


@given(sums, sums)
def test_merging_two_windows_equals_the_whole(first: Sums, second: Sums) -> None:
    both = first + second
    assert both == second + first
    assert (both.measured, both.known) == (
        first.measured + second.measured,
        first.known + second.known,
    )
    shares = [availability(item, seconds=1).share for item in (first, second)]
    found = [share for share in shares if share is not None]
    whole = availability(both, seconds=1).share
    assert (whole is None) == (not found)
    if whole is not None:
        # 100 % and a failure that took no time read 99,99 % together.
        assert min(found) - 1 <= whole <= max(found)


@given(sums, st.integers(0, 100_000), st.integers(0, 50))
def test_turning_a_failure_into_a_success_never_lowers_it(
    found: Sums, turned: int, probes: int
) -> None:
    turned, probes = min(turned, found.down), min(probes, found.failures)
    better = replace(
        found,
        up=found.up + turned,
        down=found.down - turned,
        failures=found.failures - probes,
    )
    before, after = (availability(item, seconds=10_000_000) for item in (found, better))
    assert (before.share is None) == (after.share is None)
    assert (after.share or 0) >= (before.share or 0)
    assert after.coverage == before.coverage


@given(sums)
def test_a_period_with_a_failed_probe_never_shows_a_hundred_percent(found: Sums) -> None:
    result = availability(found, seconds=10_000_000)
    if found.failures or found.down:
        assert result.share != 10_000


@given(sums, st.integers(-10, 40_000_000))
def test_it_stays_within_bounds(found: Sums, span: int) -> None:
    result = availability(found, seconds=span)
    assert result.share is None or 0 <= result.share <= 10_000
    assert 0 <= result.coverage <= 10_000


@given(sums, seconds)
def test_maintenance_changes_the_coverage_alone(found: Sums, more: int) -> None:
    longer = replace(found, maintenance=found.maintenance + more)
    before, after = (availability(item, seconds=10_000_000) for item in (found, longer))
    assert after.share == before.share
    assert after.coverage >= before.coverage


def test_the_worst_is_told() -> None:
    assert worst(Sums()) is None
    assert worst(Sums(up=1)) is State.UP
    assert worst(Sums(up=1, maintenance=1)) is State.MAINTENANCE
    assert worst(Sums(up=1, maintenance=1, degraded=1)) is State.DEGRADED
    assert worst(Sums(up=1, degraded=1, failures=1)) is State.DOWN
