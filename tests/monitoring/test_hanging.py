"""Real probes of real servers: those that hang do not hold up those that answer."""

from __future__ import annotations

import socket
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_network
from itertools import pairwise
from typing import Any

import pytest

from monitoring import probe
from monitoring.prober import Prober
from monitoring.records import Known
from monitoring.target import ProbeTarget, State, target_key
from outbound import Guard

INTERVAL = 5
ROUNDS = 4


class Good(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self) -> None:
        self.asked: dict[str, list[float]] = defaultdict(list)
        super().__init__(("127.0.0.1", 0), _Answer)


class _Answer(BaseHTTPRequestHandler):
    server: Good

    def do_GET(self) -> None:
        self.server.asked[self.path].append(time.monotonic())
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"bonjour")

    def log_message(self, *_arguments: Any) -> None:
        """Quiet."""


@pytest.fixture
def good() -> Iterator[Good]:
    server = Good()
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def silent_port() -> Iterator[int]:
    """Takes connections, and never says a word."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(512)
        yield listener.getsockname()[1]


def targets(port: int) -> list[ProbeTarget]:
    urls = [f"http://127.0.0.1:{port}/{n}" for n in range(50)]
    return [
        ProbeTarget(
            key=target_key(url, "http", None),
            url=url,
            profile="http",
            interval=INTERVAL,
            timeout=10.0,
        )
        for url in urls
    ]


@pytest.mark.slow
def test_fifty_silent_servers_delay_none_of_fifty_good_ones(good: Good, silent_port: int) -> None:
    silent = targets(silent_port)
    mixed = [*silent, *targets(good.server_port)]
    guard = Guard([ip_network("127.0.0.0/8")], user_agent="tests")
    prober = Prober(partial(probe.check, guard=guard), workers=48, is_local=lambda _target: True)
    known = {target.key: Known(id=n, health=None) for n, target in enumerate(mixed, 1)}
    prober.watch(mixed, known)
    started = time.monotonic()
    prober.start()
    time.sleep(ROUNDS * INTERVAL)
    prober.stop(patience=0)
    ended = time.monotonic()
    assert len(good.asked) == 50
    for path, asked in good.asked.items():
        gaps = [after - before for before, after in pairwise([started, *asked, ended])]
        assert max(gaps) < 2 * INTERVAL, path
    batch = prober.take()
    up = [update for update in batch.updates if update.health.state is State.UP]
    assert len(up) == 50
    reasons = {update.health.reason for update in batch.updates if update not in up}
    assert reasons == {"timeout"}
