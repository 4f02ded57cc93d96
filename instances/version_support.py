"""Which versions an académie's own servers run, and until when each gets corrections."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from catalogue.schema import Backend
from instances.offer import Offered, offer, today
from instances.schema import AcademyCard
from instances.snapshot import Snapshot
from instances.targets import key_of, named_backends
from monitoring.end_of_life import Standing, Support, support_of

KNOWN_AHEAD = timedelta(days=90)
"""From then on before the last day, a team has something to do."""


@dataclass(frozen=True, kw_only=True)
class VersionSeen:
    """What a server said of its version. For ops and the académie's team, never for a page."""

    public_id: str
    version: str
    support: Support | None
    """None: nothing is known of this software."""

    def is_due(self, day: date) -> bool:
        """Tell whether it gets no corrections, or will get none within 90 days."""
        if self.support is None:
            return False
        if self.support.standing is Standing.ENDED:
            return True
        until = self.support.until
        return until is not None and until <= day + KNOWN_AHEAD


def versions_of(
    snapshot: Snapshot, card: AcademyCard, *, now: datetime
) -> Mapping[str, tuple[VersionSeen, ...]]:
    """Return by service what the académie's own addresses run: local services, own addresses.

    What runs for the whole nation is none of its business: operators see to that.
    """
    day = today(card, now)
    found: dict[str, tuple[VersionSeen, ...]] = {}
    for offered in offer(snapshot, card, now):
        seen = tuple(_seen(snapshot, card, offered, day))
        if seen:
            found[offered.service.id] = seen
    return found


def version_seen(
    snapshot: Snapshot, backend: Backend, *, public_id: str, day: date
) -> VersionSeen | None:
    """Return what one backend said; None when nothing looks after it or it says no version."""
    key = key_of(backend)
    health = snapshot.health.get(key) if key is not None else None
    if health is None or health.version is None or backend.probe is None:
        return None
    support = support_of(backend.probe.profile, health.version, today=day)
    return VersionSeen(public_id=public_id, version=health.version, support=support)


def _seen(
    snapshot: Snapshot, card: AcademyCard, offered: Offered, day: date
) -> Iterator[VersionSeen]:
    for public_id, backend in named_backends(offered, card):
        if not public_id.startswith(f"{card.slug}:"):
            continue
        seen = version_seen(snapshot, backend, public_id=public_id, day=day)
        if seen is not None:
            yield seen
