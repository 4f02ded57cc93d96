"""What an académie has to look at again on a day, and what ends or ended by itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.checks import backends_of
from catalogue.schema import Service
from instances.models import ServiceChoice, Visibility
from instances.offer import offer, today
from instances.schema import AcademyCard
from instances.snapshot import Snapshot

CHOICE_DAYS = 30
ENDING_DAYS = 90


class ReminderKind(StrEnum):
    REVIEW = "review"
    """The académie wanted to look at its choice again."""
    HIDING_ENDS = "hiding-ends"
    HIDING_ENDED = "hiding-ended"
    SERVICE_ENDS = "service-ends"
    HOSTING_ENDS = "hosting-ends"


@dataclass(frozen=True, kw_only=True)
class Reminder:
    kind: ReminderKind
    service: Service
    day: date
    due: bool = False
    """Its day has come, and somebody has to do something."""
    provider: str | None = None
    """Who hosts, for HOSTING_ENDS."""


def reminders(
    session: Session,
    snapshot: Snapshot,
    card: AcademyCard,
    *,
    now: datetime,
    ahead: timedelta = timedelta(days=CHOICE_DAYS),
) -> tuple[Reminder, ...]:
    """List them by day, the earliest first; dates of choices that are farther `ahead` wait."""
    day = today(card, now)
    services = {service.id: service for service in snapshot.services_of(card.slug)}
    rows = session.scalars(select(ServiceChoice).where(ServiceChoice.academie == card.slug))
    found = [
        reminder
        for row in rows
        if row.service_id in services
        for reminder in _of_choice(row, services[row.service_id], day, ahead=ahead)
    ]
    for item in offer(snapshot, card, now):
        if item.absence is None:
            found += _of_service(item.service, day)
    return tuple(sorted(found, key=lambda item: (item.day, item.service.id)))


def _of_choice(
    row: ServiceChoice, service: Service, day: date, *, ahead: timedelta
) -> Iterator[Reminder]:
    if row.visibility != Visibility.HIDDEN:
        return
    if row.until is not None and row.until < day:
        if day - row.until <= timedelta(days=CHOICE_DAYS):
            kind = ReminderKind.HIDING_ENDED
            yield Reminder(kind=kind, service=service, day=row.until + timedelta(days=1))
        return
    if row.until is not None and row.until - day <= ahead:
        yield Reminder(kind=ReminderKind.HIDING_ENDS, service=service, day=row.until)
    if row.review_on is not None and row.review_on - day <= ahead:
        due = row.review_on <= day
        yield Reminder(kind=ReminderKind.REVIEW, service=service, day=row.review_on, due=due)


def _of_service(service: Service, day: date) -> Iterator[Reminder]:
    until = service.lifecycle.until
    if until is not None and _is_near(until, day):
        yield Reminder(kind=ReminderKind.SERVICE_ENDS, service=service, day=until)
    hostings = {backend.hosting for _, backend in backends_of(service)}
    for hosting in hostings:
        if hosting.until is not None and hosting.until != until and _is_near(hosting.until, day):
            yield Reminder(
                kind=ReminderKind.HOSTING_ENDS,
                service=service,
                day=hosting.until,
                provider=hosting.provider,
            )


def _is_near(end: date, day: date) -> bool:
    return timedelta() <= end - day <= timedelta(days=ENDING_DAYS)
