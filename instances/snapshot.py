"""The frozen picture of catalogue, cards, decisions and health that every page is made from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from types import MappingProxyType
from typing import Any

from sqlalchemy.orm import Session

import journal
from catalogue.schema import Catalogue, Operator, Service
from instances import announcements, choices, local_reading, publication, texts
from instances.announcements import Planned
from instances.choices import Choice
from instances.directory import Directory
from instances.failing_since import with_beginnings
from instances.national import NATIONAL_CARD, NATIONAL_SLUG
from instances.schema import AcademyCard, LocalService
from instances.signals import SignalsBy, read_signals
from instances.texts import Texts, with_texts
from journal import Revision
from monitoring.health import Health
from monitoring.history import TargetHistory, read_history
from monitoring.incident_reading import read_incidents
from monitoring.incidents import IncidentView
from monitoring.maintenance import Window
from monitoring.records import read_health
from monitoring.windows import read_windows

_NO_TEXTS = Texts()
_NO_CHOICES: Mapping[str, Choice] = MappingProxyType({})


@dataclass(frozen=True, kw_only=True)
class Snapshot:
    catalogue: Catalogue
    catalogue_since: datetime
    """Since when this list of services holds."""
    directory: Directory
    choices: Mapping[str, Mapping[str, Choice]] = field(default_factory=dict)
    local: Mapping[str, tuple[LocalService, ...]] = field(default_factory=dict)
    """Published local services, by académie."""
    retired: Mapping[str, tuple[LocalService, ...]] = field(default_factory=dict)
    """Local services that were shown once, by académie."""
    texts: Mapping[str, Texts] = field(default_factory=dict)
    """What académies say of themselves."""
    announcements: tuple[Planned, ...] = ()
    health: Mapping[str, Health] = field(default_factory=dict)
    """By key of the target."""
    incidents: tuple[IncidentView, ...] = ()
    """Open ones, then the latest of those that closed; of each, the newest first."""
    windows: tuple[Window, ...] = ()
    """Announced maintenance, over for not long at most."""
    history: Mapping[str, TargetHistory] = field(default_factory=dict)
    """By key of the target."""
    signals: SignalsBy = field(default_factory=dict)
    revisions: Mapping[Revision, int] = field(default_factory=dict)
    decided: Mapping[str | None, int] = field(default_factory=dict)
    """By académie (none: all), the revision at which its decisions were last seen to change."""

    def card(self, slug: str) -> AcademyCard | None:
        """Return an académie's card, with what it says of itself put in."""
        card = NATIONAL_CARD if slug == NATIONAL_SLUG else self.directory.by_slug(slug)
        return None if card is None else with_texts(card, self.texts_of(slug))

    def texts_of(self, slug: str) -> Texts:
        return self.texts.get(slug, _NO_TEXTS)

    def services_of(self, slug: str) -> tuple[Service, ...]:
        """Return every service that an académie may show: the nation's, then its own."""
        return (*self.catalogue.services, *self.local.get(slug, ()))

    def operator_of(self, service: Service, card: AcademyCard) -> Operator | None:
        if isinstance(service, LocalService):
            return service.operator_in(card)
        return self.catalogue.operator(service.operator)

    def choices_of(self, slug: str) -> Mapping[str, Choice]:
        return self.choices.get(slug, _NO_CHOICES)


def read_snapshot(
    session: Session, sources: publication.Sources, *, now: datetime, last: Snapshot | None = None
) -> Snapshot:
    """Read what changed since the last snapshot, in one transaction; all of it without one."""
    revisions = journal.read_revisions(session)
    stale = {
        revision
        for revision, n in revisions.items()
        if last is None or last.revisions.get(revision) != n
    }
    snapshot = last
    if snapshot is None or Revision.CATALOGUE in stale:
        published = publication.read(session, sources, now=now)
        snapshot = with_publication(snapshot, published)
    if Revision.DECISIONS in stale:
        snapshot = _with_decisions(session, snapshot, revisions[Revision.DECISIONS], now)
    if Revision.HEALTH in stale:
        snapshot = replace(snapshot, health=read_health(session))
    snapshot = _with_what_ops_follow(session, snapshot, stale, now)
    if stale & {Revision.HEALTH, Revision.INCIDENTS}:
        snapshot = replace(snapshot, health=with_beginnings(snapshot.health, snapshot.incidents))
    return replace(snapshot, revisions=revisions)


def _with_what_ops_follow(
    session: Session, last: Snapshot, stale: set[Revision], now: datetime
) -> Snapshot:
    fresh: dict[str, Any] = {}
    if Revision.INCIDENTS in stale:
        fresh["incidents"] = read_incidents(session, now=now)
    if Revision.WINDOWS in stale:
        fresh["windows"] = read_windows(session, now=now)
    if Revision.HISTORY in stale:
        fresh["history"] = read_history(session)
    if Revision.SIGNALS in stale:
        fresh["signals"] = read_signals(session, now=now)
    return replace(last, **fresh) if fresh else last


def _with_decisions(session: Session, last: Snapshot, revision: int, now: datetime) -> Snapshot:
    own = local_reading.read_local_services(session)
    fresh = replace(
        last,
        choices=choices.read_choices(session),
        local=own.published,
        retired=own.retired,
        texts=texts.read_texts(session),
        announcements=announcements.read_announcements(session, now=now),
    )
    before, after = _by_academie(last), _by_academie(fresh)
    changed = {
        academie: revision
        for academie in before.keys() | after.keys()
        if before.get(academie) != after.get(academie)
    }
    return replace(fresh, decided={**last.decided, **changed})


def _by_academie(snapshot: Snapshot) -> dict[str | None, list[object]]:
    """Gather what each académie decided, and under none what is said to all."""
    found: dict[str | None, list[object]] = defaultdict(list)
    for several in (snapshot.choices, snapshot.local, snapshot.retired, snapshot.texts):
        for academie, decisions in several.items():
            found[academie].append(decisions)
    for planned in snapshot.announcements:
        found[planned.academie].append(planned)
    return dict(found)


def without_database(sources: publication.Sources, *, now: datetime) -> Snapshot:
    """Make a first snapshot from the sources alone: national choices, states unknown."""
    return with_publication(None, publication.read_sources(sources, now=now))


def with_publication(snapshot: Snapshot | None, published: publication.Published) -> Snapshot:
    if snapshot is None:
        return Snapshot(
            catalogue=published.catalogue,
            catalogue_since=published.catalogue_since,
            directory=published.directory,
        )
    return replace(
        snapshot,
        catalogue=published.catalogue,
        catalogue_since=published.catalogue_since,
        directory=published.directory,
    )
