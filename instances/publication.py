"""The accepted catalogue and cards: merged entry by entry with the last good ones, and kept."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

import journal
from catalogue.loading import load, merge
from catalogue.problems import Problem
from catalogue.schema import Catalogue
from catalogue.source import NotModified, SourceError, read_source
from instances.directory import Directory, load_cards
from instances.models import Publication, PublicationKind
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


def read(session: Session, sources: Sources, *, now: datetime) -> Published:
    """Read what is in force; what was never published is read from its source."""
    catalogue = _latest(session, PublicationKind.CATALOGUE)
    cards = _latest(session, PublicationKind.ACADEMIES)
    if catalogue is None or cards is None:
        return read_sources(sources, now=now)
    return Published(
        catalogue=Catalogue.model_validate(catalogue.content),
        catalogue_since=catalogue.since,
        directory=_directory(cards),
    )


def read_sources(sources: Sources, *, now: datetime) -> Published:
    """Read catalogue and cards without the database; an unreadable catalogue is an empty one."""
    catalogue, since = Catalogue(), now
    try:
        fetched = read_source(sources.catalogue)
    except SourceError:
        fetched = None
    if fetched is not None and not isinstance(fetched, NotModified):
        catalogue = _load(fetched.content, sources.catalogue).catalogue
        since = fetched.modified_at or now
    directory, _ = load_cards(sources.academies)
    return Published(catalogue=catalogue, catalogue_since=since, directory=directory)
