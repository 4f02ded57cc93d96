"""Requests per second by wrk: one thread, 32 connections kept alive."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bench.programs import BenchError, clean_environment, require, run

CONNECTIONS = 32
LATENCY = re.compile(r"^\s+99%\s+([\d.]+)(us|ms|s)\s*$", re.MULTILINE)
RATE = re.compile(r"^Requests/sec:\s+([\d.]+)$", re.MULTILINE)
COUNT = re.compile(r"^\s+(\d+) requests in", re.MULTILINE)
TROUBLE = re.compile(r"^\s*(Socket errors:.*|Non-2xx.*)$", re.MULTILINE)
UNITS = {"us": 0.001, "ms": 1.0, "s": 1000.0}


@dataclass(frozen=True, kw_only=True)
class Run:
    per_second: float
    p99_ms: float
    requests: int


def wrk(url: str, *, seconds: int, headers: tuple[str, ...] = ()) -> Run:
    """Load an address; raises BenchError when an answer was not a good one."""
    program = require("wrk", package="wrk")
    options = [part for header in headers for part in ("-H", header)]
    command = (program, "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "--latency", *options, url)
    return read(run(command, seconds=seconds + 30, environment=clean_environment()))


def read(text: str) -> Run:
    """Read what wrk printed."""
    trouble = TROUBLE.search(text)
    if trouble:
        raise BenchError(f"wrk saw failures, its figures say nothing: {trouble[1]}")
    rate, count, latency = RATE.search(text), COUNT.search(text), LATENCY.search(text)
    if rate is None or count is None or latency is None:
        raise BenchError(f"wrk printed something else than expected:\n{text}")
    return Run(
        per_second=float(rate[1]),
        p99_ms=float(latency[1]) * UNITS[latency[2]],
        requests=int(count[1]),
    )
