"""`flask instances …`: what each académie shows, and the decisions that ops take for it."""

from __future__ import annotations

import getpass
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import click
from flask.cli import AppGroup
from pydantic import ValidationError
from sqlalchemy.orm import Session

from catalogue.schema import Backend, Service
from cli import context
from database import writing
from instances import announcements, choices, offer, publication
from instances.announcements import AnnouncementError, AnnouncementLevel
from instances.choices import ChoiceError, Decision, Hiding
from instances.models import Announcement, HideReason
from instances.schema import AcademyCard
from instances.snapshot import Snapshot, read_snapshot

group = AppGroup("instances", help="What each académie shows.")

EVERYBODY = "all"
_SLUG = click.argument("academie")
_SERVICE = click.argument("service_id")


@group.command("list")
def list_instances() -> None:
    """List the académies, and how many services each shows."""
    now = datetime.now(UTC)
    with context.sessions()() as session:
        snapshot = _snapshot(session)
    for card in snapshot.directory.cards:
        offered = offer.offer(snapshot, card, now)
        shown = sum(item.absence is None for item in offered)
        click.echo(f"{card.slug:24} {shown:3} of {len(offered)} services  {card.title.fr}")


@group.command("services")
@_SLUG
def list_services(academie: str) -> None:
    """List every service and whether this académie shows it."""
    with context.sessions()() as session:
        snapshot = _snapshot(session)
    card = _card(snapshot, academie)
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
    with _deciding(academie, service_id) as (session, service, by):
        choices.hide_service(session, service, hiding, by=by)
    click.echo(f"{service_id} is hidden in {academie}.")


@group.command("show")
@_SLUG
@_SERVICE
def show(academie: str, service_id: str) -> None:
    """Show a service in one académie, also one that the nation only proposes."""
    with _deciding(academie, service_id) as (session, service, by):
        choices.show_service(session, service, by=by)
    click.echo(f"{service_id} is shown in {academie}.")


@group.command("follow")
@_SLUG
@_SERVICE
def follow(academie: str, service_id: str) -> None:
    """Do as the nation says again."""
    with _deciding(academie, service_id) as (session, service, by):
        choices.follow_nation(session, service, by=by)
    click.echo(f"{academie} does as the nation says of {service_id}.")


@group.command("address")
@_SLUG
@_SERVICE
@click.argument("urls", nargs=-1)
@click.option("--profile", help="Probe it with this profile.")
def address(academie: str, service_id: str, urls: tuple[str, ...], *, profile: str | None) -> None:
    """Give a service the académie's own address; without URL, take the national one again."""
    probe = {"profile": profile} if profile else None
    try:
        backends = [
            Backend.model_validate({"id": f"propre-{rank}", "url": url, "probe": probe})
            for rank, url in enumerate(urls, start=1)
        ]
    except ValidationError as error:
        raise click.ClickException(f"expected addresses like https://…: {error}") from error
    with _deciding(academie, service_id) as (session, service, by):
        choices.set_backends(session, service, backends, by=by)
    click.echo(f"{service_id} has {len(backends) or 'no'} address of {academie}'s own.")


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
    with writing(context.sessions()) as session:
        card = None if academie == EVERYBODY else _card(_snapshot(session), academie)
        zone = card.zone if card else ZoneInfo("Europe/Paris")
        announcement = Announcement(
            academie=card.slug if card else None,
            level=AnnouncementLevel.IMPORTANT if important else AnnouncementLevel.INFORMATION,
            text=text,
            service_id=service_id,
            starts_at=start.replace(tzinfo=zone) if start else now,
            ends_at=end.replace(tzinfo=zone) if end else None,
            created_by=_actor(),
        )
        try:
            announcements.announce(session, announcement, now=now)
        except AnnouncementError as error:
            raise click.ClickException(f"not published: {error.code}") from error
    click.echo(f"Announcement {announcement.id} is published.")


@group.command("withdraw")
@click.argument("announcement_id", type=int)
def withdraw(announcement_id: int) -> None:
    """Take an announcement back."""
    with writing(context.sessions()) as session:
        found = session.get(Announcement, announcement_id)
        if found is None:
            raise click.ClickException(f"there is no announcement {announcement_id}")
        announcements.withdraw(session, found, now=datetime.now(UTC))
    click.echo(f"Announcement {announcement_id} is withdrawn.")


@contextmanager
def _deciding(academie: str, service_id: str) -> Iterator[tuple[Session, Service, Decision]]:
    """Find académie and service, and open the session in which the decision is written."""
    with writing(context.sessions()) as session:
        snapshot = _snapshot(session)
        card = _card(snapshot, academie)
        service = snapshot.catalogue.service(service_id)
        if service is None:
            raise click.ClickException(f"there is no service {service_id!r} in the catalogue")
        by = Decision(academie=card.slug, actor=_actor(), now=datetime.now(UTC))
        try:
            yield session, service, by
        except ChoiceError as error:
            raise click.ClickException(f"not decided: {error}") from error


def _snapshot(session: Session) -> Snapshot:
    settings = context.settings()
    sources = publication.Sources(catalogue=settings.catalogue, academies=settings.academies)
    return read_snapshot(session, sources, now=datetime.now(UTC))


def _card(snapshot: Snapshot, slug: str) -> AcademyCard:
    card = snapshot.directory.by_slug(slug)
    if card is None:
        nearest = ", ".join(item.slug for item in snapshot.directory.nearest(slug))
        raise click.ClickException(f"there is no académie {slug!r}; the nearest: {nearest}")
    return card


def _day(moment: datetime | None) -> date | None:
    return moment.date() if moment else None


def _actor() -> str:
    return f"command line ({getpass.getuser()})"
