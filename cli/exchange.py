"""`flask instances export|import`: all decisions of an académie as one file, out and in."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
from flask.cli import with_appcontext
from sqlalchemy.orm import Session

from catalogue.changes import ChangeKind
from catalogue.schema import Rollout
from cli import catalogue_wording, context
from database import writing
from instances import exchange
from instances.choices import Decision
from instances.exchange import OtherAcademieError, Replacing
from instances.exchange_changes import Change, Notice, NoticeKind, Part, changes, notices
from instances.exchange_file import read_file, write_file
from instances.exchange_rows import read_decisions
from instances.exchange_values import Decisions
from instances.schema import AcademyCard
from instances.snapshot import Snapshot

SIGNS = {ChangeKind.ADDED: "+", ChangeKind.REMOVED: "-", ChangeKind.CHANGED: "~"}
PARTS = {
    Part.CHOICE: "decision on",
    Part.LOCAL_SERVICE: "own service",
    Part.TEXT: "text",
    Part.ANNOUNCEMENT: "announcement",
}
NOTICES = {
    NoticeKind.UNKNOWN_SERVICE: (
        "{service} is neither in the catalogue nor a service of its own: kept, it shows nothing"
    ),
    NoticeKind.REQUIRED: (
        "{service} is hidden in the file, and shown all the same: the nation requires it"
    ),
}
_LONGEST_VALUE = 60


@click.command("export")
@click.argument("academie")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path), required=False)
@with_appcontext
def export_decisions(academie: str, *, file: Path | None) -> None:
    """Write all decisions of an académie to FILE, or to the screen.

    Accounts, the journal and the counts of openings are not decisions: `flask database backup`
    copies everything.
    """
    with context.sessions()() as session:
        card = context.card(context.snapshot(session), academie)
        text = write_file(read_decisions(session, card.slug, card.zone))
    if file is None:
        click.echo(text, nl=False)
        return
    _write_new(file, text)
    click.echo(f"The decisions of {card.slug} are in {file}.")


def _write_new(file: Path, text: str) -> None:
    """Write a file of its owner alone: it names whom to ask, and why services are hidden."""
    try:
        file.touch(mode=0o600, exist_ok=False)
        file.write_text(text, encoding="utf-8", newline="\n")
    except FileExistsError as error:
        raise click.ClickException(f"{file} exists already: name another file") from error
    except OSError as error:
        raise click.ClickException(f"{file} cannot be written: {error.strerror}") from error


@click.command("import")
@click.argument("academie")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Say what would change, and change nothing.")
@click.option("--into", is_flag=True, help="Take the decisions of another académie.")
@click.option("--reason", help="Why, for the journal.")
@with_appcontext
def import_decisions(
    academie: str, *, file: Path, dry_run: bool, into: bool, reason: str | None
) -> None:
    """Put the decisions of FILE in the place of all that ACADEMIE decided."""
    # Read apart: a source that is far away is not waited for within a writing transaction.
    with context.sessions()() as session:
        snapshot = context.snapshot(session)
    card = context.card(snapshot, academie)
    wanted = _wanted(file, card, into=into)
    for notice in _notices(wanted, snapshot):
        click.echo(f"note: {NOTICES[notice.kind].format(service=notice.service_id)}", err=True)
    if dry_run:
        with context.sessions()() as session:
            _say(session, wanted, card)
        return
    with writing(context.sessions()) as session:
        _say(session, wanted, card)
        by = Decision(academie=card.slug, actor=context.actor(), now=datetime.now(UTC))
        how = Replacing(by=by, zone=card.zone, reason=reason or "import")
        n = exchange.replace_all(session, wanted, how)
    click.echo(f"{card.slug}: {n} changed." if n else f"{card.slug}: nothing to change.")


def _wanted(file: Path, card: AcademyCard, *, into: bool) -> Decisions:
    try:
        content = file.read_bytes()
    except OSError as error:
        raise click.ClickException(f"{file} cannot be read: {error.strerror}") from error
    found = read_file(content, file=str(file), zone=card.zone)
    for problem in found.problems:
        click.echo(catalogue_wording.line(problem), err=True)
    if found.decisions is None:
        raise click.ClickException(f"nothing was changed: {file} has {len(found.problems)} faults")
    if found.decisions.academie == card.slug:
        return found.decisions
    if not into:
        other = OtherAcademieError(found.decisions.academie)
        raise click.ClickException(
            f"expected decisions of {card.slug}, found those of {other.slug}: name the right file, "
            "or add --into to take them all the same"
        )
    return exchange.renamed(found.decisions, card.slug)


def _notices(wanted: Decisions, snapshot: Snapshot) -> tuple[Notice, ...]:
    services = snapshot.catalogue.services
    required = (item.id for item in services if item.rollout is Rollout.REQUIRED)
    return notices(wanted, known=(item.id for item in services), required=required)


def _say(session: Session, wanted: Decisions, card: AcademyCard) -> None:
    found = changes(read_decisions(session, card.slug, card.zone), wanted)
    for change in found:
        click.echo(f"{SIGNS[change.kind]} {PARTS[change.part]} {_short(change.subject)}")
        for line in _fields(change):
            click.echo(f"    {line}")
    count = {kind: sum(item.kind is kind for item in found) for kind in ChangeKind}
    told = ", ".join(f"{n} {kind.value}" for kind, n in count.items())
    click.echo(f"{card.slug}: {told}.")


def _fields(change: Change) -> list[str]:
    if change.kind is not ChangeKind.CHANGED:
        return []
    return [
        f"{item.field or 'value'}: {_short(item.before)} → {_short(item.after)}"
        for item in change.fields
    ]


def _short(value: Any) -> str:
    text = "nothing" if value is None else " ".join(str(value).split())
    return text if len(text) <= _LONGEST_VALUE else text[: _LONGEST_VALUE - 1] + "…"
