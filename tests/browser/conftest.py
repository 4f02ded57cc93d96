"""A small site in Chromium, and a check that its scripts raise no error."""

from __future__ import annotations

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from playwright.sync_api import BrowserContext, Page

from tests.browser.pages import FakeTile, Site, home, serve

TILES = (
    FakeTile(id="visio-agents", title="Visio-Agents", task="Réunir des collègues", search="visio"),
    FakeTile(id="nuage", title="Nuage", task="Ranger vos fichiers", search="nuage|ranger|dropbox"),
    FakeTile(id="evento", title="Évento", task="Trouver une date", search="évento|date|doodle"),
    FakeTile(id="docs", title="Docs", task="Écrire à plusieurs", search="docs|écrire|padlet"),
    FakeTile(id="tubes", title="Tubes", task="Publier une vidéo", search="tubes", state=None),
)


@pytest.fixture
def site() -> Iterator[Site]:
    site = Site(pages={"/rennes/": home(TILES), "/nantes/": home(TILES, academie="nantes")})
    for tile in TILES:
        site.pages[f"/rennes/ouvrir/{tile.id}"] = "<title>Ouvert</title>"
    server = serve(site)
    yield site
    server.shutdown()
    server.server_close()


@pytest.fixture
def errors(context: BrowserContext) -> Iterator[list[str]]:
    """What scripts raised; a test that expects something empties the list."""
    raised: list[str] = []
    context.on("weberror", lambda error: raised.append(str(error.error)))
    yield raised
    assert raised == []


@pytest.fixture
def awa(page: Page, errors: list[str], site: Site) -> Page:
    """Awa, a teacher without an account, on the page of Rennes."""
    del errors
    page.goto(f"{site.url}/rennes/")
    return page


@pytest.fixture
def own_server() -> Iterator[str]:
    """A real server on loopback, for the addresses that an académie gives."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(b"<title>Chez nous</title>")

        def log_message(self, *_args: object) -> None:
            """Stay quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    thread.join()
    server.server_close()
