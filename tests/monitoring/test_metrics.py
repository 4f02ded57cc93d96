"""What Prometheus reads: states and figures as the database has them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from prometheus_client import CollectorRegistry, generate_latest
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session, sessionmaker

from database import make_engine, make_sessions, writing
from monitoring import lease, metrics, records
from monitoring.health import Health
from monitoring.incidents import Severity
from monitoring.lease import Figures
from monitoring.metrics import METRICS, BackendName, Reading, StateCollector
from monitoring.outbox_reading import OutboxFigures
from monitoring.target import ProbeTarget, State
from settings import ROOT

NINE = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
UP = Health(
    state=State.UP,
    since=NINE - timedelta(hours=1),
    checked_at=NINE,
    stale_at=NINE + timedelta(seconds=190),
    reason="ok",
    latency_ms=42,
    certificate_until=NINE + timedelta(days=80),
)
FIGURES = Figures(
    held=True,
    epoch=3,
    version="1.2.3",
    cycles=12,
    probes=345,
    targets=2,
    refused_targets=1,
    lag_seconds=0.25,
    cycle_seconds=0.01,
    last_batch_at=NINE,
    breaker_since=None,
)
READING = Reading(
    backends=(
        BackendName(
            service="visio",
            backend="visio/apps",
            key="k1",
            academies=("rennes", "lyon"),
            announced=True,
            coverage=0.98,
        ),
        BackendName(service="pads", backend="pads/one", key="k2", academies=("rennes",)),
        BackendName(service="agenda", backend="agenda/one", key=None, academies=("rennes",)),
    ),
    withheld=2,
    health={"k1": UP},
    incidents={Severity.MAJOR: 3},
    alerts=OutboxFigures(waiting=4, failed_attempts=7, oldest_seconds=60.0),
    alerts_file_ok=False,
    figures=FIGURES,
)


def scrape(reading: Reading, *, now: datetime = NINE) -> list[str]:
    registry = CollectorRegistry()
    registry.register(StateCollector(lambda: reading, clock=lambda: now))
    return generate_latest(registry).decode().splitlines()


def test_one_state_is_one_and_the_others_are_zero() -> None:
    lines = scrape(READING)
    assert 'trousse_backend_state{backend="visio/apps",service="visio",state="up"} 1.0' in lines
    assert 'trousse_backend_state{backend="visio/apps",service="visio",state="down"} 0.0' in lines
    assert (
        'trousse_backend_shown{academie="lyon",backend="visio/apps",service="visio"} 1.0' in lines
    )
    assert 'trousse_backend_latency_seconds{backend="visio/apps",service="visio"} 0.042' in lines


def test_never_probed_and_stale_are_unknown() -> None:
    unknown = 'trousse_backend_state{backend="%s",service="%s",state="unknown"} 1.0'
    assert unknown % ("pads/one", "pads") in scrape(READING)
    late = scrape(READING, now=NINE + timedelta(hours=1))
    assert unknown % ("visio/apps", "visio") in late


def test_a_backend_that_nothing_looks_after_has_no_state() -> None:
    lines = scrape(READING)
    assert not [line for line in lines if "agenda" in line and "state" in line]
    assert [line for line in lines if "agenda" in line and "shown" in line]


def test_the_monitors_own_figures() -> None:
    lines = scrape(READING)
    assert "trousse_monitor_up 1.0" in lines
    assert "trousse_monitor_probes_total 345.0" in lines
    assert 'trousse_monitor_info{version="1.2.3"} 1.0' in lines
    assert "trousse_monitor_network_in_doubt 0.0" in lines
    doubt = replace(READING, figures=replace(FIGURES, breaker_since=NINE))
    assert "trousse_monitor_network_in_doubt 1.0" in scrape(doubt)


def test_troubles_are_counted() -> None:
    lines = scrape(READING)
    backend = '{backend="visio/apps",service="visio"}'
    for line in (
        'trousse_incidents_open{severity="major"} 3.0',
        'trousse_incidents_open{severity="minor"} 0.0',
        "trousse_alerts_waiting 4.0",
        "trousse_alerts_failed_attempts 7.0",
        "trousse_alerts_oldest_unsent_seconds 60.0",
        "trousse_alerts_file_ok 0.0",
        "trousse_catalogue_withheld 2.0",
        f"trousse_backend_maintenance_announced{backend} 1.0",
        f"trousse_backend_coverage_ratio{backend} 0.98",
    ):
        assert line in lines


def test_without_any_monitor_it_says_so() -> None:
    lines = scrape(replace(READING, figures=None))
    assert "trousse_monitor_up 0.0" in lines
    assert "trousse_database_up 1.0" in lines


def test_with_the_database_away_there_is_one_figure_and_no_state() -> None:
    def fail() -> Reading:
        raise OperationalError("SELECT 1", {}, Exception("away"))

    registry = CollectorRegistry()
    registry.register(StateCollector(fail))
    lines = generate_latest(registry).decode().splitlines()
    assert [line for line in lines if not line.startswith("#")] == ["trousse_database_up 0.0"]


def test_scrapes_close_together_ask_the_database_once() -> None:
    asked = []

    def count() -> Reading:
        asked.append(1)
        return READING

    kept = StateCollector(count)
    registry = CollectorRegistry()
    registry.register(kept)
    assert asked == []
    generate_latest(registry)
    generate_latest(registry)
    assert len(asked) == 1


def test_it_reads_what_the_monitor_wrote(sessions: sessionmaker[Session]) -> None:
    target = ProbeTarget(key="k1", url="https://visio.example.fr", profile="http")
    with writing(sessions) as session:
        held = lease.take(session, "one", version="1.2.3")
        assert held is not None
        records.register(session, [target])
        known = records.read_known(session)["k1"]
        update = records.Update(target_id=known.id, seen=State.UNKNOWN, health=UP)
        records.write(session, records.Batch(updates=(update,)), epoch=1)
    with sessions() as session:
        reading = metrics.read(session, READING.backends, now=NINE)
    assert reading.health == {"k1": UP}
    assert reading.figures is not None
    assert reading.figures.held


def test_a_database_without_tables_is_away(tmp_path_factory: pytest.TempPathFactory) -> None:
    engine = make_engine(f"sqlite:///{tmp_path_factory.mktemp('empty')}/empty.db")
    sessions = make_sessions(engine)

    def read() -> Reading:
        with sessions() as session:
            return metrics.read(session, (), now=NINE)

    registry = CollectorRegistry()
    registry.register(StateCollector(read))
    assert b"trousse_database_up 0.0" in generate_latest(registry)
    engine.dispose()


def test_all_that_is_given_is_declared_with_its_labels_and_type() -> None:
    declared = {spec.name: spec for spec in METRICS}
    given = set()
    for family in StateCollector(lambda: READING).collect():
        for sample in family.samples:
            given.add(sample.name)
            spec = declared[sample.name]
            assert set(sample.labels) == set(spec.labels), sample.name
            assert family.type == spec.type
            assert family.documentation == spec.help
    assert given == set(declared)


def test_every_metric_is_in_the_documentation_with_its_labels() -> None:
    page = (ROOT / "docs" / "metrics.md").read_text(encoding="utf-8")
    for spec in METRICS:
        labels = ", ".join(f"`{label}`" for label in spec.labels)
        assert f"| `{spec.name}` | {spec.type} | {labels}{' ' if labels else ''}|" in page, (
            spec.name
        )


def test_no_label_is_one_of_prometheus_own() -> None:
    assert not {"instance", "job", "le", "quantile"} & {
        label for spec in METRICS for label in spec.labels
    }
