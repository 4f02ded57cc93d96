"""What one académie offers at one instant: the national entry, then the académie's choice."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from catalogue.schema import Rollout, Service, Stage, Visibility
from instances.choices import Choice
from instances.models import Visibility as ChosenVisibility
from instances.schema import AcademyCard
from instances.snapshot import Snapshot


class Absence(StrEnum):
    """Why a service does not stand on an académie's page."""

    HIDDEN = "hidden"
    RETIRED = "retired"
    NOT_OFFERED = "not-offered"
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


def offer(snapshot: Snapshot, card: AcademyCard, now: datetime) -> tuple[Offered, ...]:
    """Return every national service as this académie has it, in its own order."""
    choices = snapshot.choices_of(card.slug)
    day = today(card, now)
    offered = [
        _offered(service, choices.get(service.id), card, day)
        for service in snapshot.catalogue.services
    ]
    return tuple(sorted(offered, key=_position))


def find(
    snapshot: Snapshot, card: AcademyCard, service_id: str, *, now: datetime
) -> Offered | None:
    service = snapshot.catalogue.service(service_id)
    if service is None:
        return None
    choice = snapshot.choices_of(card.slug).get(service_id)
    return _offered(service, choice, card, today(card, now))


def _position(offered: Offered) -> float:
    position = offered.choice.position if offered.choice else None
    return float("inf") if position is None else position


def _offered(service: Service, choice: Choice | None, card: AcademyCard, day: date) -> Offered:
    until = choice.until if choice else None
    if until is not None and until < day:
        choice = until = None
    changed = _with_choice(service, choice, card)
    return Offered(
        service=changed,
        choice=choice,
        absence=_absence(changed, choice, day),
        changes_on=until + timedelta(days=1) if until else None,
    )


def _with_choice(service: Service, choice: Choice | None, card: AcademyCard) -> Service:
    """Put the académie's wording and addresses in, and leave out other académies' backends."""
    backends = service.backends if choice is None or choice.backends is None else choice.backends
    here = tuple(item for item in backends if not item.academies or card.slug in item.academies)
    wording = {} if choice is None else dict(choice.wording)
    if here == service.backends and not wording:
        return service
    return service.model_copy(update={"backends": here, **wording})


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
