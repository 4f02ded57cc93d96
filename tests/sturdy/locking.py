"""A process that holds SQLite's locks: nobody else writes, and when told so nobody reads either."""

from __future__ import annotations

import fcntl
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from settings import ROOT

# sqlite.org/walformat.html: eight lock bytes in the -shm file. The write lock is the first, and
# whoever recovers the file after a crash holds all of them: then no reader begins either.
FIRST_AFTER_WRITE_LOCK = 121
OTHERS = 7


@contextmanager
def exclusive(database: Path, *, readers: bool) -> Iterator[None]:
    """Hold BEGIN EXCLUSIVE from another process; with `readers`, keep those out too."""
    command = [sys.executable, "-m", "tests.sturdy.locking", str(database), str(int(readers))]
    holder = subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with holder:
        assert holder.stdout is not None
        assert holder.stdin is not None
        assert holder.stdout.readline() == "held\n"
        try:
            yield
        finally:
            holder.stdin.close()
    assert holder.returncode == 0


def hold(database: Path, *, readers: bool) -> None:
    connection = sqlite3.connect(database, timeout=30, isolation_level=None)
    connection.execute("BEGIN EXCLUSIVE")
    # Open until the end: closing any descriptor of the file would give the process's locks back.
    with Path(f"{database}-shm").open("r+b") as shared:
        if readers:
            fcntl.lockf(shared, fcntl.LOCK_EX, OTHERS, FIRST_AFTER_WRITE_LOCK)
        sys.stdout.write("held\n")
        sys.stdout.flush()
        sys.stdin.read()
        connection.execute("ROLLBACK")
        connection.close()


if __name__ == "__main__":
    hold(Path(sys.argv[1]), readers=sys.argv[2] == "1")
