"""What académies publish of their own, and what they retired, read from the database."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from instances.models import LocalServiceRow
from instances.schema import LocalService
from instances.stored import readable

ByAcademie = Mapping[str, tuple[LocalService, ...]]


@dataclass(frozen=True, kw_only=True)
class LocalServices:
    """By académie, in the order of their names."""

    published: ByAcademie
    retired: ByAcademie
    """Published once: old links still ask for them."""


def local_id(academie: str, name: str) -> str:
    return f"{academie}.{name}"


def read_local_services(session: Session) -> LocalServices:
    statement = (
        select(LocalServiceRow)
        .where(LocalServiceRow.content.is_not(None))
        .order_by(LocalServiceRow.academie, LocalServiceRow.name)
    )
    published: dict[str, list[LocalService]] = defaultdict(list)
    retired: dict[str, list[LocalService]] = defaultdict(list)
    for row in session.scalars(statement):
        service = published_service(row)
        if service is not None:
            found = published if row.retired_at is None else retired
            found[row.academie].append(service)
    return LocalServices(published=_frozen(published), retired=_frozen(retired))


def published_service(row: LocalServiceRow) -> LocalService | None:
    """Return what a row publishes; none when it publishes nothing that can be read."""
    if row.content is None:
        return None
    service_id = local_id(row.academie, row.name)
    content = {**row.content, "id": service_id}
    return readable(LocalService, content, f"service {service_id}")


def _frozen(found: Mapping[str, list[LocalService]]) -> ByAcademie:
    return {academie: tuple(services) for academie, services in found.items()}
