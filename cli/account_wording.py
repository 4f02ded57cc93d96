"""What the command line says of accounts, in English."""

from __future__ import annotations

from accounts.errors import AccountError
from accounts.models import Account
from accounts.permissions import Right

REFUSED = {
    "bad-email": "this is not a mail address; expected one like lise@ac-lyon.fr",
    "bad-name": "a name has 1 to {most} letters",
    "email-taken": "an account with this mail exists already: see `flask accounts list`",
    "everybody-has-it": "everybody who has an account is a teacher",
    "given-by-provider": "the identity provider gave this right: take it back there",
    "last-manager": "this is the last manager of the académie: name another one first",
    "last-national": "this is the last national administrator: name another one first",
    "no-such-right": "the account does not have this right: see `flask accounts list`",
    "scope-missing": "this role is for one {wanted}: say which one",
    "scope-unwanted": "the role {role} is for everything: it has no scope",
}


def refused(error: AccountError) -> str:
    words = REFUSED.get(error.code, error.code)
    return words.format(**error.values)


def written(right: Right) -> str:
    return right.role.value + (f" of {right.scope}" if right.scope else "")


def state(account: Account) -> str:
    """Say what is not as usual with an account."""
    words = []
    if account.disabled_at is not None:
        words.append(f"disabled since {account.disabled_at:%Y-%m-%d}")
    if account.farewell_at is not None:
        words.append(f"unused: announced on {account.farewell_at:%Y-%m-%d}, deleted a month later")
    return f"  ({'; '.join(words)})" if words else ""
