"""Services that somebody with an account keeps at hand, académie by académie."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from database import insert_for
from instances.models import Favourite

MOST = 60
"""As many as a device keeps: static/js/portal.js."""
_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+(-[a-z0-9]+)*)?")
_LONGEST_ID = 121


def list_favourites(session: Session, account_id: int, academie: str) -> tuple[str, ...]:
    """Return the services' ids, in the order in which they were added."""
    query = (
        select(Favourite.service_id)
        .where(Favourite.account_id == account_id, Favourite.academie == academie)
        .order_by(Favourite.position, Favourite.service_id)
    )
    return tuple(session.scalars(query))


def add_favourites(
    session: Session, account_id: int, academie: str, *, service_ids: Iterable[str]
) -> None:
    """Put services after those that are there already; two browsers may add the same at once."""
    mine = list_favourites(session, account_id, academie)
    last = _last_position(session, account_id, academie)
    wanted = [item for item in synced(mine, service_ids) if item not in mine]
    for place, service_id in enumerate(wanted, start=last + 1):
        row = insert_for(session)(Favourite).values(
            account_id=account_id, academie=academie, service_id=service_id, position=place
        )
        session.execute(row.on_conflict_do_nothing())


def remove_favourite(session: Session, account_id: int, academie: str, *, service_id: str) -> None:
    own = delete(Favourite).where(
        Favourite.account_id == account_id, Favourite.academie == academie
    )
    session.execute(own.where(Favourite.service_id == service_id))


def set_favourites(
    session: Session, account_id: int, academie: str, *, service_ids: Sequence[str]
) -> None:
    """Keep these and no others; those that were there keep their order, new ones follow."""
    mine = list_favourites(session, account_id, academie)
    for gone in set(mine) - set(service_ids):
        remove_favourite(session, account_id, academie, service_id=gone)
    add_favourites(session, account_id, academie, service_ids=service_ids)


def synced(mine: Sequence[str], device: Iterable[str]) -> tuple[str, ...]:
    """Put a device's favourites after the account's: none is lost, none stands twice."""
    usable = [item for item in device if len(item) <= _LONGEST_ID and _ID.fullmatch(item)]
    return tuple(dict.fromkeys([*mine, *usable]))[: max(MOST, len(mine))]


def _last_position(session: Session, account_id: int, academie: str) -> int:
    query = select(func.max(Favourite.position)).where(
        Favourite.account_id == account_id, Favourite.academie == academie
    )
    found = session.scalar(query)
    return -1 if found is None else found
