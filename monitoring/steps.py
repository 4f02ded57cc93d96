"""Finite steps in order, for ever: one that fails never stops the others."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from typing import Protocol

import structlog
from sqlalchemy.exc import DBAPIError

from logs import Repeats
from monitoring.lease import Lease, LeaseLostError

log = structlog.get_logger(__name__)

IDLE_SECONDS = 0.2
SAY_SECONDS = 60.0
_said_away: dict[str, float] = {}
"""When each step last said that the database is away."""
_failures = Repeats()
Step = Callable[[], bool]
"""Does a bounded piece of work; returns whether there was any."""
Chore = Callable[[Lease], bool]
"""A step for the monitor in charge alone; may take some seconds, and fences what it writes."""


def run_steps(steps: Sequence[Step], stop: threading.Event) -> None:
    """Run each step in turn for ever; one that fails is logged, and tried again next time."""
    while not stop.is_set():
        worked = [guarded(step) for step in steps]
        stop.wait(0.01 if any(worked) else IDLE_SECONDS)


def guarded(step: Step) -> bool:
    name = getattr(step, "__name__", type(step).__name__)
    try:
        worked = step()
    except DBAPIError as error:
        _say_away(name, str(error.orig).strip())
    except LeaseLostError:
        log.warning("lease-lost", step=name)
    except Exception as error:
        if _failures.is_new(name, error):
            log.exception("step-failed", step=name)
    else:
        # A step that had nothing to do has not shown that it works again.
        if worked and _failures.is_over(name):
            log.info("step-recovered", step=name)
        return worked
    return False


def _say_away(step: str, error: str) -> None:
    """Once a minute, however often it is tried: an absence must not fill the disk."""
    now = time.monotonic()
    if now - _said_away.get(step, float("-inf")) >= SAY_SECONDS:
        _said_away[step] = now
        log.warning("database-away", step=step, error=error)


class Beside(Protocol):
    """Work that the loop does not wait for, for the monitor in charge."""

    def begin(self, held: Lease) -> bool:
        """Begin what there is to do, and return at once: whether something was begun."""

    def wait(self, seconds: float) -> None:
        """Begin nothing more; wait so long for what goes on."""


class Aside:
    """Runs chores one after the other in a thread of their own: the loop does not wait for them."""

    def __init__(self, chores: Sequence[Chore]) -> None:
        self._chores = chores
        self._thread: threading.Thread | None = None

    def begin(self, held: Lease) -> bool:
        """Begin another round, unless the last one is not over."""
        if not self._chores or (self._thread is not None and self._thread.is_alive()):
            return False
        thread = threading.Thread(target=self._round, args=(held,), name="chores", daemon=True)
        thread.start()
        self._thread = thread
        return True

    def wait(self, seconds: float) -> None:
        if self._thread is not None:
            self._thread.join(seconds)

    def _round(self, held: Lease) -> None:
        for chore in self._chores:
            guarded(_named(chore, held))


def _named(chore: Chore, held: Lease) -> Step:
    def step() -> bool:
        return chore(held)

    step.__name__ = getattr(chore, "__name__", "chore")
    return step
