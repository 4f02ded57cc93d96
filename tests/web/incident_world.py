"""Incidents behind a portal: targets fail and come back as the monitor would have seen."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from flask.testing import FlaskClient
from sqlalchemy import select

from database import writing
from instances.targets import probe_targets
from monitoring import incident_records, records
from monitoring.health import Change, Health
from monitoring.models import Target
from monitoring.records import Batch, Update
from monitoring.target import State
from tests.portal import Portal
from tests.web.admin.service_screens import text_of


class Troubles:
    """What the monitor sees: public ids of backends, and what becomes of them."""

    def __init__(self, portal: Portal) -> None:
        self._portal = portal
        now = datetime.now(UTC)
        targets = probe_targets(portal.site.snapshot, now=now, default_interval=60)
        self._keys = {name: item.key for item in targets for name in item.labels["backend"]}
        with writing(portal.site.sessions) as session:
            records.register(session, targets)

    def become(self, state: State, *backends: str, minutes_ago: float = 10) -> None:
        """Let backends change their state, all in one batch."""
        now = datetime.now(UTC)
        at = now - timedelta(minutes=minutes_ago)
        with writing(self._portal.site.sessions) as session:
            rows = [
                session.scalars(select(Target).where(Target.key == self._keys[name])).one()
                for name in backends
            ]
            updates = tuple(_update(row, state, at=at, now=now) for row in rows)
            moved = records.write(session, Batch(updates=updates), epoch=1)
            incident_records.follow(session, moved, now=now)
        self._portal.site.refresh()


def _update(row: Target, state: State, *, at: datetime, now: datetime) -> Update:
    before = State(row.state)
    stale = now + timedelta(days=1)
    health = Health(state=state, since=at, checked_at=now, stale_at=stale, reason="status-503")
    change = Change(at=at, before=before, after=state, reason="status-503")
    return Update(target_id=row.id, seen=before, health=health, changes=(change,))


def read(client: FlaskClient, path: str) -> str:
    """Return the words of a page, with plain spaces."""
    answer = client.get(path)
    assert answer.status_code == 200, answer.status
    return text_of(answer).replace("\N{NO-BREAK SPACE}", " ")
