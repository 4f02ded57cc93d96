"""Real servers on loopback, started by the tests and stopped by their own process id."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from tests.programs import require_program

PATIENCE = 60.0
"""Seconds that a server may take to answer, on a busy machine."""


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def is_listening(port: int) -> bool:
    with socket.socket() as client:
        client.settimeout(0.5)
        return client.connect_ex(("127.0.0.1", port)) == 0


def wait_until_listening(
    port: int, process: subprocess.Popen[bytes] | None = None, *, within: float = PATIENCE
) -> None:
    """Wait for a server; raises AssertionError when its process ends or it takes too long."""
    deadline = time.monotonic() + within
    while not is_listening(port):
        if process is not None and process.poll() is not None:
            raise AssertionError(f"{process.args!r} ended with code {process.returncode}.")
        if time.monotonic() > deadline:
            raise AssertionError(f"nothing listens on port {port} after {within} s.")
        time.sleep(0.05)


class PostgresServer:
    """A PostgreSQL of our own in a temporary folder; never the machine's one."""

    def __init__(self) -> None:
        installed = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
        folders = tuple(str(folder) for folder in reversed(installed))
        self.pg_ctl = require_program("pg_ctl", package="postgresql", folders=folders)
        self.programs = Path(self.pg_ctl).parent
        self.account = "postgres" if os.geteuid() == 0 else None
        self.folder = Path(tempfile.mkdtemp(prefix="trousse-postgres-", dir="/tmp"))
        self.port = free_port()
        self._made = 0
        if self.account:
            shutil.chown(self.folder, self.account)
        self._run(
            str(self.programs / "initdb"),
            *("--pgdata", self._data, "--username", "trousse", "--auth", "trust"),
            *("--encoding", "UTF8", "--no-locale", "--no-sync"),
        )

    def start(self) -> None:
        options = f"-c listen_addresses=127.0.0.1 -c port={self.port} -c fsync=off"
        options += f" -c unix_socket_directories={self.folder} -c max_connections=200"
        log = str(self.folder / "log")
        self._run(self.pg_ctl, "-D", self._data, "-w", "-l", log, "-o", options, "start")

    def stop(self, mode: str = "fast") -> None:
        """Stop it; `immediate` plays a crash."""
        self._run(self.pg_ctl, "-D", self._data, "-w", "-m", mode, "stop")

    def remove(self) -> None:
        shutil.rmtree(self.folder)

    def url(self, database: str) -> str:
        return f"postgresql://trousse@127.0.0.1:{self.port}/{database}"

    def create_database(self, *, like: str | None = None) -> str:
        """Make a database, empty or as the one at another address is; return its address."""
        self._made += 1
        name = f"test_{self._made}"
        template = like.rpartition("/")[2] if like else "template1"
        names = sql.Identifier(name), sql.Identifier(template)
        self._execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(*names))
        return self.url(name)

    def drop_database(self, url: str) -> None:
        name = sql.Identifier(url.rpartition("/")[2])
        self._execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))

    def _execute(self, statement: sql.Composed) -> None:
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(statement)

    @property
    def _data(self) -> str:
        return str(self.folder / "data")

    def _run(self, *command: str) -> None:
        # PostgreSQL refuses to run as root. Output goes to a file: the server keeps the
        # descriptor it inherits, and a pipe would never end.
        with tempfile.TemporaryFile() as output:
            done = subprocess.run(
                command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, check=False,
                cwd=self.folder, timeout=60, **self._identity(),
            )  # fmt: skip
            output.seek(0)
            assert done.returncode == 0, f"{command}: {output.read().decode(errors='replace')}"

    def _identity(self) -> dict[str, Any]:
        if self.account is None:
            return {}
        group = pwd.getpwnam(self.account).pw_gid
        return {"user": self.account, "group": group, "extra_groups": []}
