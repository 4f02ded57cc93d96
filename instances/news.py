"""What the nation changed since an académie last read it, and what waits for the académie."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from sqlalchemy.orm import Session

import journal
from catalogue.changes import Change, ChangeKind, Part, changes
from catalogue.schema import Backend, Catalogue, Service
from database import insert_for
from instances.choice_writing import Decision
from instances.models import Acknowledgement, Publication, PublicationKind
from instances.published import catalogue_in, catalogue_version, latest_of
from instances.reminders import Reminder, reminders
from instances.schema import AcademyCard
from instances.snags import DANGLING, Snag, snags
from instances.snapshot import Snapshot


class NewsKind(StrEnum):
    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    OPERATOR_REMOVED = "operator-removed"


class Aspect(StrEnum):
    """What a change is about, for somebody who decides; the rest is the machine's matter."""

    WORDS = "words"
    ADDRESSES = "addresses"
    DATES = "dates"
    ACCESS = "access"


_ASPECTS = {
    "title": Aspect.WORDS, "task": Aspect.WORDS, "choose_when": Aspect.WORDS,
    "summary": Aspect.WORDS, "description": Aspect.WORDS, "limits": Aspect.WORDS,
    "data": Aspect.WORDS, "with_pupils": Aspect.WORDS,
    "backends": Aspect.ADDRESSES, "variants": Aspect.ADDRESSES, "launch": Aspect.ADDRESSES,
    "lifecycle": Aspect.DATES,
    "users": Aspect.ACCESS, "sign_in": Aspect.ACCESS, "rollout": Aspect.ACCESS,
    "visibility": Aspect.ACCESS, "operator": Aspect.ACCESS,
}  # fmt: skip
_MACHINE = (".weight", ".probe", ".hosting.provider", ".hosting.country", ".naming")


@dataclass(frozen=True, kw_only=True)
class NewsItem:
    kind: NewsKind
    id: str
    name: str
    service: Service | None = None
    """As it is now, or as it was when it is gone."""
    changes: tuple[Change, ...] = ()
    """For CHANGED."""

    @property
    def aspects(self) -> tuple[Aspect, ...]:
        found = {aspect_of(change) for change in self.changes}
        return tuple(aspect for aspect in Aspect if aspect in found)


@dataclass(frozen=True, kw_only=True)
class News:
    items: tuple[NewsItem, ...] = ()
    since: datetime | None = None
    """When the académie last read the nation's changes; none: never, so nothing is new."""
    read_by: str | None = None
    publication: int | None = None
    """The version that all this speaks of: what "J'ai lu" acknowledges."""
    snags: tuple[Snag, ...] = ()
    new_snags: frozenset[Snag] = frozenset()
    """Those that the nation's changes brought."""
    reminders: tuple[Reminder, ...] = ()

    @property
    def due(self) -> tuple[Reminder, ...]:
        return tuple(item for item in self.reminders if item.due)

    @property
    def count(self) -> int:
        """Return what the menu says: what is unread, what misleads people, what is due."""
        pressing = {item for item in self.snags if item.kind in DANGLING} | self.new_snags
        return len(self.items) + len(pressing) + len(self.due)


def read_news(session: Session, snapshot: Snapshot, card: AcademyCard, *, now: datetime) -> News:
    """Read everything that waits for an académie."""
    found = snags(snapshot, card, now=now)
    coming = reminders(session, snapshot, card, now=now)
    latest = latest_of(session, PublicationKind.CATALOGUE)
    read = session.get(Acknowledgement, card.slug)
    if latest is None or read is None:
        publication = latest.id if latest else None
        return News(publication=publication, snags=found, reminders=coming)
    items: tuple[NewsItem, ...] = ()
    known: Iterable[Snag] = found
    before, after = _versions(session, read, latest)
    if before is not None and after is not None:
        items = national_news(before, after, slug=card.slug)
        known = snags(replace(snapshot, catalogue=before), card, now=now)
    return News(
        items=items,
        since=read.acknowledged_at,
        read_by=read.acknowledged_by,
        publication=latest.id,
        snags=found,
        new_snags=frozenset(found) - frozenset(known),
        reminders=coming,
    )


