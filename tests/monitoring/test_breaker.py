"""Our own network in doubt: who is counted, when it opens, when it closes."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitoring.breaker import Breaker, Sight, Verdict, judge
from monitoring.target import ProbeResult, State

UP = ProbeResult(state=State.UP, reason="ok")
DOWN = ProbeResult(state=State.DOWN, reason="timeout")
NO_DNS = ProbeResult(state=State.UNKNOWN, reason="name-temporary")
BAD_GATEWAY = ProbeResult(state=State.DOWN, reason="http-502")


def sights(up: int, lost: int, *, hosts: int = 100, lost_at: float = 100.0) -> list[Sight]:
    found = []
    for n in range(up + lost):
        answers = n >= lost
        sight = Sight(host=f"h{n % hosts}", interval=60, heard_at=lost_at, answers=answers)
        found.append(sight if answers else replace(sight, lost_at=lost_at))
    return found


@pytest.mark.parametrize(
    ("up", "lost", "hosts", "expected"),
    [
        (20, 0, 100, Verdict.CALM),
        (0, 10, 5, Verdict.OURS),
        (0, 10, 4, Verdict.CALM),
        (0, 9, 9, Verdict.CALM),
        (2, 8, 10, Verdict.SUSPECT),
        (3, 12, 100, Verdict.OURS),
        (4, 12, 100, Verdict.CALM),
        (1, 9, 10, Verdict.SUSPECT),
        (100, 20, 100, Verdict.CALM),
    ],
)
def test_verdict_by_numbers(up: int, lost: int, hosts: int, expected: Verdict) -> None:
    assert judge(sights(up, lost, hosts=hosts), now=110.0) is expected


def test_losses_further_apart_than_an_interval_do_not_add_up() -> None:
    half = sights(0, 10)
    assert judge(half, now=160.0) is Verdict.OURS
    assert judge(half, now=161.0) is Verdict.CALM


def test_the_first_failures_are_suspect_until_somebody_answers() -> None:
    first = sights(0, 1) + sights(19, 0, lost_at=90.0)
    assert judge(first, now=100.0) is Verdict.SUSPECT
    somebody = [*first[:-1], replace(first[-1], heard_at=101.0)]
    assert judge(somebody, now=101.0) is Verdict.CALM


def test_a_small_portal_is_never_suspicious() -> None:
    few = sights(0, 1) + sights(8, 0, lost_at=90.0)
    assert judge(few, now=100.0) is Verdict.CALM


@given(st.integers(0, 40), st.integers(0, 40), st.integers(1, 12))
def test_one_more_answer_never_makes_it_ours(up: int, lost: int, hosts: int) -> None:
    before = judge(sights(up, lost, hosts=hosts), now=110.0)
    after = judge(sights(up + 1, lost, hosts=hosts), now=110.0)
    assert not (after is Verdict.OURS and before is not Verdict.OURS)


def hear(breaker: Breaker, n: int, result: ProbeResult, now: float) -> Verdict:
    return breaker.hear(f"k{n}", result, host=f"h{n}", interval=60, now=now)


@pytest.mark.parametrize("failure", [DOWN, NO_DNS, BAD_GATEWAY])
def test_it_opens_when_most_fail_and_closes_when_answers_return(failure: ProbeResult) -> None:
    breaker = Breaker()
    for n in range(15):
        assert hear(breaker, n, UP, now=n) is Verdict.CALM
    verdicts = [hear(breaker, n, failure, now=60.0 + n) for n in range(15)]
    assert verdicts == [Verdict.SUSPECT] * 11 + [Verdict.OURS] * 4
    assert len(breaker.lost()) == 15
    verdicts = [hear(breaker, n, UP, now=120.0 + n) for n in range(15)]
    assert verdicts.index(Verdict.CALM) == 4
    assert not breaker.is_open


def test_it_stays_open_as_long_as_nothing_answers() -> None:
    breaker = Breaker()
    for minute in range(100):
        result = UP if minute == 0 else DOWN
        verdict = [hear(breaker, n, result, now=60.0 * minute + n) for n in range(12)][-1]
        assert verdict is (Verdict.CALM if minute == 0 else Verdict.OURS)


def test_a_trickle_of_answers_does_not_close_it() -> None:
    breaker = Breaker(is_open=True)
    for n in range(100):
        assert hear(breaker, n % 20, UP if n % 5 == 0 else DOWN, now=n) is Verdict.OURS


def test_those_that_still_fail_after_it_closed_fail_by_themselves() -> None:
    breaker = Breaker()
    for n in range(20):
        hear(breaker, n, UP, now=n)
    for n in range(20):
        hear(breaker, n, DOWN, now=60.0 + n)
    for n in range(10):
        hear(breaker, n, UP, now=90.0 + n)
    assert not breaker.is_open
    assert {hear(breaker, n, DOWN, now=110.0 + n) for n in range(10, 20)} == {Verdict.CALM}
    assert breaker.lost() == ()


def test_a_refused_target_is_not_counted() -> None:
    breaker = Breaker()
    refused = ProbeResult(state=State.UNKNOWN, reason="refused-address")
    for n in range(15):
        hear(breaker, n, UP, now=n)
    for n in range(15):
        assert hear(breaker, n, refused, now=60.0 + n) is Verdict.CALM


@pytest.mark.parametrize(("hosts", "expected"), [(5, Verdict.OURS), (4, Verdict.CALM)])
def test_where_nobody_ever_answered_it_is_us(hosts: int, expected: Verdict) -> None:
    breaker = Breaker()
    verdicts = [
        breaker.hear(f"t{n}", DOWN, host=f"h{n % hosts}", interval=60, now=float(n))
        for n in range(10)
    ]
    assert verdicts == [Verdict.CALM] * 9 + [expected]


def test_one_that_answered_is_enough_for_the_others_to_fail_by_themselves() -> None:
    breaker = Breaker()
    breaker.hear("up", UP, host="up", interval=60, now=0.0)
    for n in range(20):
        assert breaker.hear(f"t{n}", DOWN, host=f"h{n}", interval=60, now=1.0) is Verdict.CALM
