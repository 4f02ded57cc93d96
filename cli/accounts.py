"""`flask accounts …`: accounts, their rights, and the links that let in."""

from __future__ import annotations

import getpass
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import click
from flask.cli import AppGroup
from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts import first, lifecycle, links, rights
from accounts.errors import AccountError
from accounts.models import Account
from accounts.permissions import SCOPED, Right, Role
from cli import context
from cli.account_wording import refused, state, written
from database import writing
from instances.publication import Sources
from instances.snapshot import read_snapshot
from upkeep.schema_version import schema_problem

group = AppGroup("accounts", help="Who may do what.")
_WHO = click.argument("who")
"""A mail, or the number that the journal has."""
_NUMBER = re.compile(r"[0-9]{1,9}")
_ROLE = click.argument(
    "role", type=click.Choice([role.value for role in Role if role != "teacher"])
)
_SCOPE = click.argument("scope", required=False)
_HOURS = click.option(
    "--hours", type=click.IntRange(1, 72), default=1, show_default=True, help="How long it lives."
)


@group.command("list")
def list_accounts() -> None:
    """List the accounts, their rights, and when each was last used."""
    with _reading() as session:
        for account in session.scalars(select(Account).order_by(Account.id)):
            held = ", ".join(sorted(written(right) for right in rights.rights_of(session, account)))
            seen = f"{account.seen_at:%Y-%m-%d}" if account.seen_at else "never used"
            line = f"{account.id:5}  {account.email:32} {account.name:24} {seen:10}  {held or '-'}"
            click.echo(f"{line}{state(account)}")


@group.command("create")
@click.argument("email")
@click.argument("name")
@_HOURS
def create(email: str, name: str, *, hours: int) -> None:
    """Create an account without a password, and print the link that lets its owner in."""
    with _writing() as session:
        account = lifecycle.create_account(
            session, email=email, name=name, actor=_actor(), now=_now()
        )
        token = _link(session, account, hours=hours)
    click.echo(f"Account {account.id} is created: {account.email}.")
    _print_link(token, hours=hours)


@group.command("disable")
@_WHO
def disable(who: str) -> None:
    """Let nobody in by an account any more, and end its sessions."""
    with _writing() as session:
        account = _find(session, who)
        lifecycle.disable_account(session, account, actor=_actor(), now=_now())
    click.echo(f"Account {account.id} is disabled and signed out.")


@group.command("enable")
@_WHO
def enable(who: str) -> None:
    """Let a disabled account in again."""
    with _writing() as session:
        account = _find(session, who)
        lifecycle.enable_account(session, account, actor=_actor(), now=_now())
    click.echo(f"Account {account.id} is enabled.")


@group.command("delete")
@_WHO
@click.confirmation_option(prompt="It cannot be brought back. Delete it?")
def delete(who: str) -> None:
    """Delete an account with its rights, sessions, favourites and invitations.

    Its lines of the journal stay, with its number.
    """
    with _writing() as session:
        account = _find(session, who)
        lifecycle.delete_account(session, account, actor=_actor(), now=_now())
    click.echo(f"Account {account.id} is deleted.")


@group.command("grant")
@_WHO
@_ROLE
@_SCOPE
def grant(who: str, role: str, scope: str | None) -> None:
    """Give an account a right: SCOPE is an académie's slug, or an operator's id."""
    with _writing() as session:
        right = _known_right(session, role, scope)
        account = _find(session, who)
        given = rights.grant(session, account, right, actor=_actor(), now=_now())
    word = "is now" if given else "was already"
    click.echo(f"Account {account.id} {word} {written(right)}.")


@group.command("revoke")
@_WHO
@_ROLE
@_SCOPE
def revoke(who: str, role: str, scope: str | None) -> None:
    """Take a right back that a person gave; a provider's are changed at the provider."""
    right = Right(role=Role(role), scope=scope)
    with _writing() as session:
        account = _find(session, who)
        rights.revoke(session, account, right, actor=_actor(), now=_now())
    click.echo(f"Account {account.id} is no longer {written(right)}.")


