"""Every panel of our dashboards finds in a real Prometheus the series that it draws."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from tests.certificates import make_authority, make_certificate, write_authority
from tests.ill_behaved import Listener, http_answer, says
from tests.monitoring import dashboards
from tests.monitoring.dashboards import Query
from tests.servers import free_port
from tests.sturdy.conftest import Deploy
from tests.sturdy.offer import offer_text
from tests.sturdy.processes import wait_until
from tests.sturdy.prometheus_server import read, start_prometheus

pytestmark = pytest.mark.slow

STATES = {"visio": "up", "pad": "down", "notes": "maintenance"}
WITHOUT = {
    "max(trousse_catalogue_withheld)": set(STATES),  # nothing was published
    "trousse_backend_latency_seconds": {"pad"},  # nobody answers there
    "trousse_backend_certificate_until": {"pad", "notes"},
    "trousse_backend_coverage_ratio": set(STATES),  # known after ten minutes
    "backend:trousse_down:ratio": {"notes"},  # maintenance counts for nothing
    "trousse_openings_total": {"pad", "notes"},
}
"""Which services have nothing to draw, by what a query reads."""


@pytest.fixture
def addresses(tmp_path: Path) -> Iterator[dict[str, str]]:
    """Where a service works, behind a certificate; where none is; where one is in maintenance."""
    authority = make_authority()
    tls = make_certificate("localhost", issuer=authority).server_context(tmp_path)
    away = http_answer("503 Service Unavailable", b"Maintenance", Retry_After="900")
    with Listener(says(http_answer()), tls=tls) as good, Listener(says(away)) as resting:
        yield {
            "visio": f"https://localhost:{good.port}",
            "pad": f"http://127.0.0.1:{free_port()}",
            "notes": resting.url,
            "authority": str(write_authority(authority, tmp_path)),
        }


@pytest.fixture
def prometheus(deploy: Deploy, addresses: dict[str, str]) -> str:
    """Return the address of one that has seen the portal for a while, with all states."""
    site = deploy(TROUSSE_PROBE_INTERVAL="5", SSL_CERT_FILE=addresses["authority"])
    offer = offer_text("HERE").replace('HERE/notes"', 'HERE/notes", probe: {profile: http}')
    for service in STATES:
        offer = offer.replace(f"HERE/{service}", addresses[service])
    site.catalogue.write_text(offer, encoding="utf-8")
    site.upgrade()
    site.start_portal()
    site.start_monitor()
    address = start_prometheus(site)
    site.get("/rennes/ouvrir/visio")
    found = "max by (service, state) (trousse_backend_state) == 1"
    wait_until(lambda: states(address, found) == STATES, "every state is seen")
    share = "count(backend:trousse_down:ratio3d) == 2"
    wait_until(lambda: bool(asked(address, share)), "a share of outages, but of the maintenance")
    site.get("/rennes/ouvrir/visio")
    return address


def states(prometheus: str, query: str) -> dict[str, str]:
    rows = [row["metric"] for row in asked(prometheus, query)]
    return {row["service"]: row["state"] for row in rows}


def asked(prometheus: str, query: str) -> list[Any]:
    found: list[Any] = read(f"{prometheus}/api/v1/query?query={quote(query)}")["result"]
    return found


def drawn(prometheus: str, query: Query, service: str) -> list[Any]:
    """Ask as Grafana does: now for a number or a table, of the last ten minutes for a graph."""
    expression = query.filled(service=service, backend=f"{service}/a")
    if query.is_instant:
        return asked(prometheus, expression)
    now = time.time()
    span = f"start={now - 600}&end={now}&step=5"
    found: list[Any] = read(f"{prometheus}/api/v1/query_range?query={quote(expression)}&{span}")[
        "result"
    ]
    return found


def is_drawn(query: Query, service: str) -> bool:
    return not any(service in services for part, services in WITHOUT.items() if part in query.expr)


def test_every_panel_finds_what_it_draws(prometheus: str) -> None:
    """Of a backend that is up, of one that is down and of one in maintenance."""
    empty = [
        f"{query.board}, {query.panel}: {query.expr} ({service})"
        for query in dashboards.queries()
        for service in (STATES if query.board == "backend" else ("visio",))
        if is_drawn(query, service) and not drawn(prometheus, query, service)
    ]
    assert empty == []
    [down] = drawn(prometheus, query_of("national", "Serveurs en panne ou perturbés"), "visio")
    assert down["metric"] == {"service": "pad", "backend": "pad/a", "state": "down"}
    for service, state in STATES.items():
        [shown] = drawn(prometheus, query_of("backend", "État"), service)
        assert shown["metric"] == {"state": state}


def query_of(board: str, panel: str) -> Query:
    return next(
        item
        for item in dashboards.queries()
        if item.board == board and item.panel.startswith(panel)
    )
