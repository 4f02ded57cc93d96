"""What one académie decided that differs from the nation: what, why, by whom, when."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.schema import Rollout, Service
from instances.choice_history import Author, authors_of
from instances.choice_reading import rows_of
from instances.local_reading import local_id
from instances.models import (
    HideReason,
    InstanceLogo,
    InstanceText,
    LocalServiceRow,
    ServiceChoice,
    Visibility,
)
from instances.offer import today
from instances.schema import AcademyCard
from instances.snapshot import Snapshot
from instances.stored import readable_choice
from instances.texts import TextField


class DifferenceKind(StrEnum):
    HIDDEN = "hidden"
    SHOWN = "shown"
    """The nation only proposes it."""
    REWORDED = "reworded"
    RE_ADDRESSED = "re-addressed"
    MOVED = "moved"
    """All places together: one line."""
    LOCAL = "local"
    TEXT = "text"


@dataclass(frozen=True, kw_only=True)
class Difference:
    kind: DifferenceKind
    actor: str
    at: datetime
    why: str | None = None
    """As it was typed; a hiding has `reason` and `precision` instead."""
    service: Service | None = None
    fields: tuple[str, ...] = ()
    """Of the wording, or the text that is said otherwise; for RE_ADDRESSED the addresses."""
    places: int = 0
    """How many services have a place of the académie's own, for MOVED."""
    reason: HideReason | None = None
    precision: str | None = None
    word: str | None = None
    replacement: str | None = None
    """Id of a service, or an address."""
    review_on: date | None = None
    until: date | None = None


def differences(
    session: Session, snapshot: Snapshot, card: AcademyCard, *, now: datetime
) -> tuple[Difference, ...]:
    """List what holds today, by kind, then in the order of the list of services."""
    services = {service.id: service for service in snapshot.services_of(card.slug)}
    rows = rows_of(session, card.slug)
    found = [
        difference
        for service_id, service in services.items()
        if service_id in rows
        for difference in _of_choice(session, rows[service_id], service, today(card, now))
    ]
    found += _places(list(rows.values()))
    found += _local(session, card.slug, services)
    found += _texts(session, snapshot, card)
    order = list(DifferenceKind)
    return tuple(sorted(found, key=lambda item: order.index(item.kind)))


def _of_choice(
    session: Session, row: ServiceChoice, service: Service, day: date
) -> Iterator[Difference]:
    over = row.until is not None and row.until < day
    visibility = row.visibility_after if over else row.visibility
    hidden = visibility == Visibility.HIDDEN and service.rollout is not Rollout.REQUIRED
    shown = visibility == Visibility.SHOWN and service.rollout is Rollout.OPT_IN
    if not (hidden or shown or row.wording or row.backends):
        return
    last = Author(actor=row.updated_by, at=row.updated_at, reason=None)
    authors = authors_of(session, row.academie, row.service_id)
    visible = authors.get("visibility", last)
    if hidden:
        yield _hidden(row, service, visible)
    if shown:
        yield _one(DifferenceKind.SHOWN, service, visible)
    if row.wording:
        fields = tuple(row.wording)
        yield _one(DifferenceKind.REWORDED, service, _latest(authors, fields) or last, fields)
    if row.backends:
        by = authors.get("backends", last)
        yield _one(DifferenceKind.RE_ADDRESSED, service, by, _addresses(row))


def _addresses(row: ServiceChoice) -> tuple[str, ...]:
    return tuple(str(item.get("url", "")) for item in row.backends or ())


def _latest(authors: Mapping[str, Author], fields: tuple[str, ...]) -> Author | None:
    found = [authors[key] for key in (f"wording.{name}" for name in fields) if key in authors]
    return max(found, key=lambda author: author.at, default=None)


def _one(
    kind: DifferenceKind, service: Service, by: Author, fields: tuple[str, ...] = ()
) -> Difference:
    return Difference(
        kind=kind, service=service, fields=fields, actor=by.actor, at=by.at, why=by.reason
    )


def _hidden(row: ServiceChoice, service: Service, by: Author) -> Difference:
    where = f"choice {row.academie}/{row.service_id}"
    return Difference(
        kind=DifferenceKind.HIDDEN,
        service=service,
        actor=by.actor,
        at=by.at,
        reason=readable_choice(HideReason, row.reason, where) if row.reason else None,
        precision=row.precision,
        word=row.word,
        replacement=row.replacement_service or row.replacement_url,
        review_on=row.review_on,
        until=row.until,
    )


def _places(rows: list[ServiceChoice]) -> Iterator[Difference]:
    placed = [row for row in rows if row.position is not None]
    if placed:
        last = max(placed, key=lambda row: row.updated_at)
        yield Difference(
            kind=DifferenceKind.MOVED,
            actor=last.updated_by,
            at=last.updated_at,
            places=len(placed),
        )


def _local(
    session: Session, academie: str, services: Mapping[str, Service]
) -> Iterator[Difference]:
    for row in session.scalars(select(LocalServiceRow).where(LocalServiceRow.academie == academie)):
        service = services.get(local_id(academie, row.name))
        if service is not None:
            by = Author(actor=row.updated_by, at=row.published_at or row.updated_at, reason=None)
            yield _one(DifferenceKind.LOCAL, service, by)


def _texts(session: Session, snapshot: Snapshot, card: AcademyCard) -> Iterator[Difference]:
    said = snapshot.texts_of(card.slug)
    for field in TextField:
        row = session.get(InstanceText, (card.slug, field.value))
        if row is not None and getattr(said, field.value) is not None:
            yield _text(field, row)
    logo = session.get(InstanceLogo, card.slug)
    if logo is not None:
        yield _text("logo", logo)


def _text(field: str, row: InstanceText | InstanceLogo) -> Difference:
    kind = DifferenceKind.TEXT
    return Difference(kind=kind, fields=(field,), actor=row.updated_by, at=row.updated_at)
