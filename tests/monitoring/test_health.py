"""The state machine: a table of stories, then properties that hold for every story."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitoring.health import (
    DECLARED,
    STALE,
    TOO_LONG,
    Change,
    Health,
    advance,
    changes,
    goes_stale,
    held,
)
from monitoring.target import ProbeResult, ProbeTarget, State

TARGET = ProbeTarget(key="a" * 24, url="https://visio.example.fr", profile="http")
NINE = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
LETTERS = {
    "U": ProbeResult(state=State.UP, reason="ok", latency_ms=40, version="2.5.3"),
    "G": ProbeResult(state=State.DEGRADED, reason="read-only", latency_ms=90),
    "D": ProbeResult(state=State.DOWN, reason="timeout"),
    "M": ProbeResult(state=State.MAINTENANCE, reason="maintenance-flag", message="Mise à jour"),
    "t": ProbeResult(state=State.UNKNOWN, reason="name-temporary"),
    "r": ProbeResult(state=State.UNKNOWN, reason="refused-address"),
    "A": ProbeResult(state=State.MAINTENANCE, reason=DECLARED, message="Nouveau disque"),
}
SHORT = {
    State.UP: "u",
    State.DEGRADED: "g",
    State.DOWN: "d",
    State.MAINTENANCE: "m",
    State.UNKNOWN: "?",
}
stories = st.text(alphabet="UGDMtrA", min_size=1, max_size=60)


def minute(n: int) -> datetime:
    return NINE + timedelta(minutes=n)


def play(
    story: str, *, previous: Health | None = None, target: ProbeTarget = TARGET, start: int = 0
) -> list[Health]:
    """One result a minute."""
    seen = []
    for n, letter in enumerate(story, start):
        previous = advance(previous, LETTERS[letter], at=minute(n), target=target)
        seen.append(previous)
    return seen


@pytest.mark.parametrize(
    ("story", "expected"),
    [
        # From nothing: the first success is up, everything else must be confirmed.
        ("U", "u"),
        ("DDD", "??d"),
        ("GG", "?g"),
        ("M", "m"),
        ("DU", "?u"),
        # Down after three failures in a row, up after two successes.
        ("UDDD", "uuud"),
        ("UDDUDDD", "uuuuuud"),
        ("UDDDUU", "uuuddu"),
        ("UDDDUDUU", "uuuddddu"),
        # Degraded after two, from both sides.
        ("UGG", "uug"),
        ("UGUG", "uuuu"),
        ("UGGUU", "uuggu"),
        ("UDDDGG", "uuuddg"),
        ("UGGDDD", "uugggd"),
        # Results that never agree settle on trouble.
        ("UDG", "uug"),
        ("UGDG", "uuug"),
        ("UDDDUG", "uuuddg"),
        # A maintenance that the software declares counts at once, and ends like any other state.
        ("UMM", "umm"),
        ("UDDM", "uuum"),
        ("UMUU", "ummu"),
        ("UMDDD", "ummmd"),
        ("UDDDM", "uuudm"),
        # A temporary failure of DNS neither erases a state nor breaks a streak.
        ("Ut", "uu"),
        ("Uttt", "uuuu"),
        ("Utttt", "uuuu?"),
        ("UDtDD", "uuuud"),
        ("UDDDtUU", "uuudddu"),
        ("t", "?"),
        ("tU", "?u"),
        # A target that may not be probed is unknown at once, and what was counted is forgotten.
        ("Ur", "u?"),
        ("UDDrD", "uuu??"),
        ("UDDDrU", "uuud?u"),
    ],
)
def test_story(story: str, expected: str) -> None:
    assert "".join(SHORT[health.state] for health in play(story)) == expected


def test_a_state_holds_since_the_first_probe_of_its_streak() -> None:
    assert play("UDDD")[-1].since == minute(1)
    assert play("UDDDUU")[-1].since == minute(4)
    assert play("UDG")[-1].since == minute(1)
    assert play("UDDM")[-1].since == minute(3)
    assert play("UUUU")[-1].since == minute(0)


def test_thresholds_are_those_of_the_target() -> None:
    hasty = replace(TARGET, down_after=1, up_after=1)
    assert [health.state for health in play("UDU", target=hasty)] == [
        State.UP,
        State.DOWN,
        State.UP,
    ]


def test_a_result_grows_stale_after_three_intervals_and_a_timeout() -> None:
    health = play("U")[-1]
    assert health.stale_at == NINE + timedelta(seconds=190)
    assert health.state_at(NINE + timedelta(seconds=189)) is State.UP
    assert health.state_at(NINE + timedelta(seconds=190)) is State.UNKNOWN


def test_after_a_long_silence_nothing_is_known() -> None:
    before = play("UDDD")[-1]
    assert play("U", previous=before, start=60)[-1].state is State.UP
    (after,) = play("D", previous=before, start=60)
    assert (after.state, after.reason, after.streak) == (State.UNKNOWN, "timeout", 1)
    assert after.since == before.stale_at


def test_a_streak_does_not_cross_a_long_silence() -> None:
    two_failures = play("UDD")[-1]
    assert play("D", previous=two_failures, start=60)[-1].state is State.UNKNOWN


def test_the_reason_explains_the_state_not_the_last_result() -> None:
    assert play("UD")[-1].reason == "ok"
    assert play("UDDD")[-1].reason == "timeout"
    assert play("UDDDU")[-1].reason == "timeout"
    assert play("D")[-1].reason == "timeout"


def test_why_nothing_is_known_stays_said_as_long_as_probes_say_it() -> None:
    for seen in play("U" + "t" * 12)[5:]:
        assert (seen.state, seen.reason) == (State.UNKNOWN, "name-temporary")
        assert seen.stale_at == goes_stale(seen.checked_at, TARGET)
    *_, last = play("t" * 12)
    assert last.checked_at == minute(11)
    assert last.since == minute(0)


def test_a_version_is_remembered_through_failures_and_a_message_is_not() -> None:
    down = play("UMDDD")[-1]
    assert (down.version, down.message, down.latency_ms) == ("2.5.3", None, None)
    assert play("UM")[-1].message == "Mise à jour"


def test_half_a_host_that_is_silent_changes_no_state_and_is_told_until_it_is_back() -> None:
    half = replace(LETTERS["U"], silent="2001:db8::1")
    first = advance(None, half, at=minute(0), target=TARGET)
    assert (first.state, first.silent) == (State.UP, "2001:db8::1")
    assert advance(first, LETTERS["t"], at=minute(1), target=TARGET).silent == "2001:db8::1"
    assert [seen.silent for seen in play("UD", previous=first, start=1)] == [None, None]


def test_the_end_of_a_chain_and_whose_it_is_are_remembered_together() -> None:
    chain = replace(LETTERS["U"], certificate_until=minute(90), intermediate_first=True)
    first = advance(None, chain, at=minute(0), target=TARGET)
    [again] = play("U", previous=first, start=1)
    assert (again.certificate_until, again.intermediate_first) == (minute(90), True)
    renewed = replace(chain, certificate_until=minute(99), intermediate_first=False)
    last = advance(again, renewed, at=minute(2), target=TARGET)
    assert (last.certificate_until, last.intermediate_first) == (minute(99), False)


def test_changes_between_two_states() -> None:
    up, down = play("UDDD")[2:]
    assert changes(None, up) == (
        Change(at=minute(0), before=State.UNKNOWN, after=State.UP, reason="ok"),
    )
    assert changes(up, down) == (
        Change(at=minute(1), before=State.UP, after=State.DOWN, reason="timeout"),
    )
    assert changes(down, down) == ()


def test_a_silence_is_a_change_to_unknown_and_back() -> None:
    before = play("U")[-1]
    (after,) = play("U", previous=before, start=60)
    assert changes(before, after) == (
        Change(at=before.stale_at, before=State.UP, after=State.UNKNOWN, reason=STALE),
        Change(at=minute(60), before=State.UNKNOWN, after=State.UP, reason="ok"),
    )


def test_an_end_that_is_put_off_at_each_answer_is_not_believed_before_it_has_passed() -> None:
    known = None
    ends = []
    for n in (0, 1, 59, 61):
        result = replace(LETTERS["M"], expected_end=minute(n + 60))
        known = advance(known, result, at=minute(n), target=TARGET)
        ends.append(known.expected_end)
    assert ends == [minute(60), minute(60), minute(60), minute(121)]
    sooner = replace(LETTERS["M"], expected_end=minute(90))
    assert advance(known, sooner, at=minute(62), target=TARGET).expected_end == minute(90)


def test_an_announced_end_may_be_put_off() -> None:
    known = None
    for end in (60, 90):
        result = replace(LETTERS["A"], expected_end=minute(end))
        known = advance(known, result, at=minute(0), target=TARGET)
    assert known is not None
    assert known.expected_end == minute(90)


@given(stories)
def test_becoming_down_takes_three_failures_just_now(story: str) -> None:
    states = play(story)
    for n in range(1, len(states)):
        if states[n].state is State.DOWN and states[n - 1].state is not State.DOWN:
            assert story[: n + 1].replace("t", "").endswith("DDD")


@given(stories, st.integers(0, 60))
def test_replay_in_two_parts_gives_the_same(story: str, cut: int) -> None:
    """All the memory is in the stored value: a restart between two probes changes nothing."""
    whole = play(story)
    first = play(story[:cut])
    stored = first[-1] if first else None
    second = play(story[cut:], previous=replace(stored) if stored else None, start=cut)
    assert first + second == whole


@given(stories)
def test_two_successes_in_a_row_are_always_up(story: str) -> None:
    assert play(story + "UU")[-1].state is State.UP


@given(stories, st.text(alphabet="DG", min_size=4, max_size=12))
def test_a_row_of_trouble_never_stays_up(story: str, trouble: str) -> None:
    assert play(story + trouble)[-1].state in (State.DOWN, State.DEGRADED)


@pytest.mark.parametrize(("interval", "timeout"), [(60, 10), (10, 10), (5, 10), (10, 60)])
def test_a_server_that_hangs_stays_down_between_two_probes(interval: int, timeout: int) -> None:
    target = replace(TARGET, interval=interval, timeout=float(timeout))
    # The first begins at nought; the second when the first is over, at its next turn at the latest.
    second_is_written = max(interval, timeout + interval) + timeout + 5
    fresh_for = (goes_stale(NINE, target) - NINE).total_seconds()
    assert fresh_for > second_is_written
    assert fresh_for >= 3 * interval + timeout


@given(stories)
def test_instants_are_in_order(story: str) -> None:
    for n, health in enumerate(play(story)):
        assert health.since <= health.checked_at <= minute(n)
        assert health.stale_at == goes_stale(health.checked_at, TARGET)
        assert (health.candidate is None) == (health.streak == 0)
        if health.candidate_since is not None:
            assert health.since <= health.candidate_since <= health.checked_at


@given(stories)
def test_changes_chain(story: str) -> None:
    previous, shown, last = None, State.UNKNOWN, NINE
    for health in play(story):
        for change in changes(previous, health):
            assert change.before is shown
            assert change.at >= last
            shown, last = change.after, change.at
        assert shown is health.state
        previous = health


def test_a_verdict_holds_until_the_next_one() -> None:
    up, down = play("UD")
    span = held(up, until=minute(1))
    assert span is not None
    assert (span.state, span.end - span.start) == (State.UP, 60)
    span = held(down, until=minute(60))
    assert span is not None
    assert (span.state, span.end - span.start) == (State.DOWN, 190)


def test_an_unknown_verdict_holds_for_nothing_and_ends_the_one_before() -> None:
    up, unknown = play("Ut")
    assert unknown.state is State.UP
    assert held(up, until=minute(1)) is not None
    assert held(unknown, until=minute(2)) is None
    assert held(None, until=NINE) is None


def test_a_clock_that_is_set_back_counts_no_second_twice() -> None:
    up = advance(None, LETTERS["U"], at=minute(60), target=TARGET)
    early = advance(up, LETTERS["U"], at=minute(30), target=TARGET)
    assert held(up, until=minute(30)) is None
    assert held(early, until=minute(59)) is None
    assert early.heard_at == minute(60)


moments = st.lists(
    st.tuples(st.floats(0.1, 400.0), st.sampled_from("UGDMtrA")), min_size=1, max_size=40
)


@given(moments)
def test_seconds_follow_one_another_without_gap_or_overlap(
    found: list[tuple[float, str]],
) -> None:
    at, previous, last_end = NINE, None, 0
    for gap, letter in found:
        earlier, at = at, at + timedelta(seconds=gap)
        span = held(previous, until=at)
        if span is not None:
            assert span.start == int(earlier.timestamp()) >= last_end
            assert span.end == int(min(at, goes_stale(earlier, TARGET)).timestamp())
            last_end = span.end
        previous = advance(previous, LETTERS[letter], at=at, target=TARGET)


def test_a_maintenance_that_the_software_declares_too_long_is_a_failure() -> None:
    hasty = replace(TARGET, maintenance_cap=180)
    seen = play("MMMMMMM", target=hasty)
    assert "".join(SHORT[health.state] for health in seen) == "mmmmmdd"
    assert (seen[-1].reason, seen[-1].since) == (TOO_LONG, minute(3))
    assert [health.heard for health in seen[2:4]] == [State.MAINTENANCE, State.DOWN]
    assert seen[-1].maintenance_seconds == 180


def test_announced_maintenance_may_last() -> None:
    hasty = replace(TARGET, maintenance_cap=180)
    seen = play("A" * 20, target=hasty)
    assert {health.state for health in seen} == {State.MAINTENANCE}
    assert seen[-1].maintenance_seconds == 0


def test_another_month_begins_with_nothing_counted() -> None:
    hasty = replace(TARGET, maintenance_cap=180)
    midnight = datetime(2026, 12, 1, tzinfo=UTC)
    previous = None
    for n in range(-10, 3):
        at = midnight + timedelta(minutes=n, seconds=30)
        previous = advance(previous, LETTERS["M"], at=at, target=hasty)
        if n == 0:
            assert (previous.state, previous.maintenance_month) == (State.MAINTENANCE, None)
    assert previous is not None
    assert (previous.maintenance_month, previous.maintenance_seconds) == ("2026-12", 120)


@given(stories, st.integers(0, 1200))
def test_no_more_maintenance_is_forgiven_than_the_cap_and_one_interval(
    story: str, cap: int
) -> None:
    target = replace(TARGET, maintenance_cap=cap)
    previous, forgiven = None, 0
    for n, letter in enumerate(story):
        span = held(previous, until=minute(n))
        if span and span.state is State.MAINTENANCE and previous and previous.reason != DECLARED:
            forgiven += span.end - span.start
        previous = advance(previous, LETTERS[letter], at=minute(n), target=target)
        if letter == "M":
            assert (previous.heard is State.DOWN) == (forgiven >= cap)
    assert forgiven <= cap + 60


@given(stories)
def test_nothing_changes_without_a_cause(story: str) -> None:
    """Only a result that disagrees, or a silence, changes a state."""
    previous = None
    for n, health in enumerate(play(story)):
        for change in changes(previous, health):
            expected = LETTERS[story[n]].state
            if change.reason == STALE:
                assert previous is not None
                assert (change.at, change.after) == (previous.stale_at, State.UNKNOWN)
            else:
                assert change.after is expected
                assert change.before is not change.after
        previous = health


@given(stories)
def test_what_is_heard_is_remembered_as_it_was_said(story: str) -> None:
    for n, health in enumerate(play(story)):
        assert (health.heard, health.heard_at) == (LETTERS[story[n]].state, minute(n))
        if health.heard is State.MAINTENANCE:
            assert health.state is State.MAINTENANCE
            assert health.reason == LETTERS[story[n]].reason


@given(stories, st.integers(190, 10_000))
def test_what_is_stale_is_unknown(story: str, seconds: int) -> None:
    last = play(story)[-1]
    assert last.state_at(last.checked_at + timedelta(seconds=seconds)) is State.UNKNOWN
