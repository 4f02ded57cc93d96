"""Passwords: which ones are taken, how they are kept, whether one is right."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from accounts.errors import AccountError
from accounts.models import Account

LEAST = 12
MOST = 200
_LEAST_DIFFERENT = 5
_LEAST_OF_A_NAME = 3
"""A name of two letters may stand in any password."""
_FAVOURITES = (
    "motdepasse",
    "password",
    "azertyuiop",
    "qwertyuiop",
    "bonjour",
    "1234567890",
    "123456",
)
"""What is tried first."""

# OWASP's choice for Argon2id: 20 ms, and 19 MiB for each who signs in at the same time.
_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)


class PasswordError(AccountError):
    """A password that is not taken: "too-short", "too-long", "too-simple" or "like-the-name"."""


def set_password(account: Account, password: str) -> None:
    """Give an account a password; raises PasswordError."""
    password = _normalised(password)
    if len(password) < LEAST:
        raise PasswordError("too-short", least=LEAST)
    if len(password) > MOST:
        raise PasswordError("too-long", most=MOST)
    if len(set(password.lower())) < _LEAST_DIFFERENT or _is_little_more(password, _FAVOURITES):
        raise PasswordError("too-simple")
    if _is_little_more(password, _known_of(account)):
        raise PasswordError("like-the-name")
    account.password_hash = _HASHER.hash(password)


def check_password(account: Account | None, password: str) -> bool:
    """Tell whether it is this account's password.

    The work is the same when there is no such account, when it is disabled or has no password:
    the time an answer takes says nothing. A hash of weaker parameters is made anew.
    """
    password = _normalised(password)[: MOST + 1]
    known = account is not None and account.disabled_at is None and len(password) <= MOST
    if account is None or account.password_hash is None or not known:
        _HASHER.hash(password)
        return False
    try:
        _HASHER.verify(account.password_hash, password)
    except (VerificationError, InvalidHashError):
        return False
    if _HASHER.check_needs_rehash(account.password_hash):
        account.password_hash = _HASHER.hash(password)
    return True


def _normalised(password: str) -> str:
    """Write it one way: an é typed on a Mac and on Windows is the same letter."""
    return unicodedata.normalize("NFKC", password)


def _known_of(account: Account) -> set[str]:
    """Return what everybody knows of the person."""
    email, name = account.email.lower(), account.name.lower()
    user, _, host = email.partition("@")
    return {email, user, host, name, *name.split()}


def _is_little_more(password: str, words: Collection[str]) -> bool:
    """Tell whether less than half a password is left without these words."""
    rest = password.lower()
    for word in sorted(words, key=len, reverse=True):
        if len(word) >= _LEAST_OF_A_NAME:
            rest = rest.replace(word, "")
    return rest != password.lower() and len(rest) < LEAST // 2
