"""Targets spread over their interval, always at the same phase."""

from __future__ import annotations

from collections import Counter
from hashlib import sha256

from hypothesis import given
from hypothesis import strategies as st

from monitoring.schedule import next_due, next_slot, phase

keys = st.integers(0, 16**24 - 1).map(lambda n: f"{n:024x}")
intervals = st.integers(5, 86400)


@given(keys, intervals, st.floats(1.7e9, 1.9e9))
def test_the_next_slot_is_the_first_one_later(key: str, interval: int, after: float) -> None:
    slot = next_slot(key, interval, after=after)
    assert after < slot <= after + interval + 0.001


@given(keys, intervals, st.floats(1.7e9, 1.9e9))
def test_the_phase_does_not_depend_on_when_it_is_asked(
    key: str, interval: int, after: float
) -> None:
    slot = next_slot(key, interval, after=after)
    distance = (slot - phase(key, interval)) % interval
    assert min(distance, interval - distance) < 0.001


@given(keys, intervals)
def test_jitter_never_makes_a_target_come_twice(key: str, interval: int) -> None:
    due = next_due(key, interval, after=1.8e9)
    assert next_slot(key, interval, after=due) - due > interval / 2


def test_a_thousand_targets_spread_evenly() -> None:
    found = Counter(
        int(phase(sha256(str(n).encode()).hexdigest()[:24], 60)) // 6 for n in range(1000)
    )
    assert len(found) == 10
    assert max(found.values()) < 150
