"""Passwords: what is taken, what is right, and that nothing is learnt from the wrong ones."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import pytest
from argon2 import PasswordHasher

from accounts import passwords
from accounts.models import Account
from accounts.passwords import PasswordError, check_password, set_password
from tests import cast
from tests.accounts.conftest import NOW

GOOD = "trois mots et un chat"


@pytest.fixture
def lise() -> Account:
    return Account(email=cast.LISE.email, name="Lise Marchand", created_at=NOW)


def test_a_password_opens_and_another_does_not(lise: Account) -> None:
    set_password(lise, GOOD)
    assert check_password(lise, GOOD)
    assert not check_password(lise, GOOD.upper())


def test_what_is_kept_is_argon2id_and_never_twice_the_same(lise: Account) -> None:
    set_password(lise, GOOD)
    first = lise.password_hash
    set_password(lise, GOOD)
    assert first is not None
    assert first.startswith("$argon2id$")
    assert first != lise.password_hash


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("onze signes", "too-short"),
        ("x" * 5 + "abcdefgh" * 25, "too-long"),
        ("aaaaaaaaaaaaaaaa", "too-simple"),
        ("abababababababab", "too-simple"),
        (cast.LISE.email, "like-the-name"),
        ("motdepasse2026", "too-simple"),
        ("1234567890123", "too-simple"),
        ("Lise Marchand", "like-the-name"),
        ("lisemarchand1!", "like-the-name"),
        ("ac-lyon.fr2026", "like-the-name"),
    ],
)
def test_a_password_that_is_easy_to_find_is_refused(
    lise: Account, password: str, code: str
) -> None:
    with pytest.raises(PasswordError) as refused:
        set_password(lise, password)
    assert refused.value.code == code
    assert lise.password_hash is None


@pytest.mark.parametrize("password", [GOOD, "douze signes", "abcdefgh" * 25, "🐱é_ù-8!Zz 12"])
def test_a_good_password_is_taken(lise: Account, password: str) -> None:
    set_password(lise, password)
    assert check_password(lise, password)


def test_a_letter_is_the_same_however_a_keyboard_makes_it(lise: Account) -> None:
    set_password(lise, "un \u00e9l\u00e8ve de sixi\u00e8me")
    assert check_password(lise, "un e\u0301le\u0300ve de sixie\u0300me")


@pytest.fixture
def worked(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Each time that the slow work is done, by its name."""
    done: list[str] = []

    class Watched(PasswordHasher):
        def hash(self, password: str | bytes, *, salt: bytes | None = None) -> str:
            done.append("hash")
            return super().hash(password, salt=salt)

        def verify(self, hash: str | bytes, password: str | bytes) -> Literal[True]:  # noqa: A002
            done.append("verify")
            return super().verify(hash, password)

    monkeypatch.setattr(passwords, "_HASHER", Watched(time_cost=1, memory_cost=8, parallelism=1))
    yield done  # noqa: PT022 - the list is read while the test runs


def test_the_slow_work_is_done_once_whoever_asks(lise: Account, worked: list[str]) -> None:
    without = Account(email="x@y.fr", name="X", created_at=NOW)
    disabled = Account(email="z@y.fr", name="Z", created_at=NOW, disabled_at=NOW)
    set_password(lise, GOOD)
    set_password(disabled, GOOD)
    for account in (lise, None, without, disabled):
        worked.clear()
        check_password(account, "un mot de passe faux")
        assert len(worked) == 1


def test_a_password_that_nobody_could_have_set_is_wrong_at_no_greater_cost(
    lise: Account, worked: list[str]
) -> None:
    set_password(lise, GOOD)
    worked.clear()
    assert not check_password(lise, GOOD * 3000)
    assert worked == ["hash"]


def test_a_disabled_account_has_no_right_password(lise: Account) -> None:
    set_password(lise, GOOD)
    lise.disabled_at = NOW
    assert not check_password(lise, GOOD)


def test_a_hash_of_weaker_parameters_is_made_anew(lise: Account) -> None:
    lise.password_hash = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(GOOD)
    weak = lise.password_hash
    assert not check_password(lise, "autre chose, faux")
    assert lise.password_hash == weak
    assert check_password(lise, GOOD)
    assert lise.password_hash != weak
    assert check_password(lise, GOOD)


def test_a_hash_that_cannot_be_read_lets_nobody_in(lise: Account) -> None:
    lise.password_hash = "something another program left"
    assert not check_password(lise, GOOD)
