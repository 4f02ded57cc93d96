"""`flask monitor …`: run the monitor, probe once, check an address."""

from __future__ import annotations

import json
import signal
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import click
import structlog
from flask.cli import AppGroup
from sqlalchemy.exc import OperationalError

import jobs
from cli import context
from database import make_engine, make_sessions
from logs import configure_logs
from monitoring import probe, sending
from monitoring.alert_routes import Route, read_routes
from monitoring.alerts import TEST, Kind, Said
from monitoring.profiles import NAMES
from monitoring.route_book import AddressError, address_of
from monitoring.target import Expectation, ProbeResult, ProbeTarget, target_key
from settings import Settings
from settings_file import SettingsFileError
from upkeep.schema_version import UPGRADE_COMMAND, schema_problem
from web import alert_words

group = AppGroup("monitor", help="The health probes.")
log = structlog.get_logger(__name__)


@group.command()
def run() -> None:
    """Probe what is shown somewhere, until SIGTERM or SIGINT.

    Several may run: one is active, the others take over within 20 seconds of its death.
    """
    settings = context.settings()
    configure_logs(settings.log_level)
    engine = make_engine(settings.database_url)
    try:
        problem = schema_problem(engine)
    except OperationalError as error:
        if engine.dialect.name == "sqlite":
            raise click.ClickException(
                f"Cannot open {settings.database_url}: {error.orig}. Type: {UPGRADE_COMMAND}"
            ) from error
        log.warning("database-away")
        problem = None
    if problem is not None:
        raise click.ClickException(problem)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    jobs.make_monitor(settings, make_sessions(engine)).run(stop)
    engine.dispose()


@group.command()
@click.option("--json", "as_json", is_flag=True, help="Print a JSON array, one object a target.")
def once(*, as_json: bool) -> None:
    """Probe every target once and print each verdict; nothing is written.

    The verdict is that of this probe alone, without the memory of earlier ones. Exits with 0
    whatever the verdicts.
    """
    settings = context.settings()
    configure_logs(settings.log_level)
    check_target = jobs.make_check(settings)
    targets = jobs.read_targets_once(settings, context.sessions())
    with ThreadPoolExecutor(settings.probe_workers) as threads:
        results = list(threads.map(check_target, targets))
    found = list(zip(targets, results, strict=True))
    if as_json:
        _print_json([_target_json(target, result) for target, result in found])
        return
    for target, result in found:
        click.echo(_line(target, result))


@group.command()
@click.argument("url")
@click.option(
    "--profile", required=True, type=click.Choice(sorted(NAMES)), help="Kind of software."
)
@click.option("--path", help="Instead of the profile's own first address.")
@click.option("--timeout", type=click.FloatRange(0.1, 60), default=10.0, show_default=True)
@click.option("--code", "codes", type=int, multiple=True, help="Status wanted (profile http).")
@click.option("--text", help="Text wanted in the answer (profile http).")
@click.option("--json-path", help="Key wanted in a JSON answer, like a.b (profile http).")
@click.option("--json-value", help="Its value, as text (profile http).")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def check(  # noqa: PLR0913 - one option each
    url: str,
    *,
    profile: str,
    path: str | None,
    timeout: float,
    codes: tuple[int, ...],
    text: str | None,
    json_path: str | None,
    json_value: str | None,
    as_json: bool,
) -> None:
    """Probe URL once and print the verdict; nothing is written.

    Exits with 0 when the probe was made, whatever its verdict: read `state`.
    """
    settings = context.settings()
    configure_logs(settings.log_level)
    target = ProbeTarget(
        key=_key(url, profile, path),
        url=url,
        profile=profile,
        path=path,
        timeout=timeout,
        expect=Expectation(codes=codes, text=text, json_path=json_path, json_value=json_value),
    )
    result = jobs.make_check(settings)(target)
    if as_json:
        _print_json(probe.result_as_json(result))
        return
    click.echo(_line(target, result))
    for step in result.steps:
        click.echo(f"  {step.status or '-'} {step.latency_ms} ms {step.reason} {step.url}")


@group.command()
@click.argument("route")
def alert(route: str) -> None:
    """Send a test to ROUTE of the file in TROUSSE_ALERTS, now, and tell what came of it.

    ROUTE "-" sends nothing: it reads the file and every address in it.
    """
    settings = context.settings()
    configure_logs(settings.log_level)
    if settings.alerts is None:
        raise click.ClickException("TROUSSE_ALERTS names no file: see docs/operations.md.")
    try:
        routes = {item.name: item for item in read_routes(settings.alerts)}
    except SettingsFileError as error:
        raise click.ClickException(str(error)) from error
    if route == "-":
        wrong = [line for item in routes.values() if (line := _address_problem(item, settings))]
        if wrong:
            raise click.ClickException("\n".join(wrong))
        click.echo(f"{settings.alerts}: {len(routes)} routes, every address can be read.")
        return
    if route not in routes:
        known = ", ".join(routes) or "none"
        raise click.ClickException(f"{settings.alerts}: no route {route!r}; there are: {known}.")
    problem = _address_problem(routes[route], settings)
    problem = problem or _send_test(routes[route], settings)
    if problem is not None:
        raise click.ClickException(problem)
    click.echo(f"{route}: sent.")


def _send_test(route: Route, settings: Settings) -> str | None:
    """Hand a test over; return what went wrong."""
    address, now = address_of(route, settings.alerts or settings.state_dir), datetime.now(UTC)
    said = Said(uid=str(uuid4()), subject=f"{TEST}0", kind=Kind.TEST, content={}, at=now)
    names, portal = alert_words.Names(), settings.name
    words = alert_words.message(said, names=names, portal=portal, address=settings.public_url)
    outcome = sending.hand_over(address, words)
    return None if outcome.error is None else f"{route.name}: not sent ({outcome.error})."


def _address_problem(route: Route, settings: Settings) -> str | None:
    try:
        address = address_of(route, settings.alerts or settings.state_dir)
    except AddressError as error:
        return f"{route.name}: {error.code}."
    readable = sending.is_readable(address)
    return None if readable else f"{route.name}: expected an address that Apprise knows."


def _key(url: str, profile: str, path: str | None) -> str:
    if "://" not in url:
        host = url.strip("/") or "pad.example.fr"
        example = f"tcp://{host}" if ":" in host else f"tcp://{host}:443"
        write = example if profile == "tcp" else f"https://{host} or http://{host}"
        raise click.BadParameter(
            f"expected a whole address, found {url!r} without a scheme: write {write}",
            param_hint="URL",
        )
    try:
        return target_key(url, profile, path)
    except ValueError as error:
        raise click.BadParameter(
            f"expected an address like https://host/path, found {url!r}: {error}",
            param_hint="URL",
        ) from error


def _target_json(target: ProbeTarget, result: ProbeResult) -> dict[str, Any]:
    labels = {name: list(values) for name, values in target.labels.items()}
    about = {"key": target.key, "url": target.url, "profile": target.profile, "labels": labels}
    return about | probe.result_as_json(result)


def _line(target: ProbeTarget, result: ProbeResult) -> str:
    latency = "-" if result.latency_ms is None else f"{result.latency_ms} ms"
    version = result.version or "-"
    return f"{result.state:12} {result.reason:20} {latency:>9}  {version:10} {target.url}"


def _print_json(value: Any) -> None:
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))
