"""Rights given and taken back; those of a provider stay; somebody always stays in charge."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from accounts import lifecycle, rights, teams
from accounts.errors import AccountError
from accounts.models import LOCAL, Account, Grant
from accounts.permissions import Right, Role, actor_of
from accounts.sessions import person_of
from database import make_sessions, writing
from journal import JournalLine
from tests import cast
from tests.accounts.conftest import NOW, OPS, MakeAccount

MANAGER = Right(role=Role.MANAGER, scope="lyon")
EDITOR = Right(role=Role.EDITOR, scope="lyon")
NATIONAL = Right(role=Role.NATIONAL)
PROVIDER = "https://sso.example.fr"


def provide(session: Session, account: Account, right: Right, source: str = PROVIDER) -> None:
    values = {"role": right.role.value, "scope": right.scope or "", "source": source}
    session.add(Grant(account_id=account.id, granted_at=NOW, granted_by="oidc", **values))
    session.flush()


def sources(session: Session, account: Account) -> set[tuple[str, str]]:
    rows = session.scalars(select(Grant).where(Grant.account_id == account.id))
    return {(row.role, row.source) for row in rows}


def last_line(session: Session) -> JournalLine:
    return session.scalars(
        select(JournalLine).order_by(JournalLine.id.desc())
    ).first() or pytest.fail("nothing was journalled")


def test_a_right_is_given_once(any_session: Session, account_of: MakeAccount) -> None:
    lise = account_of(cast.LISE)
    assert rights.grant(any_session, lise, MANAGER, actor=OPS, now=NOW)
    assert not rights.grant(any_session, lise, MANAGER, actor=OPS, now=NOW)
    line = last_line(any_session)
    assert (line.event, line.academie, line.after) == (
        "right.granted", "lyon", {"role": "manager", "scope": "lyon"},
    )  # fmt: skip
    assert any_session.scalars(select(JournalLine.event)).all().count("right.granted") == 1


def test_a_right_over_everything_is_in_no_academies_journal(
    any_session: Session, account_of: MakeAccount
) -> None:
    rights.grant(any_session, account_of(cast.NORA), NATIONAL, actor=OPS, now=NOW)
    assert last_line(any_session).academie is None
    operator = Right(role=Role.OPERATOR, scope="dne")
    rights.grant(any_session, account_of(cast.OMAR), operator, actor=OPS, now=NOW)
    assert last_line(any_session).academie is None, "an operator is not an académie"


@pytest.mark.parametrize(
    ("right", "code"),
    [
        (Right(role=Role.TEACHER), "everybody-has-it"),
        (Right(role=Role.EDITOR), "scope-missing"),
        (Right(role=Role.NATIONAL, scope="lyon"), "scope-unwanted"),
    ],
)
def test_a_right_that_cannot_be_is_refused(
    any_session: Session, account_of: MakeAccount, right: Right, code: str
) -> None:
    with pytest.raises(AccountError, match=code):
        rights.grant(any_session, account_of(cast.LISE), right, actor=OPS, now=NOW)


def test_what_a_provider_gave_is_not_taken_back_here(
    any_session: Session, account_of: MakeAccount
) -> None:
    lise = account_of(cast.LISE, EDITOR)
    provide(any_session, lise, EDITOR)
    rights.revoke(any_session, lise, EDITOR, actor=OPS, now=NOW)
    assert sources(any_session, lise) == {("editor", PROVIDER)}
    with pytest.raises(AccountError, match="given-by-provider"):
        rights.revoke(any_session, lise, EDITOR, actor=OPS, now=NOW)
    with pytest.raises(AccountError, match="given-by-provider"):
        rights.leave_team(any_session, lise, "lyon", actor=OPS, now=NOW)
    assert sources(any_session, lise) == {("editor", PROVIDER)}


def test_a_right_that_is_not_there_cannot_be_taken(
    any_session: Session, account_of: MakeAccount
) -> None:
    lise = account_of(cast.LISE, MANAGER)
    for right in (EDITOR, Right(role=Role.MANAGER, scope="versailles")):
        with pytest.raises(AccountError, match="no-such-right"):
            rights.revoke(any_session, lise, right, actor=OPS, now=NOW)
    with pytest.raises(AccountError, match="no-such-right"):
        rights.leave_team(any_session, lise, "versailles", actor=OPS, now=NOW)


def test_a_role_changes_in_one_line_of_the_journal(
    any_session: Session, account_of: MakeAccount
) -> None:
    awa = account_of(cast.AWA, EDITOR)
    rights.change_role(any_session, awa, MANAGER, actor=OPS, now=NOW)
    assert sources(any_session, awa) == {("manager", LOCAL)}
    line = last_line(any_session)
    assert (line.event, line.before, line.after) == (
        "right.changed",
        {"role": "editor", "scope": "lyon"},
        {"role": "manager", "scope": "lyon"},
    )
    rights.change_role(any_session, awa, MANAGER, actor=OPS, now=NOW)
    assert last_line(any_session).id == line.id, "nothing changed"


def test_a_manager_by_the_provider_cannot_be_made_less_here(
    any_session: Session, account_of: MakeAccount
) -> None:
    awa = account_of(cast.AWA)
    provide(any_session, awa, MANAGER)
    with pytest.raises(AccountError, match="given-by-provider"):
        rights.change_role(any_session, awa, EDITOR, actor=OPS, now=NOW)


@pytest.mark.parametrize("way", ["revoke", "leave", "demote"])
def test_the_last_manager_cannot_remove_himself(
    any_session: Session, account_of: MakeAccount, way: str
) -> None:
    lise, awa = account_of(cast.LISE, MANAGER), account_of(cast.AWA, EDITOR)
    account_of(cast.VICTOR, Right(role=Role.MANAGER, scope="versailles"))

    def go(actor: str) -> None:
        if way == "revoke":
            rights.revoke(any_session, lise, MANAGER, actor=actor, now=NOW)
        elif way == "leave":
            rights.leave_team(any_session, lise, "lyon", actor=actor, now=NOW)
        else:
            rights.change_role(any_session, lise, EDITOR, actor=actor, now=NOW)

    with pytest.raises(AccountError, match="last-manager"):
        go(actor_of(lise.id))
    assert MANAGER in rights.rights_of(any_session, lise)
    rights.change_role(any_session, awa, MANAGER, actor=actor_of(lise.id), now=NOW)
    awa.disabled_at = NOW
    any_session.flush()
    with pytest.raises(AccountError, match="last-manager"):
        go(actor_of(lise.id))
    awa.disabled_at = None
    any_session.flush()
    go(actor_of(lise.id))
    assert MANAGER not in rights.rights_of(any_session, lise)


def test_somebody_else_may_remove_the_last_manager(
    any_session: Session, account_of: MakeAccount
) -> None:
    lise, nora = account_of(cast.LISE, MANAGER), account_of(cast.NORA, NATIONAL)
    rights.leave_team(any_session, lise, "lyon", actor=actor_of(nora.id), now=NOW)
    assert teams.members(any_session, "lyon") == ()


def test_somebody_whose_own_rights_went_meanwhile_removes_no_last_manager(
    any_session: Session, account_of: MakeAccount
) -> None:
    lise, awa = account_of(cast.LISE, MANAGER), account_of(cast.AWA, MANAGER)
    rights.leave_team(any_session, awa, "lyon", actor=actor_of(lise.id), now=NOW)
    with pytest.raises(AccountError, match="last-manager"):
        rights.leave_team(any_session, lise, "lyon", actor=actor_of(awa.id), now=NOW)
    with pytest.raises(AccountError, match="last-manager"):
        rights.change_role(any_session, lise, EDITOR, actor=actor_of(awa.id), now=NOW)
    assert MANAGER in rights.rights_of(any_session, lise)


def test_of_two_managers_who_remove_one_another_at_once_one_stays(any_engine: Engine) -> None:
    sessions = make_sessions(any_engine)
    with writing(sessions) as session:
        numbers = []
        for person in (cast.LISE, cast.AWA):
            account = lifecycle.create_account(
                session, email=person.email, name=person.name, now=NOW
            )
            rights.grant(session, account, MANAGER, actor=OPS, now=NOW)
            numbers.append(account.id)
    ready, refused = threading.Barrier(2), []

    def remove(number: int, actor: str) -> None:
        ready.wait()
        try:
            with writing(sessions) as session:
                account = session.get_one(Account, number)
                rights.leave_team(session, account, "lyon", actor=actor, now=NOW)
        except AccountError as error:
            refused.append(error.code)

    pairs = zip(numbers, map(actor_of, reversed(numbers)), strict=True)
    threads = [threading.Thread(target=remove, args=pair) for pair in pairs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert refused == ["last-manager"]
    with sessions() as session:
        assert session.scalars(select(Grant.role)).all() == ["manager"]


def test_the_last_national_administrator_keeps_the_right(
    any_session: Session, account_of: MakeAccount
) -> None:
    nora = account_of(cast.NORA, NATIONAL)
    with pytest.raises(AccountError, match="last-national"):
        rights.revoke(any_session, nora, NATIONAL, actor=OPS, now=NOW)
    provide(any_session, nora, NATIONAL)
    rights.revoke(any_session, nora, NATIONAL, actor=OPS, now=NOW)
    assert sources(any_session, nora) == {("national", PROVIDER)}


def test_of_two_administrators_who_remove_one_another_at_once_one_stays(any_engine: Engine) -> None:
    sessions = make_sessions(any_engine)
    with writing(sessions) as session:
        numbers = []
        for person in (cast.NORA, cast.OMAR):
            account = lifecycle.create_account(
                session, email=person.email, name=person.name, now=NOW
            )
            rights.grant(session, account, NATIONAL, actor=OPS, now=NOW)
            numbers.append(account.id)
    ready, refused = threading.Barrier(2), []

    def remove(number: int) -> None:
        ready.wait()
        try:
            with writing(sessions) as session:
                account = session.get_one(Account, number)
                rights.revoke(session, account, NATIONAL, actor=OPS, now=NOW)
        except AccountError as error:
            refused.append(error.code)

    threads = [threading.Thread(target=remove, args=(number,)) for number in numbers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert refused == ["last-national"]
    with sessions() as session:
        assert session.scalars(select(Grant.role)).all() == ["national"]


def test_a_role_of_another_version_of_the_program_is_ignored(
    any_session: Session, account_of: MakeAccount
) -> None:
    lise = account_of(cast.LISE, EDITOR)
    values = {"role": "archivist", "scope": "lyon", "source": LOCAL}
    any_session.add(Grant(account_id=lise.id, granted_at=NOW, granted_by="later", **values))
    any_session.flush()
    assert person_of(any_session, lise).rights == {EDITOR}
    assert [item.role for item in teams.members(any_session, "lyon")] == [Role.EDITOR]
    lifecycle.delete_account(any_session, lise, actor=OPS, now=NOW)


def test_a_team_is_listed_by_role_then_name_with_where_a_role_comes_from(
    any_session: Session, account_of: MakeAccount
) -> None:
    awa = account_of(cast.AWA, EDITOR)
    account_of(cast.OMAR, EDITOR)
    account_of(cast.LISE, MANAGER)
    account_of(cast.VICTOR, Right(role=Role.MANAGER, scope="versailles"))
    provide(any_session, awa, MANAGER)
    team = teams.members(any_session, "lyon")
    assert [(item.name, item.role, item.local, item.provided) for item in team] == [
        ("Awa", Role.MANAGER, Role.EDITOR, Role.MANAGER),
        ("Lise", Role.MANAGER, Role.MANAGER, None),
        ("Omar", Role.EDITOR, Role.EDITOR, None),
    ]
    assert not teams.is_last_manager(team, awa.id)
    assert teams.member(any_session, "versailles", awa.id) is None
