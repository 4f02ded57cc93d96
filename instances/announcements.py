"""Messages to the people of an académie: they appear and expire by themselves."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

import journal
from instances.announcement_board import Phase, phase_of
from instances.models import Announcement
from instances.stored import readable_choice
from instances.versions import ChangedMeanwhileError

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


@dataclass(frozen=True, kw_only=True)
class Content:
    """What may be changed of an announcement."""

    level: AnnouncementLevel
    text: str
    service_id: str | None = None
    starts_at: datetime
    ends_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Author:
    """Who acts, when, why, and which version of the announcement was looked at."""

    actor: str
    now: datetime
    seen: int | None = None
    """None: no matter."""
    why: str | None = None
    """For the journal alone."""


def announce(
    session: Session,
    announcement: Announcement,
    *,
    now: datetime,
    known: Collection[str] = (),
    why: str | None = None,
) -> Announcement:
    """Publish it; `known` are the ids of the services that it may be about.

    Raises AnnouncementError when it is empty, too long, ends before it starts, or is about a
    service that there is not.
    """
    content = checked(content_of(announcement), known)
    announcement.text = content.text
    session.add(announcement)
    session.flush()
    by = Author(actor=announcement.created_by, now=now, why=why)
    _journal(session, announcement, event="announcement.published", by=by, after=content)
    return announcement


def change(
    session: Session,
    announcement: Announcement,
    content: Content,
    *,
    by: Author,
    known: Collection[str] = (),
) -> None:
    """Write another content; the start of one that has begun stays what it was.

    Raises AnnouncementError (also when it is over or withdrawn: what people read once is not
    rewritten) and ChangedMeanwhileError.
    """
    check_unchanged(session, announcement, by.seen)
    phase = phase_of(announcement, by.now)
    if phase in (Phase.OVER, Phase.WITHDRAWN):
        raise AnnouncementError("over")
    before = content_of(announcement)
    begun = phase is Phase.CURRENT
    starts_at = before.starts_at if begun else max(content.starts_at, by.now)
    after = checked(replace(content, starts_at=starts_at), known)
    for name, value in asdict(after).items():
        setattr(announcement, name, value)
    announcement.version += 1
    event = "announcement.changed"
    _journal(session, announcement, event=event, by=by, before=before, after=after)


def withdraw(session: Session, announcement: Announcement, *, by: Author) -> None:
    """Take it back; raises ChangedMeanwhileError."""
    check_unchanged(session, announcement, by.seen)
    announcement.withdrawn = True
    announcement.version += 1
    content = content_of(announcement)
    _journal(session, announcement, event="announcement.withdrawn", by=by, before=content)


def restore(session: Session, announcement: Announcement, *, by: Author) -> None:
    """Undo a withdrawal."""
    announcement.withdrawn = False
    announcement.version += 1
    content = content_of(announcement)
    _journal(session, announcement, event="announcement.restored", by=by, after=content)


def content_of(row: Announcement) -> Content:
    return Content(
        level=AnnouncementLevel(row.level),
        text=row.text,
        service_id=row.service_id,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
    )


def checked(content: Content, known: Collection[str]) -> Content:
    """Return the content with its text tidied; raises AnnouncementError when it cannot stand."""
    text = tidied(content.text)
    if not text:
        raise AnnouncementError("empty")
    if len(text) > MAX_LENGTH:
        raise AnnouncementError("too-long")
    if content.ends_at is not None and content.ends_at <= content.starts_at:
        raise AnnouncementError("ends-before-start")
    if content.service_id is not None and content.service_id not in known:
        raise AnnouncementError("unknown-service")
    return replace(content, text=text)


def tidied(text: str) -> str:
    """Return a text with one kind of line end, and one blank line between its paragraphs."""
    lines = "\n".join(line.rstrip() for line in text.splitlines())
    return re.sub(r"\n{3,}", "\n\n", lines).strip()


def check_unchanged(session: Session, row: Announcement, seen: int | None) -> None:
    """Raise ChangedMeanwhileError when this is not the version that somebody looked at."""
    if seen is None or row.version == seen:
        return
    line = journal.JournalLine
    statement = (
        select(line)
        .where(line.academie == row.academie, line.subject == _subject(row))
        .order_by(line.id.desc())
        .limit(1)
    )
    last = session.scalars(statement).one()
    raise ChangedMeanwhileError(actor=last.actor, at=last.at, version=row.version)


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


def _journal(  # noqa: PLR0913 - one line of the journal says all of it
    session: Session,
    row: Announcement,
    *,
    event: str,
    by: Author,
    before: Content | None = None,
    after: Content | None = None,
) -> None:
    entry = journal.Entry(
        at=by.now,
        actor=by.actor,
        academie=row.academie,
        event=event,
        subject=_subject(row),
        before=_plain(before),
        after=_plain(after),
        reason=by.why,
    )
    journal.record(session, entry)
    journal.bump(session, journal.Revision.DECISIONS)


def _subject(row: Announcement) -> str:
    return f"announcement/{row.id}"


def _plain(content: Content | None) -> dict[str, Any] | None:
    """Make a content fit for JSON: instants as text, what is empty left out."""
    if content is None:
        return None
    return {
        name: value.isoformat() if isinstance(value, datetime) else value
        for name, value in asdict(content).items()
        if value is not None
    }
