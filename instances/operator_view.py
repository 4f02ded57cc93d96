"""How the services of one operator fare, in every académie."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from catalogue.schema import Operator, Service
from instances.endings import Ending, by_day, endings_of
from instances.national import NATIONAL_CARD
from instances.offer import Absence, Offered, is_retired, offer, today
from instances.schema import AcademyCard
from instances.service_state import StateView, backend_state, backends_state, service_state
from instances.signals import Signalled, recent
from instances.snapshot import Snapshot
from instances.targets import BackendUse, backend_uses, named_backends
from monitoring.incidents import IncidentView
from monitoring.target import is_run_by

SHOWN = (None, Absence.AGENTS_ONLY)
"""What stands on a page, if only for those who are signed in."""


@dataclass(frozen=True, kw_only=True)
class BackendView:
    public_id: str
    url: str
    state: StateView
    academies: tuple[AcademyCard, ...] = ()
    """Whom it is for; none: everybody."""


@dataclass(frozen=True, kw_only=True)
class There:
    """One service in one académie."""

    card: AcademyCard
    absence: Absence | None = None
    own: StateView | None = None
    """State at the académie's own address, when it has one."""
    signalled: Signalled | None = None

    @property
    def is_shown(self) -> bool:
        return self.absence in SHOWN


@dataclass(frozen=True, kw_only=True)
class ServiceView:
    service: Service
    state: StateView
    backends: tuple[BackendView, ...]
    places: tuple[There, ...]
    """Every académie, in the order of their names."""

    @property
    def shown(self) -> tuple[There, ...]:
        return tuple(item for item in self.places if item.is_shown)

    @property
    def absent(self) -> tuple[There, ...]:
        return tuple(item for item in self.places if not item.is_shown)

    @property
    def own(self) -> tuple[There, ...]:
        return tuple(item for item in self.shown if item.own is not None)

    @property
    def signalled(self) -> tuple[There, ...]:
        found = [item for item in self.places if item.signalled is not None]
        return tuple(sorted(found, key=_loudest))


@dataclass(frozen=True, kw_only=True)
class OpeningsRow:
    card: AcademyCard
    counts: tuple[int, ...]
    """In the order of the services asked for."""

    @property
    def total(self) -> int:
        return sum(self.counts)


def service_views(
    snapshot: Snapshot, services: Sequence[Service], *, now: datetime
) -> tuple[ServiceView, ...]:
    wanted = {service.id for service in services}
    places: dict[str, list[There]] = {service_id: [] for service_id in wanted}
    for card in by_name(snapshot):
        for item in offer(snapshot, card, now):
            if item.service.id in wanted:
                places[item.service.id].append(_there(snapshot, card, item, now))
    return tuple(
        ServiceView(
            service=service,
            state=service_state(service, snapshot.health, now=now),
            backends=_backends(snapshot, service, now),
            places=tuple(places[service.id]),
        )
        for service in services
    )


def by_name(snapshot: Snapshot) -> tuple[AcademyCard, ...]:
    cards = [snapshot.card(card.slug) or card for card in snapshot.directory.cards]
    return tuple(sorted(cards, key=lambda card: card.name))


def in_use(services: Iterable[Service], now: datetime) -> tuple[Service, ...]:
    """Leave out what is closed."""
    day = today(NATIONAL_CARD, now)
    return tuple(service for service in services if not is_retired(service, day))


def operated(snapshot: Snapshot, operator: Operator, *, now: datetime) -> tuple[BackendUse, ...]:
    """Return the backends that an operator runs, with the académies that show them."""
    uses = backend_uses(snapshot, now=now)
    own = (use for use in uses if use.operator is not None and use.operator.id == operator.id)
    # An académie's own address is not the operator's to run.
    return tuple(use for use in own if ":" not in use.public_id)


def open_incidents(snapshot: Snapshot, operator: Operator) -> tuple[IncidentView, ...]:
    return tuple(
        item
        for item in snapshot.incidents
        if item.is_open and any(is_run_by(operator.id, target.labels) for target in item.targets)
    )


def endings(services: Iterable[Service], *, now: datetime) -> tuple[Ending, ...]:
    day = today(NATIONAL_CARD, now)
    return by_day(ending for service in services for ending in endings_of(service, day))


def openings_table(
    snapshot: Snapshot, services: Sequence[Service], counts: Mapping[tuple[str, str], int]
) -> tuple[OpeningsRow, ...]:
    """Arrange openings, the académies that open most first; `counts` by académie and service."""
    rows = [
        OpeningsRow(
            card=card,
            counts=tuple(counts.get((card.slug, service.id), 0) for service in services),
        )
        for card in by_name(snapshot)
    ]
    return tuple(sorted(rows, key=lambda row: -row.total))


def _there(snapshot: Snapshot, card: AcademyCard, item: Offered, now: datetime) -> There:
    own = item.choice is not None and item.choice.backends is not None
    own = own and not item.service.variants
    said = snapshot.signals.get((card.slug, item.service.id))
    return There(
        card=card,
        absence=item.absence,
        own=backends_state(item.service.backends, snapshot.health, now=now) if own else None,
        signalled=recent((said,), now=now) if said else None,
    )


def _backends(snapshot: Snapshot, service: Service, now: datetime) -> tuple[BackendView, ...]:
    return tuple(
        BackendView(
            public_id=public_id,
            url=backend.url,
            state=backend_state(backend, snapshot.health, now=now),
            academies=tuple(
                card for card in map(snapshot.directory.by_slug, backend.academies) if card
            ),
        )
        for public_id, backend in named_backends(Offered(service=service), NATIONAL_CARD)
    )


def _loudest(item: There) -> int:
    return -(item.signalled.n if item.signalled else 0)
