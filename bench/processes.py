"""What the kernel says of the processes of a portal: workers, CPU, memory, connections."""

from __future__ import annotations

import os
import re
import socket
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")


def workers(master: int) -> list[int]:
    """Return the processes that a gunicorn master forked."""
    return [int(pid) for pid in Path(f"/proc/{master}/task/{master}/children").read_text().split()]


def cpu_seconds(pids: list[int]) -> float:
    """Return what processes have used so far, in the kernel and out of it."""
    total = 0
    for pid in pids:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        total += int(fields[11]) + int(fields[12])
    return total / TICKS


def pss_megabytes(pid: int) -> float:
    """Return the proportional set size, in millions of bytes."""
    found = re.search(
        r"^Pss:\s+(\d+) kB$", Path(f"/proc/{pid}/smaps_rollup").read_text(), re.MULTILINE
    )
    if found is None:
        raise OSError(f"/proc/{pid}/smaps_rollup holds no Pss")
    return int(found[1]) * 1024 / 1e6


def owner_of(connection: socket.socket, pids: list[int]) -> int | None:
    """Return which process holds the other end of a connection of 127.0.0.1."""
    ours, theirs = (address[1] for address in (connection.getsockname(), connection.getpeername()))
    inode = _inode(local=theirs, remote=ours)
    return next((pid for pid in pids if inode and f"socket:[{inode}]" in _files(pid)), None)


def _inode(*, local: int, remote: int) -> str | None:
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        fields = line.split()
        if fields[1].endswith(f":{local:04X}") and fields[2].endswith(f":{remote:04X}"):
            return fields[9]
    return None


def _files(pid: int) -> set[str]:
    found = set()
    for file in Path(f"/proc/{pid}/fd").iterdir():
        try:
            found.add(str(file.readlink()))
        except OSError:  # closed since
            continue
    return found
