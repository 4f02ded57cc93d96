"""Announced work as the prober applies it: every result of a target that is worked on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from monitoring.health import DECLARED
from monitoring.maintenance import Window, coming, covers
from monitoring.target import Announced, ProbeResult, ProbeTarget, State

AHEAD = timedelta(days=2)
"""Known this long beforehand, should the database be away meanwhile."""
BEHIND = timedelta(minutes=10)
"""A probe that began within a window may end after it."""


def with_announced(
    targets: Iterable[ProbeTarget], windows: Iterable[Window], *, now: datetime
) -> tuple[ProbeTarget, ...]:
    """Tell each target what work is announced for it."""
    soon = coming(windows, now=now - BEHIND, ahead=BEHIND + AHEAD)
    if not soon:
        return tuple(targets)
    return tuple(
        replace(
            target,
            announced=tuple(
                Announced(starts_at=item.starts_at, ends_at=item.ends_at, title=item.window.title)
                for item in soon
                if covers(item.window, target.labels)
            ),
        )
        for target in targets
    )


def judged(target: ProbeTarget, result: ProbeResult, *, at: datetime) -> ProbeResult:
    """Return what a result says when work that is announced is under way.

    Whatever was seen is maintenance then. Of several windows the one that ends last is told, and
    its end is that of those that follow without a break.
    """
    under_way = [item for item in target.announced if item.starts_at <= at < item.ends_at]
    if not under_way:
        return result
    last = max(under_way, key=lambda item: item.ends_at)
    return replace(
        result,
        state=State.MAINTENANCE,
        reason=DECLARED,
        expected_end=_end_of_all(target, last.ends_at),
        message=last.title,
    )


def _end_of_all(target: ProbeTarget, end: datetime) -> datetime:
    for item in sorted(target.announced, key=lambda item: item.starts_at):
        if item.starts_at <= end:
            end = max(end, item.ends_at)
    return end
