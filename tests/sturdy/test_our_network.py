"""Our network cut: every host is lost at once; nothing is said to be down, one alert is told."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

import jobs
from monitoring.cycle import Monitor
from monitoring.models import Alert, Incident, Target, Transition
from monitoring.route_book import RouteBook
from tests.monitoring.scene import DOWN, Scene, running, target, wait_for

pytestmark = pytest.mark.slow

MANY = 12


def states(sessions: sessionmaker[Session]) -> set[str]:
    with sessions() as session:
        return set(session.scalars(select(Target.state)))


def told(sessions: sessionmaker[Session]) -> list[tuple[str, str]]:
    with sessions() as session:
        rows = session.execute(select(Alert.event, Alert.route).order_by(Alert.id))
        return [(event, route) for event, route in rows]


def test_zero_false_downs_and_one_alert(sessions: sessionmaker[Session], tmp_path: Path) -> None:
    file = tmp_path / "alerts.yaml"
    file.write_text("routes: [{name: equipe, to: 'json://127.0.0.1:9/'}]", encoding="utf-8")
    scene = Scene([target(number) for number in range(MANY)])
    follow = jobs.Follow(RouteBook(file, tmp_path))
    reading = scene.read_targets
    monitor = Monitor(sessions, scene.prober(), read_targets=reading, follow=follow, holder="one")
    with running(monitor):
        wait_for(lambda: states(sessions) == {"up"}, seconds=60)
        scene.answers = {item.key: DOWN for item in scene.targets}
        wait_for(lambda: states(sessions) == {"unknown"}, seconds=60)
        wait_for(lambda: told(sessions) == [("network", "equipe")], seconds=30)
        scene.answers = {}
        wait_for(lambda: states(sessions) == {"up"}, seconds=60)
        wait_for(lambda: told(sessions) == [("network_passed", "equipe")], seconds=30)
    with sessions() as session:
        assert session.scalars(select(Incident)).all() == []
        assert "down" not in set(session.scalars(select(Transition.after)))


def test_what_fails_alone_is_one_incident_and_one_alert(
    sessions: sessionmaker[Session], tmp_path: Path
) -> None:
    file = tmp_path / "alerts.yaml"
    file.write_text("routes: [{name: equipe, to: 'json://127.0.0.1:9/'}]", encoding="utf-8")
    scene = Scene([target(number) for number in range(MANY)])
    follow = jobs.Follow(RouteBook(file, tmp_path))
    reading = scene.read_targets
    monitor = Monitor(sessions, scene.prober(), read_targets=reading, follow=follow, holder="one")
    with running(monitor):
        wait_for(lambda: states(sessions) == {"up"}, seconds=60)
        scene.answers = {scene.targets[0].key: DOWN}
        wait_for(lambda: told(sessions) == [("opened", "equipe")], seconds=60)
        with sessions() as session:
            (opened,) = session.scalars(select(Alert))
            assert opened.content["targets"][0]["state"] == "down"
            assert opened.subject == f"incident/{session.scalars(select(Incident.id)).one()}"
        scene.answers = {}
        wait_for(lambda: told(sessions) == [("passed", "equipe")], seconds=90)
