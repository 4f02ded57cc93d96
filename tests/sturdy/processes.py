"""Processes that the tests start, look into and stop, each by its own id."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from settings import ROOT

PATIENCE = 90.0
"""Seconds that anything may take on a busy machine."""


def wait_until(condition: Callable[[], bool], what: str, *, within: float = PATIENCE) -> float:
    """Wait, and return how many seconds it took."""
    started = time.monotonic()
    while not condition():
        assert time.monotonic() - started < within, f"{what}: not within {within} s"
        time.sleep(0.05)
    return time.monotonic() - started


def children(pid: int) -> list[int]:
    try:
        listed = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii")
    except OSError:
        return []
    return [int(child) for child in listed.split()]


def descendants(pid: int) -> list[int]:
    return [found for child in children(pid) for found in (child, *descendants(child))]


def command_of(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text(encoding="utf-8").replace("\0", " ")
    except OSError:
        return ""


def is_alive(pid: int) -> bool:
    """A process that ended and that nobody waited for does not count."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
    except OSError:
        return False
    return stat.rpartition(")")[2].split()[0] != "Z"


class Process:
    """One program with its output in a file."""

    def __init__(self, *command: str, environ: Mapping[str, str], output: Path) -> None:
        self.output = output
        with output.open("ab") as file:
            self._popen = subprocess.Popen(
                command, cwd=ROOT, env=dict(environ), stdin=subprocess.DEVNULL,
                stdout=file, stderr=file, start_new_session=True,
            )  # fmt: skip

    @property
    def pid(self) -> int:
        return self._popen.pid

    @property
    def running(self) -> bool:
        return self._popen.poll() is None

    @property
    def said(self) -> str:
        return self.output.read_text(encoding="utf-8", errors="replace")

    def send(self, number: signal.Signals) -> None:
        self._popen.send_signal(number)

    def wait(self, seconds: float = PATIENCE) -> int:
        try:
            return self._popen.wait(seconds)
        except subprocess.TimeoutExpired:
            message = f"{self._popen.args!r} goes on after {seconds} s:\n{self.said}"
            raise AssertionError(message) from None

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        if self.running:
            self.send(number)
        return self.wait()

    def end(self) -> None:
        """Leave nothing behind, whatever happened."""
        left = [self.pid, *descendants(self.pid)] if self.running else []
        for pid in reversed(left):
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        self._popen.wait(PATIENCE)


def environment(values: Mapping[str, str]) -> dict[str, str]:
    """Return the environment of the tests, with `values` as the only settings."""
    kept = {name: value for name, value in os.environ.items() if not _is_setting(name)}
    return {**kept, **values}


def _is_setting(name: str) -> bool:
    ours = name.startswith("TROUSSE_") or name in ("PORT", "HOST", "PROMETHEUS_MULTIPROC_DIR")
    # What a surrounding make would tell the one that a test starts.
    return ours or name in ("MAKEFLAGS", "MAKELEVEL", "MFLAGS", "MAKEOVERRIDES", "PYTHON")


def run(command: Sequence[str], environ: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, cwd=ROOT, env=dict(environ), stdin=subprocess.DEVNULL, capture_output=True,
        text=True, check=False, timeout=PATIENCE,
    )  # fmt: skip
