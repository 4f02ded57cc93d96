"""Supervisor's listener: when the portal cannot start, everything stops and the reason stays last.

Speaks the event listener protocol of supervisord.org/events.html on its input and output.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

FAILED = "portal-failed"
"""Left in RUN_FOLDER for deploy/run.py, which then ends with an error."""


def main() -> None:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    while True:
        _say("READY\n")
        header = _fields(sys.stdin.readline())
        if not header:
            return
        event = _fields(sys.stdin.read(int(header["len"])))
        if event.get("processname") == "portal":
            (Path(os.environ["RUN_FOLDER"]) / FAILED).touch()
            os.kill(os.getppid(), signal.SIGTERM)
        _say("RESULT 2\nOK")


def _say(words: str) -> None:
    sys.stdout.write(words)
    sys.stdout.flush()


def _fields(line: str) -> dict[str, str]:
    return dict(pair.split(":", 1) for pair in line.split())


if __name__ == "__main__":
    main()
