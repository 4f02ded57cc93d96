"""Pages per second: kept ones of ours against a bare Flask view that returns the same bytes."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from statistics import median

from bench import bare, offer
from bench.figures import Figure, report
from bench.portal import GUNICORN, Page, Portal, get, monitor, portal, temporary_folder
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
                yield _ratio(site, encoding, runs, seconds)
            yield _rate(site, f"{PATH}ouvrir/nuage", "openings", runs, seconds)
            yield _rate(site, f"{PATH}?q=visio", "searches (made for each reader)", runs, seconds)


def _ratio(site: Portal, encoding: str, runs: int, seconds: int) -> Figure:
    site.get(PATH, encoding=encoding)
    page = site.get(PATH, encoding=encoding)
    with _bare(site, page, encoding) as bare_url:
        _same(page, get(bare_url, encoding=encoding))
        header = (f"Accept-Encoding: {encoding}",)
        for url in (site.url + PATH, bare_url):
            wrk(url, seconds=1, headers=header)
        before = site.metric(KEPT)
        pairs = [
            (
                wrk(site.url + PATH, seconds=seconds, headers=header),
                wrk(bare_url, seconds=seconds, headers=header),
            )
            for _ in range(runs)
        ]
        kept, asked = site.metric(KEPT) - before, sum(ours.requests for ours, _ in pairs)
    if kept < 0.99 * asked:
        raise BenchError(f"of {asked} pages only {kept:.0f} came from the kept ones.")
    return Figure(
        name=f"{PATH} in {encoding}, pages per second of ours over the bare view's",
        value=median(ours.per_second / theirs.per_second for ours, theirs in pairs),
        unit="×",
        at_least=LEAST_RATIO,
        detail=_told([(ours.per_second, theirs.per_second) for ours, theirs in pairs]),
    )


@contextlib.contextmanager
def _bare(site: Portal, page: Page, encoding: str) -> Iterator[str]:
    answer = site.folder / f"bare-{encoding}"
    bare.write_answer(answer, page.body, page.headers)
    port = free_port()
    environment = {**site.environment, "PORT": str(port), bare.ANSWER_VARIABLE: str(answer)}
    output = site.folder / "bare.log"
    command = (*GUNICORN, "bench.bare:create_app()")
    with running(command, output=output, environment=environment) as process:
        wait_until_listening(port, process, output=output)
        yield f"http://127.0.0.1:{port}{PATH}"


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
