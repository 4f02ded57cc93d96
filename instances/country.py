"""The picture of the whole country: which académies decided what about which national service."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.schema import Rollout, Service
from instances.models import HideReason, ServiceChoice, Visibility
from instances.offer import today
from instances.schema import AcademyCard
from instances.snapshot import Snapshot


class Deed(StrEnum):
    """What an académie does otherwise than the nation proposes."""

    HIDDEN = "hidden"
    SHOWN = "shown"
    """One that the nation only proposes."""
    ADDRESS = "address"
    WORDING = "wording"


class Unsaid(StrEnum):
    """Asks for the hidings of which nobody said why."""

    UNSAID = "unsaid"


@dataclass(frozen=True, kw_only=True)
class Stand:
    """How one académie stands to one service."""

    academie: str
    service_id: str
    deeds: tuple[Deed, ...]
    reason: HideReason | None = None
    precision: str | None = None
    replacement_service: str | None = None
    replacement_url: str | None = None
    review_on: date | None = None
    until: date | None = None


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What to keep of the picture; none: all."""

    deed: Deed | None = None
    reason: HideReason | Unsaid | None = None


@dataclass(frozen=True, kw_only=True)
class Country:
    cards: tuple[AcademyCard, ...]
    services: tuple[Service, ...]
    """National ones, in the order of the catalogue."""
    stands: tuple[Stand, ...]

    @property
    def cells(self) -> Mapping[tuple[str, str], Stand]:
        return {(item.service_id, item.academie): item for item in self.stands}

    @property
    def concerned_services(self) -> tuple[Service, ...]:
        ids = {item.service_id for item in self.stands}
        return tuple(service for service in self.services if service.id in ids)

    @property
    def concerned_cards(self) -> tuple[AcademyCard, ...]:
        slugs = {item.academie for item in self.stands}
        return tuple(card for card in self.cards if card.slug in slugs)

    def by_reason(self) -> tuple[tuple[HideReason | None, int], ...]:
        """Count hidings by reason, the most frequent first; none: nobody said why."""
        counted = Counter(item.reason for item in self.stands if Deed.HIDDEN in item.deeds)
        return tuple(sorted(counted.items(), key=lambda pair: (-pair[1], str(pair[0]))))

    def of_service(self, service_id: str) -> tuple[Stand, ...]:
        return tuple(item for item in self.stands if item.service_id == service_id)

    def of_academie(self, slug: str) -> tuple[Stand, ...]:
        return tuple(item for item in self.stands if item.academie == slug)


def picture(
    session: Session, snapshot: Snapshot, *, now: datetime, wanted: Wanted | None = None
) -> Country:
    """Read what holds now: a hiding that is over, or that the nation forbids, is none."""
    cards = {card.slug: card for card in snapshot.directory.cards}
    services = {service.id: service for service in snapshot.catalogue.services}
    rows = session.scalars(select(ServiceChoice))
    found = [
        item
        for row in rows
        if row.academie in cards and row.service_id in services
        for item in _stand(row, services[row.service_id], today(cards[row.academie], now))
    ]
    rank = {name: place for place, name in enumerate((*services, *cards))}
    kept = _filtered(found, wanted or Wanted())
    ordered = sorted(kept, key=lambda item: (rank[item.service_id], rank[item.academie]))
    return Country(
        cards=tuple(cards.values()), services=tuple(services.values()), stands=tuple(ordered)
    )


def _filtered(stands: Iterable[Stand], wanted: Wanted) -> Iterator[Stand]:
    for item in stands:
        fits = wanted.deed is None or wanted.deed in item.deeds
        if fits and (wanted.reason is None or _is_because(item, wanted.reason)):
            yield item


def _is_because(item: Stand, reason: HideReason | Unsaid) -> bool:
    if reason is Unsaid.UNSAID:
        return Deed.HIDDEN in item.deeds and item.reason is None
    return item.reason is reason


def _stand(row: ServiceChoice, service: Service, day: date) -> Iterator[Stand]:
    deeds = tuple(_deeds(row, service, day))
    if not deeds:
        return
    hidden = Deed.HIDDEN in deeds
    yield Stand(
        academie=row.academie,
        service_id=row.service_id,
        deeds=deeds,
        reason=_reason(row) if hidden else None,
        precision=row.precision if hidden else None,
        replacement_service=row.replacement_service if hidden else None,
        replacement_url=row.replacement_url if hidden else None,
        review_on=row.review_on if hidden else None,
        until=row.until if hidden else None,
    )


def _deeds(row: ServiceChoice, service: Service, day: date) -> Iterator[Deed]:
    over = row.until is not None and row.until < day
    visibility = (row.visibility_after or Visibility.NATIONAL) if over else row.visibility
    if visibility == Visibility.HIDDEN and service.rollout is not Rollout.REQUIRED:
        yield Deed.HIDDEN
    if visibility == Visibility.SHOWN and service.rollout is Rollout.OPT_IN:
        yield Deed.SHOWN
    if row.backends:
        yield Deed.ADDRESS
    if row.wording:
        yield Deed.WORDING


def _reason(row: ServiceChoice) -> HideReason | None:
    return HideReason(row.reason) if row.reason in set(HideReason) else None
