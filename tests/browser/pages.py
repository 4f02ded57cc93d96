"""Small pages with the hooks that the scripts rely on, served on loopback."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from email.utils import formatdate
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from time import time
from urllib.parse import urlsplit

from jinja2 import Environment, FileSystemLoader
from playwright.sync_api import Page, Request

from catalogue.selection import Entry

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, kw_only=True)
class FakeTile:
    """A tile as the templates make it, with what a script reads."""

    id: str
    title: str
    task: str
    search: str = ""
    state: str | None = "Fonctionne"
    """None: in trouble, the main link leads to a page of ours."""

    def html(self) -> str:
        path = "depanner" if self.state is None else "ouvrir"
        target = "" if self.state is None else ' target="_blank" rel="noopener"'
        state = f'<span class="tile-state">{self.state or "En panne"}</span>'
        return (
            f'<li class="tile" data-id="{self.id}" data-search="{escape(self.search)}">'
            f'<svg class="pic" aria-hidden="true"></svg>'
            f'<h3><a class="tile-main" href="/rennes/{path}/{self.id}"{target}>{self.task}'
            f'<span class="vh">, {self.title} (nouvel onglet)</span></a></h3>'
            f'<p class="tile-title">{self.title} · Plutôt pour tous</p>'
            f'<p class="tile-facts">Sans compte</p><p class="tile-foot">{state}</p>'
            f'<button class="tile-star" type="button" hidden data-id="{self.id}" '
            f'aria-pressed="false"><span>Ajouter {self.title} aux favoris</span></button>'
            f'<p class="tile-after" hidden><a href="/rennes/depanner/{self.id}">'
            f"Ça n'a pas marché ?</a></p></li>"
        )


def words() -> str:
    environment = Environment(loader=FileSystemLoader(ROOT / "templates"), autoescape=True)
    environment.globals["_"] = str
    template = '{% from "components/script_words.html" import script_words with context %}'
    return environment.from_string(template + "{{ script_words() }}").render()


def page(body: str, *, attributes: str = "", lang: str = "fr") -> str:
    return (
        f'<!doctype html><html lang="{lang}"><head><meta charset="utf-8"><title>Page</title>'
        '<link rel="icon" href="data:,"><style>.vh{position:absolute;left:-999em}</style>'
        '<script src="/static/js/theme.js"></script></head>'
        f"<body {attributes}>{body}{words()}"
        '<script src="/static/js/portal.js" defer></script></body></html>'
    )


def home(
    tiles: Sequence[FakeTile], *, checked: str = "", stale: str = "", academie: str = "rennes"
) -> str:
    """Return an académie's page; the first half of the tiles in a category, the rest in another."""
    half = (len(tiles) + 1) // 2
    sections = "".join(
        f'<section class="category" id="cat-{n}"><h2>Catégorie {n}</h2>'
        f'<ul class="tiles">{"".join(tile.html() for tile in part)}</ul></section>'
        for n, part in enumerate((tiles[:half], tiles[half:]))
    )
    name = academie.capitalize()
    return page(
        f"""<main><p id="autre-academie" hidden></p>
        <div data-theme-switch hidden>
          <button type="button" data-theme-choice="light" aria-pressed="false">Clair</button>
          <button type="button" data-theme-choice="dark" aria-pressed="false">Sombre</button>
          <button type="button" data-theme-choice="auto" aria-pressed="true">Auto</button></div>
        <form id="recherche" role="search" action="/{academie}/"><label for="q">Besoin</label>
          <input id="q" name="q" type="search" maxlength="100"><button>Chercher</button></form>
        <p id="nombre" role="status"></p><p id="soucis" hidden></p>
        <section id="favoris" hidden><h2>Mes favoris</h2><ul class="favourites"></ul></section>
        <div id="offre-favoris" hidden></div>
        <section id="ouverts" hidden><h2>Ouverts aujourd'hui</h2><ul class="opened"></ul>
          <button type="button" data-clear-opened>Effacer</button></section>
        <section id="resultats" hidden><h2>Résultats</h2><ul class="tiles"></ul>
          <div data-empty hidden><p data-suggestion hidden></p>
          <a href="/{academie}/" data-all>Voir tous les services</a></div></section>
        <div id="services"><nav data-browse><a href="#cat-0">Catégorie 0</a></nav>{sections}</div>
        <p id="verifie" data-checked="{checked}" data-stale="{stale}">États vérifiés à 8 h 58.</p>
        </main>""",
        attributes=f'data-academie="{academie}" data-academie-name="{name}"',
    )


def from_entries(entries: Sequence[Entry]) -> list[FakeTile]:
    return [
        FakeTile(id=name, title=name, task=f"Tâche de {name}", search=text)
        for name, text in entries
    ]


@dataclass
class Site:
    """What the server answers, and what it was asked."""

    pages: dict[str, str] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    port: int = 0
    down: bool = False
    """True: connections end without an answer."""
    ahead: float = 0.0
    """Seconds that the server's clock is ahead of the device's."""
    in_flight: set[Request] = field(default_factory=set)
    """What a page that is watched waits for."""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def watch(self, page: Page) -> None:
        def ended(request: Request) -> None:
            self.in_flight.discard(request)

        def left(request: Request) -> None:
            self.in_flight.add(request)

        # Functions of ours: Playwright cannot hold a set's own methods.
        page.on("request", left)
        page.on("requestfinished", ended)
        page.on("requestfailed", ended)

    def answer(self, path: str) -> tuple[str, bytes] | None:
        if path.startswith("/static/"):
            return "text/javascript", (ROOT / path.lstrip("/")).read_bytes()
        if path in self.pages:
            return "text/html; charset=utf-8", self.pages[path].encode()
        return None


def serve(site: Site) -> ThreadingHTTPServer:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = urlsplit(self.path).path
            site.asked.append(self.path)
            if site.down:
                return
            answer = site.answer(path)
            self.send_response_only(404 if answer is None else 200)
            kind, content = answer or ("text/html; charset=utf-8", b"<p>rien</p>")
            self.send_header("Date", formatdate(time() + site.ahead, usegmt=True))
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(content)))
            self.send_header("Cache-Control", "no-cache")
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (the parent's name)
            """Keep the test's output clean."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    site.port = server.server_address[1]
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server
