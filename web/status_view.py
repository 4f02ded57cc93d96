"""What the page of states shows beside the tiles: stories, plans, signals, history."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from instances import signals
from instances.incidents_here import IncidentHere, incidents_here, titles_by_key
from instances.national import NATIONAL_SLUG
from instances.page import InstancePage, Tile
from instances.service_history import ServiceHistory, histories_of
from instances.signals import Signalled
from instances.snapshot import Snapshot
from monitoring.history import TargetHistory
from monitoring.incidents import Message, Source
from monitoring.target import State
from web import incident_words, state_words
from web.story_fold import Folded, fold

ENOUGH_TO_TELL = 5
"""People who say so: fewer may be one school's own network."""
MOST_PAST = 20
"""Incidents that are over; the feed has the others."""


@dataclass(frozen=True, kw_only=True)
class Line:
    """One line of a story, worded."""

    at: datetime
    by: str
    stage: str
    text: str
    is_typed: bool
    """A person's own words, which nobody translates."""


@dataclass(frozen=True, kw_only=True)
class Trouble:
    """A service that does not work well now."""

    tile: Tile
    stories: tuple[IncidentHere, ...]
    """Those that no service above has told already."""
    same_as: Tile | None
    """The service above that tells the same story."""
    next_at: datetime | None
    """When somebody promised more."""


@dataclass(frozen=True, kw_only=True)
class News:
    """What people last wrote of a service that is in trouble."""

    line: Line | None
    next_at: datetime | None
    """When somebody promised more."""


@dataclass(frozen=True, kw_only=True)
class StatusView:
    page: InstancePage
    now: datetime
    stories: tuple[IncidentHere, ...]
    """Every incident that concerns what is shown here: the open ones, then the latest."""
    troubles: tuple[Trouble, ...]
    measured: Mapping[str, TargetHistory]
    """By key of the target."""
    signalled: Mapping[str, Signalled]
    """By service, where enough people said so."""
    titles: Mapping[str, str]
    """Of services, by key of the target."""
    valid_until: datetime

    @property
    def checked(self) -> tuple[datetime, datetime] | None:
        """Return the oldest and the newest check of what is known; none when nothing is."""
        known = [tile.state for tile in self.page.tiles if tile.state.state is not State.UNKNOWN]
        times = [state.checked_at for state in known if state.checked_at is not None]
        return (min(times), max(times)) if times else None

    @property
    def histories(self) -> tuple[ServiceHistory, ...]:
        """Return what the page draws; only when it is asked, since badges and feeds do not."""
        return histories_of(self.page, self.measured)

    @property
    def past(self) -> tuple[IncidentHere, ...]:
        """Return the latest incidents that are over, or are as soon as their calm has lasted."""
        found = (it for it in self.stories if not it.incident.is_open or it.incident.is_back)
        return tuple(found)[:MOST_PAST]

    def lines(self, story: IncidentHere) -> tuple[Line, ...]:
        """Return what is told of an incident, the newest first."""
        told = (line_of(message, self.titles) for message in reversed(story.incident.messages))
        return tuple(line for line in told if line is not None)

    def story(self, about: IncidentHere) -> Folded[Line]:
        """Return the same as a page shows it."""
        return fold(self.lines(about), is_said=lambda line: line.is_typed)


def build_view(snapshot: Snapshot, page: InstancePage, *, now: datetime) -> StatusView:
    here = incidents_here(snapshot.incidents, page)
    said = {
        tile.service.id: found
        for tile in page.tiles
        if (found := signalled_of(snapshot, page.card.slug, tile.service.id, now=now))
    }
    troubles = tuple(_troubles(page, [item for item in here if item.incident.is_open], now))
    changes = [signals.ends_at(item) for item in said.values()]
    changes += [item.next_at for item in troubles if item.next_at is not None]
    return StatusView(
        page=page,
        now=now,
        stories=here,
        troubles=troubles,
        measured=snapshot.history,
        signalled={name: item for name, item in said.items() if item.n >= ENOUGH_TO_TELL},
        titles=titles_by_key(page),
        valid_until=min([page.valid_until, *(item for item in changes if item > now)]),
    )


def signalled_of(
    snapshot: Snapshot, slug: str, service_id: str, *, now: datetime
) -> Signalled | None:
    """Return what people said lately in an académie; for the nation, in all of them."""
    places = [(slug, service_id)]
    if slug == NATIONAL_SLUG:
        places = [place for place in snapshot.signals if place[1] == service_id]
    several = [snapshot.signals[place] for place in places if place in snapshot.signals]
    return signals.recent(several, now=now)


def news_of(snapshot: Snapshot, page: InstancePage, tile: Tile, *, now: datetime) -> News:
    """Return what the page for when a service does not work adds to its state."""
    here = incidents_here(snapshot.incidents, page)
    about = [item for item in here if item.incident.is_open and item.is_about(tile.service.id)]
    lines = [message for item in about for message in item.incident.messages]
    written = [message for message in lines if message.source is Source.PERSON]
    newest = max(written, key=lambda message: message.at, default=None)
    return News(
        line=line_of(newest, {}) if newest is not None else None, next_at=_promised(about, now)
    )


def line_of(message: Message, titles: Mapping[str, str]) -> Line | None:
    """Word one line of a story; none when it tells nothing to people here."""
    is_typed = message.source is Source.PERSON
    text = message.text if is_typed else incident_words.seen(message, titles)
    stage = incident_words.stage(message.stage) if message.stage and is_typed else ""
    if not text and not stage:
        return None
    by = incident_words.source(message.source)
    return Line(at=message.at, by=by, stage=stage, text=text, is_typed=is_typed)


def _troubles(
    page: InstancePage, stories: Sequence[IncidentHere], now: datetime
) -> Iterable[Trouble]:
    told_by: dict[int, Tile] = {}
    for tile in state_words.troubled(page):
        about = [item for item in stories if item.is_about(tile.service.id)]
        fresh = tuple(item for item in about if item.incident.id not in told_by)
        told = [told_by[item.incident.id] for item in about if item.incident.id in told_by]
        yield Trouble(
            tile=tile,
            stories=fresh,
            same_as=told[0] if told and not fresh else None,
            next_at=_promised(about, now),
        )
        told_by.update({item.incident.id: tile for item in fresh})


def _promised(stories: Iterable[IncidentHere], now: datetime) -> datetime | None:
    """Return when the next news are due that somebody promised."""
    promised = (item.incident.next_at for item in stories)
    return min((at for at in promised if at is not None and at > now), default=None)
