from __future__ import annotations

from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families

from monitoring.target import State
from tests.portal import Portal

Sample = tuple[str, frozenset[tuple[str, str]]]


def scrape(client: FlaskClient, **options: Any) -> dict[Sample, float]:
    answer = client.get("/metrics", **options)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def value(samples: dict[Sample, float], name: str, **labels: str) -> float | None:
    return samples.get((name, frozenset(labels.items())))


def test_states_join_with_the_academies_that_show_them(portal: Portal) -> None:
    portal.set_all(State.UP)
    portal.set_state("visio", State.DOWN, backend="a")
    samples = scrape(portal.client)
    visio = {"service": "visio", "backend": "visio/a"}
    assert value(samples, "trousse_backend_state", state="down", **visio) == 1
    assert value(samples, "trousse_backend_state", state="up", **visio) == 0
    assert value(samples, "trousse_backend_shown", academie="lyon", **visio) == 1
    assert value(samples, "trousse_database_up") == 1


def test_requests_and_openings_are_counted(portal: Portal) -> None:
    before = scrape(portal.client)
    for _ in range(3):
        portal.client.get("/lyon/etat")
    portal.client.get("/lyon/ouvrir/notes", headers={"User-Agent": "Mozilla/5.0"})
    after = scrape(portal.client)

    def grown(name: str, **labels: str) -> float:
        return (value(after, name, **labels) or 0) - (value(before, name, **labels) or 0)

    status = {"route": "status.status", "status": "200"}
    assert grown("trousse_http_requests_total", kept="no", **status) == 1
    assert grown("trousse_http_requests_total", kept="yes", **status) == 2
    opened = {"academie": "lyon", "service": "notes", "outcome": "opened"}
    assert grown("trousse_openings_total", **opened) == 1


def test_with_the_database_away_it_says_so_and_no_states(portal: Portal) -> None:
    portal.client.get("/lyon/")
    portal.site.engine.dispose()
    with portal.site.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE target RENAME TO elsewhere")
    samples = scrape(portal.client)
    assert value(samples, "trousse_database_up") == 0
    assert not [name for name, _ in samples if name == "trousse_backend_state"]


def test_without_a_file_of_alerts_none_is_judged(portal: Portal) -> None:
    assert value(scrape(portal.client), "trousse_alerts_file_ok") is None


class TestWithAFileOfAlerts:
    @pytest.fixture
    def file(self, tmp_path: Path) -> Path:
        return tmp_path / "alerts.yaml"

    @pytest.fixture
    def portal_settings(self, file: Path) -> dict[str, Any]:
        return {"alerts": file}

    @pytest.mark.parametrize(
        ("text", "is_read"),
        [
            ("routes: [{name: equipe, to: 'json://127.0.0.1:9/'}]", 1),
            ("routes: [{name: equipe}]", 0),
            (None, 0),
        ],
        ids=["good", "broken", "gone"],
    )
    def test_it_says_whether_the_file_can_be_read(
        self, portal: Portal, file: Path, text: str | None, is_read: int
    ) -> None:
        if text is not None:
            file.write_text(text, encoding="utf-8")
        assert value(scrape(portal.client), "trousse_alerts_file_ok") == is_read


class TestWhoMayScrape:
    @pytest.fixture
    def portal_settings(self) -> dict[str, Any]:
        return {"metrics_allow": (ip_network("10.0.0.0/8"),), "metrics_token": "sesame"}

    @pytest.mark.parametrize(
        ("address", "headers", "status"),
        [
            ("10.1.2.3", {}, 200),
            ("203.0.113.1", {}, 403),
            ("203.0.113.1", {"Authorization": "Bearer sesame"}, 200),
            ("203.0.113.1", {"Authorization": "Bearer autre"}, 403),
            ("203.0.113.1", {"X-Forwarded-For": "10.1.2.3"}, 403),
            ("10.1.2.3", {"X-Forwarded-For": "8.8.8.8"}, 403),
            ("10.1.2.3", {"X-Real-IP": "10.1.2.4"}, 403),
        ],
    )
    def test_a_listed_network_or_the_token(
        self, client: FlaskClient, address: str, headers: dict[str, str], status: int
    ) -> None:
        answer = client.get(
            "/metrics",
            environ_base={"REMOTE_ADDR": address},
            headers=headers,
        )
        assert answer.status_code == status
