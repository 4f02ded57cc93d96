"""The one badge that a tile may wear: closing, on trial, new, local."""

from __future__ import annotations

from datetime import date, timedelta
from enum import StrEnum

from catalogue.schema import Service, Stage
from instances.schema import LocalService

CLOSING_DAYS = 90
NEW_DAYS = 60


class Badge(StrEnum):
    """At most one stands on a tile; the first that holds, in this order."""

    CLOSED = "closed"
    CLOSING = "closing"
    TRIAL = "trial"
    NEW = "new"
    LOCAL = "local"


def badge_of(service: Service, day: date) -> tuple[Badge | None, date | None]:
    """Return the badge on a day of the académie's, with the day that it names."""
    life = service.lifecycle
    if life.until is not None and life.until < day:
        return Badge.CLOSED, life.until
    if life.until is not None and life.until - day <= timedelta(days=CLOSING_DAYS):
        return Badge.CLOSING, life.until
    if life.stage in (Stage.ALPHA, Stage.BETA):
        return Badge.TRIAL, None
    if life.since is not None and timedelta() <= day - life.since < timedelta(days=NEW_DAYS):
        return Badge.NEW, life.since
    if isinstance(service, LocalService):
        return Badge.LOCAL, None
    return None, None
