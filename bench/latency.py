"""How much slower the slowest pages become while 1,000 targets are probed every 30 seconds."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from statistics import median

from bench import offer
from bench.figures import Figure, report
from bench.load import Load, load
from bench.portal import Portal, monitor, portal, temporary_folder
from bench.programs import BenchError, require
from bench.stand_in import stand_in
from bench.wrk import wrk

TARGETS = 1000
INTERVAL = 30
MOST_TIMES = 3
RUNS = 3
SECONDS = 30.0
WARM_UP = 75.0
"""Seconds: each target was probed, and those that fail have found their lane.

A monitor that just started has more to do: it probes all once and those that fail again soon.
"""
ALREADY = 3.0
"""Seconds of the same load before it is timed."""
NOT_HALF_A_LOAD = 150.0
"""Milliseconds of p99 that only a queue explains: the machine had less to give than it seemed."""
PATHS = (
    "/rennes/", "/lyon/", "/versailles/", "/en/rennes/", "/reunion/", "/rennes/services/nuage",
    "/lille/", "/rennes/etat", "/", "/nice/",
)  # fmt: skip
PROBES = "trousse_monitor_probes_total"


def main(runs: int = RUNS, seconds: float = SECONDS, warm_up: float = WARM_UP) -> int:
    require("wrk", package="wrk")
    return report(measure(runs, seconds, warm_up))


def measure(runs: int, seconds: float, warm_up: float) -> Iterator[Figure]:
    with temporary_folder() as folder, stand_in(folder) as addresses:
        content = offer.with_targets(offer.shipped(addresses), TARGETS, addresses)
        if offer.count_targets(content) != TARGETS:
            raise BenchError(f"expected {TARGETS} targets: {offer.count_targets(content)}.")
        with portal(folder, content, addresses, probe_interval=INTERVAL) as site:
            with monitor(site):  # publishes the catalogue: all runs serve the same one
                time.sleep(warm_up)
            yield from _compare(site, runs, seconds, warm_up)


def _compare(site: Portal, runs: int, seconds: float, warm_up: float) -> Iterator[Figure]:
    saturation = _saturation(site)
    rate = saturation / 2
    yield Figure(name="saturation without the monitor", value=saturation, unit="pages per second")
    without, beside, probed = [], [], []
    for _ in range(runs):
        without.append(_load(site, rate, seconds))
        with monitor(site):
            time.sleep(warm_up)
            before = site.metric(PROBES)
            beside.append(_load(site, rate, seconds))
            probed.append((site.metric(PROBES) - before) / (ALREADY + seconds))
    yield Figure(
        name="probes beside the pages", value=median(probed), unit="per second",
        at_least=0.8 * TARGETS / INTERVAL,
    )  # fmt: skip
    yield _own_lateness([*without, *beside])
    p99s = [
        (one.percentile_ms(0.99), two.percentile_ms(0.99))
        for one, two in zip(without, beside, strict=True)
    ]
    told = ", ".join(f"{one:.1f}/{two:.1f} ms" for one, two in p99s)
    if median(one for one, _ in p99s) > NOT_HALF_A_LOAD:
        raise BenchError(f"overloaded without the monitor already, other work runs: {told}.")
    yield Figure(
        name=f"p99 at {rate:,.0f} pages per second, with {TARGETS:,} targets over without",
        value=median(two for _, two in p99s) / median(one for one, _ in p99s),
        unit="×",
        at_most=MOST_TIMES,
        detail=f"p99 without and with: {told}",
    )


def _load(site: Portal, rate: float, seconds: float) -> Load:
    """Time the pages once every worker has made them: nobody asked while the monitor started."""
    load(site.url, PATHS, per_second=rate, seconds=ALREADY)
    return load(site.url, PATHS, per_second=rate, seconds=seconds)


def _saturation(site: Portal) -> float:
    """Return what the portal gives at most, of the same pages."""
    url, header = site.url + PATHS[0], ("Accept-Encoding: gzip",)
    return median(wrk(url, seconds=4, headers=header).per_second for _ in range(3))


def _own_lateness(loads: list[Load]) -> Figure:
    return Figure(
        name="the client's own lateness, p99",
        value=median(item.own_lateness_ms() for item in loads),
        unit="ms",
    )


if __name__ == "__main__":
    sys.exit(main())
