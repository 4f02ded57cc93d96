"""Those who receive alerts, on loopback: answering well, badly, slowly or not at all."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Arrival:
    path: str
    text: str
    """All that was sent, as text."""
    at: float = field(default_factory=time.monotonic)

    @property
    def json(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.text)
        return found


class Receiver(ThreadingHTTPServer):
    """Keeps what arrives; answers with `status`, after `seconds`."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.arrivals: list[Arrival] = []
        self.status = 200
        self.seconds: Callable[[], float] = lambda: 0.0
        self.answers: dict[str, dict[str, object]] = {}
        """JSON to answer with, by the beginning of the path."""

    @property
    def place(self) -> str:
        return f"127.0.0.1:{self.server_address[1]}"

    @property
    def texts(self) -> list[str]:
        return [arrival.text for arrival in self.arrivals]


class _Handler(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        self.server.arrivals.append(Arrival(path=self.path, text=body))
        time.sleep(self.server.seconds())
        known = [value for path, value in self.server.answers.items() if self.path.startswith(path)]
        answer = json.dumps(known[0] if known else {}).encode()
        try:
            self.send_response(self.server.status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)
        except OSError:
            return  # whoever asked has gone

    do_PUT = do_GET = do_POST  # noqa: N815 - names that the server looks for

    def log_message(self, *_arguments: object) -> None:
        """Say nothing: the tests' output is for faults."""


@contextmanager
def receiver() -> Iterator[Receiver]:
    server = Receiver()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
