"""What somebody may do, in words."""

from __future__ import annotations

from accounts.permissions import Right, Role
from web import account_words, current
from web.context import say


def say_rights(rights: frozenset[Right]) -> list[str]:
    """Word each right, those of the nation first; what everybody may is said by the page."""
    ranks = list(Role)
    ordered = sorted(rights, key=lambda right: (-ranks.index(right.role), right.scope or ""))
    return [_say(right) for right in ordered if right.role is not Role.TEACHER]


def _say(right: Right) -> str:
    named = account_words.right(right, {right.scope or "": _place(right)})
    return f"{named}\N{NO-BREAK SPACE}: {account_words.role_at_length(right.role)}"


def _place(right: Right) -> str:
    slug, snapshot = right.scope or "", current.snapshot()
    if right.role is Role.OPERATOR:
        operator = snapshot.catalogue.operator(slug)
        return slug if operator is None else say(operator.name)
    card = snapshot.card(slug)
    return slug if card is None else say(card.title)
