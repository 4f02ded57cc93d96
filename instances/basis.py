"""What a page was made from: as long as that is the same, it need not be made again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from instances.national import NATIONAL_SLUG
from instances.snapshot import Snapshot
from journal import Revision


@dataclass(frozen=True, slots=True)
class Shown:
    """What a page says that it shows."""

    targets: tuple[str, ...] | None
    """Keys of the targets whose states it shows; None: nobody said which."""
    academie: str | None = None
    """The only one whose decisions it shows; None: those of any."""
    follows: bool = False
    """It also tells incidents, history and what people signal, of these targets."""


@dataclass(frozen=True, slots=True)
class Basis:
    revisions: tuple[tuple[Revision, int], ...]
    decided: tuple[int, ...]
    """When decisions last changed that the page may show."""
    states: int
    """A hash of the states it shows, without the times at which they were checked."""
    followed: int = 0
    """A hash of the incidents, the history and the signals that it tells."""


def basis_of(snapshot: Snapshot, shown: Shown, *, now: datetime) -> Basis:
    """Return what a page that shows this is made from."""
    told_apart = {
        Revision.HEALTH: shown.targets is not None,
        Revision.DECISIONS: shown.academie is not None,
        # A page that says nothing of them, or of some alone, is spared the changes of others.
        Revision.INCIDENTS: shown.targets is not None,
        Revision.HISTORY: shown.targets is not None,
        Revision.SIGNALS: shown.targets is not None,
    }
    return Basis(
        revisions=tuple(
            item for item in snapshot.revisions.items() if not told_apart.get(item[0], False)
        ),
        decided=tuple(
            snapshot.decided.get(slug, 0) for slug in (None, shown.academie) if shown.academie
        ),
        states=hash(tuple(_state(snapshot, key, now) for key in shown.targets or ())),
        followed=hash(tuple(_followed(snapshot, shown))) if shown.follows else 0,
    )


def _followed(snapshot: Snapshot, shown: Shown) -> Iterator[object]:
    keys = frozenset(shown.targets or ())
    for incident in snapshot.incidents:
        if shown.targets is None or incident.keys & keys:
            said = len(incident.messages), len(incident.keys)
            yield incident.id, incident.version, incident.updated_at, *said
    for key in shown.targets or snapshot.history:
        yield key, (history := snapshot.history.get(key)) and history.at
    for (academie, service_id), signalled in snapshot.signals.items():
        # The nation's page tells what was said anywhere.
        if shown.academie in (None, NATIONAL_SLUG, academie):
            yield academie, service_id, signalled.n, signalled.since


def _state(snapshot: Snapshot, key: str, now: datetime) -> object:
    health = snapshot.health.get(key)
    return health and (health.state_at(now), health.since, health.expected_end)
