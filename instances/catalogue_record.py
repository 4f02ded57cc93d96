"""How the national catalogue stands: its version, what is withheld, what the last ones changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.changes import Change, changes
from catalogue.problems import ENTRY_STAYS, Problem
from instances.models import Publication, PublicationKind
from instances.published import catalogue_in

SHOWN_VERSIONS = 5


@dataclass(frozen=True, kw_only=True)
class Version:
    number: int
    content_hash: str
    since: datetime
    changes: tuple[Change, ...] | None
    """Against the version before it; none when there was none, or it can't be read any more."""


@dataclass(frozen=True, kw_only=True)
class Record:
    source: str
    content_hash: str
    since: datetime
    checked_at: datetime
    services: int
    withheld: tuple[Problem, ...]
    """Faults for which an entry, or the whole file, is not served as it is written."""
    remarks: tuple[Problem, ...]
    """All others: served, and still to be mended."""
    versions: tuple[Version, ...]
    """The newest first."""


def read_record(session: Session) -> Record | None:
    """Return none when nothing was ever published: each worker reads the source itself then."""
    newest_first = Publication.id.desc()
    statement = select(Publication).where(Publication.kind == PublicationKind.CATALOGUE)
    rows = session.scalars(statement.order_by(newest_first).limit(SHOWN_VERSIONS + 1)).all()
    if not rows:
        return None
    latest, problems = rows[0], [Problem.from_json(item) for item in rows[0].problems]
    served = catalogue_in(latest)
    return Record(
        source=latest.source,
        content_hash=latest.content_hash,
        since=latest.since,
        checked_at=latest.checked_at,
        services=len(served.services) if served else 0,
        withheld=tuple(item for item in problems if item.code not in ENTRY_STAYS),
        remarks=tuple(item for item in problems if item.code in ENTRY_STAYS),
        versions=_versions(list(rows)),
    )


def count_withheld(session: Session) -> int | None:
    """Count the faults that `Record.withheld` lists; none when nothing was ever published."""
    statement = select(Publication.problems).where(Publication.kind == PublicationKind.CATALOGUE)
    problems = session.scalar(statement.order_by(Publication.id.desc()).limit(1))
    if problems is None:
        return None
    found = (Problem.from_json(item) for item in problems)
    return sum(item.code not in ENTRY_STAYS for item in found)


def _versions(rows: list[Publication]) -> tuple[Version, ...]:
    found = [_version(newer, older) for newer, older in pairwise(rows)]
    if len(rows) <= SHOWN_VERSIONS:
        found.append(_version(rows[-1], None))
    return tuple(found)


def _version(row: Publication, before: Publication | None) -> Version:
    new, old = catalogue_in(row), catalogue_in(before)
    differences = None if new is None or old is None else changes(old, new)
    return Version(
        number=row.id, content_hash=row.content_hash, since=row.since, changes=differences
    )
