"""The whole policy: which role may do what, and how far it reaches."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


class Role(StrEnum):
    TEACHER = "teacher"
    """Everybody who has an account."""
    EDITOR = "editor"
    """Decides for one académie."""
    MANAGER = "manager"
    """An editor who also chooses the members."""
    OPERATOR = "operator"
    """Runs the services of one operator."""
    NATIONAL = "national"
    OPS = "ops"


class Action(StrEnum):
    USE_OWN_SPACE = "use-own-space"
    SEE_DESK = "see-desk"
    DECIDE = "decide"
    REPLACE_ALL = "replace-all"
    """Import a file of decisions, or copy those of another académie."""
    MANAGE_MEMBERS = "manage-members"
    SEE_COUNTRY = "see-country"
    GOVERN = "govern"
    """Accounts, and what is announced to every académie."""
    OPERATE = "operate"
    WATCH = "watch"


_MOST_DIGITS = 9
"""Of an account's number; more would fit in no database."""


class Reach(StrEnum):
    OWN = "own"
    """What the right is for: one académie, one operator."""
    EVERYWHERE = "everywhere"


SCOPED = MappingProxyType(
    {Role.EDITOR: "academie", Role.MANAGER: "academie", Role.OPERATOR: "operator"}
)
"""What a right of this role is for; the other roles have no scope."""

OWN, EVERYWHERE = Reach.OWN, Reach.EVERYWHERE
POLICY: Mapping[Action, Mapping[Role, Reach]] = {
    Action.USE_OWN_SPACE: dict.fromkeys(Role, EVERYWHERE),
    Action.SEE_DESK: {Role.EDITOR: OWN, Role.MANAGER: OWN, Role.NATIONAL: EVERYWHERE},
    Action.DECIDE: {Role.EDITOR: OWN, Role.MANAGER: OWN},
    Action.REPLACE_ALL: {Role.MANAGER: OWN},
    Action.MANAGE_MEMBERS: {Role.MANAGER: OWN, Role.NATIONAL: EVERYWHERE},
    Action.SEE_COUNTRY: {Role.NATIONAL: EVERYWHERE},
    Action.GOVERN: {Role.NATIONAL: EVERYWHERE},
    Action.OPERATE: {Role.OPERATOR: OWN, Role.OPS: EVERYWHERE},
    Action.WATCH: {Role.OPS: EVERYWHERE, Role.NATIONAL: EVERYWHERE},
}


@dataclass(frozen=True, kw_only=True)
class Right:
    role: Role
    scope: str | None = None
    """Slug of an académie or id of an operator; none for a role that has no scope."""


@dataclass(frozen=True, kw_only=True)
class Person:
    """Somebody who is signed in, with the rights of this moment."""

    account_id: int
    name: str
    email: str
    rights: frozenset[Right] = frozenset()

    @property
    def actor(self) -> str:
        """Return what the journal keeps: a number, which says nothing once the account is gone."""
        return actor_of(self.account_id)


def actor_of(account_id: int) -> str:
    return f"account/{account_id}"


def account_of(actor: str) -> int | None:
    """Return the number of the account that acted; none for the command line and for programs."""
    kind, _, number = actor.partition("/")
    is_one = kind == "account" and number.isdecimal() and len(number) <= _MOST_DIGITS
    return int(number) if is_one else None


def may(person: Person | None, action: Action, *, scope: str | None = None) -> bool:
    """Tell whether somebody may do this, to this académie or operator when it has one."""
    if person is None:
        return False
    reaches = POLICY[action]
    rights = (*person.rights, Right(role=Role.TEACHER))
    return any(_reaches(reaches.get(right.role), right, scope) for right in rights)


def scopes_of(person: Person, action: Action) -> frozenset[str]:
    """Return the académies or operators to which a person may do this by a right of its own."""
    found = (right for right in person.rights if POLICY[action].get(right.role) is Reach.OWN)
    return frozenset(right.scope for right in found if right.scope is not None)


def _reaches(reach: Reach | None, right: Right, scope: str | None) -> bool:
    if reach is None:
        return False
    return reach is Reach.EVERYWHERE or (scope is not None and right.scope == scope)
