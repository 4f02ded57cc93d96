"""A proxy on loopback behind which every name is the stand-in: pictures may show true addresses."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator
from socketserver import BaseRequestHandler, ThreadingTCPServer
from urllib.parse import urlsplit

from bench.stand_in import Addresses

LONGEST_HEAD = 65536
PATIENCE = 20.0
"""Seconds."""
Place = tuple[str, int]


class Server(ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    addresses: Addresses


class Handler(BaseRequestHandler):
    server: Server

    def handle(self) -> None:
        with contextlib.suppress(OSError):
            head = self._head()
            method, target, _ = head.split(b" ", 2)
            is_tunnel = method == b"CONNECT"
            try:
                there = socket.create_connection(self._place(target, is_tunnel), PATIENCE)
            except OSError:
                self.request.sendall(b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n")
                return
            with there:
                if is_tunnel:
                    self.request.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
                else:
                    there.sendall(head)
                self._carry(there)

    def _head(self) -> bytes:
        head = b""
        while b"\r\n\r\n" not in head and len(head) < LONGEST_HEAD:
            piece = self.request.recv(LONGEST_HEAD)
            if not piece:
                raise ConnectionResetError
            head += piece
        return head

    def _place(self, target: bytes, is_tunnel: bool) -> Place:  # noqa: FBT001
        """Return where on this machine an address leads; nothing leaves it."""
        asked = urlsplit(("//" if is_tunnel else "") + target.decode("latin-1"))
        if asked.hostname == "127.0.0.1":
            return "127.0.0.1", asked.port or 80
        known = urlsplit(self.server.addresses.secure if is_tunnel else self.server.addresses.plain)
        return "127.0.0.1", known.port or 80

    def _carry(self, there: socket.socket) -> None:
        back = threading.Thread(target=_pour, args=(there, self.request), daemon=True)
        back.start()
        _pour(self.request, there)
        back.join(PATIENCE)


def _pour(source: socket.socket, sink: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while piece := source.recv(LONGEST_HEAD):
            sink.sendall(piece)
        sink.shutdown(socket.SHUT_WR)


@contextlib.contextmanager
def way_out(addresses: Addresses) -> Iterator[str]:
    """Run the proxy in a thread; yield its address."""
    with Server(("127.0.0.1", 0), Handler) as server:
        server.addresses = addresses
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()
