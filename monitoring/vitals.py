"""How the monitor itself fares, and what is wrong with it: what ops look at before they believe."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from monitoring import lease
from monitoring.lease import Figures
from monitoring.models import Alert

SILENT_AFTER = timedelta(seconds=60)
"""A monitor that looks after anything writes every five seconds."""
MOST_LAG, MOST_CYCLE = 30.0, 5.0
"""Seconds."""
MOST_WAITING = timedelta(minutes=10)
"""For an alert that is due."""


class Trouble(StrEnum):
    """The worst first."""

    NEVER_RAN = "never-ran"
    NOT_RUNNING = "not-running"
    SILENT = "silent"
    OUR_NETWORK = "our-network"
    NOTHING_TO_DO = "nothing-to-do"
    LATE = "late"
    SLOW = "slow"
    ALERTS_STUCK = "alerts-stuck"
    ANOTHER_VERSION = "another-version"
    REFUSED = "refused"


BLIND = frozenset({Trouble.NEVER_RAN, Trouble.NOT_RUNNING, Trouble.SILENT, Trouble.OUR_NETWORK})
"""With these, what the screens say of servers is not to be believed."""


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """Alerts that were not handed over yet."""

    count: int
    oldest: datetime | None
    """When the oldest of those that are due was written."""
    error: str
    """Of the last attempt that failed; empty: none did."""


@dataclass(frozen=True, kw_only=True)
class Vitals:
    figures: Figures | None
    """None: no monitor ever ran."""
    waiting: Waiting


def read_vitals(session: Session, *, now: datetime) -> Vitals:
    return Vitals(figures=lease.read_figures(session), waiting=_waiting(session, now))


def troubles(vitals: Vitals, *, now: datetime, version: str = "") -> tuple[Trouble, ...]:
    """Tell what is wrong, the worst first; `version` is the one that the site runs."""
    figures = vitals.figures
    if figures is None or (figures.last_batch_at is None and not figures.held):
        return (Trouble.NEVER_RAN,)
    found = [Trouble.NOT_RUNNING] if not figures.held else _of_the_running(figures, now, version)
    oldest = vitals.waiting.oldest
    if oldest is not None and now - oldest > MOST_WAITING:
        found.append(Trouble.ALERTS_STUCK)
    order = list(Trouble)
    return tuple(sorted(found, key=order.index))


def _of_the_running(figures: Figures, now: datetime, version: str) -> list[Trouble]:
    last = figures.last_batch_at
    holds = {
        # One that has just begun has written nothing yet.
        Trouble.SILENT: last is not None and now - last > SILENT_AFTER,
        Trouble.OUR_NETWORK: figures.breaker_since is not None,
        Trouble.NOTHING_TO_DO: last is not None and figures.targets == 0,
        Trouble.LATE: figures.lag_seconds > MOST_LAG,
        Trouble.SLOW: figures.cycle_seconds > MOST_CYCLE,
        Trouble.ANOTHER_VERSION: bool(version) and figures.version not in ("", version),
        Trouble.REFUSED: figures.refused_targets > 0,
    }
    return [trouble for trouble, is_so in holds.items() if is_so]


def _waiting(session: Session, now: datetime) -> Waiting:
    table = Alert
    unsent = table.sent_at.is_(None)
    count = session.scalar(select(func.count()).select_from(table).where(unsent)) or 0
    if not count:
        return Waiting(count=0, oldest=None, error="")
    due = select(func.min(table.created_at)).where(unsent, table.due_at <= now)
    failed = select(table.error).where(unsent, table.error.is_not(None))
    error = session.scalar(failed.order_by(table.id.desc()).limit(1))
    return Waiting(count=count, oldest=session.scalar(due), error=error or "")
