"""The servers that the monitor's bench probes, in a process of their own: plain, TLS, and slow."""

from __future__ import annotations

import asyncio
import ssl
import sys
from pathlib import Path

SLOW_SECONDS = 4.0
BODY = b"<!doctype html><title>Service</title>" + b"<p>Bonjour</p>" * 300
HEAD = (
    b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\nContent-Length: %d\r\n\r\n"
)


async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        head = await reader.readuntil(b"\r\n\r\n")
        if head.split(b" ", 2)[1].startswith(b"/slow"):
            await asyncio.sleep(SLOW_SECONDS)
        writer.write(HEAD % len(BODY) + BODY)
        await writer.drain()
        writer.close()
        await writer.wait_closed()
    except (OSError, asyncio.IncompleteReadError):
        writer.close()


async def serve(plain_port: int, tls_port: int, certificate: Path) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    plain = await asyncio.start_server(answer, "127.0.0.1", plain_port, backlog=512)
    tls = await asyncio.start_server(answer, "127.0.0.1", tls_port, backlog=512, ssl=context)
    await asyncio.gather(plain.serve_forever(), tls.serve_forever())


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3])))
