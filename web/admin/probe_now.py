"""One look at an address that somebody types, at once: through the guard, rationed, bounded."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache
from threading import BoundedSemaphore

from flask import g

from accounts import rationing
from catalogue.schema import Backend
from database import writing
from instances.targets import target_of
from monitoring import probe
from monitoring.asking import make_guard
from monitoring.target import ProbeResult
from outbound import Guard
from settings import Settings
from web.auth import require_person
from web.current import site
from web.site import utc_now

SECONDS = 10.0
"""For one look, all its steps together."""
AT_ONCE = 2
"""In one worker: the others of its threads go on serving pages."""
PER_ACCOUNT, PER_ACADEMIE = 10, 20
"""In each minute, all workers together."""
_WINDOW = 60
_PATIENCE = 3.0
"""Seconds that somebody waits for a turn."""

_turns = BoundedSemaphore(AT_ONCE)


class NotLooked(StrEnum):
    """Why nothing was asked."""

    NOTHING_TO_CHECK = "nothing-to-check"
    TOO_OFTEN = "too-often"
    BUSY = "busy"


@dataclass(frozen=True, kw_only=True)
class Seen:
    """What one look saw, or why there was none; `web.admin.probe_words` words it."""

    backend: Backend
    result: ProbeResult | None = None
    refusal: NotLooked | None = None


def look(backend: Backend) -> Seen:
    """Look at a backend with its own probe; for the desk at hand, by who is signed in.

    Takes up to `SECONDS` and holds no transaction meanwhile. Never raises for what it finds.
    """
    target = target_of(backend)
    if target is None:
        return Seen(backend=backend, refusal=NotLooked.NOTHING_TO_CHECK)
    if not _has_a_share():
        return Seen(backend=backend, refusal=NotLooked.TOO_OFTEN)
    if not _turns.acquire(timeout=_PATIENCE):
        return Seen(backend=backend, refusal=NotLooked.BUSY)
    try:
        timeout = min(target.timeout, SECONDS)
        result = probe.check(replace(target, timeout=timeout), guard=_guard(site().settings))
    finally:
        _turns.release()
    return Seen(backend=backend, result=result)


def _has_a_share() -> bool:
    desk = f"academie/{g.card.slug}" if g.get("card") else "ops"
    shares = {
        f"probe/{require_person().actor}": PER_ACCOUNT,
        f"probe/{desk}": PER_ACADEMIE,
    }
    with writing(site().sessions) as session:
        return rationing.take(session, shares, now=utc_now(), seconds=_WINDOW) is None


@lru_cache(maxsize=4)
def _guard(settings: Settings) -> Guard:
    return make_guard(settings)
