"""What académies publish of their own, read from the database."""

from __future__ import annotations

from collections import defaultdict

from sqlalchemy import select
from sqlalchemy.orm import Session

from instances.models import LocalServiceRow
from instances.schema import LocalService
from instances.stored import readable


def local_id(academie: str, name: str) -> str:
    return f"{academie}.{name}"


def read_local_services(session: Session) -> dict[str, tuple[LocalService, ...]]:
    """Read what is published and not retired, by académie, in the order of their names."""
    statement = (
        select(LocalServiceRow)
        .where(LocalServiceRow.content.is_not(None), LocalServiceRow.retired_at.is_(None))
        .order_by(LocalServiceRow.academie, LocalServiceRow.name)
    )
    found: dict[str, list[LocalService]] = defaultdict(list)
    for row in session.scalars(statement):
        service_id = local_id(row.academie, row.name)
        service = readable(
            LocalService, {**(row.content or {}), "id": service_id}, f"service {service_id}"
        )
        if service is not None:
            found[row.academie].append(service)
    return {academie: tuple(services) for academie, services in found.items()}
