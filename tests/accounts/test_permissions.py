"""The policy, as a table: every role × action × own scope, another one, none."""

from __future__ import annotations

import pytest

from accounts.permissions import (
    POLICY,
    SCOPED,
    Action,
    Person,
    Right,
    Role,
    account_of,
    may,
    scopes_of,
)

OWN, OTHER, WHOLE = "own", "other", "whole"
"""In the scope of the right, in another one, where there is no scope at all."""
EVERYWHERE = {OWN, OTHER, WHOLE}

TABLE: dict[Action, dict[Role, set[str]]] = {
    Action.USE_OWN_SPACE: dict.fromkeys(Role, EVERYWHERE),
    Action.SEE_DESK: {Role.EDITOR: {OWN}, Role.MANAGER: {OWN}, Role.NATIONAL: EVERYWHERE},
    Action.DECIDE: {Role.EDITOR: {OWN}, Role.MANAGER: {OWN}},
    Action.REPLACE_ALL: {Role.MANAGER: {OWN}},
    Action.MANAGE_MEMBERS: {Role.MANAGER: {OWN}, Role.NATIONAL: EVERYWHERE},
    Action.SEE_COUNTRY: {Role.NATIONAL: EVERYWHERE},
    Action.GOVERN: {Role.NATIONAL: EVERYWHERE},
    Action.OPERATE: {Role.OPERATOR: {OWN}, Role.OPS: EVERYWHERE},
    Action.WATCH: {Role.OPS: EVERYWHERE, Role.NATIONAL: EVERYWHERE},
}
"""Who is not named may not."""
SCOPES = {OWN: "lyon", OTHER: "versailles", WHOLE: None}


def somebody(*rights: Right) -> Person:
    return Person(account_id=1, name="Lise", email="lise@ac-lyon.fr", rights=frozenset(rights))


@pytest.mark.parametrize("where", SCOPES)
@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("action", Action)
def test_the_policy_is_the_table(action: Action, role: Role, where: str) -> None:
    right = Right(role=role, scope=SCOPES[OWN] if role in SCOPED else None)
    wanted = where in TABLE[action].get(role, set())
    assert may(somebody(right), action, scope=SCOPES[where]) is wanted


def test_the_table_has_every_action_and_the_policy_none_besides() -> None:
    assert set(TABLE) == set(Action) == set(POLICY)


@pytest.mark.parametrize("action", Action)
def test_nobody_may_do_anything(action: Action) -> None:
    assert not may(None, action)
    assert not may(None, action, scope="lyon")


@pytest.mark.parametrize("action", sorted(set(Action) - {Action.USE_OWN_SPACE}))
def test_who_has_no_right_has_an_own_space_only(action: Action) -> None:
    assert not may(somebody(), action, scope="lyon")
    assert may(somebody(), Action.USE_OWN_SPACE, scope="lyon")


def test_rights_add_up_and_do_not_mix() -> None:
    both = somebody(
        Right(role=Role.EDITOR, scope="lyon"), Right(role=Role.MANAGER, scope="grenoble")
    )
    assert may(both, Action.DECIDE, scope="lyon")
    assert may(both, Action.MANAGE_MEMBERS, scope="grenoble")
    assert not may(both, Action.MANAGE_MEMBERS, scope="lyon")
    assert scopes_of(both, Action.DECIDE) == {"lyon", "grenoble"}
    assert scopes_of(both, Action.MANAGE_MEMBERS) == {"grenoble"}


def test_a_right_that_lost_its_scope_reaches_nothing() -> None:
    assert not may(somebody(Right(role=Role.MANAGER)), Action.DECIDE)
    assert not may(somebody(Right(role=Role.MANAGER)), Action.DECIDE, scope="")
    assert not may(somebody(Right(role=Role.MANAGER)), Action.DECIDE, scope="lyon")


@pytest.mark.parametrize(
    ("actor", "number"),
    [
        ("account/12", 12),
        ("account/", None),
        ("account/x", None),
        ("account/-1", None),
        ("command line (omar)", None),
        ("publisher", None),
    ],
)
def test_an_actor_is_an_account_or_not(actor: str, number: int | None) -> None:
    assert account_of(actor) == number
