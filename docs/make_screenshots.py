"""`make screenshots`: the pictures of the documentation, of the real site with the shipped offer.

Every backend leads to a server on this machine that answers as the real one does when it is well,
so that states are really probed and nothing leaves the machine; one is left without a server.
With Debian's chromium-l10n installed, fields show days as in France.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, sync_playwright

from bench import offer
from bench.portal import Portal, monitor, portal, temporary_folder
from bench.programs import require
from bench.stand_in import stand_in
from docs import desk_pictures
from docs.picture import IMAGES, keep, new_context
from docs.way_out import way_out

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--lang=fr-FR",
)
BROKEN = "visio-agents"
PATIENCE = 90.0
"""Seconds: three failed probes, ten seconds apart, on a busy machine."""
PICTURES = (
    ("page-1280", "/rennes/", 1280, 860, "light"),
    ("page-1280-dark", "/rennes/", 1280, 860, "dark"),
    ("page-360", "/rennes/", 360, 640, "light"),
    ("trouble-360", f"/rennes/souci/{BROKEN}", 360, 640, "light"),
    ("status-768", "/rennes/etat", 768, 900, "light"),
    ("prepare-360", "/rennes/lien/rendez-vous", 360, 640, "light"),
)


def main() -> None:
    chromium = require("chromium", package="chromium")
    IMAGES.mkdir(exist_ok=True)
    with site() as (running, content), sync_playwright() as player:
        # Days in fields are written in the browser's own language, not the context's.
        french: dict[str, str | float | bool] = {
            **os.environ,
            "LANGUAGE": "fr_FR",
            "LANG": "fr_FR.UTF-8",
        }
        browser = player.chromium.launch(executable_path=chromium, args=list(FLAGS), env=french)
        for name, path, width, height, scheme in PICTURES:
            take(browser, running.url + path, name=name, size=(width, height), scheme=scheme)
        desk_pictures.take(browser, running, content)
        browser.close()


@contextmanager
def site() -> Iterator[tuple[Portal, offer.Content]]:
    """Run portal and monitor until one service is down and the others are up."""
    with (
        temporary_folder() as folder,
        stand_in(folder) as addresses,
        way_out(addresses) as proxy,
    ):
        content = offer.shipped(addresses)
        for service in content["services"]:
            for backend in service.get("backends", []):
                backend.get("probe", {}).pop("interval", None)
                if service["id"] == BROKEN:
                    backend["url"] = addresses.refused
        for operator in content["operators"]:
            operator["kind"] = "education"  # others are asked every five minutes at most
        first = desk_pictures.without_newcomer(content)
        settings = {"TROUSSE_PROBE_PROXY": proxy}
        starting = portal(folder, first, addresses, probe_interval=10, settings=settings)
        with starting as running, monitor(running):
            wanted = f'{{backend="{BROKEN}/national",service="{BROKEN}",state="down"}}'
            deadline = time.monotonic() + PATIENCE
            while not running.metric(f"trousse_backend_state{wanted}"):
                if time.monotonic() > deadline:
                    raise SystemExit(f"{BROKEN} never read down")
                time.sleep(1)
            yield running, content


def take(browser: Browser, url: str, *, name: str, size: tuple[int, int], scheme: str) -> None:
    context = new_context(browser, width=size[0], height=size[1], scheme=scheme)
    page = context.new_page()
    page.goto(url, wait_until="networkidle")
    keep(page, name)
    context.close()


if __name__ == "__main__":
    main()
