"""States and the monitor's own figures for Prometheus, read from the database when it asks."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from monitoring import lease, outbox_reading, records
from monitoring.health import Health
from monitoring.incidents import Severity
from monitoring.lease import Figures
from monitoring.models import Incident
from monitoring.outbox_reading import OutboxFigures
from monitoring.target import State

KEPT_SECONDS = 2.0
"""Scrapes closer than this share one reading of the database."""


@dataclass(frozen=True, kw_only=True)
class MetricSpec:
    name: str
    type: str
    labels: tuple[str, ...]
    help: str


@dataclass(frozen=True, kw_only=True)
class BackendName:
    """What a backend is called in metrics, and which target speaks for it."""

    service: str
    backend: str
    """Its public id."""
    key: str | None
    """Of its target; none when nothing looks after it."""
    academies: tuple[str, ...] = ()
    announced: bool = False
    """Announced maintenance goes on."""
    coverage: float | None = None
    """Of the last day, from 0 to 1; none while it is not worked out."""


@dataclass(frozen=True, kw_only=True)
class Reading:
    backends: tuple[BackendName, ...] = ()
    withheld: int | None = None
    """Entries of the catalogue; none when none was ever published."""
    health: Mapping[str, Health] = field(default_factory=dict)
    incidents: Mapping[Severity, int] = field(default_factory=dict)
    alerts: OutboxFigures = field(default_factory=OutboxFigures)
    alerts_file_ok: bool | None = None
    """None: no file is set."""
    figures: Figures | None = None
    """None: no monitor ever ran."""


def _metric(name: str, text: str, *labels: str, counter: bool = False) -> MetricSpec:
    return MetricSpec(name=name, type="counter" if counter else "gauge", labels=labels, help=text)


_BACKEND = ("service", "backend")
DATABASE_UP = _metric("trousse_database_up", "1 when the database answered this scrape.")
SHOWN = _metric(
    "trousse_backend_shown", "1 for each académie that shows a backend.", "academie", *_BACKEND
)
STATE = _metric(
    "trousse_backend_state",
    "1 for the state a backend is in, 0 for the others.",
    *_BACKEND,
    "state",
)
LATENCY = _metric(
    "trousse_backend_latency_seconds", "Duration of the last probe that was answered.", *_BACKEND
)
CHECKED = _metric(
    "trousse_backend_checked_timestamp_seconds", "Last probe that told something.", *_BACKEND
)
SINCE = _metric(
    "trousse_backend_state_since_timestamp_seconds", "First probe of the present state.", *_BACKEND
)
CERTIFICATE = _metric(
    "trousse_backend_certificate_until_timestamp_seconds", "End of the certificate.", *_BACKEND
)
ANNOUNCED = _metric(
    "trousse_backend_maintenance_announced", "1 while announced maintenance goes on.", *_BACKEND
)
COVERAGE = _metric(
    "trousse_backend_coverage_ratio", "Share of the last day whose state is known.", *_BACKEND
)
INCIDENTS = _metric("trousse_incidents_open", "Incidents that go on.", "severity")
WAITING = _metric("trousse_alerts_waiting", "Alerts that were not sent yet.")
ATTEMPTS = _metric("trousse_alerts_failed_attempts", "Failed attempts of those that wait.")
OLDEST = _metric(
    "trousse_alerts_oldest_unsent_seconds", "Age of the oldest alert that should have gone."
)
ALERTS_FILE = _metric("trousse_alerts_file_ok", "1 when the file of alerts can be read as it is.")
WITHHELD = _metric("trousse_catalogue_withheld", "Faults of the catalogue that are withheld.")
MONITOR_UP = _metric("trousse_monitor_up", "1 when a monitor holds the lease.")
INFO = _metric("trousse_monitor_info", "Always 1; the version of the monitor.", "version")
EPOCH = _metric("trousse_monitor_epoch", "How often the lease was taken.")
CYCLES = _metric("trousse_monitor_cycles_total", "Batches written.", counter=True)
PROBES = _metric("trousse_monitor_probes_total", "Probes made.", counter=True)
TARGETS = _metric("trousse_monitor_targets", "Targets looked after.")
REFUSED = _metric(
    "trousse_monitor_refused_targets", "Targets that may not be probed, by rule or by network."
)
LAG = _metric("trousse_monitor_lag_seconds", "How late the latest probe of the last batch began.")
CYCLE_SECONDS = _metric("trousse_monitor_cycle_seconds", "Duration of the last pass of the loop.")
LAST_BATCH = _metric("trousse_monitor_last_batch_timestamp_seconds", "When it last wrote.")
OUR_NETWORK = _metric(
    "trousse_monitor_network_in_doubt", "1 while nearly everything fails: our own network, surely."
)
METRICS: tuple[MetricSpec, ...] = (
    *(DATABASE_UP, SHOWN, STATE, LATENCY, CHECKED, SINCE, CERTIFICATE, ANNOUNCED, COVERAGE),
    *(INCIDENTS, WAITING, ATTEMPTS, OLDEST, ALERTS_FILE, WITHHELD),
    *(MONITOR_UP, INFO, EPOCH, CYCLES, PROBES, TARGETS, REFUSED, LAG, CYCLE_SECONDS),
    *(LAST_BATCH, OUR_NETWORK),
)
"""All that the collector gives; docs/metrics.md explains each."""


def read(
    session: Session,
    backends: Iterable[BackendName],
    *,
    now: datetime,
    withheld: int | None = None,
    alerts_file_ok: bool | None = None,
) -> Reading:
    return Reading(
        backends=tuple(backends),
        withheld=withheld,
        health=records.read_health(session),
        incidents=_open_incidents(session),
        alerts=outbox_reading.figures(session, now=now),
        alerts_file_ok=alerts_file_ok,
        figures=lease.read_figures(session),
    )


def _open_incidents(session: Session) -> dict[Severity, int]:
    is_open = Incident.closed_at.is_(None) & Incident.merged_into.is_(None)
    statement = select(Incident.severity, func.count()).where(is_open)
    rows = session.execute(statement.group_by(Incident.severity))
    return {Severity(severity): number for severity, number in rows}


class StateCollector(Collector):
    """Asks `read_now` when scraped; with the database away it says so, and nothing of states."""

    def __init__(
        self,
        read_now: Callable[[], Reading],
        *,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._read_now = read_now
        self._clock = clock
        self._lock = threading.Lock()
        self._kept: tuple[float, Reading | None] | None = None

    def describe(self) -> Iterable[Metric]:
        """Nothing: registering must not ask the database."""
        return ()

    def collect(self) -> Iterator[Metric]:
        reading = self._reading()
        yield _single(DATABASE_UP, 0 if reading is None else 1)
        if reading is None:
            return
        yield from _backends(reading, self._clock())
        yield from _troubles(reading)
        yield from _monitor(reading.figures)

    def _reading(self) -> Reading | None:
        with self._lock:
            now = time.monotonic()
            if self._kept is None or now - self._kept[0] > KEPT_SECONDS:
                self._kept = now, self._read_or_none()
            return self._kept[1]

    def _read_or_none(self) -> Reading | None:
        try:
            return self._read_now()
        except SQLAlchemyError:
            return None


def _backends(reading: Reading, now: datetime) -> Iterator[Metric]:
    shown, state, announced = _gauge(SHOWN), _gauge(STATE), _gauge(ANNOUNCED)
    rest = {spec: _gauge(spec) for spec in (LATENCY, CHECKED, SINCE, CERTIFICATE, COVERAGE)}
    for name in reading.backends:
        for academie in name.academies:
            shown.add_metric([academie, name.service, name.backend], 1)
        if name.key is None:
            continue
        health = reading.health.get(name.key)
        present = State.UNKNOWN if health is None else health.state_at(now)
        for each in State:
            state.add_metric([name.service, name.backend, each.value], int(each is present))
        announced.add_metric([name.service, name.backend], int(name.announced))
        if name.coverage is not None:
            rest[COVERAGE].add_metric([name.service, name.backend], name.coverage)
        for spec, value in _values(health):
            rest[spec].add_metric([name.service, name.backend], value)
    yield shown
    yield state
    yield announced
    yield from rest.values()


def _troubles(reading: Reading) -> Iterator[Metric]:
    incidents = _gauge(INCIDENTS)
    for severity in Severity:
        incidents.add_metric([severity.value], reading.incidents.get(severity, 0))
    yield incidents
    yield _single(WAITING, reading.alerts.waiting)
    yield _single(ATTEMPTS, reading.alerts.failed_attempts)
    yield _single(OLDEST, reading.alerts.oldest_seconds)
    if reading.alerts_file_ok is not None:
        yield _single(ALERTS_FILE, int(reading.alerts_file_ok))
    if reading.withheld is not None:
        yield _single(WITHHELD, reading.withheld)


def _values(health: Health | None) -> Iterator[tuple[MetricSpec, float]]:
    if health is None:
        return
    yield CHECKED, health.checked_at.timestamp()
    yield SINCE, health.since.timestamp()
    if health.latency_ms is not None:
        yield LATENCY, health.latency_ms / 1000
    if health.certificate_until is not None:
        yield CERTIFICATE, health.certificate_until.timestamp()


def _monitor(figures: Figures | None) -> Iterator[Metric]:
    yield _single(MONITOR_UP, int(figures is not None and figures.held))
    if figures is None:
        return
    info = _gauge(INFO)
    info.add_metric([figures.version], 1)
    yield info
    for spec, total in ((CYCLES, figures.cycles), (PROBES, figures.probes)):
        yield CounterMetricFamily(spec.name.removesuffix("_total"), spec.help, value=total)
    for spec, value in (
        (EPOCH, figures.epoch),
        (TARGETS, figures.targets),
        (REFUSED, figures.refused_targets),
        (LAG, figures.lag_seconds),
        (CYCLE_SECONDS, figures.cycle_seconds),
        (OUR_NETWORK, int(figures.breaker_since is not None)),
    ):
        yield _single(spec, value)
    if figures.last_batch_at is not None:
        yield _single(LAST_BATCH, figures.last_batch_at.timestamp())


def _gauge(spec: MetricSpec) -> GaugeMetricFamily:
    return GaugeMetricFamily(spec.name, spec.help, labels=spec.labels)


def _single(spec: MetricSpec, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(spec.name, spec.help, value=value)
