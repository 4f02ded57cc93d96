"""The one badge that a tile may wear: closing, hosted until a day, on trial, new, local."""

from __future__ import annotations

from datetime import date, timedelta
from enum import StrEnum

from catalogue.schema import Service, Stage
from instances.endings import EndingKind, first_ending
from instances.schema import LocalService

NEW_DAYS = 60


class Badge(StrEnum):
    """At most one stands on a tile; the first that holds, in this order."""

    CLOSED = "closed"
    CLOSING = "closing"
    HOSTING_ENDS = "hosting-ends"
    HOSTING_ENDS_IN_PART = "hosting-ends-in-part"
    TRIAL = "trial"
    NEW = "new"
    LOCAL = "local"

    @property
    def tells_an_end(self) -> bool:
        """Tell whether people had better take their files back."""
        return self in _ENDS.values()


_ENDS = {
    EndingKind.SERVICE: Badge.CLOSING,
    EndingKind.HOSTING: Badge.HOSTING_ENDS,
    EndingKind.PART_OF_HOSTING: Badge.HOSTING_ENDS_IN_PART,
}


def badge_of(service: Service, day: date) -> tuple[Badge | None, date | None]:
    """Return the badge on a day of the académie's, with the day that it names."""
    life = service.lifecycle
    if life.until is not None and life.until < day:
        return Badge.CLOSED, life.until
    if ending := first_ending(service, day):
        return _ENDS[ending.kind], ending.day
    if life.stage in (Stage.ALPHA, Stage.BETA):
        return Badge.TRIAL, None
    if life.since is not None and timedelta() <= day - life.since < timedelta(days=NEW_DAYS):
        return Badge.NEW, life.since
    if isinstance(service, LocalService):
        return Badge.LOCAL, None
    return None, None
