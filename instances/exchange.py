"""All decisions of an académie replaced at once, by those of a file or of another académie."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

import journal
from instances import exchange_rows as rows_of
from instances.choices import Decision
from instances.exchange_changes import Part, changes, fingerprint, pairs
from instances.exchange_rows import LOGO, Rows, decisions_in, find_rows, read_decisions
from instances.exchange_values import Decisions, Entry
from instances.models import (
    Announcement,
    InstanceLogo,
    InstanceText,
    LocalServiceRow,
    ServiceChoice,
)

EVENTS: Mapping[Part, str] = {
    Part.CHOICE: "service",
    Part.LOCAL_SERVICE: "local-service",
    Part.TEXT: "text",
    Part.ANNOUNCEMENT: "announcement",
}
"""First word of a journal event; the second says where it came from."""
IMPORTED, COPIED = "imported", "copied"


class ChangedSinceError(Exception):
    """Somebody decided something since the changes were shown; nothing was written."""


class OtherAcademieError(Exception):
    """The file holds the decisions of another académie."""

    def __init__(self, slug: str) -> None:
        self.slug = slug
        super().__init__(slug)


@dataclass(frozen=True, kw_only=True)
class Replacing:
    """Who replaces everything, why, and what they were shown before."""

    by: Decision
    zone: ZoneInfo
    reason: str | None = None
    came: str = IMPORTED
    """Second word of the journal's events."""
    seen: str | None = None
    """Fingerprint of the decisions that the changes were worked out from; none: not looked at."""


def replace_all(session: Session, wanted: Decisions, how: Replacing) -> int:
    """Put these decisions in the place of all others; return how many subjects changed.

    Raises OtherAcademieError, and ChangedSinceError.
    """
    if wanted.academie != how.by.academie:
        raise OtherAcademieError(wanted.academie)
    rows = find_rows(session, how.by.academie, how.zone)
    current = decisions_in(rows, how.by.academie, how.zone)
    if how.seen is not None and fingerprint(current) != how.seen:
        raise ChangedSinceError
    work = _Work(session, rows, how)
    for change in changes(current, wanted):
        if change.part is not Part.ANNOUNCEMENT:
            work.write(change.part, change.subject, change.before, change.after)
    work.announcements(current, wanted)
    if work.changed:
        journal.bump(session, journal.Revision.DECISIONS)
    return work.changed


def renamed(decisions: Decisions, academie: str) -> Decisions:
    """Return the decisions of one académie as another's: its own services get the other's name."""
    own = {
        f"{decisions.academie}.{name}": f"{academie}.{name}" for name in decisions.local_services
    }

    def here(value: Any) -> Any:
        if isinstance(value, Mapping):
            return {own.get(name, name): here(item) for name, item in value.items()}
        if isinstance(value, list | tuple):
            return type(value)(here(item) for item in value)
        return own.get(value, value) if isinstance(value, str) else value

    return replace(
        decisions,
        academie=academie,
        choices=here(decisions.choices),
        local_services=here(decisions.local_services),
        texts=here(decisions.texts),
        announcements=here(decisions.announcements),
    )


class _Work:
    """One replacement under way: writes a row, and its line in the journal."""

    def __init__(self, session: Session, rows: Rows, how: Replacing) -> None:
        self.session = session
        self.rows = rows
        self.how = how
        self.by = how.by
        self.changed = 0

    def write(self, part: Part, subject: str, before: Any, after: Any) -> None:
        if part is Part.CHOICE:
            self._choice(subject, after)
        elif part is Part.LOCAL_SERVICE:
            self._local(subject.partition(".")[2], after)
        elif subject == LOGO:
            self._logo(after)
        else:
            self._text(subject, after)
        line = f"text/{subject}" if part is Part.TEXT else subject
        self._journal(part, line, before, after)

    def announcements(self, current: Decisions, wanted: Decisions) -> None:
        for was, becomes in pairs(current.announcements, wanted.announcements):
            before = None if was is None else current.announcements[was]
            after = None if becomes is None else wanted.announcements[becomes]
            if before == after:
                continue
            row = None if was is None else self.rows.announcements[was]
            row = self._announcement(row, after)
            self._journal(Part.ANNOUNCEMENT, f"announcement/{row.id}", before, after)

    def _choice(self, service_id: str, after: Entry | None) -> None:
        row = self.rows.choices.get(service_id)
        if row is None:
            row = ServiceChoice(academie=self.by.academie, service_id=service_id, version=0)
        # Taken back whole, the row stays and counts on: a form that is open somewhere is told.
        self._put(row, rows_of.choice_values(after))

    def _local(self, name: str, after: Entry | None) -> None:
        row = self.rows.local_services.get(name)
        if after is None:
            self.session.delete(row)
            return
        if row is None:
            row = LocalServiceRow(academie=self.by.academie, name=name, version=0)
        self._put(row, rows_of.local_values(after))

    def _text(self, field: str, after: Any) -> None:
        row = self.rows.texts.get(field)
        if after is None:
            self.session.delete(row)
            return
        if row is None:
            row = InstanceText(academie=self.by.academie, field=field, version=0)
        self._put(row, {"value": rows_of.text_value(field, after)})

    def _logo(self, after: Entry | None) -> None:
        row = self.rows.logo
        if after is None:
            self.session.delete(row)
            return
        row = row or InstanceLogo(academie=self.by.academie)
        for name, value in rows_of.logo_values(after).items():
            setattr(row, name, value)
        row.updated_at, row.updated_by = self.by.now, self.by.actor
        self.session.add(row)

    def _announcement(self, row: Announcement | None, after: Entry | None) -> Announcement:
        if after is None:
            assert row is not None  # noqa: S101 - pairs() gives one of the two
            self.session.delete(row)
            return row
        if row is None:
            row = Announcement(academie=self.by.academie, version=0, created_by=self.by.actor)
        for name, value in rows_of.announcement_values(after).items():
            setattr(row, name, value)
        row.version += 1
        self.session.add(row)
        self.session.flush()
        return row

    def _put(self, row: ServiceChoice | LocalServiceRow | InstanceText, values: Entry) -> None:
        for name, value in values.items():
            setattr(row, name, value)
        row.version += 1
        row.updated_at, row.updated_by = self.by.now, self.by.actor
        self.session.add(row)

    def _journal(self, part: Part, subject: str, before: Any, after: Any) -> None:
        self.changed += 1
        entry = journal.Entry(
            at=self.by.now,
            actor=self.by.actor,
            academie=self.by.academie,
            event=f"{EVENTS[part]}.{self.how.came}",
            subject=subject,
            before=_told(before),
            after=_told(after),
            reason=self.how.reason,
        )
        journal.record(self.session, entry)


def _told(value: Any) -> Any:
    """Return what the journal keeps: no contact, who may be a person; of a picture its hash."""
    if value is None:
        return None
    told = dict(value) if isinstance(value, Mapping) else {"value": value}
    told.pop("contact", None)
    if "media_type" in told:
        told["content"] = hashlib.sha256(str(told["content"]).encode()).hexdigest()
    return _as_json(told)


def _as_json(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _as_json(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_as_json(item) for item in value]
    return value.isoformat() if isinstance(value, date) else value


__all__ = [
    "ChangedSinceError",
    "Decisions",
    "OtherAcademieError",
    "Replacing",
    "read_decisions",
    "renamed",
    "replace_all",
]
