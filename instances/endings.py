"""What ends on a day that is known: a service, or the hosting of its machines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from catalogue.checks import backends_of
from catalogue.schema import Hosting, Service
from instances.offer import Absence, offer, today
from instances.schema import AcademyCard
from instances.snapshot import Snapshot

KNOWN_AHEAD = timedelta(days=90)
"""From then on teachers see a badge, and teams have something to do."""
ANNOUNCED_AHEAD = timedelta(days=30)
"""From then on the pages announce it by themselves."""


class EndingKind(StrEnum):
    SERVICE = "service"
    """Nobody can open it any more."""
    HOSTING = "hosting"
    """All that it runs on is paid for until that day; nobody said what comes after."""
    PART_OF_HOSTING = "part-of-hosting"
    """Some of what it runs on: some people's files are there."""


@dataclass(frozen=True, kw_only=True)
class Ending:
    kind: EndingKind
    service: Service
    day: date
    """The last one."""
    provider: str | None = None
    """Who hosts, when that is one and the same."""

    @property
    def announced_from(self) -> date:
        return self.day - ANNOUNCED_AHEAD

    def is_announced(self, day: date) -> bool:
        """Tell whether pages announce it by themselves on a day."""
        return self.announced_from <= day <= self.day


def endings_of(service: Service, day: date) -> tuple[Ending, ...]:
    """Return what ends within 90 days of a day, the earliest first; nothing that is over.

    Of a hosting that outlives its service nothing is said.
    """
    found = [*_of_service(service), *_of_hosting(service)]
    near = [item for item in found if day <= item.day <= day + KNOWN_AHEAD]
    return tuple(sorted(near, key=lambda item: (item.day, item.kind)))


def first_ending(service: Service, day: date) -> Ending | None:
    return next(iter(endings_of(service, day)), None)


def endings_in(snapshot: Snapshot, card: AcademyCard, *, now: datetime) -> tuple[Ending, ...]:
    """Return what ends soon of what an académie shows, with its own addresses; earliest first."""
    day = today(card, now)
    shown = [
        item.service
        for item in offer(snapshot, card, now)
        if item.absence in (None, Absence.AGENTS_ONLY)
    ]
    return by_day(ending for service in shown for ending in endings_of(service, day))


def announced_endings(services: Iterable[Service], day: date) -> tuple[Ending, ...]:
    """Return what pages that show these services announce by themselves on a day."""
    near = (item for service in services for item in endings_of(service, day))
    return by_day(item for item in near if item.is_announced(day))


def by_day(endings: Iterable[Ending]) -> tuple[Ending, ...]:
    return tuple(sorted(endings, key=lambda item: (item.day, item.service.title)))


def _of_service(service: Service) -> Iterator[Ending]:
    until = service.lifecycle.until
    if until is not None:
        yield Ending(kind=EndingKind.SERVICE, service=service, day=until)


def _of_hosting(service: Service) -> Iterator[Ending]:
    closes = service.lifecycle.until or date.max
    hostings = [backend.hosting for _, backend in backends_of(service)]
    days = sorted({item.until for item in hostings if item.until is not None})
    for day in days:
        if day >= closes:
            return
        left = [item for item in hostings if item.until is None or item.until > day]
        yield Ending(
            kind=EndingKind.PART_OF_HOSTING if left else EndingKind.HOSTING,
            service=service,
            day=day,
            provider=_provider([item for item in hostings if item.until == day]),
        )


def _provider(hostings: list[Hosting]) -> str | None:
    names = {item.provider for item in hostings}
    return names.pop() if len(names) == 1 else None
