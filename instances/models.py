"""Tables of what académies decide, of what is published, and of how often services open."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Text,
    false,
)
from sqlalchemy.orm import Mapped, mapped_column

from database import Base, UtcDateTime


class Visibility(StrEnum):
    """An académie's word on a service; NATIONAL: as the nation says."""

    SHOWN = "shown"
    HIDDEN = "hidden"
    NATIONAL = "national"


class HideReason(StrEnum):
    """Why a service is hidden: internal, never on a public page."""

    EQUIVALENT_TOOL = "equivalent-tool"
    NOT_READY = "not-ready"
    EXPERIMENT = "experiment"
    PERSONAL_DATA = "personal-data"
    OUTAGES = "outages"
    HIERARCHY = "hierarchy"
    OTHER = "other"


class ServiceChoice(Base):
    """What one académie decided about one service."""

    __tablename__ = "service_choice"

    academie: Mapped[str] = mapped_column(String(60), primary_key=True)
    service_id: Mapped[str] = mapped_column(String(121), primary_key=True)
    visibility: Mapped[str] = mapped_column(String(10), default=Visibility.NATIONAL)
    visibility_after: Mapped[str | None] = mapped_column(String(10))
    """What a hiding goes back to after its last day."""
    reason: Mapped[str | None] = mapped_column(String(30))
    precision: Mapped[str | None] = mapped_column(String(1000))
    replacement_service: Mapped[str | None] = mapped_column(String(121))
    replacement_url: Mapped[str | None] = mapped_column(String(500))
    word: Mapped[str | None] = mapped_column(String(140))
    """Public, to colleagues."""
    review_on: Mapped[date | None]
    until: Mapped[date | None]
    """Last day on which it holds, in the académie's zone."""
    position: Mapped[int | None]
    wording: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    """Own task, choose_when, summary, description; each as a catalogue Text."""
    backends: Mapped[list[dict[str, Any]] | None] = mapped_column(JSON)
    """Own backends, each as a catalogue Backend."""
    version: Mapped[int] = mapped_column(default=1)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_by: Mapped[str] = mapped_column(String(200))

    __table_args__ = (
        CheckConstraint("visibility IN ('shown', 'hidden', 'national')", name="visibility"),
        CheckConstraint(
            "replacement_service IS NULL OR replacement_url IS NULL", name="one_replacement"
        ),
    )


class Announcement(Base):
    """A message to the people of one académie, or of all when `academie` is empty."""

    __tablename__ = "announcement"

    id: Mapped[int] = mapped_column(primary_key=True)
    academie: Mapped[str | None] = mapped_column(String(60), index=True)
    level: Mapped[str] = mapped_column(String(20))
    text: Mapped[str] = mapped_column(Text)
    service_id: Mapped[str | None] = mapped_column(String(121))
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    withdrawn: Mapped[bool] = mapped_column(default=False, server_default=false())
    version: Mapped[int] = mapped_column(default=1, server_default="1")
    created_by: Mapped[str] = mapped_column(String(200))

    __table_args__ = (
        CheckConstraint("ends_at IS NULL OR ends_at > starts_at", name="ends_after_start"),
    )


class LocalServiceRow(Base):
    """A service that one académie added; its id everywhere is `academie.name`."""

    __tablename__ = "local_service"

    academie: Mapped[str] = mapped_column(String(60), primary_key=True)
    name: Mapped[str] = mapped_column(String(60), primary_key=True)
    content: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    """As published, a catalogue entry; none: never published."""
    draft: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    """What is being written; may be incomplete. None: nothing beyond what is published."""
    contact: Mapped[str | None] = mapped_column(String(300))
    """Internal: whom to ask about it."""
    retired_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    published_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(default=1)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_by: Mapped[str] = mapped_column(String(200))


class InstanceText(Base):
    """What one académie says of itself instead of its card, one row a field."""

    __tablename__ = "instance_text"

    academie: Mapped[str] = mapped_column(String(60), primary_key=True)
    field: Mapped[str] = mapped_column(String(20), primary_key=True)
    value: Mapped[Any] = mapped_column(JSON)
    version: Mapped[int] = mapped_column(default=1)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_by: Mapped[str] = mapped_column(String(200))


class InstanceLogo(Base):
    __tablename__ = "instance_logo"

    academie: Mapped[str] = mapped_column(String(60), primary_key=True)
    media_type: Mapped[str] = mapped_column(String(40))
    content: Mapped[bytes] = mapped_column(LargeBinary)
    width: Mapped[int]
    height: Mapped[int]
    """Pixels."""
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_by: Mapped[str] = mapped_column(String(200))


class PreviewLink(Base):
    """A link by which somebody without an account sees an académie's page as it will be."""

    __tablename__ = "preview_link"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    academie: Mapped[str] = mapped_column(String(60), index=True)
    day: Mapped[date | None]
    """The day to look at; none: the day on which it is opened."""
    drafts: Mapped[bool] = mapped_column(default=False, server_default=false())
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_by: Mapped[str] = mapped_column(String(200))
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Acknowledgement(Base):
    """The national catalogue as an académie last read its changes."""

    __tablename__ = "acknowledgement"

    academie: Mapped[str] = mapped_column(String(60), primary_key=True)
    publication_id: Mapped[int]
    acknowledged_at: Mapped[datetime] = mapped_column(UtcDateTime)
    acknowledged_by: Mapped[str] = mapped_column(String(200))


class Favourite(Base):
    """A service that somebody with an account keeps at hand."""

    __tablename__ = "favourite"

    account_id: Mapped[int] = mapped_column(
        ForeignKey("account.id", ondelete="CASCADE"), primary_key=True
    )
    academie: Mapped[str] = mapped_column(String(60), primary_key=True)
    service_id: Mapped[str] = mapped_column(String(121), primary_key=True)
    position: Mapped[int] = mapped_column(default=0)


class LaunchCount(Base):
    """Openings of one service by one académie on one day of its own zone: nobody identified."""

    __tablename__ = "launch_count"

    academie: Mapped[str] = mapped_column(String(60), primary_key=True)
    service_id: Mapped[str] = mapped_column(String(121), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    n: Mapped[int] = mapped_column(default=0)


class PublicationKind(StrEnum):
    CATALOGUE = "catalogue"
    ACADEMIES = "academies"


class Publication(Base):
    """One accepted version of the catalogue or of the cards; the newest of its kind is in force."""

    __tablename__ = "publication"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    content_hash: Mapped[str] = mapped_column(String(64))
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    since: Mapped[datetime] = mapped_column(UtcDateTime)
    """When this content came into force."""
    source: Mapped[str] = mapped_column(Text)
    etag: Mapped[str | None] = mapped_column(Text)
    problems: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    checked_at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (Index("ix_publication_kind_id", "kind", "id"),)


class Signal(Base):
    """How many people said "ça ne marche pas pour moi"; nothing of who they are."""

    __tablename__ = "signal"

    academie: Mapped[str] = mapped_column(String(60), primary_key=True)
    service_id: Mapped[str] = mapped_column(String(121), primary_key=True)
    bucket: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """The instant divided by five minutes."""
    n: Mapped[int]
