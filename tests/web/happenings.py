"""Incidents, announced work and signals behind a portal, written as the monitor and people do."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import select

import journal
from database import writing
from instances import signals
from instances.signals import Signalling
from instances.targets import key_of
from journal import Revision
from monitoring.history import TargetHistory
from monitoring.models import Incident, IncidentMessage, IncidentTarget, MaintenanceWindow, Target
from monitoring.window_rules import Author
from tests.portal import Portal

AN_HOUR = timedelta(hours=1)


def now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)


@dataclass(frozen=True, kw_only=True)
class Said:
    """A line of an incident: a person's when it has words, a probe's when it has a code."""

    text: str = ""
    code: str = ""
    stage: str | None = None
    at: datetime
    next_at: datetime | None = None


def keys_of(portal: Portal, service_id: str) -> list[str]:
    service = portal.site.snapshot.catalogue.service(service_id)
    assert service is not None
    several = (service.backends, *(variant.backends for variant in service.variants))
    return [key for backends in several for key in map(key_of, backends) if key is not None]


def add_incident(portal: Portal, keys: Iterable[str], *said: Said, **values: Any) -> str:
    """Write one; return its uid."""
    opened = now() - AN_HOUR
    columns: dict[str, Any] = {"cause": "target", "severity": "major", "stage": "investigating"}
    columns |= {"uid": str(uuid4()), "opened_at": opened, "updated_at": opened} | values
    with writing(portal.site.sessions) as session:
        incident = Incident(**columns)
        session.add(incident)
        for key in keys:
            row = session.scalars(select(Target).where(Target.key == key)).one_or_none()
            if row is None:
                row = Target(key=key, url="-", profile="-", labels={})
                session.add(row)
            session.flush()
            link = {"incident_id": incident.id, "target_id": row.id, "state": "down"}
            session.add(IncidentTarget(since=incident.opened_at, **link))
        session.flush()
        for line in said:
            written = vars(line) | {"source": "person" if line.text or line.stage else "probe"}
            message = IncidentMessage(uid=str(uuid4()), incident_id=incident.id, **written)
            session.add(message)
        journal.bump(session, Revision.INCIDENTS)
        uid = incident.uid
    portal.site.refresh()
    return uid


def add_window(portal: Portal, scope: str, value: str, **values: Any) -> str:
    """Write one that begins in two days, unless told otherwise; return its uid."""
    begins = now() + timedelta(days=2)
    columns: dict[str, Any] = {"uid": str(uuid4()), "owner": "operator/dne"}
    columns |= {"title": "Mise à jour"}
    columns |= {"starts_at": begins, "ends_at": begins + AN_HOUR, "timezone": "Europe/Paris"}
    columns |= {"created_at": now(), "created_by": "test", "updated_at": now()}
    with writing(portal.site.sessions) as session:
        row = MaintenanceWindow(scope=scope, value=value, updated_by="test", **(columns | values))
        session.add(row)
        journal.bump(session, Revision.WINDOWS)
        uid = row.uid
    portal.site.refresh()
    return uid


def stop_window(portal: Portal, uid: str, how: Callable[..., None]) -> None:
    """Call it off or end it now; `how`: a function of `monitoring.windows`."""
    with writing(portal.site.sessions) as session:
        row = session.scalars(select(MaintenanceWindow).where(MaintenanceWindow.uid == uid)).one()
        how(session, row, by=Author(actor="test", now=datetime.now(UTC)))
    portal.site.refresh()


def add_signals(portal: Portal, academie: str, service_id: str, n: int) -> None:
    bucket = signals.bucket_of(datetime.now(UTC))
    with writing(portal.site.sessions) as session:
        signals.add_signals(session, {Signalling(academie, service_id, bucket): n})
    portal.site.refresh()


def know(portal: Portal, history: TargetHistory, *service_ids: str) -> None:
    """Let the roll-ups of these services have been worked out, until the next refresh."""
    keys = [key for service_id in service_ids for key in keys_of(portal, service_id)]
    snapshot = portal.site.snapshot
    fresh = replace(snapshot, history=dict.fromkeys(keys, history))
    portal.site._snapshot = fresh  # noqa: SLF001 - there is no hand for it
