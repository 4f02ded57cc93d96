"""A server of the tests' own: it says what it is told to, slowly, endlessly or not at all."""

from __future__ import annotations

import contextlib
import gzip
import select
import socket
import ssl
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Self

Handler = Callable[[socket.socket, threading.Event], None]
"""Speaks on one connection until it is done or the event says that the test is over."""
PATIENCE = 20.0


class Listener:
    """Accepts on a loopback address, counts, and lets a handler speak in a thread of its own."""

    def __init__(
        self,
        handler: Handler,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.connections = 0
        self._peers: list[object] = []
        self._handler = handler
        self._tls = tls
        self._over = threading.Event()
        self._threads: list[threading.Thread] = []
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._socket = socket.socket(family, socket.SOCK_STREAM)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._socket.bind((host, port))
        self._socket.listen(256)
        self.host = host
        self.port: int = self._socket.getsockname()[1]

    def __enter__(self) -> Self:
        self._acceptor = threading.Thread(target=self._accept)
        self._acceptor.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._over.set()
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._acceptor.join(PATIENCE)
        self._socket.close()
        for thread in self._threads:
            thread.join(PATIENCE)

    @property
    def url(self) -> str:
        return f"{'https' if self._tls else 'http'}://{self.host}:{self.port}"

    def count_of_others(self) -> int:
        """Connections so far that were not this question's own."""
        before = time.monotonic()
        with socket.create_connection((self.host, self.port), PATIENCE) as own:
            own.settimeout(PATIENCE)
            name = own.getsockname()
            while name not in self._peers and time.monotonic() < before + PATIENCE:
                time.sleep(0.005)
        return self.connections - 1

    def _accept(self) -> None:
        while not self._over.is_set():
            try:
                connection, peer = self._socket.accept()
            except OSError:
                return
            self.connections += 1
            self._peers.append(peer)
            thread = threading.Thread(target=self._speak, args=(connection,))
            self._threads.append(thread)
            thread.start()

    def _speak(self, connection: socket.socket) -> None:
        # A client that leaves is the normal end of most of these conversations.
        with contextlib.suppress(OSError), connection:
            connection.settimeout(PATIENCE)
            if self._tls is None:
                self._handler(connection, self._over)
                return
            with self._tls.wrap_socket(connection, server_side=True) as secure:
                self._handler(secure, self._over)


def read_request(connection: socket.socket) -> bytes:
    """Head and body of one request."""
    data = b""
    while b"\r\n\r\n" not in data:
        chunk = connection.recv(4096)
        if not chunk:
            return data
        data += chunk
    head, _, body = data.partition(b"\r\n\r\n")
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            while len(body) < int(value):
                body += connection.recv(4096)
    return head + b"\r\n\r\n" + body


def http_answer(status: str = "200 OK", body: bytes = b"fine", **headers: str) -> bytes:
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Connection: close"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def says(answer: bytes) -> Handler:
    def handle(connection: socket.socket, _over: threading.Event) -> None:
        read_request(connection)
        connection.sendall(answer)

    return handle


def redirects_to(address: str, status: str = "302 Found") -> Handler:
    return says(http_answer(status, b"", Location=address))


def says_nothing(connection: socket.socket, over: threading.Event) -> None:
    """Accepts, and leaves it at that."""
    _drain_until(connection, over)


def hangs_up(connection: socket.socket, _over: threading.Event) -> None:
    read_request(connection)


def drips(start: bytes, drop: bytes, *, pause: float = 0.05) -> Handler:
    """Sends `start`, then `drop` again and again: never silent for long, never done."""

    def handle(connection: socket.socket, over: threading.Event) -> None:
        connection.sendall(start)
        while not over.wait(pause):
            connection.sendall(drop)

    return handle


def floods(start: bytes, chunk: bytes) -> Handler:
    """As fast as it can, without end."""

    def handle(connection: socket.socket, over: threading.Event) -> None:
        read_request(connection)
        connection.sendall(start)
        while not over.is_set():
            connection.sendall(chunk)

    return handle


def gzip_bomb(size: int) -> bytes:
    return http_answer(body=gzip.compress(bytes(size), 9), Content_Encoding="gzip")


def deflate_bomb(size: int) -> bytes:
    return http_answer(body=zlib.compress(bytes(size), 9), Content_Encoding="deflate")


def nested_bomb(size: int) -> bytes:
    twice = gzip.compress(gzip.compress(bytes(size), 9), 9)
    return http_answer(body=twice, Content_Encoding="gzip, gzip")


def join(one: socket.socket, other: socket.socket, over: threading.Event) -> None:
    """Carry bytes both ways until either side leaves."""
    while not over.is_set():
        for source in select.select([one, other], [], [], 0.1)[0]:
            data = source.recv(65536)
            if not data:
                return
            (other if source is one else one).sendall(data)


@contextlib.contextmanager
def forbidden_listener(port: int = 0, host: str = "127.0.0.2") -> Iterator[Listener]:
    """Where nothing may ever arrive; fails the test if something did."""
    with Listener(says(http_answer(body=b"secret")), host=host, port=port) as listener:
        yield listener
        assert listener.count_of_others() == 0, "a connection reached the forbidden listener"


def _drain_until(connection: socket.socket, over: threading.Event) -> None:
    connection.settimeout(0.1)
    while not over.is_set():
        with contextlib.suppress(TimeoutError):
            if not connection.recv(4096):
                over.wait(PATIENCE)
