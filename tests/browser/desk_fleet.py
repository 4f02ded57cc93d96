"""What ops see of the world of the desks: a server with a past, a monitor not quite well."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import select, update

import journal
from database import writing
from instances.targets import key_of
from journal import Revision
from monitoring import last_probe, lease
from monitoring.last_probe import Look
from monitoring.models import FiveMinutes, Hour, MonitorLease, Target, Transition
from monitoring.target import Part, ProbeResult, State, Step
from tests.portal import Portal

FAILED = ProbeResult(
    state=State.DOWN,
    reason="http-502",
    message="Nous revenons à 14 h.",
    parts={Part.REACHABLE: State.UP, Part.WORKS: State.DOWN},
    steps=(
        Step(url="https://salle.example.fr/config.js", status=200, latency_ms=80, reason="ok"),
        Step(
            url=f"https://salle.example.fr/http-bind?room={'conseil-' * 20}",
            status=502,
            latency_ms=1200,
            reason="http-502",
        ),
    ),
)
_SEEN = {"up": 1, "degraded": 0, "down": 0, "maintenance": 0, "checks": 4, "failures": 1}
_LATENCY = {"latency_sum": 400, "latency_count": 4, "latency_max": 730}
_CHANGES = 45
"""More than two pages hold."""


def add(portal: Portal) -> None:
    service = portal.site.snapshot.catalogue.service("salle")
    assert service is not None
    now = datetime.now(UTC)
    with writing(portal.site.sessions) as session:
        key = key_of(service.backends[0])
        row = session.scalars(select(Target).where(Target.key == key)).one()
        row.version, row.certificate_until = "8.0.1", now + timedelta(days=5)
        row.latency_ms = 1340
        for n in range(_CHANGES):
            line = Transition(target_id=row.id, at=now - timedelta(hours=n), reason="http-502")
            line.before, line.after = ("up", "down") if n % 2 else ("down", "up")
            session.add(line)
        for table, span in ((FiveMinutes, 300), (Hour, 3600)):
            first = int(now.timestamp()) // span
            places = (first - n for n in range(60) if n not in (20, 21))
            session.add_all(
                table(target_id=row.id, bucket=place, **_SEEN, **_LATENCY) for place in places
            )
        look = Look(target_id=row.id, at=now, content=last_probe.content_of(FAILED))
        last_probe.write(session, [look])
        lease.take(session, "pelican:42", version="0.0")
        figures = {"last_batch_at": now, "targets": 9, "refused_targets": 1, "lag_seconds": 45.0}
        session.execute(update(MonitorLease).values(**figures))
        refused = select(Target).where(Target.state == State.UNKNOWN).limit(1)
        for other in session.scalars(refused):
            other.reason = "refused-address"
        journal.bump(session, Revision.HEALTH)
