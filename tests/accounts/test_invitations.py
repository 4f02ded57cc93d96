"""Invitations: made, accepted once, by the right person, within two weeks."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from accounts import invitations, lifecycle, rights
from accounts.errors import AccountError
from accounts.models import Account, Grant, Invitation
from accounts.permissions import Person, Right, Role, actor_of
from accounts.sessions import hash_token, person_of
from database import make_sessions, writing
from journal import JournalLine
from tests import cast
from tests.accounts.conftest import NOW, OPS, MakeAccount

MANAGER = Right(role=Role.MANAGER, scope="lyon")
EDITOR = Right(role=Role.EDITOR, scope="lyon")
SOON = NOW + timedelta(days=13)


@pytest.fixture
def lise(any_session: Session, account_of: MakeAccount) -> Person:
    return person_of(any_session, account_of(cast.LISE, MANAGER))


def test_who_accepts_is_of_the_team(
    any_session: Session, account_of: MakeAccount, lise: Person
) -> None:
    awa = account_of(cast.AWA)
    token = invitations.invite(any_session, EDITOR, email=None, inviter=lise, now=NOW)
    offer = invitations.look(any_session, token, now=SOON)
    assert (offer.academie, offer.role, offer.inviter) == ("lyon", Role.EDITOR, "Lise")
    invitations.accept(any_session, token, awa, now=SOON)
    assert rights.rights_of(any_session, awa) == {EDITOR}
    grant = any_session.scalars(select(Grant).where(Grant.account_id == awa.id)).one()
    assert grant.granted_by == lise.actor
    lines = any_session.scalars(select(JournalLine).where(JournalLine.academie == "lyon")).all()
    assert [(line.event, line.actor) for line in lines[1:]] == [
        ("invitation.made", lise.actor),
        ("invitation.accepted", actor_of(awa.id)),
    ]
    assert lines[-1].after == {"role": "editor", "invited_by": lise.actor}


def test_an_invitation_serves_once(
    any_session: Session, account_of: MakeAccount, lise: Person
) -> None:
    token = invitations.invite(any_session, EDITOR, email=None, inviter=lise, now=NOW)
    invitations.accept(any_session, token, account_of(cast.AWA), now=SOON)
    with pytest.raises(AccountError, match="accepted"):
        invitations.accept(any_session, token, account_of(cast.OMAR), now=SOON)
    with pytest.raises(AccountError, match="accepted"):
        invitations.look(any_session, token, now=SOON)


def test_an_invitation_lives_two_weeks(any_session: Session, lise: Person) -> None:
    token = invitations.invite(any_session, EDITOR, email=None, inviter=lise, now=NOW)
    assert len(invitations.pending(any_session, "lyon", now=SOON)) == 1
    late = NOW + timedelta(days=14)
    with pytest.raises(AccountError, match="expired"):
        invitations.look(any_session, token, now=late)
    assert invitations.pending(any_session, "lyon", now=late) == []


def test_an_invitation_with_a_mail_is_for_that_mail_alone(
    any_session: Session, account_of: MakeAccount, lise: Person
) -> None:
    token = invitations.invite(
        any_session, EDITOR, email="Awa@ac-rennes.fr ", inviter=lise, now=NOW
    )
    victor = account_of(cast.VICTOR)
    with pytest.raises(AccountError, match="other-mail"):
        invitations.accept(any_session, token, victor, now=SOON)
    assert rights.rights_of(any_session, victor) == frozenset()
    invitations.accept(any_session, token, account_of(cast.AWA), now=SOON)


def test_a_made_up_link_is_unknown(any_session: Session) -> None:
    with pytest.raises(AccountError, match="unknown"):
        invitations.look(any_session, "made-up", now=NOW)


@pytest.mark.parametrize(
    "right",
    [Right(role=Role.NATIONAL), Right(role=Role.OPERATOR, scope="dne"), Right(role=Role.MANAGER)],
)
def test_one_invites_to_a_team_only(any_session: Session, lise: Person, right: Right) -> None:
    with pytest.raises(AccountError, match="not-of-the-team"):
        invitations.invite(any_session, right, email=None, inviter=lise, now=NOW)


def test_who_was_removed_does_not_come_back_by_a_link_made_before(
    any_session: Session, account_of: MakeAccount, lise: Person
) -> None:
    token = invitations.invite(any_session, MANAGER, email=None, inviter=lise, now=NOW)
    account = any_session.get_one(Account, lise.account_id)
    rights.leave_team(any_session, account, "lyon", actor=OPS, now=NOW)
    with pytest.raises(AccountError, match="void"):
        invitations.accept(any_session, token, account, now=SOON)
    rights.grant(any_session, account, MANAGER, actor=OPS, now=NOW)
    lifecycle.disable_account(any_session, account, actor=OPS, now=NOW)
    with pytest.raises(AccountError, match="void"):
        invitations.accept(any_session, token, account_of(cast.AWA), now=SOON)


def test_accepting_never_takes_anything_away(
    any_session: Session, account_of: MakeAccount, lise: Person
) -> None:
    nora = account_of(cast.NORA, MANAGER)
    token = invitations.invite(any_session, EDITOR, email=None, inviter=lise, now=NOW)
    invitations.accept(any_session, token, nora, now=SOON)
    assert rights.rights_of(any_session, nora) == {MANAGER}
    awa = account_of(cast.AWA, EDITOR)
    token = invitations.invite(any_session, MANAGER, email=None, inviter=lise, now=NOW)
    invitations.accept(any_session, token, awa, now=SOON)
    assert rights.rights_of(any_session, awa) == {MANAGER}


def test_only_the_own_academies_invitations_are_withdrawn_and_only_while_they_wait(
    any_session: Session, account_of: MakeAccount, lise: Person
) -> None:
    token = invitations.invite(any_session, EDITOR, email=None, inviter=lise, now=NOW)
    number = any_session.scalars(select(Invitation.id)).one()

    def withdraw(academie: str) -> bool:
        found = invitations.withdraw(any_session, academie, number=number, actor=OPS, now=NOW)
        any_session.flush()
        return found is not None

    assert not withdraw("versailles")
    assert withdraw("lyon")
    assert not withdraw("lyon")
    with pytest.raises(AccountError, match="unknown"):
        invitations.accept(any_session, token, account_of(cast.AWA), now=SOON)


def test_the_database_and_the_journal_hold_neither_link_nor_mail(
    any_session: Session, lise: Person
) -> None:
    token = invitations.invite(any_session, EDITOR, email="awa@ac-rennes.fr", inviter=lise, now=NOW)
    row = any_session.scalars(select(Invitation)).one()
    assert row.token_hash == hash_token(token)
    line = any_session.scalars(select(JournalLine).order_by(JournalLine.id.desc())).first()
    assert line is not None
    assert "awa" not in f"{line.subject} {line.before} {line.after}"


def test_of_two_who_accept_at_once_one_joins(any_engine: Engine) -> None:
    sessions = make_sessions(any_engine)
    with writing(sessions) as session:
        people = [
            lifecycle.create_account(session, email=person.email, name=person.name, now=NOW)
            for person in (cast.LISE, cast.AWA, cast.OMAR)
        ]
        rights.grant(session, people[0], MANAGER, actor=OPS, now=NOW)
        inviter = person_of(session, people[0])
        token = invitations.invite(session, EDITOR, email=None, inviter=inviter, now=NOW)
        numbers = [account.id for account in people[1:]]
    ready, outcomes = threading.Barrier(2), []

    def come(number: int) -> None:
        ready.wait()
        try:
            with writing(sessions) as session:
                invitations.accept(session, token, session.get_one(Account, number), now=SOON)
            outcomes.append("joined")
        except AccountError as error:
            outcomes.append(error.code)

    threads = [threading.Thread(target=come, args=(number,)) for number in numbers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["accepted", "joined"]
