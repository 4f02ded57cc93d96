"""Messages to the people of an académie: they appear and expire by themselves."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

import journal
from instances.models import Announcement
from instances.stored import readable_choice

MAX_LENGTH = 2000


class AnnouncementLevel(StrEnum):
    INFORMATION = "information"
    IMPORTANT = "important"


@dataclass(frozen=True, kw_only=True)
class AnnouncementView:
    id: int
    level: AnnouncementLevel
    text: str
    """Plain text; a blank line makes a paragraph."""
    service_id: str | None
    starts_at: datetime


class AnnouncementError(Exception):
    """An announcement that cannot be published; `code` says why."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


@dataclass(frozen=True, kw_only=True)
class Planned:
    """An announcement with its dates, as the pages need it."""

    academie: str | None
    ends_at: datetime | None
    view: AnnouncementView


def announce(
    session: Session, announcement: Announcement, *, now: datetime, known: Collection[str] = ()
) -> Announcement:
    """Publish it; `known` are the ids of the services that it may be about.

    Raises AnnouncementError when it is empty, too long, ends before it starts, or is about a
    service that there is not.
    """
    text = announcement.text.strip()
    if not text:
        raise AnnouncementError("empty")
    if len(text) > MAX_LENGTH:
        raise AnnouncementError("too-long")
    if announcement.ends_at is not None and announcement.ends_at <= announcement.starts_at:
        raise AnnouncementError("ends-before-start")
    if announcement.service_id is not None and announcement.service_id not in known:
        raise AnnouncementError("unknown-service")
    announcement.text = text
    session.add(announcement)
    session.flush()
    _journal(session, announcement, event="announcement.published", now=now)
    return announcement


def withdraw(session: Session, announcement: Announcement, *, now: datetime) -> None:
    announcement.withdrawn = True
    _journal(session, announcement, event="announcement.withdrawn", now=now)


def read_announcements(session: Session, *, now: datetime) -> tuple[Planned, ...]:
    """Read those in force or to come, all académies together."""
    statement = select(Announcement).where(
        Announcement.withdrawn.is_(False),
        (Announcement.ends_at.is_(None)) | (Announcement.ends_at > now),
    )
    found = map(_planned, session.scalars(statement))
    return tuple(planned for planned in found if planned is not None)


def announcements_in_force(
    planned: Iterable[Planned], slug: str, *, now: datetime
) -> tuple[AnnouncementView, ...]:
    """Return what people of an académie read now, the urgent and then the newest first."""
    views = [
        item.view
        for item in planned
        if item.academie in (None, slug)
        and item.view.starts_at <= now
        and (item.ends_at is None or now < item.ends_at)
    ]
    newest_first = sorted(views, key=lambda view: view.starts_at, reverse=True)
    return tuple(sorted(newest_first, key=lambda view: view.level is AnnouncementLevel.INFORMATION))


def announcement_changes(planned: Iterable[Planned], slug: str) -> Iterator[datetime]:
    """Yield the instants at which an announcement appears or goes."""
    for item in planned:
        if item.academie in (None, slug):
            yield item.view.starts_at
            if item.ends_at is not None:
                yield item.ends_at


def _planned(row: Announcement) -> Planned | None:
    level = readable_choice(AnnouncementLevel, row.level, f"announcement {row.id}")
    if level is None:
        return None
    view = AnnouncementView(
        id=row.id,
        level=level,
        text=row.text,
        service_id=row.service_id,
        starts_at=row.starts_at,
    )
    return Planned(academie=row.academie, ends_at=row.ends_at, view=view)


def _journal(session: Session, row: Announcement, *, event: str, now: datetime) -> None:
    entry = journal.Entry(
        at=now,
        actor=row.created_by,
        academie=row.academie,
        event=event,
        subject=f"announcement/{row.id}",
        after={"level": row.level, "text": row.text},
    )
    journal.record(session, entry)
    journal.bump(session, journal.Revision.DECISIONS)