@group.command("reset")
@_WHO
@_HOURS
def reset(who: str, *, hours: int) -> None:
    """End all sessions, remove the password, and print a link that lets in once."""
    with _writing() as session:
        account = _find(session, who)
        lifecycle.reset_account(session, account, actor=_actor(), now=_now())
        token = _link(session, account, hours=hours)
    click.echo(f"Account {account.id} is signed out everywhere and has no password.")
    _print_link(token, hours=hours)


@group.command("link")
@_WHO
@_HOURS
def link(who: str, *, hours: int) -> None:
    """Print a link that lets in once; the one printed before stops working."""
    with _writing() as session:
        account = _find(session, who)
        token = _link(session, account, hours=hours)
    _print_link(token, hours=hours)


@group.command("first")
def first_command() -> None:
    """On a fresh portal, create a national administrator and print the link that lets him in.

    Prints nothing once somebody has an account. `make run` calls it.
    """
    settings = context.settings()
    with _writing() as session:
        token = first.first_link(session, email=settings.contact_email, actor=_actor(), now=_now())
    if token is None:
        return
    line = "=" * 78
    click.echo(
        f"\n{line}\n  Nobody has an account yet. This link lets the first administrator in, once,\n"
        f"  within an hour:\n\n  {_address(token)}\n\n{line}\n",
        err=True,
    )


@contextmanager
def _writing() -> Iterator[Session]:
    """Open the session in which something is changed; what is refused is said in words."""
    sessions = context.sessions()
    _check_schema()
    try:
        with writing(sessions) as session:
            yield session
    except AccountError as error:
        raise click.ClickException(refused(error)) from error


@contextmanager
def _reading() -> Iterator[Session]:
    _check_schema()
    with context.sessions()() as session:
        yield session


def _check_schema() -> None:
    with context.sessions()() as session:
        problem = schema_problem(session.get_bind().engine)
    if problem is not None:
        raise click.ClickException(problem)


def _find(session: Session, who: str) -> Account:
    account = session.get(Account, int(who)) if _NUMBER.fullmatch(who) else None
    account = account or lifecycle.find_by_email(session, who)
    if account is None:
        raise click.ClickException(
            f"there is no account {who!r}: give a mail or a number of `flask accounts list`"
        )
    return account


def _known_right(session: Session, role: str, scope: str | None) -> Right:
    """Refuse a right for an académie or an operator that there is not."""
    right = Right(role=Role(role), scope=scope)
    kind = SCOPED.get(right.role)
    if scope is None or kind is None:
        return right
    settings = context.settings()
    sources = Sources(catalogue=settings.catalogue, academies=settings.academies)
    snapshot = read_snapshot(session, sources, now=_now())
    known = {card.slug for card in snapshot.directory.cards}
    if kind == "operator":
        known = {operator.id for operator in snapshot.catalogue.operators}
    if scope not in known:
        raise click.ClickException(f"there is no {kind} {scope!r}: {', '.join(sorted(known))}")
    return right


def _link(session: Session, account: Account, *, hours: int) -> str:
    if account.disabled_at is not None:
        raise click.ClickException(f"account {account.id} is disabled: enable it first")
    lifetime = timedelta(hours=hours)
    return links.make_link(session, account, now=_now(), by=_actor(), lifetime=lifetime)


def _print_link(token: str, *, hours: int) -> None:
    within = "an hour" if hours == 1 else f"{hours} hours"
    click.echo(f"This link lets in once, within {within}:\n{_address(token)}")


def _address(token: str) -> str:
    return f"{context.settings().public_url}/connexion/lien/{token}"


def _actor() -> str:
    return f"command line ({getpass.getuser()})"


def _now() -> datetime:
    return datetime.now(UTC)
