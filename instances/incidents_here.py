"""Which incidents concern the services that an académie shows, and what people there met."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from catalogue.schema import Backend, LaunchKind
from instances.page import InstancePage, Tile
from instances.planned import Touched
from instances.targets import key_of
from monitoring.incidents import IncidentView, Severity, Source
from monitoring.target import State

_NEVER = datetime.max.replace(tzinfo=UTC)
_A_MOMENT = timedelta(minutes=5)
"""Servers that fail together are not found well again in the same second."""


@dataclass(frozen=True, kw_only=True)
class IncidentHere:
    incident: IncidentView
    touched: tuple[Touched, ...]
    """Never empty; services shown here."""

    def is_about(self, service_id: str) -> bool:
        return any(item.service.id == service_id for item in self.touched)


def incidents_here(
    incidents: Sequence[IncidentView], page: InstancePage
) -> tuple[IncidentHere, ...]:
    """Return those that people of an académie could meet, in the order given.

    Where another server took over nobody met anything: that is told only if somebody wrote of it.
    """
    found = []
    for incident in incidents:
        keys = _down_together(incident, incidents)
        touched = tuple(
            Touched(service=tile.service, wholly=is_whole)
            for tile in page.tiles
            if incident.keys & _keys(_backends(tile))
            for is_whole in [_is_met(tile, keys)]
            if is_whole or _is_told_of(incident) or _is_felt(tile, incident)
        )
        if touched:
            found.append(IncidentHere(incident=incident, touched=touched))
    return _without_repeats(found)


def _without_repeats(found: Sequence[IncidentHere]) -> tuple[IncidentHere, ...]:
    """Tell people once that a service failed, however many of its servers did at that time."""
    told: dict[str, list[IncidentHere]] = {}
    kept = set()
    for item in sorted(found, key=lambda item: (item.incident.opened_at, item.incident.id)):
        if any(_repeats(item, other) for other in told.get(item.touched[0].service.id, ())):
            continue
        kept.add(item.incident.id)
        for touched in item.touched:
            told.setdefault(touched.service.id, []).append(item)
    return tuple(item for item in found if item.incident.id in kept)


def _repeats(item: IncidentHere, other: IncidentHere) -> bool:
    """Tell whether one that began before, and is no milder, tells all that this one would."""
    own, before = item.incident, other.incident
    ended = before.closed_at or _NEVER - _A_MOMENT
    return (
        not _is_told_of(own)
        and before.severity in (own.severity, Severity.MAJOR)
        and own.opened_at <= ended
        and (own.closed_at or _NEVER - _A_MOMENT) <= ended + _A_MOMENT
        and {touched.service.id for touched in item.touched}
        <= {touched.service.id for touched in other.touched}
    )


def titles_by_key(page: InstancePage) -> dict[str, str]:
    """Name each target by the service that people know."""
    return {
        key: tile.service.title for tile in page.tiles for key in sorted(_keys(_backends(tile)))
    }


def _is_met(tile: Tile, keys: frozenset[str]) -> bool:
    """Tell whether the trouble of these targets left nothing to fall back on."""
    service = tile.service
    if service.launch.kind is LaunchKind.DOCUMENT:
        return True  # what was written on one server is on no other
    groups = [service.backends, *(variant.backends for variant in service.variants)]
    return any(own and own <= keys for own in map(_keys, groups))


def _down_together(incident: IncidentView, others: Iterable[IncidentView]) -> frozenset[str]:
    end = incident.closed_at or _NEVER
    return frozenset(
        key
        for other in others
        if other.opened_at < end and incident.opened_at < (other.closed_at or _NEVER)
        for key in other.keys
    ).union(incident.keys)


def _is_felt(tile: Tile, incident: IncidentView) -> bool:
    return incident.is_open and tile.state.state in (State.DOWN, State.MAINTENANCE, State.DEGRADED)


def _is_told_of(incident: IncidentView) -> bool:
    return any(message.source is Source.PERSON for message in incident.messages)


def _backends(tile: Tile) -> tuple[Backend, ...]:
    several = (tile.service.backends, *(variant.backends for variant in tile.service.variants))
    return tuple(backend for backends in several for backend in backends)


def _keys(backends: Iterable[Backend]) -> frozenset[str]:
    return frozenset(key for key in map(key_of, backends) if key is not None)
