"""Whom a maintenance is about: which backends, in which académies."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, datetime, timedelta

from instances.national import NATIONAL_SLUG
from instances.snapshot import Snapshot
from instances.targets import BackendUse, labels_of
from instances.window_advice import Concerned
from monitoring.maintenance import Occurrence, Scope, Window, coming, covers

AHEAD = timedelta(days=31)
"""How far ahead screens list what is planned."""


def _labels(use: BackendUse) -> dict[str, tuple[str, ...]]:
    return labels_of(use.public_id, use.backend, service=use.service, operator=use.operator)


def uses_of(window: Window, uses: Iterable[BackendUse]) -> tuple[BackendUse, ...]:
    return tuple(use for use in uses if covers(window, _labels(use)))


def planned(
    snapshot: Snapshot, uses: Collection[BackendUse], *, now: datetime
) -> tuple[Occurrence, ...]:
    """Return what goes on or comes soon for some backends, the earliest first."""
    about = [window for window in snapshot.windows if uses_of(window, uses)]
    return coming(about, now=now, ahead=AHEAD)


def concerned(
    snapshot: Snapshot,
    uses: Iterable[BackendUse],
    place: tuple[Scope, str],
    *,
    openings: Mapping[tuple[str, str], int],
) -> tuple[Concerned, ...]:
    """Return the académies that show what a maintenance would be about, and how much they use it.

    `openings`: by académie and service.
    """
    scope, value = place
    probe = _about(scope, value)
    weights: dict[str, int] = {}
    for use in uses:
        if covers(probe, _labels(use)):
            for slug in use.academies:
                n = openings.get((slug, use.service.id), 0)
                weights[slug] = max(weights.get(slug, 0), n)
    cards = (snapshot.card(slug) for slug in sorted(weights) if slug != NATIONAL_SLUG)
    return tuple(
        Concerned(slug=card.slug, name=card.name, zone=card.timezone, weight=weights[card.slug])
        for card in cards
        if card is not None
    )


def _about(scope: Scope, value: str) -> Window:
    """Make a window of which nothing matters but what it is about."""
    at = datetime.min.replace(tzinfo=UTC)
    return Window(
        id=0, uid="", owner="", scope=scope, value=value, title="",
        starts_at=at, ends_at=at, updated_at=at,
    )  # fmt: skip
