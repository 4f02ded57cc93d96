"""`python -m bench [NAME…]`: every measurement, or those named, each in a process of its own."""

from __future__ import annotations

import subprocess
import sys

from bench.programs import end_at_sigterm, stop
from settings import ROOT

BENCHES = {
    "first_view": "requests and bytes of a first view",
    "pages": "kept pages against a bare Flask view",
    "memory": "memory of a worker that was asked for every public page",
    "latency": "slowest pages with 1,000 targets probed, against none",
    "ops": "the table of 2,000 servers against the teacher's page",
    "monitor": "processor time of the monitor for 1,000 targets",
    "monitor_database": "size of the database of 1,000 targets",
}
LONGEST = 1800
"""Seconds of one measurement."""


def main(names: list[str]) -> int:
    unknown = [name for name in names if name not in BENCHES]
    if unknown:
        known = "".join(f"  {name:18} {about}\n" for name, about in BENCHES.items())
        sys.stderr.write(f"There is no bench {', '.join(unknown)}. Choose among:\n{known}")
        return 2
    broken = [name for name in names or BENCHES if not holds(name)]
    if broken:
        print(f"\nBROKEN: {', '.join(broken)}.")
    return int(bool(broken))


def holds(name: str) -> bool:
    print(f"\n{name}: {BENCHES[name]}", flush=True)
    process = subprocess.Popen((sys.executable, "-m", f"bench.{name}"), cwd=ROOT)
    try:
        return process.wait(LONGEST) == 0
    except subprocess.TimeoutExpired:
        print(f"BROKEN  {name} did not end within {LONGEST} s.")
        return False
    finally:
        stop(process)


if __name__ == "__main__":
    end_at_sigterm()
    sys.exit(main(sys.argv[1:]))
