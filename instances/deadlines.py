"""What ends soon of what ops look after: certificates, hosting, services, corrections."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from instances.fleet import Server
from monitoring.end_of_life import Standing, Support, support_of
from monitoring.health import Health

AHEAD = timedelta(days=60)


class Kind(StrEnum):
    CERTIFICATE = "certificate"
    HOSTING = "hosting"
    SERVICE = "service"


@dataclass(frozen=True, kw_only=True)
class Deadline:
    kind: Kind
    day: date
    """The last one on which it holds."""
    server: Server
    """Of a service, one of those that it runs on."""
    academies: frozenset[str]


def deadlines(servers: Iterable[Server], *, now: datetime, zone: ZoneInfo) -> tuple[Deadline, ...]:
    """Return what ends within 60 days or is over already, the earliest first."""
    latest = now.astimezone(zone).date() + AHEAD
    found = [item for item in _all(servers, zone) if item.day <= latest]
    return tuple(sorted(found, key=lambda item: (item.day, item.kind, item.server.id)))


@dataclass(frozen=True, kw_only=True)
class Unsupported:
    """A version that gets no corrections, or none soon, and where it runs."""

    version: str
    support: Support
    servers: tuple[Server, ...]


def unsupported(servers: Iterable[Server], *, today: date) -> tuple[Unsupported, ...]:
    """Return what is over or ends within 60 days, what has been over for longest first."""
    found: dict[tuple[str, str], list[Server]] = {}
    known: dict[tuple[str, str], Support] = {}
    for server in servers:
        support = support_at(server, today)
        if support is None or server.health is None or not _is_due(support, today):
            continue
        place = server.profile, server.health.version or ""
        known[place] = support
        found.setdefault(place, []).append(server)
    lines = [
        Unsupported(version=place[1], support=known[place], servers=tuple(several))
        for place, several in found.items()
    ]
    return tuple(sorted(lines, key=lambda item: (item.support.until or date.min, item.version)))


def support_at(server: Server, today: date) -> Support | None:
    """Return until when the version that it runs gets corrections; none when nobody knows."""
    if server.health is None or server.health.version is None:
        return None
    return support_of(server.profile, server.health.version, today=today)


def _is_due(support: Support, today: date) -> bool:
    if support.standing is Standing.ENDED:
        return True
    return support.until is not None and support.until <= today + AHEAD


def _all(servers: Iterable[Server], zone: ZoneInfo) -> Iterator[Deadline]:
    services: dict[str, list[Server]] = {}
    for server in servers:
        services.setdefault(server.use.service.id, []).append(server)
        academies = frozenset(server.academies)
        certificate = _certificate(server.health, zone)
        if certificate is not None:
            yield Deadline(
                kind=Kind.CERTIFICATE, day=certificate, server=server, academies=academies
            )
        hosting = server.use.backend.hosting.until
        if hosting is not None:
            yield Deadline(kind=Kind.HOSTING, day=hosting, server=server, academies=academies)
    for several in services.values():
        until = several[0].use.service.lifecycle.until
        if until is not None:
            shown = frozenset(slug for item in several for slug in item.academies)
            yield Deadline(kind=Kind.SERVICE, day=until, server=several[0], academies=shown)


def _certificate(health: Health | None, zone: ZoneInfo) -> date | None:
    until = health.certificate_until if health else None
    return until.astimezone(zone).date() if until else None
