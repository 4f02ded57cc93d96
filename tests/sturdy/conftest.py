"""A backend on loopback and deployments that leave nothing behind."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Protocol

import pytest

from tests.sturdy.deployment import Deployment


class _Backend(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        body = b"<title>Un service qui marche</title>"
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_arguments: object) -> None:
        """Say nothing: the tests' output is for faults."""


@pytest.fixture(scope="session")
def backend() -> Iterator[str]:
    """The address of a service that works, on loopback."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Backend)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()
    thread.join()


class Deploy(Protocol):
    def __call__(self, **changes: str) -> Deployment: ...


@pytest.fixture
def deploy(tmp_path: Path, backend: str) -> Iterator[Deploy]:
    """Each call gives another deployment, its database without tables yet."""
    made: list[Deployment] = []

    def make(**changes: str) -> Deployment:
        folder = tmp_path / f"deployment-{len(made)}"
        folder.mkdir()
        made.append(Deployment(folder, backend, **changes))
        return made[-1]

    yield make
    for deployment in made:
        deployment.end()


@pytest.fixture
def deployment(deploy: Deploy) -> Deployment:
    """One deployment with its tables."""
    deployment = deploy()
    deployment.upgrade()
    return deployment


Told = Callable[[str], None]


@pytest.fixture
def tell(capsys: pytest.CaptureFixture[str]) -> Told:
    """Print a measured figure, whatever pytest does with the output."""

    def say(words: str) -> None:
        with capsys.disabled():
            print(f"\n    {words}")  # noqa: T201

    return say
