"""When a target is looked at: spread over its interval, always at the same phase."""

from __future__ import annotations

import math
import random
import time
from dataclasses import dataclass, field

START_RATE = 50.0
"""New targets begin at once, but no more than so many a second."""
MOST_JITTER = 1.0
_DICE = random.SystemRandom()


def phase(key: str, interval: float) -> float:
    """Return a fixed moment of the interval, from the hexadecimal key: targets spread evenly."""
    return int(key[:12], 16) / 16**12 * interval


def next_slot(key: str, interval: float, *, after: float) -> float:
    """Return the first moment of the target's phase later than `after`."""
    offset = phase(key, interval)
    slot = (math.floor((after - offset) / interval) + 1) * interval + offset
    return slot if slot > after else slot + interval


def next_due(key: str, interval: float, *, after: float) -> float:
    """Return the next slot and a little chance, so that no two hosts stay in step for ever."""
    return next_slot(key, interval, after=after) + _DICE.uniform(
        0.0, min(MOST_JITTER, interval / 20)
    )


@dataclass(frozen=True)
class Clock:
    """Seconds that never jump, counted so that phases stay where they were after a restart."""

    offset: float = field(default_factory=lambda: time.time() - time.monotonic())

    def now(self) -> float:
        return time.monotonic() + self.offset
