"""What stands against publishing a local service: the catalogue's own rules, and the page's."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from catalogue import relations, typed
from catalogue.checks import Known
from catalogue.findings import Fault
from catalogue.problems import Code
from catalogue.schema import Service
from catalogue.typed import Judged
from instances.offer import Absence, offer
from instances.schema import AcademyCard, LocalService
from instances.snapshot import Snapshot
from monitoring.profiles import NAMES as PROBE_PROFILES

_ON_THE_PAGE = (None, Absence.AGENTS_ONLY)


@dataclass(frozen=True, kw_only=True)
class Surroundings:
    """What an académie's page holds around the service that is judged."""

    snapshot: Snapshot
    card: AcademyCard
    now: datetime
    icons: frozenset[str]


def judge(
    entry: Mapping[str, object], service_id: str, around: Surroundings
) -> Judged[LocalService]:
    """Judge what somebody typed, with what an académie need not type put in."""
    others = _without(around.snapshot, around.card.slug, service_id)
    everything = others.services_of(around.card.slug)
    shown = [
        item.service
        for item in offer(others, around.card, around.now)
        if item.absence in _ON_THE_PAGE
    ]

    def footing(service: LocalService) -> Iterator[Fault]:
        operators = {service.operator: service.operator_in(around.card)}
        categories = {item.id for item in around.snapshot.catalogue.categories}
        for fault in relations.footing_faults(service, operators, categories):
            # Whoever publishes it on their own page has opted in.
            if fault.code is not Code.ASSOCIATION_NOT_OPT_IN:
                yield fault

    def references(service: LocalService) -> Iterator[Fault]:
        services: list[Service] = [*everything, service]
        yield from _of(service, relations.reference_faults(services, {s.id for s in services}))

    def likeness(service: LocalService) -> Iterator[Fault]:
        yield from _of(service, relations.likeness_faults([*shown, service]))

    known = Known(profiles=PROBE_PROFILES, icons=around.icons)
    values = {**completed(entry), "id": service_id}
    return typed.judge(LocalService, values, known=known, rules=(footing, references, likeness))


def completed(entry: Mapping[str, object]) -> dict[str, object]:
    """Put in what follows from the rest: without a summary the task says it."""
    task = entry.get("task")
    return {**({"summary": task} if task else {}), **entry}


def with_service(snapshot: Snapshot, slug: str, service: LocalService) -> Snapshot:
    """Return the picture as it will be once this service is published."""
    others = _without(snapshot, slug, service.id)
    local = (*others.local.get(slug, ()), service)
    return replace(others, local={**others.local, slug: local})


def _without(snapshot: Snapshot, slug: str, service_id: str) -> Snapshot:
    kept = tuple(item for item in snapshot.local.get(slug, ()) if item.id != service_id)
    return replace(snapshot, local={**snapshot.local, slug: kept})


def _of(service: Service, faults: Iterator[tuple[str, Fault]]) -> Iterator[Fault]:
    return (fault for service_id, fault in faults if service_id == service.id)
