"""The site under measurement: started as `make run` does, with its own state and port."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from bench.offer import Content, write
from bench.programs import (
    PATIENCE,
    BenchError,
    clean_environment,
    free_port,
    run,
    running,
    wait_until_listening,
)
from bench.stand_in import Addresses

GUNICORN = (sys.executable, "-m", "gunicorn", "--config", "gunicorn.conf.py")
FLASK = (sys.executable, "-m", "flask", "--app", "app")


@dataclass(frozen=True, kw_only=True)
class Portal:
    url: str
    folder: Path
    environment: Mapping[str, str]
    process: subprocess.Popen[bytes]

    def get(self, path: str, *, encoding: str = "") -> Page:
        return get(self.url + path, encoding=encoding)

    def metric(self, line: str) -> float:
        """Return a figure of /metrics: name and labels as they stand there; 0 when absent."""
        for found in self.get("/metrics").body.decode().splitlines():
            if found.startswith(f"{line} "):
                return float(found.rpartition(" ")[2])
        return 0.0


@dataclass(frozen=True, kw_only=True)
class Page:
    body: bytes
    headers: tuple[tuple[str, str], ...]

    def header(self, name: str) -> str:
        return next((value for key, value in self.headers if key.lower() == name.lower()), "")


def get(url: str, *, encoding: str = "") -> Page:
    """Ask an address of loopback, without proxy; raises on anything but a 2xx."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    request = urllib.request.Request(url, headers={"Accept-Encoding": encoding})  # noqa: S310
    with opener.open(request, timeout=PATIENCE) as answer:
        return Page(body=answer.read(), headers=tuple(answer.getheaders()))


@contextlib.contextmanager
def temporary_folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="trousse-bench-") as name:
        yield Path(name)


@contextlib.contextmanager
def portal(
    folder: Path,
    content: Content,
    addresses: Addresses,
    *,
    probe_interval: int = 60,
    settings: Mapping[str, str] = MappingProxyType({}),
) -> Iterator[Portal]:
    """Serve a catalogue, under the shipped gunicorn configuration."""
    environment = site_environment(folder, content, addresses, probe_interval=probe_interval)
    environment |= settings
    run((*FLASK, "database", "upgrade"), seconds=PATIENCE, environment=environment)
    output = folder / "portal.log"
    with running(GUNICORN, output=output, environment=environment) as process:
        port = int(environment["PORT"])
        wait_until_listening(port, process, output=output)
        yield Portal(
            url=environment["TROUSSE_PUBLIC_URL"],
            folder=folder,
            environment=environment,
            process=process,
        )


def site_environment(
    folder: Path, content: Content, addresses: Addresses, *, probe_interval: int
) -> dict[str, str]:
    port = free_port()
    return clean_environment() | {
        "HOST": "127.0.0.1",
        "PORT": str(port),
        "TROUSSE_PUBLIC_URL": f"http://127.0.0.1:{port}",
        "TROUSSE_STATE_DIR": str(folder / "state"),
        "TROUSSE_CATALOGUE": str(write(content, folder)),
        "TROUSSE_PROBE_ALLOWED_NETWORKS": "127.0.0.0/8",
        "TROUSSE_PROBE_INTERVAL": str(probe_interval),
        "SSL_CERT_FILE": str(addresses.authority),
    }


@contextlib.contextmanager
def monitor(site: Portal) -> Iterator[subprocess.Popen[bytes]]:
    """Run the monitor beside a portal; the block begins when it has probed."""
    output = site.folder / "monitor.log"
    before = site.metric("trousse_monitor_probes_total")
    command = (*FLASK, "monitor", "run")
    with running(command, output=output, environment=site.environment) as process:
        deadline = time.monotonic() + PATIENCE
        while site.metric("trousse_monitor_probes_total") <= before:
            if process.poll() is not None or time.monotonic() > deadline:
                raise BenchError(f"the monitor does not probe: see\n{output.read_text()[-2000:]}")
            time.sleep(0.5)
        yield process
