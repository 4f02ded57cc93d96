"""Choices of an académie that no longer do what they were made for: told, never touched."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from catalogue.schema import Rollout, Service
from instances.choices import WORDING_FIELDS, Choice
from instances.local_services import duplicates
from instances.models import Visibility
from instances.offer import Absence, Offered, offer, today
from instances.schema import AcademyCard
from instances.snapshot import Snapshot


class SnagKind(StrEnum):
    REPLACEMENT_MISSING = "replacement-missing"
    """A hidden service leads to one that is not shown here."""
    SPOTLIGHT_MISSING = "spotlight-missing"
    ANNOUNCEMENT_MISSING = "announcement-missing"
    HIDING_REFUSED = "hiding-refused"
    """The nation made it required since."""
    SERVICE_GONE = "service-gone"
    """The choice is kept: it holds again if the service comes back."""
    SERVICE_RETIRED = "service-retired"
    SAME_WORDING = "same-wording"
    SAME_ADDRESS = "same-address"
    ADDRESS_UNUSED = "address-unused"
    """Each variant has its own addresses since."""
    SHOWN_BY_ALL = "shown-by-all"
    """It was proposed; now the nation shows it everywhere."""
    DUPLICATE = "duplicate"
    """A national service does what one of the académie's own does."""


DANGLING = frozenset(
    {SnagKind.REPLACEMENT_MISSING, SnagKind.SPOTLIGHT_MISSING, SnagKind.ANNOUNCEMENT_MISSING}
)
"""These send people to what is not there."""


@dataclass(frozen=True, kw_only=True)
class Snag:
    kind: SnagKind
    subject: str
    """Id of the service that was decided about; "announcement/12" for an announcement."""
    other: str | None = None
    """Id of the service that is missing, or alike."""
    fields: tuple[str, ...] = ()


def snags(snapshot: Snapshot, card: AcademyCard, *, now: datetime) -> tuple[Snag, ...]:
    """List what is to be looked at, what misleads people first."""
    offered = {item.service.id: item for item in offer(snapshot, card, now)}
    found = [
        *_missing_replacements(offered),
        *_missing_in_texts(snapshot, card, offered, now),
        *_useless(snapshot, card, offered),
        *_alike(snapshot, card),
    ]
    return tuple(found)


def _here(offered: dict[str, Offered], service_id: str) -> bool:
    item = offered.get(service_id)
    return item is not None and item.absence in (None, Absence.AGENTS_ONLY)


def _missing_replacements(offered: dict[str, Offered]) -> Iterator[Snag]:
    for item in offered.values():
        other = item.choice.replacement_service if item.choice else None
        if item.absence is Absence.HIDDEN and other and not _here(offered, other):
            kind = SnagKind.REPLACEMENT_MISSING
            yield Snag(kind=kind, subject=item.service.id, other=other)


def _missing_in_texts(
    snapshot: Snapshot, card: AcademyCard, offered: dict[str, Offered], now: datetime
) -> Iterator[Snag]:
    spotlight = snapshot.texts_of(card.slug).spotlight
    if spotlight and (spotlight.ends is None or spotlight.ends >= today(card, now)):
        for service_id in spotlight.services:
            if not _here(offered, service_id):
                kind = SnagKind.SPOTLIGHT_MISSING
                yield Snag(kind=kind, subject="text/spotlight", other=service_id)
    for planned in snapshot.announcements:
        about = planned.view.service_id
        over = planned.ends_at is not None and planned.ends_at <= now
        if planned.academie == card.slug and about and not over and not _here(offered, about):
            subject = f"announcement/{planned.view.id}"
            yield Snag(kind=SnagKind.ANNOUNCEMENT_MISSING, subject=subject, other=about)


def _useless(snapshot: Snapshot, card: AcademyCard, offered: dict[str, Offered]) -> Iterator[Snag]:
    services = {service.id: service for service in snapshot.services_of(card.slug)}
    for service_id, choice in snapshot.choices_of(card.slug).items():
        service = services.get(service_id)
        if service is None:
            own = service_id.startswith(f"{card.slug}.")
            if _says_something(choice) and not own:
                yield Snag(kind=SnagKind.SERVICE_GONE, subject=service_id)
        elif offered[service_id].absence is Absence.RETIRED:
            if choice.visibility is not Visibility.NATIONAL:
                yield Snag(kind=SnagKind.SERVICE_RETIRED, subject=service_id)
        else:
            # What stands after its last day is already gone from here.
            yield from _useless_here(service, offered[service_id].choice or choice)


def _says_something(choice: Choice) -> bool:
    shown = choice.visibility is not Visibility.NATIONAL
    return shown or bool(choice.wording) or choice.backends is not None


def _useless_here(service: Service, choice: Choice) -> Iterator[Snag]:
    if choice.visibility is Visibility.HIDDEN and service.rollout is Rollout.REQUIRED:
        yield Snag(kind=SnagKind.HIDING_REFUSED, subject=service.id)
    if choice.visibility is Visibility.SHOWN and service.rollout is not Rollout.OPT_IN:
        yield Snag(kind=SnagKind.SHOWN_BY_ALL, subject=service.id)
    same = tuple(
        name for name in WORDING_FIELDS if choice.wording.get(name, _NONE) == getattr(service, name)
    )
    if same:
        yield Snag(kind=SnagKind.SAME_WORDING, subject=service.id, fields=same)
    if choice.backends is not None and service.variants:
        yield Snag(kind=SnagKind.ADDRESS_UNUSED, subject=service.id)
    elif choice.backends is not None and _addresses(choice) == _addresses(service):
        yield Snag(kind=SnagKind.SAME_ADDRESS, subject=service.id)


_NONE = object()


def _addresses(of: Service | Choice) -> list[str]:
    return sorted(backend.url.rstrip("/") for backend in of.backends or ())


def _alike(snapshot: Snapshot, card: AcademyCard) -> Iterator[Snag]:
    for item in duplicates(snapshot, card.slug):
        yield Snag(kind=SnagKind.DUPLICATE, subject=item.local.id, other=item.national.id)
