"""Awa, a teacher: what she taps on a phone, and the services that her taps lead to."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from time import monotonic
from typing import Any

from playwright.sync_api import BrowserContext, Locator, Page

PHONE: dict[str, Any] = {
    "viewport": {"width": 360, "height": 640},
    "device_scale_factor": 2,
    "is_mobile": True,
    "has_touch": True,
}
SLOW = {"offline": False, "latency": 400, "downloadThroughput": 50_000, "uploadThroughput": 50_000}
"""A poor mobile network: 400 ms and 400 kbit/s (the protocol counts in bytes)."""
PATIENCE = 20_000
"""Milliseconds that one step may take here, on a machine busy with other tests."""


@dataclass
class Awa:
    """Her phone; she counts her taps."""

    page: Page
    taps: int = 0
    started: float = field(default_factory=monotonic)

    def tap(self, target: Locator) -> None:
        self.taps += 1
        target.tap()

    def tap_for_a_new_tab(self, target: Locator) -> None:
        """Go on in the tab that opens, on the same network."""
        with self.page.context.expect_page() as opened:
            self.tap(target)
        self.page = opened.value
        self.page.wait_for_load_state()

    def seconds(self) -> float:
        return monotonic() - self.started


def on_a_slow_phone(context: BrowserContext) -> Awa:
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    context.new_cdp_session(page).send("Network.emulateNetworkConditions", SLOW)
    return Awa(page)


@dataclass
class Service:
    """A service outside of ours, and what it was asked."""

    name: str
    port: int = 0
    asked: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@contextmanager
def running(name: str) -> Iterator[Service]:
    """Serve a page titled with the service's name at every address."""
    service = Service(name)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            service.asked.append(self.path)
            content = f"<!doctype html><title>{name}</title><h1>{name}</h1>".encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (the parent's name)
            """Keep the test's output clean."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    service.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield service
    server.shutdown()
    thread.join()
    server.server_close()


def catalogue_with(source: Path, places: dict[str, str]) -> str:
    """Return a catalogue's text with addresses replaced by those of running services."""
    text = source.read_text(encoding="utf-8")
    for before, after in places.items():
        assert before in text
        text = text.replace(before, after)
    return text
