"""What became of each fault in the published list and cards, and which cards are gone."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import pairwise
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.problems import ENTRY_STAYS, Problem
from catalogue.schema import Catalogue
from instances.models import Publication, PublicationKind
from instances.published import catalogue_in, latest_of

LOOKED_BACK = 30
"""Versions of the cards in which one that is gone is looked for."""
_ENTRY = re.compile(r"^(services|operators|categories)\[([^\]]+)\]")


class Fate(StrEnum):
    """What readers see of an entry that has a fault."""

    SERVED = "served"
    """As it is written, but for what the fault is about."""
    LAST_GOOD = "last-good"
    """As it was before the fault."""
    ABSENT = "absent"
    """Nothing: it was never without one."""
    FILE = "file"
    """The fault is the file's: everything is as it was before."""


@dataclass(frozen=True, kw_only=True)
class Fault:
    problem: Problem
    fate: Fate
    entry: str = ""
    """The id; empty for the file as a whole."""


@dataclass(frozen=True, kw_only=True)
class GoneCard:
    """An académie whose card is not there any more: its pages are closed, its decisions kept."""

    slug: str
    name: str
    since: datetime


@dataclass(frozen=True, kw_only=True)
class Published:
    """One of the two things that are published."""

    source: str
    since: datetime
    checked_at: datetime
    count: int
    """Of services, of cards."""
    faults: tuple[Fault, ...]


@dataclass(frozen=True, kw_only=True)
class CatalogueHealth:
    """None where nothing was ever published."""

    catalogue: Published | None
    cards: Published | None
    gone: tuple[GoneCard, ...]


def read_catalogue_health(session: Session) -> CatalogueHealth:
    catalogue = latest_of(session, PublicationKind.CATALOGUE)
    newest_first = Publication.id.desc()
    statement = select(Publication).where(Publication.kind == PublicationKind.ACADEMIES)
    cards = session.scalars(statement.order_by(newest_first).limit(LOOKED_BACK)).all()
    return CatalogueHealth(
        catalogue=_catalogue(catalogue),
        cards=_cards(cards[0]) if cards else None,
        gone=_gone(cards),
    )


def _catalogue(row: Publication | None) -> Published | None:
    if row is None:
        return None
    served = catalogue_in(row)
    known = _ids(served) if served else frozenset()
    faults = tuple(_fault(problem, known) for problem in _problems(row))
    return _published(row, faults, len(served.services) if served else 0)


def _ids(served: Catalogue) -> frozenset[tuple[str, str]]:
    sections = ("services", "operators", "categories")
    return frozenset((name, item.id) for name in sections for item in getattr(served, name))


def _fault(problem: Problem, served: frozenset[tuple[str, str]]) -> Fault:
    found = _ENTRY.match(problem.path)
    section, entry = found.groups() if found else ("", "")
    if problem.code in ENTRY_STAYS:
        return Fault(problem=problem, fate=Fate.SERVED, entry=entry)
    if not found:
        return Fault(problem=problem, fate=Fate.FILE)
    there = (section, entry) in served
    return Fault(problem=problem, fate=Fate.LAST_GOOD if there else Fate.ABSENT, entry=entry)


def _cards(row: Publication) -> Published:
    slugs = frozenset(slug for slug, _ in _entries(row))
    faults = tuple(_card_fault(problem, slugs) for problem in _problems(row))
    return _published(row, faults, len(slugs))


def _card_fault(problem: Problem, slugs: frozenset[str]) -> Fault:
    slug = problem.file.rpartition("/")[2].partition(".")[0]
    if problem.code in ENTRY_STAYS:
        return Fault(problem=problem, fate=Fate.SERVED, entry=slug)
    return Fault(problem=problem, fate=Fate.LAST_GOOD if slug in slugs else Fate.ABSENT, entry=slug)


def _published(row: Publication, faults: tuple[Fault, ...], count: int) -> Published:
    order = (Fate.FILE, Fate.ABSENT, Fate.LAST_GOOD, Fate.SERVED)
    return Published(
        source=row.source,
        since=row.since,
        checked_at=row.checked_at,
        count=count,
        faults=tuple(sorted(faults, key=lambda item: order.index(item.fate))),
    )


def _gone(newest_first: Sequence[Publication]) -> tuple[GoneCard, ...]:
    """Find the cards of earlier versions that the one in force has not; the last gone first."""
    if not newest_first:
        return ()
    present = {slug for slug, _ in _entries(newest_first[0])}
    found: dict[str, GoneCard] = {}
    for newer, older in pairwise(newest_first):
        there = {slug for slug, _ in _entries(newer)}
        for slug, name in _entries(older):
            if slug not in present | there | found.keys():
                found[slug] = GoneCard(slug=slug, name=name, since=newer.since)
    return tuple(found.values())


def _entries(row: Publication) -> Iterator[tuple[str, str]]:
    content: Any = row.content
    cards: Iterable[Any] = content.get("cards", ()) if isinstance(content, dict) else ()
    for card in cards:
        if isinstance(card, dict) and "slug" in card:
            yield str(card["slug"]), str(card.get("name", card["slug"]))


def _problems(row: Publication) -> list[Problem]:
    return [Problem.from_json(item) for item in row.problems or ()]
