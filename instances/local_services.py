"""Services that one académie adds to its own page: draft, publish, retire; all journalled."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

import journal
from catalogue.schema import Text
from catalogue.spelling import fold
from instances.choices import Decision
from instances.local_likeness import Duplicate, Likeness, duplicates
from instances.local_reading import local_id, published_service
from instances.models import LocalServiceRow
from instances.schema import LocalService
from instances.versions import check_version

__all__ = ["Duplicate", "Likeness", "duplicates"]

LONGEST_NAME = 50
LONGEST_CONTACT = 300
_FAREWELL = ("replaced_by", "farewell")


class LocalServiceError(Exception):
    """Something that cannot be done to a local service; `code` says why."""

    def __init__(self, code: str, **values: str) -> None:
        self.code = code
        self.values = values
        super().__init__(f"{code} {values}" if values else code)


@dataclass(frozen=True, kw_only=True)
class Handle:
    """Which one is meant, and how it was when whoever decides last saw it."""

    name: str
    version: int | None = None
    """None: nobody looked."""


@dataclass(frozen=True, kw_only=True)
class Written:
    """What somebody wrote; may be incomplete, may be wrong."""

    entry: Mapping[str, Any]
    """In the shape of a catalogue entry, without its id."""
    contact: str | None = None
    """Internal: whom to ask about it."""


def find(session: Session, academie: str, name: str) -> LocalServiceRow | None:
    return session.get(LocalServiceRow, (academie, name))


def of_academie(session: Session, academie: str) -> list[LocalServiceRow]:
    rows = select(LocalServiceRow).where(LocalServiceRow.academie == academie)
    return list(session.scalars(rows.order_by(LocalServiceRow.name)))


def save_draft(
    session: Session,
    handle: Handle | None,
    written: Written,
    *,
    by: Decision,
    reason: str | None = None,
) -> LocalServiceRow:
    """Keep what was written, as it is; without a handle it is a new one.

    Until it is published its name follows its title. Raises ChangedMeanwhileError, and
    LocalServiceError when there is none of that name.
    """
    row = _row_for(session, handle, by)
    before = _state(row)
    _name(session, row, str(written.entry.get("title", "")))
    row.draft = dict(written.entry)
    row.contact = (written.contact or "")[:LONGEST_CONTACT] or None
    _decided(session, row, _Deed("local-service.drafted", before, reason), by=by)
    return row


@dataclass(frozen=True, kw_only=True)
class Ready:
    """What is to be shown: judged by `local_judging.judge`, nothing against it."""

    service: LocalService
    contact: str | None = None


def publish(
    session: Session,
    handle: Handle | None,
    ready: Ready,
    *,
    by: Decision,
    reason: str | None = None,
) -> LocalServiceRow:
    """Show it to everybody instead of what was shown before; the draft is done with.

    Raises as `save_draft`, and LocalServiceError when somebody just published another one with
    its task.
    """
    row = _row_for(session, handle, by)
    _check_task(session, ready.service, row)
    before = _state(row)
    _name(session, row, ready.service.title)
    row.content = as_content(ready.service)
    row.contact = (ready.contact or "")[:LONGEST_CONTACT] or None
    row.draft, row.retired_at = None, None
    row.published_at = row.published_at or by.now
    _decided(session, row, _Deed("local-service.published", before, reason), by=by)
    return row


@dataclass(frozen=True, kw_only=True)
class Farewell:
    """What its old links say once it is retired; public."""

    replaced_by: str | None = None
    """Id of the service to use instead."""
    word: str | None = None


def retire(
    session: Session,
    handle: Handle,
    farewell: Farewell,
    *,
    by: Decision,
    reason: str | None = None,
) -> LocalServiceRow:
    """Take it off the page; it can be put back. Raises as `publish` does."""
    row = _published(session, handle, by)
    if farewell.replaced_by == local_id(row.academie, row.name):
        raise LocalServiceError("replaces-itself")
    before = _state(row)
    said = {"replaced_by": farewell.replaced_by, "farewell": farewell.word}
    row.content = _without_farewell(row) | {key: value for key, value in said.items() if value}
    row.retired_at = by.now
    _decided(session, row, _Deed("local-service.retired", before, reason), by=by)
    return row


def put_back(
    session: Session, handle: Handle, *, by: Decision, reason: str | None = None
) -> LocalServiceRow:
    """Show again what was retired, as it was. Raises as `publish` does."""
    row = _published(session, handle, by)
    service = published_service(row)
    if service is None:
        raise LocalServiceError("unreadable")
    _check_task(session, service, row)
    before = _state(row)
    row.content, row.retired_at = _without_farewell(row), None
    _decided(session, row, _Deed("local-service.put-back", before, reason), by=by)
    return row


def drop_draft(session: Session, handle: Handle, *, by: Decision) -> LocalServiceRow | None:
    """Forget what was being written; all of it when nothing was ever published."""
    row = _known(session, handle, by)
    before = _state(row)
    row.draft = None
    if row.content is not None:
        _decided(session, row, _Deed("local-service.draft-dropped", before), by=by)
        return row
    _journal(session, row, _Deed("local-service.deleted", before), {}, by=by)
    session.delete(row)
    return None


def as_content(service: LocalService) -> dict[str, Any]:
    """Return what is kept of a service: all but its id, which is its place."""
    return service.model_dump(mode="json", exclude={"id"}, exclude_unset=True, exclude_none=True)


def _row_for(session: Session, handle: Handle | None, by: Decision) -> LocalServiceRow:
    if handle is not None:
        return _known(session, handle, by)
    return LocalServiceRow(academie=by.academie, name="", version=0)


def _name(session: Session, row: LocalServiceRow, title: str) -> None:
    """Name it after its title, until the day on which its address is public."""
    if row.published_at is None:
        row.name = _free_name(session, title, row.academie, besides=row.name)
    session.add(row)


def _known(session: Session, handle: Handle, by: Decision) -> LocalServiceRow:
    row = find(session, by.academie, handle.name)
    if row is None:
        raise LocalServiceError("gone", name=handle.name)
    check_version(row, handle.version)
    return row


def _published(session: Session, handle: Handle, by: Decision) -> LocalServiceRow:
    row = _known(session, handle, by)
    if row.content is None:
        raise LocalServiceError("never-published", name=handle.name)
    return row


def _check_task(session: Session, service: LocalService, row: LocalServiceRow) -> None:
    """Look once more inside the transaction: two may publish at the same time."""
    for other in of_academie(session, row.academie):
        if other.name == row.name or other.content is None or other.retired_at is not None:
            continue
        task = Text.model_validate(other.content["task"]).fr
        if fold(task) == fold(service.task.fr):
            raise LocalServiceError("task-taken", title=str(other.content.get("title", "")))


def _base(title: str) -> str:
    return fold(title).replace(" ", "-")[:LONGEST_NAME].strip("-") or "service"


def _free_name(session: Session, title: str, academie: str, *, besides: str = "") -> str:
    """Make a name of a title, with a number when another has it."""
    statement = select(LocalServiceRow.name).where(LocalServiceRow.academie == academie)
    taken = set(session.scalars(statement)) - {besides}
    base, number = _base(title), 1
    name = base
    while name in taken:
        number += 1
        name = f"{base}-{number}"
    return name


def _without_farewell(row: LocalServiceRow) -> dict[str, Any]:
    return {key: value for key, value in (row.content or {}).items() if key not in _FAREWELL}


def _state(row: LocalServiceRow) -> dict[str, Any]:
    """Return what the journal compares: the words in force, those being written, and whether."""
    state: dict[str, Any] = dict(row.draft or row.content or {})
    state["shown"] = row.content is not None and row.retired_at is None
    # What it says may be somebody's name or mail: the journal keeps that it changed.
    state["contact"] = hash(row.contact) if row.contact else None
    return state


@dataclass(frozen=True)
class _Deed:
    event: str
    before: Mapping[str, Any]
    reason: str | None = None


def _decided(session: Session, row: LocalServiceRow, deed: _Deed, *, by: Decision) -> None:
    row.version += 1
    row.updated_at, row.updated_by = by.now, by.actor
    _journal(session, row, deed, _state(row), by=by)


def _journal(
    session: Session, row: LocalServiceRow, deed: _Deed, after: Mapping[str, Any], *, by: Decision
) -> None:
    before = deed.before
    changed = {key for key in {*before, *after} if before.get(key) != after.get(key)}
    entry = journal.Entry(
        at=by.now,
        actor=by.actor,
        academie=by.academie,
        event=deed.event,
        subject=local_id(row.academie, row.name),
        before=_told(before, changed) or None,
        after=_told(after, changed) or None,
        reason=deed.reason or None,
    )
    journal.record(session, entry)
    journal.bump(session, journal.Revision.DECISIONS)


def _told(state: Mapping[str, Any], changed: Iterable[str]) -> dict[str, Any]:
    told = {key: state[key] for key in sorted(changed) if state.get(key) is not None}
    return told | ({"contact": True} if "contact" in told else {})
