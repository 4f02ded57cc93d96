"""Links that let in once."""

from __future__ import annotations

import threading
from datetime import timedelta

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from accounts import lifecycle, links
from accounts.models import SignInLink
from accounts.sessions import hash_token
from database import make_sessions, writing
from journal import JournalLine
from tests import cast
from tests.accounts.conftest import NOW, OPS, MakeAccount

SOON = NOW + timedelta(minutes=59)
LATE = NOW + timedelta(minutes=60)


def test_a_link_lets_in_once(any_session: Session, account_of: MakeAccount) -> None:
    lise = account_of(cast.LISE)
    token = links.make_link(any_session, lise, now=NOW, by=OPS)
    assert links.use_link(any_session, token, now=SOON) is lise
    assert links.use_link(any_session, token, now=SOON) is None
    assert links.holder_of(any_session, token, now=SOON) is None


def test_looking_at_a_link_does_not_use_it(any_session: Session, account_of: MakeAccount) -> None:
    lise = account_of(cast.LISE)
    token = links.make_link(any_session, lise, now=NOW, by=OPS)
    assert links.holder_of(any_session, token, now=SOON) is lise
    assert links.holder_of(any_session, token, now=SOON) is lise
    assert links.use_link(any_session, token, now=SOON) is lise


def test_a_link_ends_with_its_time(any_session: Session, account_of: MakeAccount) -> None:
    token = links.make_link(any_session, account_of(cast.LISE), now=NOW, by=OPS)
    assert links.holder_of(any_session, token, now=LATE) is None
    assert links.use_link(any_session, token, now=LATE) is None


def test_nobody_gets_in_by_a_made_up_link(any_session: Session) -> None:
    assert links.use_link(any_session, "made-up", now=NOW) is None
    assert links.holder_of(any_session, "", now=NOW) is None


def test_a_link_of_a_disabled_account_lets_nobody_in(
    any_session: Session, account_of: MakeAccount
) -> None:
    lise = account_of(cast.LISE)
    token = links.make_link(any_session, lise, now=NOW, by=OPS)
    lise.disabled_at = NOW
    assert links.use_link(any_session, token, now=SOON) is None


def test_a_new_link_ends_the_one_before(any_session: Session, account_of: MakeAccount) -> None:
    lise = account_of(cast.LISE)
    first = links.make_link(any_session, lise, now=NOW, by=OPS)
    second = links.make_link(any_session, lise, now=NOW, by=OPS)
    assert links.use_link(any_session, first, now=SOON) is None
    assert links.use_link(any_session, second, now=SOON) is lise


def test_the_database_holds_a_hash_and_the_journal_nothing_of_it(
    any_session: Session, account_of: MakeAccount
) -> None:
    token = links.make_link(any_session, account_of(cast.LISE), now=NOW, by=OPS)
    row = any_session.scalars(select(SignInLink)).one()
    assert row.token_hash == hash_token(token) != token
    line = any_session.scalars(select(JournalLine).order_by(JournalLine.id.desc())).first()
    assert line is not None
    assert (line.event, line.actor, line.before, line.after) == (
        "account.link-made", OPS, None, None,
    )  # fmt: skip


def test_of_two_who_use_a_link_at_once_one_gets_in(any_engine: Engine) -> None:
    sessions = make_sessions(any_engine)
    with writing(sessions) as session:
        lise = lifecycle.create_account(session, email=cast.LISE.email, name="Lise", now=NOW)
        token = links.make_link(session, lise, now=NOW, by=OPS)
    ready, let_in = threading.Barrier(4), []

    def come() -> None:
        ready.wait()
        with writing(sessions) as session:
            if links.use_link(session, token, now=SOON) is not None:
                let_in.append(True)

    threads = [threading.Thread(target=come) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert let_in == [True]
