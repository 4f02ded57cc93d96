"""Pages per second: kept ones of ours against a bare Flask view that returns the same bytes."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from statistics import median

from bench import bare, offer
from bench.figures import Figure, report
from bench.portal import GUNICORN, Page, Portal, get, monitor, portal, temporary_folder
from bench.processes import cpu_seconds, workers
from bench.programs import BenchError, free_port, require, running, wait_until_listening
from bench.stand_in import stand_in
from bench.wrk import wrk

LEAST_RATIO = 1.2
RUNS = 5
SECONDS = 5
PATH = "/rennes/"
KEPT = 'trousse_http_requests_total{kept="yes",route="portal.home",status="200"}'


def main(runs: int = RUNS, seconds: int = SECONDS) -> int:
    require("wrk", package="wrk")
    return report(measure(runs, seconds))


def measure(runs: int, seconds: int) -> Iterator[Figure]:
    with temporary_folder() as folder, stand_in(folder) as addresses:
        content = offer.shipped(addresses)
        with portal(folder, content, addresses) as site, monitor(site):
            for encoding in ("gzip", "br"):
                yield from _compare(site, encoding, runs, seconds)
            yield _rate(site, f"{PATH}ouvrir/nuage", "openings", runs, seconds)
            yield _rate(site, f"{PATH}?q=visio", "searches (made for each reader)", runs, seconds)


def _compare(site: Portal, encoding: str, runs: int, seconds: int) -> Iterator[Figure]:
    site.get(PATH, encoding=encoding)
    page = site.get(PATH, encoding=encoding)
    before = site.metric(KEPT)
    with _bare(site, page, encoding) as other:
        _same(page, get(other.url, encoding=encoding))
        ours = _Side(url=site.url + PATH, workers=workers(site.process.pid))
        for side in (ours, other):
            wrk(side.url, seconds=1, headers=(f"Accept-Encoding: {encoding}",))
        for _ in range(runs):
            for side in (ours, other):
                side.measure(seconds, encoding)
    kept, asked = site.metric(KEPT) - before, sum(ours.requests)
    if kept < 0.99 * asked:
        raise BenchError(f"of {asked} pages only {kept:.0f} came from the kept ones.")
    pairs = list(zip(ours.rates, other.rates, strict=True))
    yield Figure(
        name=f"{PATH} in {encoding}, pages per second of ours over the bare view's",
        value=median(first / second for first, second in pairs),
        unit="×",
        at_least=LEAST_RATIO,
        detail=_told(pairs),
    )
    yield Figure(
        name=f"{PATH} in {encoding}, pages per second of processor, ours over the bare view's",
        value=other.processor_time() / ours.processor_time(),
        unit="×",
        detail=f"{ours.processor_time():.0f} and {other.processor_time():.0f} µs a page: "
        "what neighbours on the machine disturb least",
    )


@dataclass
class _Side:
    """One of the two that are compared."""

    url: str
    workers: list[int]
    rates: list[float] = field(default_factory=list)
    requests: list[int] = field(default_factory=list)
    processor_seconds: float = 0.0

    def measure(self, seconds: int, encoding: str) -> None:
        before = cpu_seconds(self.workers)
        run = wrk(self.url, seconds=seconds, headers=(f"Accept-Encoding: {encoding}",))
        self.processor_seconds += cpu_seconds(self.workers) - before
        self.rates.append(run.per_second)
        self.requests.append(run.requests)

    def processor_time(self) -> float:
        """Microseconds of a page, in workers and kernel."""
        return self.processor_seconds / sum(self.requests) * 1e6


@contextlib.contextmanager
def _bare(site: Portal, page: Page, encoding: str) -> Iterator[_Side]:
    answer = site.folder / f"bare-{encoding}"
    bare.write_answer(answer, page.body, page.headers)
    port = free_port()
    environment = {**site.environment, "PORT": str(port), bare.ANSWER_VARIABLE: str(answer)}
    output = site.folder / "bare.log"
    command = (*GUNICORN, "bench.bare:create_app()")
    with running(command, output=output, environment=environment) as process:
        wait_until_listening(port, process, output=output)
        url = f"http://127.0.0.1:{port}{PATH}"
        get(url)
        yield _Side(url=url, workers=workers(process.pid))


def _same(ours: Page, theirs: Page) -> None:
    """Refuse to compare answers that differ by anything but their date."""
    first, second = (
        sorted((name.lower(), value) for name, value in page.headers if name.lower() != "date")
        for page in (ours, theirs)
    )
    if ours.body != theirs.body or first != second:
        raise BenchError(f"the bare view answers otherwise:\n{first}\n{second}")


def _rate(site: Portal, path: str, name: str, runs: int, seconds: int) -> Figure:
    wrk(site.url + path, seconds=1)
    found = [wrk(site.url + path, seconds=seconds) for _ in range(min(runs, 3))]
    return Figure(
        name=f"{path}: {name}",
        value=median(run.per_second for run in found),
        unit="per second",
        detail=f"p99 {median(run.p99_ms for run in found):.0f} ms",
    )


def _told(pairs: list[tuple[float, float]]) -> str:
    ours, theirs = (median(side) for side in zip(*pairs, strict=True))
    runs = ", ".join(f"{first:.0f}/{second:.0f}" for first, second in pairs)
    return f"medians {ours:,.0f} and {theirs:,.0f} pages per second; runs {runs}"


if __name__ == "__main__":
    sys.exit(main())
