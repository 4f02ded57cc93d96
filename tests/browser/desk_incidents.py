"""Incidents in the world of the desks: what fails there, what people said, two that became one."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from database import writing
from instances.choices import Decision
from monitoring import incident_care, incident_people
from monitoring.incident_people import Saying
from monitoring.incidents import Stage
from monitoring.models import Incident, IncidentTarget, Target
from monitoring.target import State
from tests.portal import Portal
from tests.web.incident_world import Troubles


def add(portal: Portal, by: Decision) -> dict[str, str]:
    """Let the monitor find what fails in this world, and more; explain, merge, mend."""
    troubles = Troubles(portal)
    troubles.become(State.UP, "pad/b", "visio/b", minutes_ago=600)
    troubles.become(State.DOWN, "tubes/cycle-2.a", minutes_ago=500)
    troubles.become(State.DOWN, "pad/b", "visio/b", minutes_ago=40)
    troubles.become(State.UP, "tubes/cycle-2.a", minutes_ago=400)
    troubles.become(State.MAINTENANCE, "pad/b", minutes_ago=10)
    found = {name: _number(portal, name) for name in ("tubes/cycle-2.a", "pad/b", "visio/b")}
    over, kept, gone = found.values()
    said = Saying(
        text="Un disque du serveur principal est plein.\n\nNous le vidons.",
        stage=Stage.IDENTIFIED,
        next_at=by.now + timedelta(days=2),
    )
    late = Saying(text="C'était le disque : il est remplacé.")
    with writing(portal.site.sessions) as session:
        for number, saying in ((gone, said), (over, late)):
            incident_people.add_message(session, number, saying, actor=by.actor, now=by.now)
        incident_people.merge(session, kept, gone, actor=by.actor, now=by.now)
        incident_care.take(session, kept, actor=by.actor, now=by.now, seen=None)
    return {"incident": str(kept), "incident_over": str(over), "incident_merged": str(gone)}


def _number(portal: Portal, backend: str) -> int:
    with portal.site.sessions() as session:
        rows = session.execute(
            select(Incident.id, Target.labels)
            .join(IncidentTarget, IncidentTarget.incident_id == Incident.id)
            .join(Target, Target.id == IncidentTarget.target_id)
            .order_by(Incident.id)
        )
        numbers = [int(row.id) for row in rows if backend in row.labels["backend"]]
    return numbers[0]
