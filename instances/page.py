"""What a page shows, as values without sentences; computed from one snapshot."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from catalogue.checks import backends_of
from catalogue.schema import Catalogue, Category, Operator, Profile, Service, Text, Variant
from catalogue.selection import put_first
from instances.announcements import (
    AnnouncementView,
    announcement_changes,
    announcements_in_force,
)
from instances.badges import Badge, badge_of
from instances.endings import Ending, announced_endings
from instances.logo import Logo
from instances.offer import Offered, offer, start_of, today
from instances.planned import PlannedWork, changes_of, planned_here, soon
from instances.schema import AcademyCard, LocalService
from instances.service_state import StateView, backends_state, service_state
from instances.snapshot import Snapshot
from instances.targets import key_of
from instances.texts import Spotlight
from monitoring.target import State


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
    """Last day, for CLOSED and for what ends."""
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


@dataclass(frozen=True, kw_only=True)
class SpotlightView:
    """What the académie puts forward now: those of its services that are shown."""

    title: Text
    tiles: tuple[Tile, ...]


@dataclass(frozen=True, kw_only=True)
class InstancePage:
    """Everything the page of one académie shows, for everybody alike."""

    card: AcademyCard
    at: datetime
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
    welcome: Text | None = None
    logo: Logo | None = None
    spotlight: SpotlightView | None = None
    planned: tuple[PlannedWork, ...] = ()
    """Announced maintenance of what is shown here, the earliest first."""
    endings: tuple[Ending, ...] = ()
    """What ends within 30 days: said by the page itself, whatever the académie announces."""

    @property
    def tiles(self) -> tuple[Tile, ...]:
        return tuple(tile for category in self.categories for tile in category.tiles)

    @property
    def targets(self) -> tuple[str, ...]:
        """Return the keys of the targets whose states the page shows."""
        backends = (item for tile in self.tiles for _, item in backends_of(tile.service))
        return tuple(key for key in map(key_of, backends) if key is not None)

    def tile(self, service_id: str | None) -> Tile | None:
        """Return the tile of a service that is shown here."""
        return next((item for item in self.tiles if item.service.id == service_id), None)

    def announcements_about(self, tile: Tile) -> tuple[AnnouncementView, ...]:
        return tuple(item for item in self.announcements if item.service_id == tile.service.id)

    @property
    def planned_soon(self) -> tuple[PlannedWork, ...]:
        return soon(self.planned, now=self.at)

    def planned_for(self, tile: Tile) -> tuple[PlannedWork, ...]:
        return tuple(item for item in self.planned if item.is_about(tile.service.id))

    def alternatives_to(self, tile: Tile) -> tuple[Tile, ...]:
        """Return what can be used instead, here and now: shown here and not in trouble."""
        return tuple(working_alternatives(tile, {item.service.id: item for item in self.tiles}))


OTHERS = Category(
    id="autres", title=Text(fr="Autres services", en="Other services"), icon="cat-ressources"
)
"""Where a service stands whose categories the nation no longer has."""


def build_page(
    snapshot: Snapshot,
    card: AcademyCard,
    *,
    now: datetime,
    profile: Profile | None = None,
    for_agents: bool = False,
) -> InstancePage:
    """Compute the page of one académie at one instant, from the snapshot alone.

    `for_agents`: with the services that only those see who are signed in.
    """
    offered = offer(snapshot, card, now, for_agents=for_agents)
    shown = [item for item in offered if item.absence is None]
    tiles = _with_alternatives([_tile(snapshot, card, item.service, now) for item in shown])
    announced = announcements_in_force(snapshot.announcements, card.slug, now=now)
    views = [tile.state for tile in tiles if tile.state.probed]
    fresh = [view for view in views if view.state is not State.UNKNOWN]
    texts = snapshot.texts_of(card.slug)
    planned = planned_here(snapshot, card, shown, now=now)
    changes = [*_own_changes(snapshot, card, offered, tiles, now), *changes_of(planned)]
    return InstancePage(
        card=card,
        at=now,
        profile=profile,
        announcements=announced,
        categories=_categories(snapshot.catalogue, tiles, profile),
        down=_count(views, State.DOWN),
        maintenance=_count(views, State.MAINTENANCE),
        mostly_unknown=2 * _count(views, State.UNKNOWN) > len(views),
        checked_at=min((view.checked_at for view in fresh if view.checked_at), default=None),
        stale_after=min((view.stale_at for view in fresh if view.stale_at), default=None),
        catalogue_since=snapshot.catalogue_since,
        valid_until=min(instant for instant in changes if instant > now),
        welcome=texts.welcome,
        logo=texts.logo,
        spotlight=_spotlight(texts.spotlight, tiles, today(card, now)),
        planned=planned,
        endings=announced_endings((tile.service for tile in tiles), today(card, now)),
    )


def _spotlight(
    spotlight: Spotlight | None, tiles: Sequence[Tile], day: date
) -> SpotlightView | None:
    """Return what is put forward on a day: a service that left drops out, the last takes all."""
    if spotlight is None or not spotlight.holds_on(day):
        return None
    by_id = {tile.service.id: tile for tile in tiles}
    shown = tuple(by_id[item] for item in spotlight.services if item in by_id)
    return SpotlightView(title=spotlight.title, tiles=shown) if shown else None


def _count(views: Sequence[StateView], state: State) -> int:
    return sum(view.state is state for view in views)


def _tile(snapshot: Snapshot, card: AcademyCard, service: Service, now: datetime) -> Tile:
    day = today(card, now)
    operator = snapshot.operator_of(service, card)
    if operator is None:
        raise LookupError(f"{service.id} has an operator that is not in the catalogue")
    badge, badge_date = badge_of(service, day)
    service = _in_known_categories(service, snapshot.catalogue)
    return Tile(
        service=service,
        operator=operator,
        state=service_state(service, snapshot.health, now=now),
        variants=tuple(
            VariantView(
                variant=variant, state=backends_state(variant.backends, snapshot.health, now=now)
            )
            for variant in service.variants
        ),
        badge=badge,
        badge_date=badge_date,
        local=isinstance(service, LocalService),
    )


def _in_known_categories(service: Service, catalogue: Catalogue) -> Service:
    """Put a service somewhere even when the nation gave up its category: local ones name them."""
    known = {category.id for category in catalogue.categories}
    if service.categories[0] in known:
        return service
    found = tuple(item for item in service.categories if item in known)
    return service.model_copy(update={"categories": found or (OTHERS.id,)})


def _with_alternatives(tiles: list[Tile]) -> list[Tile]:
    by_id = {tile.service.id: tile for tile in tiles}
    return [
        replace(tile, alternative=_first_alternative(tile, by_id)) if tile.in_trouble else tile
        for tile in tiles
    ]


def _first_alternative(tile: Tile, by_id: Mapping[str, Tile]) -> Service | None:
    return next((item.service for item in working_alternatives(tile, by_id)), None)


def working_alternatives(tile: Tile, by_id: Mapping[str, Tile]) -> list[Tile]:
    """Return what can be used instead, here and now: shown in this académie and not in trouble."""
    known = [by_id[item] for item in tile.service.alternatives if item in by_id]
    return sorted((item for item in known if not item.in_trouble), key=_sureness)


def _sureness(tile: Tile) -> int:
    return 0 if tile.state.state is State.UP else 1


def _categories(
    catalogue: Catalogue, tiles: Sequence[Tile], profile: Profile | None
) -> tuple[CategoryView, ...]:
    views = []
    for category in (*catalogue.categories, OTHERS):
        inside = tuple(tile for tile in tiles if tile.service.categories[0] == category.id)
        if inside:
            view = CategoryView(
                id=category.id, title=category.title, icon=category.icon, tiles=inside
            )
            views.append(view)
    return tuple(_useful_first(views, profile)) if profile else tuple(views)


def _useful_first(views: Sequence[CategoryView], profile: Profile) -> Sequence[CategoryView]:
    """Put first what is useful to a profile; nothing is hidden."""
    sorted_inside = [
        replace(view, tiles=put_first(view.tiles, profile, profiles=_profiles_of)) for view in views
    ]
    return put_first(sorted_inside, profile, profiles=_profiles_inside)


def _profiles_of(tile: Tile) -> tuple[Profile, ...]:
    return tile.service.profiles


def _profiles_inside(view: CategoryView) -> set[Profile]:
    return {profile for tile in view.tiles for profile in tile.service.profiles}


def _own_changes(
    snapshot: Snapshot,
    card: AcademyCard,
    offered: Sequence[Offered],
    tiles: Sequence[Tile],
    now: datetime,
) -> list[datetime]:
    """List the instants at which the page changes by itself."""
    # Words such as "depuis hier", and every lifecycle date, change at midnight.
    midnight = start_of(today(card, now) + timedelta(days=1), card)
    instants = [midnight, *announcement_changes(snapshot.announcements, card.slug)]
    instants += [start_of(item.changes_on, card) for item in offered if item.changes_on]
    if spotlight := snapshot.texts_of(card.slug).spotlight:
        instants += [start_of(day, card) for day in spotlight.changes_on]
    for tile in tiles:
        views = (tile.state, *(variant.state for variant in tile.variants))
        instants += [view.stale_at for view in views if view.stale_at]
        instants += [view.expected_end for view in views if view.expected_end]
    return instants
