"""What a page was made from: as long as that is the same, it need not be made again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from instances.snapshot import Snapshot
from journal import Revision


@dataclass(frozen=True, slots=True)
class Basis:
    revisions: tuple[tuple[Revision, int], ...]
    targets: tuple[str, ...] | None
    """Keys of the targets whose states the page shows; None: nobody said which."""
    states: int
    """A hash of these states, without the times at which they were checked."""


def basis_of(snapshot: Snapshot, targets: tuple[str, ...] | None, *, now: datetime) -> Basis:
    """Return what a page that shows these targets is made from."""
    every_change = targets is None
    return Basis(
        revisions=tuple(
            item
            for item in snapshot.revisions.items()
            if every_change or item[0] != Revision.HEALTH
        ),
        targets=targets,
        states=hash(tuple(_state(snapshot, key, now) for key in targets or ())),
    )


def _state(snapshot: Snapshot, key: str, now: datetime) -> object:
    health = snapshot.health.get(key)
    return health and (health.state_at(now), health.since, health.expected_end)
