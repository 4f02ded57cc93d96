"""What the monitor follows: targets with their announced work, the cap, and the zones."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy.orm import Session, sessionmaker

from database import writing
from instances.publication import Sources
from jobs import Following
from monitoring.models import MaintenanceWindow
from tests.conftest import SettingsFactory

ROOT = Path(__file__).parent
SOURCES = Sources(
    catalogue=str(ROOT / "portal_catalogue.yaml"), academies=ROOT / "portal_academies"
)


def announce(sessions: sessionmaker[Session], backend: str) -> None:
    now = datetime.now(UTC)
    row = MaintenanceWindow(
        uid="w",
        owner="operator/dne",
        scope="backend",
        value=backend,
        title="Nouveaux disques",
        starts_at=now - timedelta(minutes=5),
        ends_at=now + timedelta(hours=1),
        timezone="Europe/Paris",
        created_at=now,
        created_by="x",
        updated_at=now,
        updated_by="x",
    )
    with writing(sessions) as session:
        session.add(row)


def test_targets_carry_the_work_that_is_announced_for_them_and_the_cap(
    sessions: sessionmaker[Session], make_settings: SettingsFactory
) -> None:
    following = Following(SOURCES, make_settings(maintenance_cap=3))
    with sessions() as session:
        backend = following(session)[0].labels["backend"][0]
    announce(sessions, backend)
    following = Following(SOURCES, make_settings(maintenance_cap=3))
    with sessions() as session:
        targets = following(session)
    assert {target.maintenance_cap for target in targets} == {3 * 3600}
    worked_on = [target for target in targets if target.announced]
    assert [backend in target.labels["backend"] for target in worked_on] == [True]
    assert worked_on[0].announced[0].title == "Nouveaux disques"


def test_zones_are_those_of_the_cards(
    sessions: sessionmaker[Session], make_settings: SettingsFactory
) -> None:
    following = Following(SOURCES, make_settings())
    assert following.zones() == frozenset()
    with sessions() as session:
        following(session)
    assert following.zones() == {"Europe/Paris", "Indian/Reunion"}
