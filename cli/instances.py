"""`flask instances …`: what each académie shows, and the decisions that ops take for it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import click
from flask.cli import AppGroup
from pydantic import ValidationError
from sqlalchemy.orm import Session

from catalogue.schema import Backend, Service, Text
from cli import context, exchange
from cli.instance_wording import announcement_refused, choice_refused
from database import writing
from instances import announcements, choices, offer, usage
from instances.announcements import AnnouncementError, AnnouncementLevel
from instances.choices import ChoiceError, Decision, Hiding
from instances.models import Announcement, HideReason
from instances.snapshot import Snapshot
from monitoring.profiles import NAMES

group = AppGroup("instances", help="What each académie shows.")
group.add_command(exchange.export_decisions)
group.add_command(exchange.import_decisions)

EVERYBODY = "all"
_PROFILES = sorted(NAMES - {"tcp"})
"""Those that look at a web address."""
_SLUG = click.argument("academie")
_SERVICE = click.argument("service_id")


@group.command("list")
def list_instances() -> None:
    """List the académies, and how many services each shows."""
    now = datetime.now(UTC)
    with context.sessions()() as session:
        snapshot = context.snapshot(session)
    for card in snapshot.directory.cards:
        offered = offer.offer(snapshot, card, now)
        shown = sum(item.absence is None for item in offered)
        click.echo(f"{card.slug:24} {shown:3} of {len(offered)} services  {card.title.fr}")


@group.command("services")
@_SLUG
def list_services(academie: str) -> None:
    """List every service and whether this académie shows it."""
    with context.sessions()() as session:
        snapshot = context.snapshot(session)
    card = context.card(snapshot, academie)
    for item in offer.offer(snapshot, card, datetime.now(UTC)):
        word = item.absence.value if item.absence else "shown"
        click.echo(f"{item.service.id:24} {word:12} {item.service.task.fr}")


@group.command("hide")
@_SLUG
@_SERVICE
@click.option("--reason", type=click.Choice([reason.value for reason in HideReason]), required=True)
@click.option("--precision", help="Internal: more about the reason.")
@click.option("--replacement", help="A service's id or an address, shown instead.")
@click.option("--word", help="Public: a word to colleagues, 140 characters.")
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="Last day; then as before.")
@click.option("--review-on", type=click.DateTime(["%Y-%m-%d"]), help="A reminder.")
def hide(  # noqa: PLR0913 - one option each
    academie: str,
    service_id: str,
    *,
    reason: str,
    precision: str | None,
    replacement: str | None,
    word: str | None,
    until: datetime | None,
    review_on: datetime | None,
) -> None:
    """Hide a service in one académie, with a reason."""
    is_address = bool(replacement) and "://" in str(replacement)
    hiding = Hiding(
        reason=HideReason(reason),
        precision=precision,
        replacement_service=None if is_address else replacement,
        replacement_url=replacement if is_address else None,
        word=word,
        until=_day(until),
        review_on=_day(review_on),
    )
    with _deciding(academie, service_id) as it:
        choices.hide_service(it.session, it.service, hiding, by=it.by, known=it.known)
    click.echo(f"{service_id} is hidden in {academie}.")


@group.command("show")
@_SLUG
@_SERVICE
def show(academie: str, service_id: str) -> None:
    """Show a service in one académie, also one that the nation only proposes."""
    with _deciding(academie, service_id) as it:
        choices.show_service(it.session, it.service, by=it.by)
    click.echo(f"{service_id} is shown in {academie}.")


@group.command("follow")
@_SLUG
@_SERVICE
def follow(academie: str, service_id: str) -> None:
    """Do as the nation says again."""
    with _deciding(academie, service_id) as it:
        choices.follow_nation(it.session, it.service, by=it.by)
    click.echo(f"{academie} does as the nation says of {service_id}.")


@group.command("address")
@_SLUG
@_SERVICE
@click.argument("urls", nargs=-1)
@click.option("--profile", type=click.Choice(_PROFILES), help="Probe it with this profile.")
def address(academie: str, service_id: str, urls: tuple[str, ...], *, profile: str | None) -> None:
    """Give a service the académie's own address; without URL, take the national one again."""
    backends = [_backend(rank, url, profile) for rank, url in enumerate(urls, start=1)]
    with _deciding(academie, service_id) as it:
        choices.set_backends(it.session, it.service, backends, by=it.by)
    click.echo(f"{service_id} has {len(backends) or 'no'} address of {academie}'s own.")


@group.command("reword")
@_SLUG
@_SERVICE
@click.option("--task", help="What one does with it, 80 characters.")
@click.option("--choose-when", help="When to choose it rather than another, 40 characters.")
@click.option("--summary", help="What it is, 120 characters.")
@click.option("--english-task")
@click.option("--english-choose-when")
@click.option("--english-summary")
def reword(academie: str, service_id: str, **words: str | None) -> None:
    """Say a service in the académie's own words.

    What is not given is said as the nation says it; without any option, all of it.
    """
    wording = dict(_wording(words))
    with _deciding(academie, service_id) as it:
        choices.reword_service(it.session, it.service, wording, by=it.by)
    said = ", ".join(wording) or "nothing"
    click.echo(f"{academie} says {said} of {service_id} in its own words.")


