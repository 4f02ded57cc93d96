"""Decisions about services as they are stored, read so that pages can use them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.schema import Backend, Text
from instances.models import ServiceChoice, Visibility
from instances.stored import readable, readable_choice, readable_items

WORDING_FIELDS = ("task", "choose_when", "summary", "description")


@dataclass(frozen=True, kw_only=True)
class Choice:
    """A decision as the pages need it."""

    academie: str
    service_id: str
    visibility: Visibility
    afterwards: Visibility = Visibility.NATIONAL
    """What a hiding goes back to after its last day."""
    replacement_service: str | None = None
    replacement_url: str | None = None
    word: str | None = None
    until: date | None = None
    position: int | None = None
    wording: Mapping[str, Text] = field(default_factory=dict)
    backends: tuple[Backend, ...] | None = None


def rows_of(session: Session, academie: str) -> dict[str, ServiceChoice]:
    """Read what one académie decided, as it stands in the database at this moment."""
    query = select(ServiceChoice).where(ServiceChoice.academie == academie)
    return {row.service_id: row for row in session.scalars(query)}


def read_choices(session: Session) -> dict[str, dict[str, Choice]]:
    """Read every decision, by académie then service."""
    choices: dict[str, dict[str, Choice]] = defaultdict(dict)
    for row in session.scalars(select(ServiceChoice)):
        choice = as_choice(row)
        if choice is not None:
            choices[row.academie][row.service_id] = choice
    return dict(choices)


def as_choice(row: ServiceChoice) -> Choice | None:
    """Return the decision with what can be read of it: one bad row is nobody else's matter."""
    where = f"choice {row.academie}/{row.service_id}"
    visibility = readable_choice(Visibility, row.visibility, where)
    if visibility is None:
        return None
    afterwards = readable_choice(Visibility, row.visibility_after or "national", where)
    return Choice(
        academie=row.academie,
        service_id=row.service_id,
        visibility=visibility,
        afterwards=afterwards or Visibility.NATIONAL,
        replacement_service=row.replacement_service,
        replacement_url=row.replacement_url,
        word=row.word,
        until=row.until,
        position=row.position,
        wording=_wording(row, where),
        # Without a single one that can be read, the national ones open.
        backends=tuple(readable_items(Backend, row.backends or (), f"{where} backends")) or None,
    )


def _wording(row: ServiceChoice, where: str) -> dict[str, Text]:
    stored = row.wording if isinstance(row.wording, dict) else {}
    texts = {
        name: readable(Text, stored[name], f"{where} {name}")
        for name in WORDING_FIELDS
        if name in stored
    }
    return {name: text for name, text in texts.items() if text is not None}
