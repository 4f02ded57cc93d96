"""Every backend that is shown somewhere, as ops see it: worked out once for each snapshot."""

from __future__ import annotations

import weakref
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from catalogue.spelling import fold
from instances.national import NATIONAL_SLUG
from instances.service_state import NEVER_LOOKED
from instances.signals import SignalsBy, recent
from instances.snapshot import Snapshot
from instances.targets import BackendUse, backend_uses, key_of
from monitoring.health import STALE, Health
from monitoring.incidents import IncidentView
from monitoring.target import State

PLACES_KEPT = timedelta(seconds=60)
"""What is shown where also changes by the date alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """What does not change with a probe."""

    use: BackendUse
    key: str | None
    """None: nothing looks after it."""
    academies: tuple[str, ...]
    """That show it; the national offer is none."""
    operator: str
    """Its id, whether or not the catalogue knows it."""
    profile: str
    """Empty when nothing looks after it."""
    text: str
    """What a search looks through, folded, with a space at either end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """One backend and what is known of it."""

    place: Place
    health: Health | None
    incident: IncidentView | None
    """The open one it is in."""
    signals: int
    """How many people said lately, where it is shown, that the service does not work."""

    @property
    def use(self) -> BackendUse:
        return self.place.use

    @property
    def id(self) -> str:
        return self.place.use.public_id

    @property
    def academies(self) -> tuple[str, ...]:
        return self.place.academies

    @property
    def watched(self) -> bool:
        return self.place.key is not None

    @property
    def profile(self) -> str:
        return self.place.profile

    def state_at(self, now: datetime) -> State:
        return State.UNKNOWN if self.health is None else self.health.state_at(now)

    def since_at(self, now: datetime) -> datetime | None:
        """Return since when it has been in that state: a stale one since it became stale."""
        if self.health is None:
            return None
        lapsed = now >= self.health.stale_at and self.health.state is not State.UNKNOWN
        return self.health.stale_at if lapsed else self.health.since

    def reason_at(self, now: datetime) -> str:
        """Return the code of why it is in that state."""
        if self.health is None:
            return NEVER_LOOKED
        return STALE if now >= self.health.stale_at else self.health.reason


@dataclass(frozen=True, kw_only=True)
class Fleet:
    """In the order of académies' pages."""

    servers: tuple[Server, ...]
    by_id: Mapping[str, Server]
    operators: Mapping[str, Server] = field(default_factory=dict)
    """One server of each operator, by its id."""
    profiles: frozenset[str] = frozenset()

    def checked_at(self) -> datetime | None:
        """Return when any of them was last looked at."""
        known = (item.health for item in self.servers)
        return max((health.checked_at for health in known if health), default=None)


@dataclass(frozen=True)
class _Places:
    """Kept with what they were made from: the same objects, so the same places."""

    made_from: tuple[object, ...]
    at: datetime
    places: tuple[Place, ...]


_places: _Places | None = None
_fleet: tuple[weakref.ref[Snapshot], tuple[Place, ...], Fleet] | None = None


def fleet_of(snapshot: Snapshot, *, now: datetime) -> Fleet:
    """Return all backends; the last answer as long as the snapshot is the same."""
    global _fleet  # noqa: PLW0603 - one a process; replaced whole, so threads need no lock
    places, kept = _places_of(snapshot, now), _fleet
    if kept is not None and kept[0]() is snapshot and kept[1] is places:
        return kept[2]
    fleet = _make(snapshot, places, now)
    _fleet = (weakref.ref(snapshot), places, fleet)
    return fleet


def _places_of(snapshot: Snapshot, now: datetime) -> tuple[Place, ...]:
    global _places  # noqa: PLW0603 - as above
    made_from = (snapshot.catalogue, snapshot.directory, snapshot.choices, snapshot.local)
    kept = _places
    if kept is not None and abs(now - kept.at) < PLACES_KEPT:
        same = zip(kept.made_from, made_from, strict=True)
        if all(one is other for one, other in same):
            return kept.places
    places = tuple(
        Place(
            use=use,
            key=key_of(use.backend),
            academies=tuple(slug for slug in use.academies if slug != NATIONAL_SLUG),
            operator=use.operator.id if use.operator else use.service.operator,
            profile=use.backend.probe.profile if use.backend.probe else "",
            text=_text(use),
        )
        for use in backend_uses(snapshot, now=now)
    )
    _places = _Places(made_from, now, places)
    return places


def _make(snapshot: Snapshot, places: Iterable[Place], now: datetime) -> Fleet:
    incidents = _open_incidents(snapshot.incidents)
    servers = tuple(
        Server(
            place=place,
            health=snapshot.health.get(place.key) if place.key else None,
            incident=incidents.get(place.key) if place.key else None,
            signals=_signals(snapshot.signals, place.use, now),
        )
        for place in places
    )
    return Fleet(
        servers=servers,
        by_id={item.id: item for item in servers},
        operators={item.place.operator: item for item in servers},
        profiles=frozenset(item.profile for item in servers if item.profile),
    )


def _open_incidents(incidents: Iterable[IncidentView]) -> dict[str, IncidentView]:
    """By key of the targets that are still in trouble; of two incidents, the newest."""
    found: dict[str, IncidentView] = {}
    for incident in incidents:
        if not incident.is_open:
            continue
        for affected in incident.targets:
            if affected.until is None:
                found.setdefault(affected.key, incident)
    return found


def _signals(signals: SignalsBy, use: BackendUse, now: datetime) -> int:
    if not signals:
        return 0
    said = (signals.get((academie, use.service.id)) for academie in use.academies)
    # What was read an hour ago has grown an hour older: only what is recent still counts.
    still = recent((item for item in said if item is not None), now=now)
    return still.n if still else 0


def _text(use: BackendUse) -> str:
    service, backend = use.service, use.backend
    names = [use.public_id, service.title, backend.url, backend.hosting.provider or ""]
    if use.operator is not None:
        names += [use.operator.id, use.operator.name.fr]
    if service.software is not None:
        names.append(service.software.name)
    if backend.probe is not None:
        names += [backend.probe.profile, backend.probe.url or ""]
    return f" {fold(' '.join(names))} "
