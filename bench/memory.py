"""How much memory a worker holds once every public page was asked of it."""

from __future__ import annotations

import contextlib
import http.client
import itertools
import sys
import time
from collections.abc import Iterator
from urllib.parse import urlsplit

from bench import offer
from bench.figures import Figure, report
from bench.offer import Content
from bench.portal import Portal, monitor, portal, temporary_folder
from bench.processes import owner_of, pss_megabytes, workers
from bench.programs import PATIENCE, BenchError
from bench.stand_in import stand_in
from catalogue.schema import Profile
from instances.national import NATIONAL_CARD

MOST_MEGABYTES = 90
SITE_WIDE = (
    "/", "/plan-du-site", "/mentions-legales", "/donnees-personnelles", "/cookies", "/contact",
    "/accessibilite", "/sitemap.xml", "/robots.txt", "/manifest.webmanifest",
)  # fmt: skip
ENCODINGS = ("br", "gzip", "")


def main() -> int:
    return report(measure())


def measure() -> Iterator[Figure]:
    with temporary_folder() as folder, stand_in(folder) as addresses:
        content = offer.shipped(addresses)
        paths = public_pages(content)
        with portal(folder, content, addresses) as site, monitor(site):
            pids = workers(site.process.pid)
            fresh = max(map(pss_megabytes, pids))
            for pid in pids:
                _ask_all(site, pid, paths)
            for number, pid in enumerate(pids, start=1):
                yield Figure(
                    name=f"worker {number}, {len(paths):,} public pages asked once",
                    value=pss_megabytes(pid),
                    unit="MB PSS",
                    at_most=MOST_MEGABYTES,
                    detail=f"{fresh:.1f} MB before",
                )


def public_pages(content: Content) -> list[str]:
    """Return every address that a teacher may follow without typing, in both languages."""
    pages = list(SITE_WIDE)
    for slug in offer.slugs():
        home = f"/{slug}/"
        # The nation's has an address of its own.
        status = "/etat" if slug == NATIONAL_CARD.slug else f"{home}etat"
        pages += [home, status, *(f"{home}?pour={profile}" for profile in Profile)]
        for service in content["services"]:
            kinds = ["services", "souci"]
            if service.get("launch", {}).get("kind") in ("room", "document"):
                kinds.append("lien")
            if service.get("variants"):
                kinds.append("ouvrir")
            pages += [f"{home}{kind}/{service['id']}" for kind in kinds]
    return [*pages, *(f"/en{path}" for path in pages)]


def _ask_all(site: Portal, pid: int, paths: list[str]) -> None:
    """Ask one worker for every page, through a connection that it holds."""
    answers = {True: 0, False: 0}
    encodings = itertools.cycle(ENCODINGS)
    waiting = iter(paths)
    for path in waiting:
        with _connection_to(site, pid) as connection:
            # A part of the pages each: a connection idle or too old may be closed.
            for item in itertools.chain((path,), itertools.islice(waiting, 200)):
                connection.request("GET", item, headers={"Accept-Encoding": next(encodings)})
                answer = connection.getresponse()
                answer.read()
                answers[answer.status in (200, 404, 410)] += 1
    if answers[False]:
        raise BenchError(f"{answers[False]} of {len(paths)} pages did not answer as pages do.")


@contextlib.contextmanager
def _connection_to(site: Portal, pid: int) -> Iterator[http.client.HTTPConnection]:
    """Connect until the worker that accepts is the one that is wanted."""
    place = urlsplit(site.url).netloc
    pids = workers(site.process.pid)
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        with contextlib.closing(http.client.HTTPConnection(place, timeout=PATIENCE)) as connection:
            connection.request("GET", "/healthz")
            connection.getresponse().read()
            if owner_of(connection.sock, pids) == pid:
                yield connection
                return
    raise BenchError(f"worker {pid} accepts no connection: the workers are {pids}.")


if __name__ == "__main__":
    sys.exit(main())
