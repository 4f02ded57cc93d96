"""All that one académie decided, out of the database and back into it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import BaseModel
from sqlalchemy import select
from sqlalchemy.orm import Session

from instances.exchange_schema import (
    AnnouncementEntry,
    ChoiceEntry,
    LocalEntry,
    PublishedService,
    TextsEntry,
)
from instances.exchange_values import (
    Decisions,
    Entry,
    announcement_order,
    canonical,
    choice,
    from_lines,
    in_lines,
    seen,
)
from instances.models import (
    Announcement,
    InstanceLogo,
    InstanceText,
    LocalServiceRow,
    ServiceChoice,
)

CHOICE_FIELDS = tuple(name for name in ChoiceEntry.model_fields if name != "id")
ANNOUNCEMENT_FIELDS = tuple(AnnouncementEntry.model_fields)
LOGO = "logo"


@dataclass(frozen=True, kw_only=True)
class Rows:
    """The rows of one académie, by what the file calls them."""

    choices: Mapping[str, ServiceChoice]
    local_services: Mapping[str, LocalServiceRow]
    texts: Mapping[str, InstanceText]
    logo: InstanceLogo | None
    announcements: tuple[Announcement, ...]
    """In the order of the file."""


def find_rows(session: Session, academie: str, zone: ZoneInfo) -> Rows:
    choices = select(ServiceChoice).where(ServiceChoice.academie == academie)
    local = select(LocalServiceRow).where(LocalServiceRow.academie == academie)
    texts = select(InstanceText).where(InstanceText.academie == academie)
    told = session.scalars(select(Announcement).where(Announcement.academie == academie))
    return Rows(
        choices={row.service_id: row for row in session.scalars(choices)},
        local_services={row.name: row for row in session.scalars(local)},
        texts={row.field: row for row in session.scalars(texts)},
        logo=session.get(InstanceLogo, academie),
        announcements=tuple(sorted(told, key=lambda row: (_place(row, zone), row.id))),
    )


def _place(row: Announcement, zone: ZoneInfo) -> tuple[str, ...]:
    return announcement_order(announcement_entry(row, zone))


def read_decisions(session: Session, academie: str, zone: ZoneInfo) -> Decisions:
    """Read what an académie decided; instants are said in `zone`."""
    return decisions_in(find_rows(session, academie, zone), academie, zone)


def decisions_in(rows: Rows, academie: str, zone: ZoneInfo) -> Decisions:
    choices = {name: choice_entry(row, zone) for name, row in rows.choices.items()}
    return Decisions(
        academie=academie,
        # A decision that was taken back whole is none.
        choices={name: entry for name, entry in choices.items() if entry},
        local_services={name: local_entry(row, zone) for name, row in rows.local_services.items()},
        texts=_texts(rows, zone),
        announcements=tuple(announcement_entry(row, zone) for row in rows.announcements),
    )


def choice_entry(row: ServiceChoice, zone: ZoneInfo) -> dict[str, Any]:
    raw = {name: getattr(row, name) for name in CHOICE_FIELDS}
    raw |= {"id": row.service_id, "wording": row.wording or None, "backends": row.backends or None}
    entry = canonical(ChoiceEntry, raw, zone)
    entry.pop("id")
    return choice(entry)


def local_entry(row: LocalServiceRow, zone: ZoneInfo) -> dict[str, Any]:
    raw = {"id": row.name, "contact": row.contact}
    raw |= {name: _said(getattr(row, name)) for name in ("published_at", "retired_at")}
    entry = canonical(LocalEntry, raw, zone)
    entry.pop("id")
    if row.content is not None:
        content = {name: value for name, value in row.content.items() if name != "id"}
        entry["published"] = canonical(PublishedService, content, zone)
    if row.draft is not None:
        entry["draft"] = seen(row.draft)
    return entry


def announcement_entry(row: Announcement, zone: ZoneInfo) -> dict[str, Any]:
    raw = {name: _said(getattr(row, name)) for name in ANNOUNCEMENT_FIELDS}
    return canonical(AnnouncementEntry, raw, zone)


def _said(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


def _texts(rows: Rows, zone: ZoneInfo) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name in TextsEntry.model_fields:
        if name in rows.texts:
            found |= canonical(TextsEntry, {name: rows.texts[name].value}, zone)
    if rows.logo is not None:
        found[LOGO] = {
            "media_type": rows.logo.media_type,
            "width": rows.logo.width,
            "height": rows.logo.height,
            "content": in_lines(rows.logo.content),
        }
    return found


def choice_values(entry: Entry | None) -> dict[str, Any]:
    """Return the columns of a decision; all of them, so that nothing of an earlier one stays."""
    dumped = ChoiceEntry.model_validate({**(entry or {}), "id": "any"}).model_dump()
    values = {name: dumped[name] for name in CHOICE_FIELDS}
    as_json = _json(ChoiceEntry, {**(entry or {}), "id": "any"})
    return values | {name: as_json.get(name) for name in ("wording", "backends")}


def local_values(entry: Entry) -> dict[str, Any]:
    published = entry.get("published")
    return {
        "contact": entry.get("contact"),
        "content": None if published is None else _json(PublishedService, published),
        "draft": entry.get("draft"),
        **{name: _instant(entry.get(name)) for name in ("published_at", "retired_at")},
    }


def text_value(field: str, value: Any) -> Any:
    return _json(TextsEntry, {field: value})[field]


def announcement_values(entry: Entry) -> dict[str, Any]:
    values: dict[str, Any] = {name: entry.get(name) for name in ANNOUNCEMENT_FIELDS}
    values["withdrawn"] = bool(values["withdrawn"])
    return values | {name: _instant(values[name]) for name in ("starts_at", "ends_at")}


def logo_values(entry: Entry) -> dict[str, Any]:
    return {**entry, "content": from_lines(entry["content"])}


def _json(model: type[BaseModel], values: Entry) -> dict[str, Any]:
    read = model.model_validate(values)
    return read.model_dump(mode="json", exclude_unset=True, exclude_none=True)


def _instant(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
