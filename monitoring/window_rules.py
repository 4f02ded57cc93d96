"""What may be announced as maintenance: everything that can be refused, and why."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from monitoring.maintenance import Repeats, Scope, Window, occurrences
from monitoring.typed import kept

LONGEST = timedelta(hours=72)
"""Of one occurrence: what lasts longer is no maintenance any more."""
LATE = timedelta(minutes=5)
"""A start may be so long past: the time to fill in a form."""
MAX_TITLE = 140
MAX_TEXT = 1000
Known = Collection[tuple[Scope, str]]
"""Scopes and values that somebody may announce maintenance for."""


class WindowError(Exception):
    """A maintenance that cannot be announced, or changed; `code` says why."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


class WindowConflictError(Exception):
    """Somebody else changed it since the form was opened; nothing was written."""

    def __init__(self, *, actor: str, at: datetime, version: int) -> None:
        self.actor = actor
        self.at = at
        self.version = version
        super().__init__(f"changed by {actor} at {at.isoformat()}: now version {version}")


@dataclass(frozen=True, kw_only=True)
class Content:
    """What people decide of a maintenance; see `monitoring.models.MaintenanceWindow`."""

    scope: Scope
    value: str
    title: str
    text: str = ""
    starts_at: datetime
    ends_at: datetime
    timezone: str
    repeats: Repeats = Repeats.ONCE
    until: date | None = None


@dataclass(frozen=True, kw_only=True)
class Author:
    """Who acts, when, why, and which version was looked at."""

    actor: str
    now: datetime
    seen: int | None = None
    """None: no matter."""
    why: str | None = None
    """For the journal alone."""


def checked(content: Content, *, known: Known, now: datetime) -> Content:
    """Return a new content, tidied; raises WindowError when it cannot stand."""
    content = _tidied(content)
    check_place(content, known)
    _check_words(content)
    _check_times(content)
    if content.starts_at < now - LATE:
        raise WindowError("past")
    return content


def checked_change(before: Content, after: Content, *, known: Known, now: datetime) -> Content:
    """Return what a change may make of it: of one that has begun, its words and its end alone.

    The end of one that repeats is its last day: each occurrence lasts as long as the first.
    """
    if before.starts_at > now:
        return checked(after, known=known, now=now)
    once = before.repeats is Repeats.ONCE
    content = _tidied(
        replace(
            before,
            title=after.title,
            text=after.text,
            ends_at=after.ends_at if once else before.ends_at,
            until=before.until if once else after.until,
        )
    )
    _check_words(content)
    _check_times(content)
    if once and content.ends_at <= now:
        raise WindowError("end-past")
    if content.until is not None and content.until < now.astimezone(_zone(content)).date():
        raise WindowError("until-past")
    return content


def check_place(content: Content, known: Known) -> None:
    if (content.scope, content.value) not in known:
        raise WindowError("unknown-place")


def is_over(window: Window, now: datetime) -> bool:
    """Tell whether nothing of it goes on or comes any more."""
    if window.ended_at is not None and window.ended_at <= now:
        return True
    if window.repeats is Repeats.ONCE:
        return window.ends_at <= now
    return window.until is not None and not occurrences(
        window, start=now, end=max(now, _midnight_after(window)) + timedelta(days=1)
    )


def _midnight_after(window: Window) -> datetime:
    day = (window.until or window.starts_at.date()) + timedelta(days=1)
    return datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(window.timezone))


def _tidied(content: Content) -> Content:
    lines = "\n".join(line.rstrip() for line in kept(content.text).splitlines())
    return replace(
        content,
        title=" ".join(kept(content.title).split()),
        text=re.sub(r"\n{3,}", "\n\n", lines).strip(),
        # Rules of recurrence know whole seconds.
        starts_at=content.starts_at.replace(microsecond=0),
        until=None if content.repeats is Repeats.ONCE else content.until,
    )


def _check_words(content: Content) -> None:
    if not content.title:
        raise WindowError("no-title")
    if len(content.title) > MAX_TITLE:
        raise WindowError("title-too-long")
    if len(content.text) > MAX_TEXT:
        raise WindowError("text-too-long")


def _check_times(content: Content) -> None:
    zone = _zone(content)
    if content.ends_at <= content.starts_at:
        raise WindowError("ends-before-start")
    if content.ends_at - content.starts_at > LONGEST:
        raise WindowError("too-long")
    if content.until is not None and content.until < content.starts_at.astimezone(zone).date():
        raise WindowError("until-before-start")


def _zone(content: Content) -> ZoneInfo:
    try:
        return ZoneInfo(content.timezone)
    except (LookupError, OSError, ValueError) as error:
        raise WindowError("unknown-zone") from error
