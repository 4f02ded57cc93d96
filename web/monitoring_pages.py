"""For machines that watch: /healthz, /readyz, /metrics."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from datetime import timedelta
from hmac import compare_digest

from flask import Blueprint, Response, abort, current_app, make_response, request
from prometheus_client import CollectorRegistry, Metric, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from instances.catalogue_record import count_withheld
from instances.snapshot import Snapshot
from instances.targets import BackendUse, backend_uses, key_of, labels_of
from monitoring import route_book
from monitoring.availability import Period
from monitoring.maintenance import Window, coming, covers
from monitoring.metrics import BackendName, Reading, StateCollector, read
from settings import Settings
from web import current, tenancy
from web.headers import no_store
from web.metrics import DURATION, OPENINGS, REQUESTS
from web.site import Site, utc_now

blueprint = Blueprint("metrics", __name__)

_FORBIDDEN, _NOT_READY = 403, 503
_A_MOMENT = timedelta(microseconds=1)
_HUNDREDTHS = 10_000
"""Of a percent, in the whole."""


@blueprint.get("/healthz")
def healthz() -> Response:
    """The process lives."""
    return _plain("ok\n")


@blueprint.get("/readyz")
def readyz() -> Response:
    """A snapshot is loaded, and it has something to show."""
    ready = current.site().ready
    return _plain("ready\n" if ready else "loading\n", 200 if ready else _NOT_READY)


@blueprint.get("/metrics")
def metrics() -> Response:
    """States from the database, beside what all workers counted of their requests."""
    if not _may_scrape():
        abort(_FORBIDDEN)
    registry = CollectorRegistry()
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    else:
        registry.register(_OwnRequests())
    registry.register(_states())
    response = _plain(generate_latest(registry).decode())
    # What every Prometheus asks for: with names as plain as ours, 1.0.0 says no more.
    response.headers["Content-Type"] = CONTENT_TYPE_PLAIN_0_0_4
    return response


class _OwnRequests(Collector):
    """What this process counted, where it is the only one."""

    def collect(self) -> Iterator[Metric]:
        for metric in (REQUESTS, DURATION, OPENINGS):
            yield from metric.collect()


def _states() -> StateCollector:
    """Return the collector of this site: it remembers its last reading for two seconds."""
    site = current.site()
    known: StateCollector = current_app.extensions.setdefault(
        "trousse.states", StateCollector(lambda: _read(site))
    )
    return known


def _read(site: Site) -> Reading:
    now, snapshot = utc_now(), site.snapshot
    going_on = [item.window for item in coming(snapshot.windows, now=now, ahead=_A_MOMENT)]
    names = [_name(use, snapshot, going_on) for use in backend_uses(snapshot, now=now)]
    is_read = _is_alerts_file_read(site.settings)
    with site.sessions() as session:
        withheld = count_withheld(session)
        return read(session, names, now=now, withheld=withheld, alerts_file_ok=is_read)


def _is_alerts_file_read(settings: Settings) -> bool | None:
    """Judge the file as it is here and now; none when no file is set."""
    if settings.alerts is None:
        return None
    return not route_book.look(settings.alerts, settings.state_dir).problems


def _name(use: BackendUse, snapshot: Snapshot, going_on: Sequence[Window]) -> BackendName:
    key = key_of(use.backend)
    history = snapshot.history.get(key) if key is not None else None
    labels = labels_of(use.public_id, use.backend, service=use.service, operator=use.operator)
    return BackendName(
        service=use.service.id,
        backend=use.public_id,
        key=key,
        academies=use.academies,
        announced=any(covers(window, labels) for window in going_on),
        coverage=None if history is None else history.over(Period.DAY).coverage / _HUNDREDTHS,
    )


def _may_scrape() -> bool:
    settings = current.site().settings
    token = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if settings.metrics_token and compare_digest(token.encode(), settings.metrics_token.encode()):
        return True
    if tenancy.is_forwarded_by_a_stranger(request.environ, settings.trusted_proxies):
        return False
    address = tenancy.client_address(request.environ, settings.trusted_proxies)
    return tenancy.is_in(address, settings.metrics_allow)


def _plain(body: str, status: int = 200) -> Response:
    response = no_store(make_response(body, status))
    response.headers["Content-Type"] = "text/plain; charset=utf-8"
    return response
