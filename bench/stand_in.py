"""A loopback server that answers as the services of the catalogue do when they are well."""

from __future__ import annotations

import asyncio
import contextlib
import json
import ssl
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from bench.programs import BenchError, clean_environment, free_port, last_lines, running

SLOW = "/lent/"
SLOW_SECONDS = 2.0
ANSWERS = {
    "/status.php": '{"installed": true, "maintenance": false, "needsDbUpgrade": false, '
    '"versionstring": "32.0.1"}',
    "/cloud/capabilities": '{"ocs": {"data": {"version": {"string": "32.0.1"}}}}',
    "/health": '{"status": "pass", "releaseId": "2.5.3"}',
    "/api": '{"currentVersion": "1.3.1"}',
    "/api/v1/config": '{"serverVersion": "6.3.0"}',
    "/api/v1/videos": '{"total": 0, "data": []}',
    "/site/basic-info.json": '{"title": "Forum"}',
    "/about.json": '{"about": {"version": "3.5.0"}}',
    "/config.js": "var config = {hosts: {domain: 'bench.example'}};",
    "/http-bind": "<body xmlns='http://jabber.org/protocol/httpbind' sid='bench'/>",
}
"""By the end of the path. Any other address is a page of HTML."""
NAMES = (x509.DNSName("*.ac-lyon.fr"),)
"""What its certificate is for besides 127.0.0.1: the addresses that the guide's pictures show."""
PAGE = "<!doctype html><title>Service</title><h1>Service</h1>"
KINDS = {"{": "application/json", "v": "text/javascript", "<": "text/html"}


@dataclass(frozen=True, kw_only=True)
class Addresses:
    plain: str
    secure: str
    refused: str
    """Nobody listens there."""
    authority: Path
    """What SSL_CERT_FILE should name for `secure` to be believed."""

    def nth(self, number: int) -> str:
        """Return where the target of that number is: half TLS, 5 % slow, 5 % refused."""
        if number % 20 == 7:
            return self.refused
        base = self.secure if number % 2 else self.plain
        return base + SLOW.rstrip("/") if number % 20 == 14 else base


@contextlib.contextmanager
def stand_in(folder: Path) -> Iterator[Addresses]:
    """Run the server in a process of its own."""
    output = folder / "stand-in.log"
    command = (sys.executable, "-m", "bench.stand_in", str(folder))
    environment = clean_environment()
    with running(
        command, output=output, environment=environment, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None  # noqa: S101 - asked for above
        with process.stdout:
            line = process.stdout.readline()
        if not line:
            raise BenchError(f"the loopback server did not start:\n{last_lines(output)}")
        told = json.loads(line)
        yield Addresses(**{**told, "authority": Path(told["authority"])})


async def serve(folder: Path) -> None:
    certificate = _make_certificate(folder)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    plain = await asyncio.start_server(_answer, "127.0.0.1", 0, backlog=1024)
    secure = await asyncio.start_server(_answer, "127.0.0.1", 0, backlog=1024, ssl=context)
    addresses = Addresses(
        plain=f"http://127.0.0.1:{plain.sockets[0].getsockname()[1]}",
        secure=f"https://127.0.0.1:{secure.sockets[0].getsockname()[1]}",
        refused=f"http://127.0.0.1:{free_port()}",
        authority=certificate,
    )
    print(json.dumps(asdict(addresses), default=str), flush=True)
    async with plain, secure:
        await asyncio.gather(plain.serve_forever(), secure.serve_forever())


async def _answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError, asyncio.IncompleteReadError, ssl.SSLError):
        head = await reader.readuntil(b"\r\n\r\n")
        path = head.split(b" ", 2)[1].decode("latin-1").partition("?")[0]
        if SLOW in path:
            await asyncio.sleep(SLOW_SECONDS)
        writer.write(_response(path))
        await writer.drain()
        writer.close()
        await writer.wait_closed()


def _response(path: str) -> bytes:
    found = max((end for end in ANSWERS if path.endswith(end)), key=len, default=None)
    body = PAGE if found is None else ANSWERS[found]
    status = "404 Not Found" if "/export/" in path else "200 OK"
    return (
        f"HTTP/1.1 {status}\r\nContent-Type: {KINDS[body[0]]}; charset=utf-8\r\n"
        f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n{body}"
    ).encode()


def _make_certificate(folder: Path) -> Path:
    """Write key and certificate in one file, signed by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1)).not_valid_after(now + timedelta(days=30))
        .add_extension(x509.SubjectAlternativeName([_loopback(), *NAMES]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    encoding, form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    file = folder / "stand-in.pem"
    file.write_bytes(
        key.private_bytes(encoding, form, serialization.NoEncryption())
        + certificate.public_bytes(encoding)
    )
    return file


def _loopback() -> x509.IPAddress:
    return x509.IPAddress(IPv4Address("127.0.0.1"))


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(serve(Path(sys.argv[1])))
