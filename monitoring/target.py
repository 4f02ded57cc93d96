"""What the monitor looks at and what it saw: the values that its other modules exchange."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from urllib.parse import urlsplit

DEFAULT_PORTS = {"http": 80, "https": 443}


class State(StrEnum):
    UP = "up"
    DEGRADED = "degraded"
    DOWN = "down"
    MAINTENANCE = "maintenance"
    UNKNOWN = "unknown"


class Part(StrEnum):
    """The three questions of a verdict, each harder than the one before."""

    REACHABLE = "reachable"
    """Something answers at the address."""
    HEALTHY = "healthy"
    """The software says of itself that it is well."""
    WORKS = "works"
    """The path that people use gives what they come for."""


@dataclass(frozen=True, kw_only=True)
class Expectation:
    """What the `http` profile wants to see; empty: any 2xx."""

    codes: tuple[int, ...] = ()
    text: str | None = None
    json_path: str | None = None
    json_value: str | None = None


NOTHING_EXPECTED = Expectation()


@dataclass(frozen=True, kw_only=True)
class Announced:
    """One time that announced work takes place."""

    starts_at: datetime
    ends_at: datetime
    title: str


@dataclass(frozen=True, kw_only=True)
class ProbeTarget:
    """One thing to probe. `labels` are opaque text (operator, academie, provider, host…)."""

    key: str
    """See `target_key`."""
    url: str
    """Base address: http, https, or tcp://host:port for the `tcp` profile."""
    profile: str
    path: str | None = None
    """Instead of the profile's own first address."""
    expect: Expectation = NOTHING_EXPECTED
    interval: int = 60
    """Seconds between two probes."""
    timeout: float = 10.0
    """Seconds for the whole probe, all steps together."""
    down_after: int = 3
    up_after: int = 2
    degraded_after: int = 2
    maintenance_cap: int = 8 * 3600
    """Seconds of maintenance in a month, declared by the software alone, that are no failure."""
    announced: tuple[Announced, ...] = ()
    """Maintenance that people announced, under way or soon."""
    labels: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Step:
    """One request of a probe, for people who look into a failure."""

    url: str
    status: int | None
    """HTTP status, none if no answer came."""
    latency_ms: int
    reason: str
    part: Part | None = None
    """Which question it was asked for."""


@dataclass(frozen=True, kw_only=True)
class ProbeResult:
    """What one probe saw: a single verdict, without the memory of earlier ones."""

    state: State
    reason: str
    """A code such as "ok", "timeout", "connection-refused", "http-502", "maintenance-flag"."""
    latency_ms: int | None = None
    version: str | None = None
    message: str | None = None
    """What the software itself says of its maintenance, plain text, at most 300 characters."""
    expected_end: datetime | None = None
    """From Retry-After, when the software announces a maintenance."""
    certificate_until: datetime | None = None
    """The first end of the chain of certificates, the root left out."""
    intermediate_first: bool = False
    """That end is the one of an intermediate certificate."""
    silent: str | None = None
    """An address of the family (IPv4 or IPv6) that does not answer, while the other does."""
    steps: tuple[Step, ...] = ()
    parts: Mapping[Part, State] = field(default_factory=dict)
    """The verdict in three parts; one that nobody could measure is absent."""


def is_run_by(operator: str, labels: Mapping[str, Sequence[str]]) -> bool:
    """Tell whether a target is an operator's to speak of, by its labels.

    What stands at académies' own addresses alone is theirs, whoever's service it is.
    """
    backends = labels.get("backend", ())
    is_theirs = bool(backends) and all(":" in item for item in backends)
    return operator in labels.get("operator", ()) and not is_theirs


def target_key(
    url: str, profile: str, path: str | None, *, expect: Expectation = NOTHING_EXPECTED
) -> str:
    """Return the identity of a target: first 24 hex digits of SHA-256 over what is looked at.

    What must be seen there is part of it when something is: two backends that wait for two
    things at one address have two states.

    Scheme and host in lower case, host in ASCII, default port, fragment and final slashes dropped;
    path and query keep their case: its history survives any edit that does not change where the
    probe looks.
    """
    parts = urlsplit(url)
    host = _ascii(parts.hostname or "").rstrip(".")
    host = f"[{host}]" if ":" in host else host
    port = "" if parts.port in (None, DEFAULT_PORTS.get(parts.scheme)) else f":{parts.port}"
    query = f"?{parts.query}" if parts.query else ""
    base = f"{parts.scheme.lower()}://{host}{port}{parts.path.rstrip('/')}{query}"
    looked_at = f"{base}\n{profile}\n{path or ''}"
    # By name, and only what is asked: a field added one day leaves the keys as they are.
    looked_at += "".join(f"\n{name}={value}" for name, value in vars(expect).items() if value)
    return sha256(looked_at.encode()).hexdigest()[:24]


def _ascii(host: str) -> str:
    try:
        return host.encode("idna").decode().lower()
    except UnicodeError:  # not a host: the probe will say so, a key is not the place
        return host.lower()
