"""What one académie offers at one instant: the national entry, then the académie's choice."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from enum import StrEnum
from typing import Any

from catalogue.schema import Backend, Rollout, Service, Stage, Variant, Visibility
from instances.choices import Choice
from instances.days import day_after
from instances.models import Visibility as ChosenVisibility
from instances.ordering import arranged
from instances.schema import AcademyCard
from instances.snapshot import Snapshot


class Absence(StrEnum):
    """Why a service does not stand on an académie's page."""

    HIDDEN = "hidden"
    RETIRED = "retired"
    NOT_OFFERED = "not-offered"
    WITHDRAWN = "withdrawn"
    """A service of the académie's own that it took away; only `find` meets it."""
    AGENTS_ONLY = "agents-only"
    UNKNOWN = "unknown"


@dataclass(frozen=True, kw_only=True)
class Offered:
    """A service as one académie offers it, or the reason why it does not."""

    service: Service
    choice: Choice | None = None
    absence: Absence | None = None
    changes_on: date | None = None
    """First day, in the académie's zone, on which this may be otherwise."""


def today(card: AcademyCard, now: datetime) -> date:
    return now.astimezone(card.zone).date()


def start_of(day: date, card: AcademyCard) -> datetime:
    """Return the instant at which a day begins in the académie's zone."""
    return datetime.combine(day, time(), tzinfo=card.zone)


def offer(
    snapshot: Snapshot, card: AcademyCard, now: datetime, *, for_agents: bool = False
) -> tuple[Offered, ...]:
    """Return every service as this académie has it, in its own order.

    `for_agents`: as somebody sees it who is signed in; nothing is reserved to others then.
    """
    choices = snapshot.choices_of(card.slug)
    day = today(card, now)
    positions = {
        item.service_id: item.position for item in choices.values() if item.position is not None
    }
    offered = [
        _offered(service, choices.get(service.id), card, day)
        for service in arranged(snapshot.services_of(card.slug), positions)
    ]
    if for_agents:
        offered = [_for_agents(item) for item in offered]
    return tuple(offered)


def find(
    snapshot: Snapshot,
    card: AcademyCard,
    service_id: str,
    *,
    now: datetime,
    for_agents: bool = False,
) -> Offered | None:
    services = snapshot.services_of(card.slug)
    service = next((item for item in services if item.id == service_id), None)
    if service is None:
        return _withdrawn(snapshot, card, service_id)
    choice = snapshot.choices_of(card.slug).get(service_id)
    offered = _offered(service, choice, card, today(card, now))
    return _for_agents(offered) if for_agents else offered


def _withdrawn(snapshot: Snapshot, card: AcademyCard, service_id: str) -> Offered | None:
    retired = snapshot.retired.get(card.slug, ())
    service = next((item for item in retired if item.id == service_id), None)
    return None if service is None else Offered(service=service, absence=Absence.WITHDRAWN)


def without_hiding(choice: Choice) -> Choice:
    """Return what stays of a decision when the hiding ends: address, words and place."""
    return replace(
        choice,
        visibility=choice.afterwards,
        replacement_service=None,
        replacement_url=None,
        word=None,
        until=None,
    )


def _for_agents(offered: Offered) -> Offered:
    reserved = offered.absence is Absence.AGENTS_ONLY
    return replace(offered, absence=None) if reserved else offered


def _offered(service: Service, choice: Choice | None, card: AcademyCard, day: date) -> Offered:
    until = choice.until if choice else None
    if choice is not None and until is not None and until < day:
        choice, until = without_hiding(choice), None
    changed = _with_choice(service, choice, card)
    return Offered(
        service=changed,
        choice=choice,
        absence=_absence(changed, choice, day),
        changes_on=day_after(until) if until else None,
    )


def _with_choice(service: Service, choice: Choice | None, card: AcademyCard) -> Service:
    """Put the académie's wording and addresses in, and leave out other académies' backends."""
    backends = service.backends if choice is None or choice.backends is None else choice.backends
    changes: dict[str, Any] = {} if choice is None else dict(choice.wording)
    here = _for_academie(backends, card)
    if here != service.backends:
        changes["backends"] = here
    variants = tuple(_variants_for_academie(service, card))
    if variants != service.variants:
        changes["variants"] = variants
    return service.model_copy(update=changes) if changes else service


def _for_academie(backends: tuple[Backend, ...], card: AcademyCard) -> tuple[Backend, ...]:
    return tuple(item for item in backends if not item.academies or card.slug in item.academies)


def _variants_for_academie(service: Service, card: AcademyCard) -> Iterator[Variant]:
    """Yield the variants that have a backend for this académie."""
    for variant in service.variants:
        here = _for_academie(variant.backends, card)
        if here:
            yield (
                variant.model_copy(update={"backends": here})
                if here != variant.backends
                else variant
            )


def _absence(service: Service, choice: Choice | None, day: date) -> Absence | None:
    if is_retired(service, day):
        return Absence.RETIRED
    chosen = ChosenVisibility.NATIONAL if choice is None else choice.visibility
    if chosen is ChosenVisibility.HIDDEN and service.rollout is not Rollout.REQUIRED:
        return Absence.HIDDEN
    if chosen is not ChosenVisibility.SHOWN and service.rollout is Rollout.OPT_IN:
        return Absence.NOT_OFFERED
    if not service.backends and not service.variants:
        return Absence.NOT_OFFERED
    if service.visibility is Visibility.AGENTS:
        return Absence.AGENTS_ONLY
    return None


def is_retired(service: Service, day: date) -> bool:
    lifecycle = service.lifecycle
    if lifecycle.until is not None:
        return lifecycle.until < day
    return lifecycle.stage is Stage.OBSOLETE
