"""`flask catalogue …`: check, schema, show, publish the national catalogue."""

from __future__ import annotations

import json
import sys
from collections.abc import Collection, Iterable
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NoReturn

import click
import yaml
from flask.cli import AppGroup
from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from catalogue.editor_schema import editor_schema
from catalogue.entries import Loaded
from catalogue.findings import nearest
from catalogue.loading import load
from catalogue.problems import ENTRY_STAYS, Problem, Severity
from catalogue.schema import Catalogue, Service
from catalogue.source import NotModified, SourceError, read_source
from cli import context
from cli.catalogue_wording import line, words
from database import make_engine, writing
from instances import publication
from instances.directory import CARD_SUFFIXES
from instances.models import Publication, PublicationKind
from instances.publication import Sources
from monitoring.profiles import NAMES
from settings import ROOT
from upkeep.schema_version import schema_problem

group = AppGroup("catalogue", help="The national catalogue.")

ICONS = ROOT / "static" / "icons"


@group.command()
@click.argument("file", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option("--strict", is_flag=True, help="Fail on warnings too.")
def check(file: str | None, *, as_json: bool, strict: bool) -> None:
    """Name every problem of FILE, a path or an https address (default: TROUSSE_CATALOGUE).

    Exits with 1 when there is an error, with 0 when there are warnings alone.
    """
    source = file or context.settings().catalogue
    try:
        loaded = _load(source)
    except SourceError as error:
        loaded = Loaded(catalogue=Catalogue(), problems=(error.problem,), usable=False)
    if as_json:
        _print_json({"problems": [problem_json(item) for item in loaded.problems]})
    else:
        _print_report(source, loaded)
    severities = {item.severity for item in loaded.problems}
    if Severity.ERROR in severities or (strict and severities):
        sys.exit(1)


@group.command()
def schema() -> None:
    """Print the JSON Schema that editors use for the catalogue."""
    click.echo(schema_text(), nl=False)


@group.command()
@click.argument("service_id", metavar="ID")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def show(service_id: str, *, as_json: bool) -> None:
    """Print the service ID of the configured catalogue, as it is understood."""
    source = context.settings().catalogue
    try:
        loaded = _load(source)
    except SourceError as error:
        _fail(line(error.problem))
    service = _find(loaded.catalogue, service_id)
    if service is None:
        _fail(_not_found(loaded, service_id, source))
    if as_json:
        _print_json(service.model_dump(mode="json"))
        return
    told = service.model_dump(mode="json", exclude_defaults=True)
    click.echo(yaml.safe_dump(told, allow_unicode=True, sort_keys=False, width=100), nl=False)


@group.command()
def publish() -> None:
    """Publish what catalogue and cards hold now; the monitor does it by itself.

    Exits with 1 when an error withheld something.
    """
    settings = context.settings()
    sources = Sources(catalogue=settings.catalogue, academies=settings.academies)
    _check_database()
    found = publication.look(sources, etag=None)
    with writing(context.sessions()) as session:
        before = _versions(session)
        publication.accept(session, found, sources, now=datetime.now(UTC))
        session.flush()
        after = _versions(session)
    problems = publication.problems_in(found, sources)
    for problem in problems:
        click.echo(line(problem))
    for kind, source in (
        (PublicationKind.CATALOGUE, sources.catalogue),
        (PublicationKind.ACADEMIES, sources.academies),
    ):
        said = _in_force(before.get(kind), after.get(kind))
        click.echo(f"{source}: {said}")
    if any(item.severity is Severity.ERROR and item.code not in ENTRY_STAYS for item in problems):
        click.echo("What an error withheld stays as it was.")
        sys.exit(1)


def schema_text() -> str:
    """Return what services.schema.json holds."""
    return json.dumps(editor_schema(NAMES), ensure_ascii=False, indent=2, sort_keys=True) + "\n"


def problem_json(problem: Problem) -> dict[str, Any]:
    return {
        "file": problem.file,
        "line": problem.line,
        "column": problem.column,
        "path": problem.path,
        "code": problem.code.value,
        **asdict(words(problem)),
        "severity": problem.severity.value,
    }


def _check_database() -> None:
    engine = make_engine(context.settings().database_url)
    try:
        problem = schema_problem(engine)
    except OperationalError as error:
        _fail(f"Nothing is published, the database does not answer: {str(error.orig).strip()}")
    finally:
        engine.dispose()
    if problem is not None:
        _fail(problem)


def _versions(session: Session) -> dict[str, str]:
    """Return what is in force of each kind, by its digest."""
    oldest_first = select(Publication.kind, Publication.content_hash).order_by(Publication.id)
    return {row.kind: row.content_hash for row in session.execute(oldest_first)}


def _in_force(before: str | None, after: str | None) -> str:
    if after is None:
        return "nothing is in force yet."
    if after != before:
        return "a new version is in force."
    return "nothing changed, the version in force stays."


def _load(source: str) -> Loaded:
    fetched = read_source(source)
    content = b"" if isinstance(fetched, NotModified) else fetched.content
    return load(
        content,
        file=source,
        known_profiles=NAMES,
        known_icons=_stems(ICONS, (".svg",)),
        known_academies=_stems(context.settings().academies, CARD_SUFFIXES),
    )


def _stems(folder: Path, suffixes: Collection[str]) -> frozenset[str] | None:
    """Name the files of a folder; none when there are none to compare with."""
    return frozenset(path.stem for path in folder.glob("*") if path.suffix in suffixes) or None


def _print_report(source: str, loaded: Loaded) -> None:
    for problem in loaded.problems:
        click.echo(line(problem))
    if not loaded.usable:
        click.echo(f"{source}: this file cannot be used: what was served before goes on.")
        return
    errors = _count(loaded.problems, Severity.ERROR)
    warnings = _count(loaded.problems, Severity.WARNING)
    services = len(loaded.catalogue.services)
    click.echo(f"{source}: {services} services; errors: {errors}, warnings: {warnings}.")
    if loaded.withheld:
        click.echo(f"Withheld until they are corrected: {', '.join(loaded.withheld)}.")


def _count(problems: Iterable[Problem], severity: Severity) -> int:
    return sum(item.severity is severity for item in problems)


def _find(catalogue: Catalogue, service_id: str) -> Service | None:
    former = (item for item in catalogue.services if service_id in item.aliases)
    return catalogue.service(service_id) or next(former, None)


def _not_found(loaded: Loaded, service_id: str, source: str) -> str:
    if service_id in loaded.withheld:
        return f"{service_id} is withheld: run `flask catalogue check` to see why."
    near = nearest(service_id, [item.id for item in loaded.catalogue.services])
    hint = f" Did you mean {near}?" if near else ""
    return f"No service has the id or the former id {service_id} in {source}.{hint}"


def _print_json(value: object) -> None:
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))


def _fail(message: str) -> NoReturn:
    click.echo(message, err=True)
    sys.exit(1)
