from __future__ import annotations

from collections.abc import Iterator

import pytest

from bench.figures import Figure, report
from bench.load import percentile
from bench.programs import BenchError
from bench.wrk import read

WRK = """Running 2s test @ http://127.0.0.1:44171/rennes/
  1 threads and 32 connections
  Latency Distribution
     50%  678.60us
     99%    1.22s{space}
  87 requests in 2.10s, 3.20MB read
{trouble}Requests/sec:     41.46
Transfer/sec:      1.53MB
"""


@pytest.mark.parametrize(
    ("value", "at_least", "at_most", "broken"),
    [
        (1.2, 1.2, None, False),
        (1.19, 1.2, None, True),
        (90.0, None, 90, False),
        (90.1, None, 90, True),
        (float("nan"), None, 90, True),
        (1000.0, None, None, False),
    ],
)
def test_a_budget_holds_or_is_broken(
    value: float, at_least: float | None, at_most: float | None, *, broken: bool
) -> None:
    figure = Figure(name="x", value=value, at_least=at_least, at_most=at_most)
    assert figure.is_broken is broken


def test_the_exit_code_says_whether_a_budget_is_broken(capsys: pytest.CaptureFixture[str]) -> None:
    good = Figure(name="size", value=49.96, unit="kB", at_most=50)
    assert report([good]) == 0
    assert report([Figure(name="size", value=50.04, unit="kB", at_most=50), good]) == 1
    printed = capsys.readouterr().out
    assert "BROKEN  size: 50 kB  (budget: at most 50 kB)" in printed


def test_what_could_not_be_measured_is_no_success(capsys: pytest.CaptureFixture[str]) -> None:
    def measure() -> Iterator[Figure]:
        yield Figure(name="first", value=1)
        raise BenchError("wrk is MISSING")

    assert report(measure()) == 1
    assert "wrk is MISSING" in capsys.readouterr().out


def test_wrk_is_read() -> None:
    run = read(WRK.format(space=" ", trouble=""))
    assert (run.per_second, run.p99_ms, run.requests) == (41.46, 1220.0, 87)


@pytest.mark.parametrize(
    "trouble",
    [
        "  Socket errors: connect 0, read 3, write 0, timeout 0\n",
        "  Non-2xx or 3xx responses: 2\n",
    ],
)
def test_a_run_with_failures_gives_no_figure(trouble: str) -> None:
    with pytest.raises(BenchError, match=trouble.strip()[:10]):
        read(WRK.format(space="", trouble=trouble))


def test_a_percentile_is_one_of_the_values() -> None:
    values = [float(number) for number in range(1, 101)]
    assert percentile(values, 0.99) == 100
    assert percentile(values, 0.5) == 51
    with pytest.raises(BenchError):
        percentile([], 0.99)
