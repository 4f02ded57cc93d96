"""Since when a server fails: as its incident says, though nobody could look for a while."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from monitoring.health import Health
from monitoring.incidents import IncidentView, Seen
from monitoring.target import State

_FAILING = (State.DOWN, State.DEGRADED)
_TURNED = (Seen.WORSE, Seen.BETTER)


def with_beginnings(
    health: Mapping[str, Health], incidents: Iterable[IncidentView]
) -> Mapping[str, Health]:
    """Return the same states, those that fail since the beginning of their trouble.

    A monitor that was away finds a failing server as one of which nothing was known; whoever
    reads the incident would be told two hours. One that was disturbed before it went down is
    down since its incident grew worse.
    """
    earlier = {
        key: replace(health[key], since=begun)
        for key, begun in _beginnings(incidents).items()
        if key in health and health[key].state in _FAILING and begun < health[key].since
    }
    return {**health, **earlier} if earlier else health


def _beginnings(incidents: Iterable[IncidentView]) -> dict[str, datetime]:
    found: dict[str, datetime] = {}
    for incident in incidents:
        if not incident.is_open:
            continue
        turns = [line.at for line in incident.messages if line.code in _TURNED]
        for affected in incident.targets:
            if affected.until is None:
                begun = max([affected.failed_at, *turns])
                found[affected.key] = min(begun, found.get(affected.key, begun))
    return found
