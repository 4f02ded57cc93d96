"""Accounts made, disabled, renamed, reset and deleted; what stays in the journal."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from accounts import invitations, lifecycle, links, passwords, rights
from accounts.errors import AccountError
from accounts.models import Account, AccountSession, Grant, Identity, Invitation, SignInLink
from accounts.names import names_of
from accounts.permissions import Right, Role, actor_of
from accounts.sessions import person_of
from instances.models import Favourite
from journal import JournalLine
from tests import cast
from tests.accounts.conftest import NOW, OPS, MakeAccount, sign_in

MANAGER = Right(role=Role.MANAGER, scope="lyon")
EDITOR = Right(role=Role.EDITOR, scope="lyon")
NATIONAL = Right(role=Role.NATIONAL)


def events(session: Session) -> list[tuple[str, str, str | None]]:
    rows = session.scalars(select(JournalLine).order_by(JournalLine.id))
    return [(row.event, row.subject, row.academie) for row in rows]


def count(session: Session, table: type) -> int:
    return session.scalar(select(func.count()).select_from(table)) or 0


def test_an_account_is_made_without_password_or_right(any_session: Session) -> None:
    lise = lifecycle.create_account(
        any_session, email="  Lise@AC-lyon.fr ", name=" Lise   Marchand ", actor=OPS, now=NOW
    )
    assert (lise.email, lise.name, lise.password_hash) == ("lise@ac-lyon.fr", "Lise Marchand", None)
    assert rights.rights_of(any_session, lise) == frozenset()
    assert events(any_session) == [("account.created", actor_of(lise.id), None)]


def test_a_mail_belongs_to_one_account_and_the_rest_of_the_work_goes_on(
    any_session: Session, account_of: MakeAccount
) -> None:
    account_of(cast.LISE)
    with pytest.raises(AccountError, match="email-taken"):
        lifecycle.create_account(any_session, email="LISE@ac-lyon.fr", name="Another", now=NOW)
    account_of(cast.AWA)
    assert count(any_session, Account) == 2


@pytest.mark.parametrize(
    "email", ["", "lise", "lise@", "@ac-lyon.fr", "lise@localhost", "a b@c.fr", "a@b@c.fr",
              "a@b.fr\nBcc: x@y.fr", "<lise@ac-lyon.fr>", "x" * 250 + "@y.fr"],
)  # fmt: skip
def test_what_cannot_be_a_mail_is_refused(email: str) -> None:
    with pytest.raises(AccountError, match="bad-email"):
        lifecycle.checked_email(email)


@pytest.mark.parametrize("name", ["", "  ", "x" * 121, "Li\x00se", "Li\u202ese"])
def test_what_cannot_be_a_name_is_refused(name: str) -> None:
    with pytest.raises(AccountError, match="bad-name"):
        lifecycle.checked_name(name)


def test_disabling_signs_out_and_ends_links(any_session: Session, account_of: MakeAccount) -> None:
    lise = account_of(cast.LISE, MANAGER)
    token = sign_in(any_session, lise)
    links.make_link(any_session, lise, now=NOW, by=OPS)
    lifecycle.disable_account(any_session, lise, actor=OPS, now=NOW)
    assert token
    assert count(any_session, AccountSession) == count(any_session, SignInLink) == 0
    lifecycle.disable_account(any_session, lise, actor=OPS, now=NOW)
    lifecycle.enable_account(any_session, lise, actor=OPS, now=NOW)
    lifecycle.enable_account(any_session, lise, actor=OPS, now=NOW)
    assert lise.disabled_at is None
    done = [event for event, *_ in events(any_session) if "abled" in event]
    assert done == ["account.disabled", "account.enabled"], "once each"


def test_a_reset_leaves_rights_and_takes_password_and_sessions(
    any_session: Session, account_of: MakeAccount
) -> None:
    lise = account_of(cast.LISE, MANAGER)
    passwords.set_password(lise, "trois mots et un chat")
    sign_in(any_session, lise)
    lifecycle.reset_account(any_session, lise, actor=OPS, now=NOW)
    assert lise.password_hash is None
    assert count(any_session, AccountSession) == 0
    assert rights.rights_of(any_session, lise) == {MANAGER}


def test_deleting_takes_everything_of_the_account_and_leaves_the_journal(
    any_session: Session, account_of: MakeAccount
) -> None:
    lise, awa = account_of(cast.LISE, MANAGER), account_of(cast.AWA, MANAGER)
    number = lise.id
    sign_in(any_session, lise)
    links.make_link(any_session, lise, now=NOW, by=OPS)
    inviter = person_of(any_session, lise)
    invitations.invite(any_session, EDITOR, email=None, inviter=inviter, now=NOW)
    favourite = Favourite(account_id=number, academie="lyon", service_id="nuage", position=0)
    any_session.add(favourite)
    any_session.add(Identity(issuer="https://sso.example.fr", subject="l", account_id=number))
    any_session.flush()
    before = len(events(any_session))
    lifecycle.delete_account(any_session, lise, actor=actor_of(number), now=NOW)
    any_session.expire_all()
    for table in (AccountSession, SignInLink, Invitation, Favourite, Identity):
        assert count(any_session, table) == 0, table.__name__
    assert any_session.scalars(select(Account.id)).all() == [awa.id]
    assert any_session.scalars(select(Grant.account_id)).all() == [awa.id]
    assert events(any_session)[before:] == [
        ("right.revoked", actor_of(number), "lyon"),
        ("account.deleted", actor_of(number), None),
    ]
    assert names_of(any_session, [actor_of(number)]) == {}


def test_no_line_of_the_journal_holds_a_name_or_a_mail(
    any_session: Session, account_of: MakeAccount
) -> None:
    lise = account_of(cast.LISE, MANAGER)
    lifecycle.change_identity(
        any_session, lise, email="marchand@ac-lyon.fr", name="L. Marchand", actor=OPS, now=NOW
    )
    lifecycle.delete_account(any_session, lise, actor=OPS, now=NOW, reason="asked")
    for row in any_session.scalars(select(JournalLine)):
        said = f"{row.subject} {row.before} {row.after} {row.reason}"
        assert "lise" not in said.lower()
        assert "marchand" not in said.lower()


def test_another_mail_must_be_free(any_session: Session, account_of: MakeAccount) -> None:
    lise, awa = account_of(cast.LISE), account_of(cast.AWA)
    with pytest.raises(AccountError, match="email-taken"):
        lifecycle.change_identity(
            any_session, awa, email=lise.email, name="Awa", actor=OPS, now=NOW
        )
    any_session.refresh(awa)
    assert awa.email == cast.AWA.email


def test_the_last_manager_cannot_delete_himself_but_others_can(
    any_session: Session, account_of: MakeAccount
) -> None:
    lise = account_of(cast.LISE, MANAGER)
    with pytest.raises(AccountError, match="last-manager"):
        lifecycle.delete_account(any_session, lise, actor=actor_of(lise.id), now=NOW)
    assert rights.rights_of(any_session, lise) == {MANAGER}
    lifecycle.delete_account(any_session, lise, actor=OPS, now=NOW)


def test_the_last_national_administrator_stays_whoever_asks(
    any_session: Session, account_of: MakeAccount
) -> None:
    nora, omar = account_of(cast.NORA, NATIONAL), account_of(cast.OMAR, NATIONAL)
    lifecycle.disable_account(any_session, omar, actor=OPS, now=NOW)
    for actor in (OPS, actor_of(nora.id)):
        with pytest.raises(AccountError, match="last-national"):
            lifecycle.delete_account(any_session, nora, actor=actor, now=NOW)
        with pytest.raises(AccountError, match="last-national"):
            lifecycle.disable_account(any_session, nora, actor=actor, now=NOW)
    lifecycle.delete_account(any_session, omar, actor=OPS, now=NOW)
