"""What the monitor looks at: every backend that some académie shows, each target once."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from urllib.parse import urlsplit

import structlog

from catalogue.schema import GENTLE_INTERVAL, Backend, Operator, OperatorKind, Probe, Service
from instances.national import NATIONAL_CARD
from instances.offer import Absence, Offered, offer
from instances.schema import AcademyCard, LocalService
from instances.snapshot import Snapshot
from monitoring.target import Expectation, ProbeTarget, target_key

log = structlog.get_logger(__name__)

HURRIED_INTERVAL = 20
"""Seconds between two looks, at most, at what people say does not work."""


@dataclass(frozen=True, kw_only=True)
class BackendUse:
    """One backend of one service, and the académies that show it."""

    public_id: str
    """ "service/backend" (national) or "slug:service/backend" (an académie's own)."""
    service: Service
    operator: Operator | None
    backend: Backend
    academies: tuple[str, ...]


def probe_targets(
    snapshot: Snapshot,
    *,
    now: datetime,
    default_interval: int,
    hurried: Collection[tuple[str, str]] = (),
) -> tuple[ProbeTarget, ...]:
    """Merge the wishes of all who ask for a target: shortest interval, strictest thresholds.

    What the nation shows too is judged as the nation says: no académie makes it fail sooner.
    `hurried`: by académie and service, what is looked at more often for a while. Who must be asked
    gently stays so, however often another asks for the same address.
    """
    targets: dict[str, ProbeTarget] = {}
    floors: dict[str, int] = defaultdict(int)
    for use in backend_uses(snapshot, now=now):
        target = _target(use, default_interval)
        if target is None:
            continue
        if any((academie, use.service.id) in hurried for academie in use.academies):
            target = _hurry(target)
        known = targets.get(target.key)
        targets[target.key] = target if known is None else _merged(known, target)
        floors[target.key] = max(
            floors[target.key], _least_interval(use.operator, default_interval)
        )
    return tuple(
        replace(target, interval=max(target.interval, floors[key]))
        for key, target in targets.items()
    )


def backend_uses(snapshot: Snapshot, *, now: datetime) -> tuple[BackendUse, ...]:
    """List every backend shown somewhere, with the académies that show it."""
    shown: dict[tuple[str, Backend], list[str]] = defaultdict(list)
    services: dict[str, tuple[Service, Operator | None]] = {}
    for card in (NATIONAL_CARD, *snapshot.directory.cards):
        for offered in offer(snapshot, card, now):
            # Those who are signed in see what is reserved to agents.
            if offered.absence not in (None, Absence.AGENTS_ONLY):
                continue
            for public_id, backend in named_backends(offered, card):
                shown[public_id, backend].append(card.slug)
                operator = snapshot.operator_of(offered.service, card)
                services[public_id] = offered.service, operator
    return tuple(
        BackendUse(
            public_id=public_id,
            service=services[public_id][0],
            operator=services[public_id][1],
            backend=backend,
            academies=tuple(academies),
        )
        for (public_id, backend), academies in shown.items()
    )


@lru_cache(maxsize=4096)
def key_of(backend: Backend) -> str | None:
    """Return the key of a backend's target; none when nothing looks after it, or nothing can.

    Never raises: an address that nobody can read makes one state unknown and no page fail.
    """
    probe = backend.probe
    if probe is None:
        return None
    try:
        return target_key(
            _base(backend, probe), probe.profile, probe.path, expect=_expectation(probe)
        )
    except ValueError as error:
        # Told once: the cache remembers the answer.
        log.warning("backend-unreadable", url=_base(backend, probe), reason=str(error))
        return None


def named_backends(offered: Offered, card: AcademyCard) -> Iterator[tuple[str, Backend]]:
    """Yield every backend of a service as an académie has it, each under its public id."""
    service = offered.service
    own = offered.choice is not None and offered.choice.backends is not None
    local = isinstance(service, LocalService)
    prefix = f"{card.slug}:" if own or local else ""
    name = f"{prefix}{service.id.partition('.')[2] if local else service.id}"
    for backend in service.backends:
        yield f"{name}/{backend.id}", backend
    for variant in service.variants:
        for backend in variant.backends:
            yield f"{name}/{variant.id}.{backend.id}", backend


def _base(backend: Backend, probe: Probe) -> str:
    return probe.url or backend.url


def _expectation(probe: Probe) -> Expectation:
    return Expectation(**probe.expect.model_dump())


def _target(use: BackendUse, default_interval: int) -> ProbeTarget | None:
    target, probe = target_of(use.backend), use.backend.probe
    if target is None or probe is None:
        return None
    labels = labels_of(use.public_id, use.backend, service=use.service, operator=use.operator)
    labels["academie"] = use.academies
    return replace(target, interval=probe.interval or default_interval, labels=labels)


def labels_of(
    public_id: str, backend: Backend, *, service: Service, operator: Operator | None
) -> dict[str, tuple[str, ...]]:
    """Return what windows and incidents name a backend by, whether or not it is looked after."""
    url = backend.url if backend.probe is None else _base(backend, backend.probe)
    labels: dict[str, tuple[str, ...]] = {
        "backend": (public_id,),
        "service": (service.id,),
        "operator": (operator.id if operator else service.operator,),
        "host": (_host(url),),
    }
    if backend.hosting.provider:
        labels["provider"] = (backend.hosting.provider,)
    if service.depends_on:
        labels["depends-on"] = service.depends_on
    return labels


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def _hurry(target: ProbeTarget) -> ProbeTarget:
    # A probe that takes its whole time must be over before the next.
    shortest = max(HURRIED_INTERVAL, math.ceil(target.timeout) + 1)
    return replace(target, interval=min(target.interval, shortest))


def target_of(backend: Backend) -> ProbeTarget | None:
    """Return what to look at for a backend, for nobody in particular; none as `key_of` says."""
    probe, key = backend.probe, key_of(backend)
    if probe is None or key is None:
        return None
    return ProbeTarget(
        key=key,
        url=_base(backend, probe),
        profile=probe.profile,
        path=probe.path,
        expect=_expectation(probe),
        timeout=float(probe.timeout or ProbeTarget.timeout),
        down_after=probe.down_after or ProbeTarget.down_after,
        up_after=probe.up_after or ProbeTarget.up_after,
    )


def _least_interval(operator: Operator | None, default_interval: int) -> int:
    """The ministry and the académies probe their own as they like; others are asked gently."""
    if operator is not None and operator.kind is OperatorKind.EDUCATION:
        return min(default_interval, 10)
    return GENTLE_INTERVAL


def _merged(first: ProbeTarget, second: ProbeTarget) -> ProbeTarget:
    names = first.labels.keys() | second.labels.keys()
    judging = [item for item in (first, second) if not _is_own(item)] or [first, second]
    return replace(
        first,
        interval=min(first.interval, second.interval),
        timeout=min(item.timeout for item in judging),
        down_after=min(item.down_after for item in judging),
        up_after=max(item.up_after for item in judging),
        labels={
            name: _union(first.labels.get(name, ()), second.labels.get(name, ())) for name in names
        },
    )


def _is_own(target: ProbeTarget) -> bool:
    """Tell whether only académies' own services ask for it, at an address that they typed."""
    return all(":" in item for item in target.labels["backend"])


def _union(first: Iterable[str], second: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*first, *second)))
