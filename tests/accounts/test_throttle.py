from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from accounts import throttle
from accounts.models import SignInAttempt
from accounts.throttle import MOST_OF_A_NETWORK, MOST_OF_AN_ACCOUNT, WINDOW, Attempt
from database import make_sessions, writing
from tests.cast import LISE, VICTOR

NOW = datetime(2026, 11, 20, 8, 3, tzinfo=UTC)
KEY = "k" * 40


def attempt(
    email: str = LISE.email, address: str = "192.0.2.7", now: datetime = NOW, key: str = KEY
) -> Attempt:
    return throttle.attempt(email, address, key=key, now=now)


def refuse(session: Session, times: int, made: Attempt, now: datetime = NOW) -> timedelta | None:
    wait = None
    for _ in range(times):
        wait = throttle.begin(session, made, now=now)
    return wait


def test_after_ten_refusals_an_account_waits_for_the_end_of_the_window(session: Session) -> None:
    assert refuse(session, MOST_OF_AN_ACCOUNT, attempt()) is None
    assert refuse(session, 1, attempt()) == timedelta(minutes=12)
    assert refuse(session, 1, attempt(VICTOR.email)) is None


def test_capitals_and_spaces_are_the_same_account(session: Session) -> None:
    refuse(session, MOST_OF_AN_ACCOUNT, attempt())
    assert refuse(session, 1, attempt(f" {LISE.email.upper()} ")) is not None


def test_another_address_does_not_help_an_account(session: Session) -> None:
    for number in range(MOST_OF_AN_ACCOUNT):
        assert refuse(session, 1, attempt(address=f"198.51.{number}.1")) is None
    assert refuse(session, 1, attempt(address="203.0.113.1")) is not None


def test_other_accounts_do_not_help_a_network(session: Session) -> None:
    for number in range(MOST_OF_A_NETWORK):
        made = attempt(f"{number}@example.fr", f"192.0.2.{number}")
        assert refuse(session, 1, made) is None
    assert refuse(session, 1, attempt("other@example.fr", "192.0.2.250")) is not None
    assert refuse(session, 1, attempt("other@example.fr", "192.0.3.1")) is None


def test_with_the_next_window_one_may_try_again(session: Session) -> None:
    refuse(session, MOST_OF_AN_ACCOUNT + 1, attempt())
    later = NOW + timedelta(minutes=12)
    assert refuse(session, 1, attempt(now=later), later) is None


def test_a_success_gives_the_account_all_its_attempts_and_the_network_one(
    session: Session,
) -> None:
    refuse(session, MOST_OF_AN_ACCOUNT, attempt())
    throttle.succeeded(session, attempt())
    rows = {row.subject: row.n for row in session.scalars(select(SignInAttempt))}
    assert rows == {attempt().network: MOST_OF_AN_ACCOUNT - 1}
    assert refuse(session, MOST_OF_AN_ACCOUNT, attempt()) is None


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("192.0.2.1", "192.0.2.254"),
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9"),
        ("::ffff:192.0.2.1", "192.0.2.9"),
        ("unix", "unix"),
    ],
)
def test_neighbours_are_one_network(first: str, second: str) -> None:
    assert throttle.network_of(first) == throttle.network_of(second)


@pytest.mark.parametrize(
    ("first", "second"),
    [("192.0.2.1", "192.0.3.1"), ("2001:db8:1:2::1", "2001:db8:1:3::1"), ("unix", "192.0.2.1")],
)
def test_others_are_not(first: str, second: str) -> None:
    assert throttle.network_of(first) != throttle.network_of(second)


def test_neither_a_mail_address_nor_an_ip_is_kept(session: Session) -> None:
    refuse(session, 1, attempt())
    kept = " ".join(session.scalars(select(SignInAttempt.subject)))
    assert "lise" not in kept
    assert "192" not in kept.replace(attempt().account, "").replace(attempt().network, "")
    assert attempt(key="other" * 10).network != attempt().network
    assert attempt(key="other" * 10).account != attempt().account


def test_a_window_ends_a_quarter_of_an_hour_after_its_start() -> None:
    assert attempt().ends_at == NOW.replace(minute=0) + WINDOW


def test_a_hundred_attempts_at_the_same_moment_are_counted_one_by_one(any_engine: Engine) -> None:
    sessions, let_through = make_sessions(any_engine), []

    def try_once() -> None:
        with writing(sessions) as session:
            let_through.append(throttle.begin(session, attempt(), now=NOW) is None)

    threads = [threading.Thread(target=try_once) for _ in range(4 * MOST_OF_AN_ACCOUNT)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(let_through) == MOST_OF_AN_ACCOUNT
    assert len(let_through) == 4 * MOST_OF_AN_ACCOUNT
