"""Programs that a bench starts: found by name, waited for, stopped by their own process id."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import FrameType
from typing import IO, NoReturn

from settings import ROOT

PATIENCE = 40.0
"""Seconds that a program may take to come up or to go away."""


class BenchError(Exception):
    """The measure could not be made, or would say nothing."""


def require(name: str, *, package: str) -> str:
    """Return the path of a program of Debian's `package`."""
    found = shutil.which(name)
    if found is None:
        raise BenchError(f"{name} is MISSING, nothing was measured: apt-get install {package}")
    return found


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


@contextlib.contextmanager
def running(
    command: Sequence[str],
    *,
    output: Path,
    environment: Mapping[str, str] | None = None,
    stdout: IO[bytes] | int | None = None,
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a program until the block ends; its output goes to the end of a file."""
    with output.open("ab") as log:
        process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL,
            stdout=log if stdout is None else stdout, stderr=log,
        )  # fmt: skip
    try:
        yield process
    finally:
        stop(process)


def stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(PATIENCE)


def wait_until_listening(port: int, process: subprocess.Popen[bytes], *, output: Path) -> None:
    deadline = time.monotonic() + PATIENCE
    while True:
        with socket.socket() as client:
            client.settimeout(0.5)
            if client.connect_ex(("127.0.0.1", port)) == 0:
                return
        if process.poll() is not None or time.monotonic() > deadline:
            raise BenchError(f"{process.args!r} does not listen:\n{last_lines(output)}")
        time.sleep(0.05)


def run(command: Sequence[str], *, seconds: float, environment: Mapping[str, str]) -> str:
    """Run a program to its end and return what it printed."""
    try:
        done = subprocess.run(
            command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, timeout=seconds,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False, text=True,
        )  # fmt: skip
    except subprocess.TimeoutExpired as error:
        raise BenchError(f"{command[0]} did not end within {seconds:.0f} s.") from error
    if done.returncode != 0:
        raise BenchError(f"{' '.join(command)} ended with {done.returncode}:\n{done.stdout}")
    return done.stdout


def last_lines(output: Path) -> str:
    lines = output.read_text(encoding="utf-8", errors="replace").splitlines()
    return "\n".join(lines[-15:])


def clean_environment() -> dict[str, str]:
    """Return this environment without our settings, and without the proxies it may name."""
    return {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("TROUSSE_") and not name.lower().endswith("_proxy")
    }


def end_at_sigterm() -> None:
    """Let what was started be stopped when the bench is told to end."""

    def end(_number: int, _frame: FrameType | None) -> NoReturn:
        sys.exit(1)

    signal.signal(signal.SIGTERM, end)
