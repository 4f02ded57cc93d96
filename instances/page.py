"""What a page shows, as values without sentences; computed from one snapshot."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from catalogue.schema import Operator, Profile, Service, Text, Variant
from instances.schema import AcademyCard
from monitoring.target import State


class Badge(StrEnum):
    """At most one stands on a tile; the first that holds, in this order."""

    CLOSED = "closed"
    CLOSING = "closing"
    TRIAL = "trial"
    NEW = "new"
    LOCAL = "local"


@dataclass(frozen=True, kw_only=True)
class StateView:
    """State of a service or variant as a page shows it."""

    state: State
    probed: bool = True
    """False: nothing looks after it, so nothing is said of it."""
    since: datetime | None = None
    checked_at: datetime | None = None
    expected_end: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class VariantView:
    variant: Variant
    state: StateView


@dataclass(frozen=True, kw_only=True)
class Tile:
    service: Service
    """National entry with the académie's own wording and address put in."""
    operator: Operator
    state: StateView
    variants: tuple[VariantView, ...] = ()
    badge: Badge | None = None
    badge_date: date | None = None
    """Last day, for CLOSING and CLOSED."""
    alternative: Service | None = None
    """The first alternative that is shown here and not in trouble; set when this one is."""
    local: bool = False

    @property
    def in_trouble(self) -> bool:
        """Its main link leads to the outage page."""
        return self.state.state in (State.DOWN, State.MAINTENANCE)


@dataclass(frozen=True, kw_only=True)
class CategoryView:
    id: str
    title: Text
    icon: str
    tiles: tuple[Tile, ...]


class AnnouncementLevel(StrEnum):
    INFORMATION = "information"
    IMPORTANT = "important"


@dataclass(frozen=True, kw_only=True)
class AnnouncementView:
    id: int
    level: AnnouncementLevel
    text: str
    """Plain text; a blank line makes a paragraph."""
    service_id: str | None
    starts_at: datetime


@dataclass(frozen=True, kw_only=True)
class InstancePage:
    """Everything the page of one académie shows, for everybody alike."""

    card: AcademyCard
    profile: Profile | None
    announcements: tuple[AnnouncementView, ...]
    """Those in force, the urgent and the newest first."""
    categories: tuple[CategoryView, ...]
    """Never empty ones; a tile stands in its first category only."""
    down: int
    maintenance: int
    mostly_unknown: bool
    """More than half of the probed services are unknown: one sentence instead of badges."""
    checked_at: datetime | None
    """The oldest check among what is shown and fresh."""
    stale_after: datetime | None
    """The page's own limit: past it a reader's script says "non vérifié"."""
    catalogue_since: datetime
    valid_until: datetime
    """The earliest instant at which this page changes by itself."""

    @property
    def tiles(self) -> tuple[Tile, ...]:
        return tuple(tile for category in self.categories for tile in category.tiles)