def begin(session: Session, *, by: Decision) -> None:
    """Take the list of services of a first visit as read: on day one nothing is new."""
    latest = latest_of(session, PublicationKind.CATALOGUE)
    if latest is None:
        return
    row = {
        "academie": by.academie,
        "publication_id": latest.id,
        "acknowledged_at": by.now,
        "acknowledged_by": by.actor,
    }
    session.execute(insert_for(session)(Acknowledgement).values(row).on_conflict_do_nothing())


def acknowledge(session: Session, publication: int, *, by: Decision) -> bool:
    """Take the changes up to a version as read; False when there is no such version."""
    version = session.get(Publication, publication)
    if version is None or version.kind != PublicationKind.CATALOGUE:
        return False
    begin(session, by=by)
    row = session.get_one(Acknowledgement, by.academie, with_for_update=True)
    before = row.publication_id
    row.publication_id = max(before, publication)
    row.acknowledged_at, row.acknowledged_by = by.now, by.actor
    entry = journal.Entry(
        at=by.now,
        actor=by.actor,
        academie=by.academie,
        event="news.acknowledged",
        subject="catalogue",
        before={"publication": before},
        after={"publication": row.publication_id},
    )
    journal.record(session, entry)
    return True


def national_news(before: Catalogue, after: Catalogue, *, slug: str) -> tuple[NewsItem, ...]:
    """List what an académie has to know to go from one list of services to the other."""
    before, after = _seen_from(before, slug), _seen_from(after, slug)
    news: list[NewsItem] = []
    changed: dict[str, list[Change]] = {}
    for change in changes(before, after):
        if change.field is None:
            news += _whole(change, before, after)
        elif change.part is Part.SERVICE and aspect_of(change) is not None:
            changed.setdefault(change.id, []).append(change)
    for service_id, several in changed.items():
        service = after.service(service_id)
        name = service.title if service else service_id
        item = NewsItem(kind=NewsKind.CHANGED, id=service_id, name=name, service=service)
        news.append(replace(item, changes=tuple(several)))
    return tuple(news)


def aspect_of(change: Change) -> Aspect | None:
    """Tell what a change is about; none when nobody but the machine has to know."""
    field = change.field or ""
    if field.endswith((".en", "backends")) or any(part in field for part in _MACHINE):
        # "backends" alone is their order.
        return None
    if field.endswith(".until"):
        return Aspect.DATES
    return _ASPECTS.get(field.partition(".")[0].partition("[")[0])


def _whole(change: Change, before: Catalogue, after: Catalogue) -> Iterator[NewsItem]:
    """Yield what a whole entry that came or went means; nobody misses an operator who came."""
    if change.part is Part.SERVICE:
        added = change.kind is ChangeKind.ADDED
        service = (after if added else before).service(change.id)
        kind = NewsKind.ADDED if added else NewsKind.REMOVED
        name = service.title if service else change.id
        yield NewsItem(kind=kind, id=change.id, name=name, service=service)
    elif change.part is Part.OPERATOR and change.kind is ChangeKind.REMOVED:
        operator = before.operator(change.id)
        name = operator.name.fr if operator else change.id
        yield NewsItem(kind=NewsKind.OPERATOR_REMOVED, id=change.id, name=name)


def _versions(
    session: Session, read: Acknowledgement, latest: Publication
) -> tuple[Catalogue | None, Catalogue | None]:
    """Return the list that was read and the one in force; none where all of it was read."""
    if read.publication_id >= latest.id:
        return None, None
    return catalogue_version(session, read.publication_id), catalogue_in(latest)


def _seen_from(catalogue: Catalogue, slug: str) -> Catalogue:
    """Leave out the addresses that are for other académies."""
    services = tuple(
        service.model_copy(update={"backends": _here(service.backends, slug)})
        for service in catalogue.services
    )
    return catalogue.model_copy(update={"services": services})


def _here(backends: Iterable[Backend], slug: str) -> tuple[Backend, ...]:
    return tuple(item for item in backends if not item.academies or slug in item.academies)
