"""What the portal counts of its own requests."""

from __future__ import annotations

from functools import cache
from typing import Any

from prometheus_client import Counter, Histogram

REQUESTS = Counter(
    "trousse_http_requests_total",
    "Requests answered, by route, status and whether a kept answer was given.",
    ["route", "status", "kept"],
)
DURATION = Histogram(
    "trousse_http_request_duration_seconds",
    "Seconds to make an answer that was not kept.",
    ["route"],
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5),
)
OPENINGS = Counter(
    "trousse_openings_total", "Openings of services.", ["academie", "service", "outcome"]
)


@cache
def _kept_counter(route: str) -> Counter:
    return REQUESTS.labels(route=route, status="200", kept="yes")


def count_kept(route: str) -> None:
    _kept_counter(route).inc()


def count_request(environ: dict[str, Any], status: str, seconds: float) -> None:
    route = environ.get("trousse.route", "-")
    REQUESTS.labels(route=route, status=status[:3], kept="no").inc()
    DURATION.labels(route=route).observe(seconds)
