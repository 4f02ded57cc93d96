"""The instruments, on real processes and connections; nothing here is timed."""

from __future__ import annotations

import importlib
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from flask import Flask

from bench import __main__ as command
from bench import bare
from bench.load import REQUESTS_OF_A_VISIT, VISITORS, load
from bench.processes import cpu_seconds, owner_of, pss_megabytes
from bench.programs import BenchError, clean_environment, require


@pytest.mark.parametrize("name", command.BENCHES)
def test_every_bench_can_be_started(name: str) -> None:
    assert callable(importlib.import_module(f"bench.{name}").main)


def test_an_unknown_bench_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["weight"]) == 2
    assert "no bench weight" in capsys.readouterr().err


def test_a_missing_program_is_named_with_its_package() -> None:
    with pytest.raises(BenchError, match=r"MISSING.*apt-get install some-package"):
        require("no-such-program", package="some-package")


def test_a_bench_takes_no_setting_and_no_proxy_of_its_surroundings(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TROUSSE_NAME", "Ailleurs")
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    names = clean_environment()
    assert not {"TROUSSE_NAME", "HTTPS_PROXY"} & set(names)


def test_the_bare_view_returns_what_it_is_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "answer"
    headers = (("Content-Type", "text/html"), ("X-One", "1"), ("Server", "gunicorn"))
    bare.write_answer(file, b"\x1f\x8b\nbytes", headers)
    monkeypatch.setenv(bare.ANSWER_VARIABLE, str(file))
    application: Flask = bare.create_app()
    answer = application.test_client().get("/rennes/")
    assert answer.data == b"\x1f\x8b\nbytes"
    assert (answer.headers["X-One"], "Server" in answer.headers) == ("1", False)


def test_a_process_is_measured() -> None:
    program = "import sys; sum(range(2_000_000)); print(flush=True); sys.stdin.read()"
    with subprocess.Popen(
        [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdout.readline()
        assert 2 < pss_megabytes(process.pid) < 100
        assert cpu_seconds([process.pid]) > 0
        process.stdin.close()


def test_the_owner_of_a_connection_is_found() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as listener,
        socket.create_connection(listener.getsockname()) as client,
    ):
        accepted, _ = listener.accept()
        with accepted:
            assert owner_of(client, [os.getpid()]) == os.getpid()
            assert owner_of(client, [os.getppid()]) is None


class _Pages(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    asked: list[str]
    visitors: set[tuple[str, int]]

    def do_GET(self) -> None:
        self.asked.append(self.path)
        self.visitors.add(self.client_address)
        self.send_response(404 if self.path == "/absent" else 200)
        self.send_header("Content-Length", "5")
        self.end_headers()
        self.wfile.write(b"salut")

    def log_message(self, *_args: object) -> None:
        """Silent."""


@pytest.fixture
def server() -> Iterator[ThreadingHTTPServer]:
    _Pages.asked, _Pages.visitors = [], set()
    with ThreadingHTTPServer(("127.0.0.1", 0), _Pages) as listening:
        thread = threading.Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        yield listening
        listening.shutdown()
        thread.join()


def test_a_load_asks_as_often_as_it_says(server: ThreadingHTTPServer) -> None:
    url = f"http://127.0.0.1:{server.server_address[1]}"
    seen = load(url, ("/a", "/b"), per_second=200, seconds=0.5)
    assert len(seen.latencies) == len(seen.lateness) == 100
    assert min(seen.latencies) > 0
    assert sorted(_Pages.asked) == ["/a"] * 50 + ["/b"] * 50


def test_a_visitor_leaves_after_a_visit(server: ThreadingHTTPServer) -> None:
    url = f"http://127.0.0.1:{server.server_address[1]}"
    visits = 2 * VISITORS
    load(url, ("/",), per_second=2000, seconds=visits * REQUESTS_OF_A_VISIT / 2000)
    assert len(_Pages.asked) == visits * REQUESTS_OF_A_VISIT
    assert len(_Pages.visitors) >= visits


def test_a_load_refuses_to_time_errors(server: ThreadingHTTPServer) -> None:
    url = f"http://127.0.0.1:{server.server_address[1]}"
    with pytest.raises(BenchError, match="404"):
        load(url, ("/absent",), per_second=100, seconds=0.1)
