"""The accepted catalogue and cards: merged entry by entry with the last good ones, and kept.

The monitor that holds the lease publishes; web workers take what is published, so that all nodes
agree and a restart keeps the last good version.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

from sqlalchemy import delete
from sqlalchemy.orm import Session

import journal
from catalogue.loading import Loaded, load
from catalogue.merging import merge
from catalogue.problems import Problem
from catalogue.schema import Catalogue
from catalogue.source import Fetched, NotModified, SourceError, read_source
from instances.directory import Directory, load_cards
from instances.models import Publication, PublicationKind
from instances.published import catalogue_in, directory_in, latest_of
from instances.schema import AcademyCard
from journal import Revision
from monitoring.profiles import NAMES as PROBE_PROFILES

KEPT_FOR = timedelta(days=400)
_PUBLISHER = "monitor"


@dataclass(frozen=True, kw_only=True)
class Sources:
    """Where the two published things come from."""

    catalogue: str
    """A path or an https address."""
    academies: Path


@dataclass(frozen=True, kw_only=True)
class Published:
    catalogue: Catalogue
    catalogue_since: datetime
    directory: Directory


@dataclass(frozen=True, kw_only=True)
class Look:
    """What the sources hold now; read outside any transaction."""

    catalogue: Fetched | NotModified | SourceError
    directory: Directory
    card_problems: tuple[Problem, ...]


def read(session: Session, sources: Sources, *, now: datetime) -> Published:
    """Read what is in force; what was never published, or cannot be read, comes from its source.

    The session's transaction ends before a source is read, which may be far away: nobody else
    waits meanwhile. What the session has not committed by then is lost.
    """
    published = _in_force(session)
    if published is None:
        session.rollback()
        found = read_sources(sources, now=now)
        # What the source held a moment ago, the monitor may have published meanwhile.
        published = _in_force(session) or found
    return published


def _in_force(session: Session) -> Published | None:
    latest = latest_of(session, PublicationKind.CATALOGUE)
    catalogue = catalogue_in(latest)
    directory = directory_in(latest_of(session, PublicationKind.ACADEMIES))
    if latest is None or catalogue is None or directory is None:
        return None
    return Published(catalogue=catalogue, catalogue_since=latest.since, directory=directory)


def read_sources(sources: Sources, *, now: datetime) -> Published:
    """Read catalogue and cards without the database; an unreadable catalogue is an empty one."""
    found = look(sources, etag=None)
    catalogue = Catalogue()
    if isinstance(found.catalogue, Fetched):
        catalogue = _load(found.catalogue, sources, found.directory).catalogue
    return Published(
        catalogue=catalogue,
        catalogue_since=_modified_at(sources.catalogue) or now,
        directory=found.directory,
    )


def last_etag(session: Session, sources: Sources) -> str | None:
    """Return the ETag of what is in force; none when another source gave it."""
    latest = latest_of(session, PublicationKind.CATALOGUE)
    return latest.etag if latest and latest.source == sources.catalogue else None


def look(sources: Sources, *, etag: str | None) -> Look:
    """Read the sources; may wait for the network, so never within a transaction."""
    directory, problems = load_cards(sources.academies)
    catalogue: Fetched | NotModified | SourceError
    try:
        catalogue = read_source(sources.catalogue, etag=etag)
    except SourceError as error:
        catalogue = error
    return Look(catalogue=catalogue, directory=directory, card_problems=problems)


def accept(
    session: Session, found: Look, sources: Sources, *, now: datetime
) -> tuple[Problem, ...]:
    """Publish what is good of it; returns the problems that were not known before."""
    cards = _accept_cards(session, found, sources, now=now)
    catalogue: tuple[Problem, ...] = ()
    if isinstance(found.catalogue, SourceError):
        catalogue = _note_problems(session, (found.catalogue.problem,), now=now)
    elif isinstance(found.catalogue, Fetched):
        loaded = _load(found.catalogue, sources, found.directory)
        catalogue = _accept_catalogue(session, found.catalogue, loaded, sources, now=now)
    return (*cards, *catalogue)


def problems_in(found: Look, sources: Sources) -> tuple[Problem, ...]:
    """Return everything that is wrong in the sources, known before or not."""
    if isinstance(found.catalogue, SourceError):
        return (*found.card_problems, found.catalogue.problem)
    if isinstance(found.catalogue, NotModified):
        return found.card_problems
    return (*found.card_problems, *_load(found.catalogue, sources, found.directory).problems)


def forget_old(session: Session, *, now: datetime) -> None:
    """Drop versions that have been out of force for so long."""
    for kind in PublicationKind:
        latest = latest_of(session, kind)
        if latest is not None:
            outdated = Publication.kind == kind, Publication.id != latest.id
            limit = Publication.checked_at < now - KEPT_FOR
            session.execute(delete(Publication).where(*outdated, limit))


def _accept_catalogue(
    session: Session, fetched: Fetched, loaded: Loaded, sources: Sources, *, now: datetime
) -> tuple[Problem, ...]:
    latest = latest_of(session, PublicationKind.CATALOGUE)
    last = catalogue_in(latest)
    if last is None and not loaded.usable:
        # Nothing to serve and nothing to keep: the next look reads the file again.
        return loaded.problems
    content = merge(loaded, last).model_dump(mode="json")
    new = _new_problems(latest, loaded.problems)
    row = _put(session, PublicationKind.CATALOGUE, latest, content, sources.catalogue, now=now)
    row.etag = fetched.etag
    row.problems = [problem.as_json() for problem in loaded.problems]
    return new


def _accept_cards(
    session: Session, found: Look, sources: Sources, *, now: datetime
) -> tuple[Problem, ...]:
    latest = latest_of(session, PublicationKind.ACADEMIES)
    cards = _merged_cards(found, directory_in(latest) or Directory(), sources)
    if not cards:
        return found.card_problems
    content = {"cards": [card.model_dump(mode="json") for card in cards]}
    new = _new_problems(latest, found.card_problems)
    row = _put(session, PublicationKind.ACADEMIES, latest, content, str(sources.academies), now=now)
    row.problems = [problem.as_json() for problem in found.card_problems]
    return new


def _merged_cards(found: Look, last: Directory, sources: Sources) -> Sequence[AcademyCard]:
    """Keep the last good version of a card that is withheld; one that is gone, is gone."""
    withheld = {Path(problem.file) for problem in found.card_problems}
    if sources.academies in withheld:
        return last.cards
    stems = {path.stem for path in withheld}
    present = {card.slug for card in found.directory.cards}
    kept = [card for card in last.cards if card.slug in stems - present]
    return sorted((*found.directory.cards, *kept), key=lambda card: card.slug)


def _put(  # noqa: PLR0913 - a version is all of this
    session: Session,
    kind: PublicationKind,
    latest: Publication | None,
    content: dict[str, Any],
    source: str,
    *,
    now: datetime,
) -> Publication:
    """Write a new version if the content differs from the one in force."""
    content_hash = sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
    if latest is not None and latest.content == content:
        latest.checked_at, latest.source = now, source
        return latest
    since = _modified_at(source) or now if latest is None else now
    row = Publication(
        kind=kind,
        content_hash=content_hash,
        content=content,
        since=since,
        source=source,
        checked_at=now,
    )
    session.add(row)
    entry = journal.Entry(
        at=now,
        actor=_PUBLISHER,
        event=f"{kind}.published",
        subject=source,
        before=latest.content_hash if latest else None,
        after=content_hash,
    )
    journal.record(session, entry)
    journal.bump(session, Revision.CATALOGUE)
    return row


def _note_problems(
    session: Session, problems: tuple[Problem, ...], *, now: datetime
) -> tuple[Problem, ...]:
    latest = latest_of(session, PublicationKind.CATALOGUE)
    new = _new_problems(latest, problems)
    if latest is not None:
        latest.problems = [problem.as_json() for problem in problems]
        # Once it can be read again it is read whole, or this problem would never go.
        latest.etag = None
        latest.checked_at = now
    return new


def _new_problems(latest: Publication | None, problems: tuple[Problem, ...]) -> tuple[Problem, ...]:
    known = latest.problems if latest else []
    return tuple(problem for problem in problems if problem.as_json() not in known)


def _load(fetched: Fetched, sources: Sources, directory: Directory) -> Loaded:
    return load(
        fetched.content,
        file=sources.catalogue,
        known_profiles=PROBE_PROFILES,
        known_academies=frozenset(card.slug for card in directory.cards),
    )


def _modified_at(source: str) -> datetime | None:
    """Since when a file holds what it holds, for a first publication."""
    try:
        return datetime.fromtimestamp(Path(source).stat().st_mtime, tz=UTC)
    except OSError:
        return None
