"""`make screenshots`: the pictures of the documentation, of the real site with the shipped offer.

Every backend leads to a server on this machine that answers as the real one does when it is well,
so that states are really probed and nothing leaves the machine; one is left without a server.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from bench import offer
from bench.portal import monitor, portal, temporary_folder
from bench.programs import require
from bench.stand_in import stand_in

IMAGES = Path(__file__).with_name("images")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
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
    with site() as url, sync_playwright() as player:
        browser = player.chromium.launch(executable_path=chromium, args=list(FLAGS))
        for name, path, width, height, scheme in PICTURES:
            take(browser, url + path, name=name, size=(width, height), scheme=scheme)
        browser.close()


@contextmanager
def site() -> Iterator[str]:
    """Run portal and monitor until one service is down and the others are up."""
    with temporary_folder() as folder, stand_in(folder) as addresses:
        content = offer.shipped(addresses)
        for service in content["services"]:
            for backend in service.get("backends", []):
                backend.get("probe", {}).pop("interval", None)
                if service["id"] == BROKEN:
                    backend["url"] = addresses.refused
        for operator in content["operators"]:
            operator["kind"] = "education"  # others are asked every five minutes at most
        with portal(folder, content, addresses, probe_interval=10) as running, monitor(running):
            wanted = f'{{backend="{BROKEN}/national",service="{BROKEN}",state="down"}}'
            deadline = time.monotonic() + PATIENCE
            while not running.metric(f"trousse_backend_state{wanted}"):
                if time.monotonic() > deadline:
                    raise SystemExit(f"{BROKEN} never read down")
                time.sleep(1)
            yield running.url


def take(browser: Browser, url: str, *, name: str, size: tuple[int, int], scheme: str) -> None:
    width, height = size
    context = browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme="dark" if scheme == "dark" else "light",
        locale="fr-FR",
        timezone_id="Europe/Paris",
    )
    page = context.new_page()
    page.goto(url, wait_until="networkidle")
    page.screenshot(path=IMAGES / f"{name}.png")
    context.close()
    print(IMAGES / f"{name}.png")


if __name__ == "__main__":
    main()
