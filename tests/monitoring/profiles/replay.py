"""A real server that gives recorded answers, each to its own request."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from ipaddress import ip_network
from pathlib import Path

from outbound import Guard
from outbound.names import Resolver
from tests.ill_behaved import Listener, http_answer, read_request

ANSWERS = Path(__file__).parent / "answers"
HERE = (ip_network("127.0.0.1/32"),)
NOTHING = http_answer("404 Not Found", b"nothing here")


@dataclass
class Replay:
    """What was asked so far: first lines, and whole requests."""

    url: str
    lines: list[str] = field(default_factory=list)
    requests: list[bytes] = field(default_factory=list)


def read_answer(name: str) -> bytes:
    """A file of `answers/`: comment lines, then an answer with its length added."""
    text = (ANSWERS / f"{name}.http").read_text()
    lines = text.splitlines(keepends=True)
    while lines[0].startswith("#"):
        lines.pop(0)
    head, _, body = "".join(lines).partition("\n\n")
    content = body.encode()
    fields = [*head.strip().splitlines(), f"Content-Length: {len(content)}", "Connection: close"]
    return "\r\n".join(fields).encode() + b"\r\n\r\n" + content


@contextlib.contextmanager
def replaying(answers: Mapping[str, str]) -> Iterator[Replay]:
    """`answers`: start of the request line → name of the answer; anything else gets 404."""
    replay = Replay(url="")

    def handle(connection: socket.socket, _over: threading.Event) -> None:
        request = read_request(connection)
        line = request.partition(b"\r\n")[0].decode()
        if not line:
            return
        replay.lines.append(line.removesuffix(" HTTP/1.1"))
        replay.requests.append(request)
        names = [name for start, name in answers.items() if line.startswith(start)]
        connection.sendall(read_answer(names[0]) if names else NOTHING)

    with Listener(handle) as server:
        replay.url = server.url
        yield replay


def make_guard() -> Guard:
    return Guard(HERE, user_agent="Tests")


def make_guard_of_names() -> Guard:
    """Every name is one of this machine."""
    resolver = Resolver(lambda _host: ["127.0.0.1"])
    return Guard(HERE, user_agent="Tests", resolver=resolver)
