"""Announced maintenance as an académie's pages tell it: when, and which of its services."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from catalogue.schema import Backend, Service
from instances.offer import Offered
from instances.schema import AcademyCard
from instances.snapshot import Snapshot
from instances.targets import key_of, labels_of, named_backends
from monitoring.maintenance import Occurrence, Window, covers, is_within_reach, occurrences

AHEAD = timedelta(days=180)
"""Nobody plans their classes further."""
SOON = timedelta(hours=48)
"""The first page tells what is so near."""
_LONGEST_GAP = timedelta(days=36)
"""From one time of a window that comes each month to the next, and a day for its clock."""


@dataclass(frozen=True, kw_only=True)
class Touched:
    """A service that something is about."""

    service: Service
    wholly: bool
    """False: other servers of it, or other levels, go on."""


@dataclass(frozen=True, kw_only=True)
class PlannedWork:
    """One time of a window, the next unless it is past, and the services here it is about."""

    occurrence: Occurrence
    touched: tuple[Touched, ...]

    @property
    def window(self) -> Window:
        return self.occurrence.window

    def is_wholly_about(self, service_id: str) -> bool:
        return any(item.service.id == service_id and item.wholly for item in self.touched)

    def is_about(self, service_id: str) -> bool:
        return any(item.service.id == service_id for item in self.touched)


@dataclass(frozen=True, kw_only=True)
class Place:
    """A server of a service that is shown, with the labels by which windows name it."""

    service: Service
    backend: Backend
    labels: Mapping[str, tuple[str, ...]]


def planned_here(
    snapshot: Snapshot, card: AcademyCard, shown: Iterable[Offered], *, now: datetime
) -> tuple[PlannedWork, ...]:
    """Return what goes on or comes for the services that are shown, the earliest first."""
    if not snapshot.windows:
        return ()
    places = list(places_of(snapshot, card, shown))
    found = []
    for window in snapshot.windows:
        touched = touched_by(window, places)
        coming = occurrences(window, start=now, end=now + AHEAD) if touched else ()
        if coming:
            found.append(PlannedWork(occurrence=coming[0], touched=touched))
    return tuple(sorted(found, key=lambda item: (item.occurrence.starts_at, item.window.id)))


def soon(planned: Iterable[PlannedWork], *, now: datetime) -> tuple[PlannedWork, ...]:
    """Return what is so near that the first page tells it; what goes on, tiles tell already."""
    near = (item for item in planned if item.occurrence.starts_at - SOON <= now)
    return tuple(item for item in near if not _is_on_tiles(item, now))


def _is_on_tiles(work: PlannedWork, now: datetime) -> bool:
    return work.occurrence.starts_at <= now and all(item.wholly for item in work.touched)


def told_since(work: PlannedWork) -> datetime:
    """Return when this time of a window came in view as it is told now.

    The next time of a series is told once the one before is over: it is news of that moment,
    whenever the series was announced.
    """
    window, starts_at = work.window, work.occurrence.starts_at
    before = occurrences(window, start=starts_at - _LONGEST_GAP, end=starts_at)
    ends = [item.ends_at for item in before if item.starts_at < starts_at]
    return max(window.updated_at, starts_at - AHEAD, *ends[-1:])


def changes_of(planned: Iterable[PlannedWork]) -> Iterator[datetime]:
    """Yield the instants at which pages tell of it otherwise."""
    for item in planned:
        yield item.occurrence.starts_at - SOON
        yield item.occurrence.starts_at
        yield item.occurrence.ends_at


def places_of(snapshot: Snapshot, card: AcademyCard, shown: Iterable[Offered]) -> Iterator[Place]:
    for item in shown:
        operator = snapshot.operator_of(item.service, card)
        for public_id, backend in named_backends(item, card):
            labels = labels_of(public_id, backend, service=item.service, operator=operator)
            yield Place(service=item.service, backend=backend, labels=labels)


def touched_by(window: Window, places: Sequence[Place]) -> tuple[Touched, ...]:
    covered = [covers(window, place.labels) for place in places]
    # Two services on one server are one target: work on it is work on both.
    keys = {key_of(places[n].backend) for n, hit in enumerate(covered) if hit} - {None}
    hits: dict[str, list[bool]] = {}
    services: dict[str, Service] = {}
    for place, hit in zip(places, covered, strict=True):
        services[place.service.id] = place.service
        shares = key_of(place.backend) in keys and is_within_reach(window, place.labels)
        hits.setdefault(place.service.id, []).append(hit or shares)
    return tuple(
        Touched(service=services[service_id], wholly=all(several))
        for service_id, several in hits.items()
        if any(several)
    )