@group.command("openings")
@_SLUG
@click.option("--days", type=click.IntRange(1, 760), default=30, show_default=True)
def list_openings(academie: str, *, days: int) -> None:
    """Count how often each service was opened in the last days, today included."""
    with context.sessions()() as session:
        card = context.card(context.snapshot(session), academie)
        since = offer.today(card, datetime.now(UTC)) - timedelta(days=days - 1)
        counts = usage.openings_since(session, card.slug, since)
    for service_id, n in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
        click.echo(f"{n:8} {service_id}")
    click.echo(f"{sum(counts.values()):8} in all since {since}")


@group.command("announce")
@_SLUG
@click.argument("text")
@click.option("--important", is_flag=True)
@click.option("--service", "service_id", help="The service that it is about.")
@click.option("--from", "start", type=click.DateTime(), help="In the académie's zone; now.")
@click.option("--until", "end", type=click.DateTime(), help="In the académie's zone; for ever.")
def announce(  # noqa: PLR0913 - one option each
    academie: str,
    text: str,
    *,
    important: bool,
    service_id: str | None,
    start: datetime | None,
    end: datetime | None,
) -> None:
    """Publish an announcement in one académie, or in all ("all")."""
    now = datetime.now(UTC)
    # Read apart: a source that is far away is not waited for within a writing transaction.
    with context.sessions()() as session:
        snapshot = context.snapshot(session)
    with writing(context.sessions()) as session:
        card = None if academie == EVERYBODY else context.card(snapshot, academie)
        zone = card.zone if card else ZoneInfo("Europe/Paris")
        announcement = Announcement(
            academie=card.slug if card else None,
            level=AnnouncementLevel.IMPORTANT if important else AnnouncementLevel.INFORMATION,
            text=text,
            service_id=service_id,
            starts_at=start.replace(tzinfo=zone) if start else now,
            ends_at=end.replace(tzinfo=zone) if end else None,
            created_by=context.actor(),
        )
        try:
            announcements.announce(session, announcement, now=now, known=_ids(snapshot))
        except AnnouncementError as error:
            raise click.ClickException(announcement_refused(error)) from error
    click.echo(f"Announcement {announcement.id} is published.")


@group.command("withdraw")
@click.argument("announcement_id", type=int)
def withdraw(announcement_id: int) -> None:
    """Take an announcement back."""
    with writing(context.sessions()) as session:
        found = session.get(Announcement, announcement_id)
        if found is None:
            raise click.ClickException(f"there is no announcement {announcement_id}")
        by = announcements.Author(actor=context.actor(), now=datetime.now(UTC))
        announcements.withdraw(session, found, by=by)
    click.echo(f"Announcement {announcement_id} is withdrawn.")


@dataclass(frozen=True, kw_only=True)
class _Deciding:
    """What every decision needs."""

    session: Session
    service: Service
    by: Decision
    known: frozenset[str]
    """Ids of all services."""


@contextmanager
def _deciding(academie: str, service_id: str) -> Iterator[_Deciding]:
    """Find académie and service, and open the session in which the decision is written."""
    with context.sessions()() as session:
        snapshot = context.snapshot(session)
    card = context.card(snapshot, academie)
    service = snapshot.catalogue.service(service_id)
    if service is None:
        raise click.ClickException(f"there is no service {service_id!r} in the catalogue")
    by = Decision(academie=card.slug, actor=context.actor(), now=datetime.now(UTC))
    with writing(context.sessions()) as session:
        try:
            yield _Deciding(session=session, service=service, by=by, known=_ids(snapshot))
        except ChoiceError as error:
            raise click.ClickException(choice_refused(error)) from error


def _backend(rank: int, url: str, profile: str | None) -> Backend:
    probe = {"profile": profile} if profile else None
    try:
        return Backend.model_validate({"id": f"propre-{rank}", "url": url, "probe": probe})
    except ValidationError as error:
        wanted = "an address like https://nuage.example.fr/, 500 characters at most"
        raise click.ClickException(f"expected {wanted}, found {url!r}") from error


def _wording(words: Mapping[str, str | None]) -> Iterator[tuple[str, Text]]:
    for field in choices.WORDING_FIELDS:
        french, english = words.get(field), words.get(f"english_{field}")
        option = field.replace("_", "-")
        if english and not french:
            raise click.ClickException(f"--english-{option} comes with --{option}: give both")
        if french is not None:
            try:
                yield field, Text(fr=french, en=english)
            except ValidationError as error:
                raise click.ClickException(f"--{option}: expected words, found none") from error


def _ids(snapshot: Snapshot) -> frozenset[str]:
    return frozenset(service.id for service in snapshot.catalogue.services)


def _day(moment: datetime | None) -> date | None:
    return moment.date() if moment else None
