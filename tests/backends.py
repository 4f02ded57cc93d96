"""Real backends from Debian packages: a Prosody behind a Jitsi-like front, and a DokuWiki."""

from __future__ import annotations

import contextlib
import http.client
import os
import subprocess
import threading
from collections.abc import Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Self

from tests.programs import require_path, require_program
from tests.servers import free_port, wait_until_listening

STOP = 20.0
PROSODY = """
daemonize = false
pidfile = "{folder}/prosody.pid"
data_path = "{folder}/data"
certificates = "{folder}/certs"
modules_enabled = {{ "bosh", "saslauth" }}
modules_disabled = {{ "s2s", "c2s", "posix" }}
http_interfaces = {{ "127.0.0.1" }}
http_ports = {{ {port} }}
https_ports = {{ }}
http_default_host = "{host}"
consider_bosh_secure = true
log = {{ info = "{folder}/log" }}
VirtualHost "{host}"
  authentication = "anonymous"
"""
DOKUWIKI = """<?php
$conf['title'] = 'Wiki des essais';
$conf['savedir'] = '{folder}/data';
$conf['useacl'] = 0;
$conf['updatecheck'] = 0;
"""
WIKI_DATA = (
    *("attic", "cache", "index", "locks", "log", "media", "media_attic", "media_meta"),
    *("meta", "pages", "tmp"),
)


class Program:
    """A process of our own, started and stopped as often as a test likes."""

    def __init__(
        self,
        command: tuple[str, ...],
        *,
        port: int,
        folder: Path,
        environ: Mapping[str, str] | None = None,
    ) -> None:
        self.command = command
        self.port = port
        self.folder = folder
        self.environ = {**os.environ, **(environ or {})}
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        with (self.folder / "output").open("ab") as output:
            self.process = subprocess.Popen(
                self.command, cwd=self.folder, stdin=subprocess.DEVNULL,
                stdout=output, stderr=output, env=self.environ,
            )  # fmt: skip
        wait_until_listening(self.port, self.process)

    @contextlib.contextmanager
    def running(self) -> Iterator[Self]:
        try:
            self.start()
            yield self
        finally:
            self.stop()

    @contextlib.contextmanager
    def stopped(self) -> Iterator[None]:
        """Leave it stopped for a while."""
        self.stop()
        try:
            yield
        finally:
            self.start()

    def stop(self) -> None:
        if self.process is None:
            return
        self.process.terminate()
        try:
            self.process.wait(STOP)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(STOP)
        self.process = None


@contextlib.contextmanager
def prosody(folder: Path, *, host: str) -> Iterator[Program]:
    """A running Prosody that serves one virtual host over BOSH."""
    program = require_program("prosody", package="prosody")
    port = free_port()
    for name in ("data", "certs"):
        (folder / name).mkdir()
    config = folder / "prosody.cfg.lua"
    config.write_text(PROSODY.format(folder=folder, port=port, host=host))
    as_root = ("--root",) if os.geteuid() == 0 else ()
    command = (program, "-F", "--config", str(config), *as_root)
    server = Program(command, port=port, folder=folder)
    with server.running():
        yield server


@contextlib.contextmanager
def dokuwiki(folder: Path) -> Iterator[Program]:
    """A running DokuWiki, under PHP's own server, with its data in `folder`."""
    root = require_path("/usr/share/dokuwiki", package="dokuwiki")
    php = require_program("php", package="php-cli")
    port = free_port()
    (folder / "conf").mkdir()
    for name in WIKI_DATA:
        (folder / "data" / name).mkdir(parents=True)
    (folder / "conf" / "local.php").write_text(DOKUWIKI.format(folder=folder))
    (folder / "data" / "pages" / "start.txt").write_text("====== Bonjour ======\nLe wiki répond.\n")
    before = folder / "before.php"
    before.write_text(f"<?php define('DOKU_CONF', '{folder}/conf/');")
    # -n: not the machine's php.ini, whatever stands there.
    ini = ("-n", "-d", f"auto_prepend_file={before}", "-d", "display_errors=stderr")
    command = (php, *ini, "-S", f"127.0.0.1:{port}", "-t", str(root))
    server = Program(command, port=port, folder=folder)
    with server.running():
        yield server


class Front(ThreadingHTTPServer):
    """What stands before a Jitsi: serves its configuration itself, passes sessions on."""

    def __init__(self, *, domain: str, behind: int) -> None:
        super().__init__(("127.0.0.1", 0), _FrontHandler)
        self.domain = domain
        self.behind = behind

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class _FrontHandler(BaseHTTPRequestHandler):
    server: Front

    def do_GET(self) -> None:
        config = (
            "/* eslint-disable */\nvar config = {\n    hosts: {\n"
            "        // domain: 'commented.example',\n"
            f"        domain: '{self.server.domain}',\n"
            f"        muc: 'conference.{self.server.domain}',\n    }},\n"
            "    bosh: '/http-bind',\n};\n"
        )
        found = self.path == "/config.js"
        self._answer(200 if found else 404, "application/javascript", config.encode())

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        connection = http.client.HTTPConnection("127.0.0.1", self.server.behind, timeout=STOP)
        try:
            connection.request("POST", self.path, body, {"Content-Type": "text/xml"})
            answer = connection.getresponse()
            kind = answer.headers.get("Content-Type", "text/xml")
            self._answer(answer.status, kind, answer.read())
        except OSError:
            self._answer(502, "text/html", b"<html><h1>502 Bad Gateway</h1></html>")
        finally:
            connection.close()

    def _answer(self, status: int, kind: str, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args: object) -> None:
        """Tests read the answers, not the log."""


@contextlib.contextmanager
def front(*, domain: str, behind: int) -> Iterator[Front]:
    with Front(domain=domain, behind=behind) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join(STOP)
