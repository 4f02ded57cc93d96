"""What a first view of a page costs a reader: requests, and bytes over the wire."""

from __future__ import annotations

import contextlib
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, sync_playwright

from bench import offer
from bench.figures import Figure, report
from bench.portal import Portal, monitor, portal, temporary_folder
from bench.programs import BenchError, require
from bench.stand_in import stand_in

PATHS = ("/rennes/", "/", "/rennes/services/nuage", "/rennes/lien/rendez-vous")
MOST_KILOBYTES = 50
MOST_REQUESTS = 8
MOST_HTML_KILOBYTES = 12
SERVICES = 30
FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip
ALSO_ASKED = re.compile(rb'<link\b[^>]*\brel="(?:icon|manifest)"[^>]*>')
"""A window of Chromium asks for these too, one without a head does not."""


@dataclass
class View:
    urls: dict[str, str] = field(default_factory=dict)
    """By id of the request."""
    sizes: dict[str, float] = field(default_factory=dict)
    """Bytes with headers, as the network gave them."""


def main() -> int:
    require("chromium", package="chromium")
    return report(measure())


def measure() -> Iterator[Figure]:
    with temporary_folder() as folder, stand_in(folder) as addresses:
        content = offer.padded(offer.shipped(addresses), SERVICES)
        with portal(folder, content, addresses) as site, monitor(site), _chromium() as browser:
            _check_padding(site)
            for path in PATHS:
                yield from _view(site, browser, path)
            for path in PATHS[:1]:
                yield from _html(site, path)


@contextlib.contextmanager
def _chromium() -> Iterator[Browser]:
    program = require("chromium", package="chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=list(FLAGS))
        yield browser
        browser.close()


def _check_padding(site: Portal) -> None:
    # A tile is a link to the page of its service: count those, not how a tile is drawn.
    body = site.get(PATHS[0]).body.decode()
    shown = set(re.findall(r'href="/rennes/services/([a-z0-9-]+)"', body))
    if len(shown) != SERVICES:
        raise BenchError(f"expected {SERVICES} services on the page, found {len(shown)}.")


def _view(site: Portal, browser: Browser, path: str) -> Iterator[Figure]:
    view = _look(browser, site.url + path)
    _add_what_a_window_asks(site, view, path)
    strangers = {url for url in view.urls.values() if not url.startswith((site.url, "data:"))}
    names = ", ".join(
        f"{urlsplit(url).path} {view.sizes.get(key, 0) / 1000:.1f}"
        for key, url in view.urls.items()
    )
    yield Figure(
        name=f"{path}: first view", value=sum(view.sizes.values()) / 1000, unit="kB",
        at_most=MOST_KILOBYTES, detail=names,
    )  # fmt: skip
    yield Figure(
        name=f"{path}: requests", value=len(view.sizes), unit="requests", at_most=MOST_REQUESTS
    )
    yield Figure(
        name=f"{path}: requests to others", value=len(strangers), unit="requests", at_most=0,
        detail=", ".join(sorted(strangers)),
    )  # fmt: skip


def _look(browser: Browser, url: str) -> View:
    """Open a page with nothing cached, and wait until the network is quiet."""
    view = View()

    def asked(event: dict[str, Any]) -> None:
        if not event["request"]["url"].startswith("data:"):
            view.urls[event["requestId"]] = event["request"]["url"]

    def loaded(event: dict[str, Any]) -> None:
        if event["requestId"] in view.urls:
            view.sizes[event["requestId"]] = event["encodedDataLength"]

    with contextlib.closing(browser.new_context(viewport={"width": 1280, "height": 900})) as fresh:
        page = fresh.new_page()
        network = fresh.new_cdp_session(page)
        network.on("Network.requestWillBeSent", asked)
        network.on("Network.loadingFinished", loaded)
        network.send("Network.enable")
        page.goto(url, wait_until="networkidle")
    if len(view.sizes) != len(view.urls):
        missing = [url for key, url in view.urls.items() if key not in view.sizes]
        raise BenchError(f"these did not load: {missing}")
    return view


def _add_what_a_window_asks(site: Portal, view: View, path: str) -> None:
    for link in ALSO_ASKED.findall(site.get(path).body):
        found = re.search(rb'\bhref="([^"]+)"', link)
        url = site.url + found[1].decode() if found else ""
        if url in ("", *view.urls.values()):
            continue
        answer = site.get(url.removeprefix(site.url), encoding="br")
        view.urls[url] = url
        view.sizes[url] = len(answer.body) + sum(len(f"{a}: {b}\r\n") for a, b in answer.headers)


def _html(site: Portal, path: str) -> Iterator[Figure]:
    for encoding in ("gzip", "br"):
        page = site.get(path, encoding=encoding)
        if page.header("Content-Encoding") != encoding:
            raise BenchError(f"{path} came in {page.header('Content-Encoding')!r}.")
        yield Figure(
            name=f"{path}: HTML for {SERVICES} services in {encoding}",
            value=len(page.body) / 1000, unit="kB", at_most=MOST_HTML_KILOBYTES,
            detail=f"{len(site.get(path).body) / 1000:.1f} kB before compression",
        )  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
