"""A MariaDB of our own in a temporary folder; never the machine's one."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.backends import Program
from tests.programs import require_program
from tests.servers import free_port

HOST = "127.0.0.1"
USER = "root"
"""Without a password: it listens on loopback, in a test's folder, for a minute."""


@contextlib.contextmanager
def mariadb() -> Iterator[Program]:
    """A running server, with no database of its own yet."""
    install = require_program("mariadb-install-db", package="mariadb-server")
    program = require_program("mariadbd", package="mariadb-server")
    # In /tmp: the path of a socket may not be longer than 107 characters.
    folder = Path(tempfile.mkdtemp(prefix="trousse-mariadb-", dir="/tmp"))
    port = free_port()
    account = (f"--user={USER}",) if os.geteuid() == 0 else ()
    common = (*account, f"--datadir={folder}/data", "--innodb-log-file-size=8M")
    prepare = ("--no-defaults", "--auth-root-authentication-method=normal", "--skip-test-db")
    where = (f"--bind-address={HOST}", f"--port={port}", f"--socket={folder}/socket")
    plain = ("--skip-name-resolve", "--skip-log-bin", f"--pid-file={folder}/pid")
    try:
        _run(install, *prepare, *common)
        server = Program(
            (program, "--no-defaults", *common, *where, *plain), port=port, folder=folder
        )
        with server.running():
            yield server
    finally:
        shutil.rmtree(folder)


def create_database(server: Program, name: str) -> None:
    client = require_program("mariadb", package="mariadb-client")
    where = (f"--host={HOST}", f"--port={server.port}", f"--user={USER}")
    _run(client, "--no-defaults", *where, "--execute", f"CREATE DATABASE {name}")


def _run(*command: str) -> None:
    done = subprocess.run(
        command, stdin=subprocess.DEVNULL, capture_output=True, check=False, timeout=60
    )
    assert done.returncode == 0, f"{command}: {(done.stdout + done.stderr).decode()}"
