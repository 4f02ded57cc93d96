"""Accepted versions of the catalogue and of the cards, read back from the database."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeVar

from pydantic import BaseModel
from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.relations import footing_faults, without_loose_ends
from catalogue.schema import Catalogue, Category, Operator, Service
from instances.directory import Directory
from instances.models import Publication, PublicationKind
from instances.schema import AcademyCard
from instances.stored import readable_items

M = TypeVar("M", bound=BaseModel)


def latest_of(session: Session, kind: PublicationKind) -> Publication | None:
    newest_first = Publication.id.desc()
    statement = select(Publication).where(Publication.kind == kind).order_by(newest_first)
    return session.scalars(statement.limit(1)).first()


def catalogue_version(session: Session, number: int) -> Catalogue | None:
    """Return a version that was in force once; when it was dropped, the oldest one kept since."""
    since = Publication.kind == PublicationKind.CATALOGUE, Publication.id >= number
    statement = select(Publication).where(*since).order_by(Publication.id).limit(1)
    return catalogue_in(session.scalars(statement).first())


def catalogue_in(row: Publication | None) -> Catalogue | None:
    """Return what this version can read of it and what holds together; none: nothing."""
    if row is None or not isinstance(row.content, dict):
        return None
    categories = tuple(_entries(Category, row, "categories"))
    operators = tuple(_entries(Operator, row, "operators"))
    known = {item.id: item for item in operators}
    ids = {item.id for item in categories}
    services = [
        item
        for item in _entries(Service, row, "services")
        if not any(footing_faults(item, known, ids))
    ]
    if not services:
        return None
    return Catalogue(
        categories=categories, operators=operators, services=without_loose_ends(services)
    )


def directory_in(row: Publication | None) -> Directory | None:
    if row is None or not isinstance(row.content, dict):
        return None
    cards = tuple(_entries(AcademyCard, row, "cards"))
    return Directory(cards) if cards else None


def _entries(model: type[M], row: Publication, section: str) -> Iterator[M]:
    return readable_items(model, row.content.get(section, []), f"publication {row.id} {section}")
