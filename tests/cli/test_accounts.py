"""`flask accounts …` as ops type it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import Result
from flask.testing import FlaskCliRunner
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from accounts import links, passwords, rights
from accounts.models import Account, AccountSession, SignInLink
from accounts.permissions import Right, Role
from accounts.sessions import hash_token
from app import create_app
from cli import account_wording
from database import make_engine
from journal import JournalLine
from settings import ROOT, Settings
from tests import cast
from tests.conftest import SettingsFactory
from upkeep.upgrade import upgrade

LINK = re.compile(r"https://trousse\.example\.fr/connexion/lien/(\S+)")


@pytest.fixture
def settings(make_settings: SettingsFactory) -> Settings:
    return make_settings(public_url="https://trousse.example.fr")


@pytest.fixture
def engine(settings: Settings) -> Iterator[Engine]:
    upgrade(settings)
    engine = make_engine(settings.database_url)
    yield engine
    engine.dispose()


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    """What the command line left, as another process sees it."""
    with Session(engine) as session:
        yield session


@pytest.fixture
def runner(engine: Engine, settings: Settings) -> FlaskCliRunner:
    assert engine.url.render_as_string() == settings.database_url
    return create_app(settings).test_cli_runner()


def ask(runner: FlaskCliRunner, *words: str) -> Result:
    return runner.invoke(args=["accounts", *words])


def do(runner: FlaskCliRunner, *words: str) -> str:
    done = ask(runner, *words)
    assert done.exit_code == 0, done.output
    return done.output


def token_in(output: str) -> str:
    found = LINK.search(output)
    assert found is not None, output
    return found[1]


def test_an_account_is_created_with_a_link_and_without_a_password(
    runner: FlaskCliRunner, session: Session
) -> None:
    said = do(runner, "create", " Lise@AC-Lyon.fr", "Lise Marchand")
    lise = session.scalars(select(Account)).one()
    assert (lise.email, lise.name, lise.password_hash) == (cast.LISE.email, "Lise Marchand", None)
    holder = links.holder_of(session, token_in(said), now=datetime.now(UTC))
    assert holder is lise


def test_a_mail_is_taken_once(runner: FlaskCliRunner) -> None:
    do(runner, "create", cast.LISE.email, "Lise")
    again = ask(runner, "create", cast.LISE.email.upper(), "Another")
    assert again.exit_code == 1
    assert "exists already" in again.output


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("create", "nobody", "Lise"), "not a mail address"),
        (("create", "lise@ac-lyon.fr", " "), "a name has 1 to 120 letters"),
        (("grant", "victor@ac-versailles.fr", "editor", "lyon"), "there is no account"),
        (("grant", cast.LISE.email, "editor"), "for one academie: say which"),
        (("grant", cast.LISE.email, "editor", "lyonn"), "there is no academie 'lyonn'"),
        (("grant", cast.LISE.email, "operator", "nobody"), "there is no operator 'nobody'"),
        (("grant", cast.LISE.email, "national", "lyon"), "it has no scope"),
        (("grant", cast.LISE.email, "teacher"), "is not one of"),
        (("revoke", cast.LISE.email, "editor", "lyon"), "does not have this right"),
        (("disable", "99"), "there is no account '99'"),
        (("disable", "9" * 30), "there is no account"),
        (("link", cast.LISE.email, "--hours", "100"), "not in the range"),
    ],
)
def test_what_cannot_be_done_is_said_and_changes_nothing(
    runner: FlaskCliRunner, session: Session, words: tuple[str, ...], said: str
) -> None:
    do(runner, "create", cast.LISE.email, "Lise")
    before = session.scalar(select(func.count(JournalLine.id)))
    refused = ask(runner, *words)
    assert refused.exit_code in (1, 2)
    assert said in refused.output
    session.rollback()
    assert session.scalar(select(func.count(JournalLine.id))) == before


def test_a_right_is_given_listed_and_taken_back(runner: FlaskCliRunner, session: Session) -> None:
    do(runner, "create", cast.LISE.email, "Lise")
    assert "is now manager of lyon" in do(runner, "grant", "1", "manager", "lyon")
    assert "was already manager of lyon" in do(runner, "grant", "1", "manager", "lyon")
    assert "manager of lyon" in do(runner, "list")
    do(runner, "revoke", cast.LISE.email, "manager", "lyon")
    assert "manager of lyon" not in do(runner, "list")
    lines = session.scalars(select(JournalLine).where(JournalLine.academie == "lyon")).all()
    assert [line.event for line in lines] == ["right.granted", "right.revoked"]
    assert {line.subject for line in lines} == {"account/1"}
    assert all(line.actor.startswith("command line (") for line in lines)


def test_the_last_national_administrator_stays(runner: FlaskCliRunner) -> None:
    do(runner, "create", cast.NORA.email, "Nora")
    do(runner, "grant", "1", "national")
    for words in (("revoke", "1", "national"), ("disable", "1"), ("delete", "1", "--yes")):
        refused = ask(runner, *words)
        assert refused.exit_code == 1
        assert "last national administrator" in refused.output
    do(runner, "create", cast.OMAR.email, "Omar")
    do(runner, "grant", "2", "national")
    do(runner, "delete", "1", "--yes")


def test_a_disabled_account_gets_no_link_until_it_is_enabled(runner: FlaskCliRunner) -> None:
    token = token_in(do(runner, "create", cast.LISE.email, "Lise"))
    do(runner, "disable", "1")
    assert "disabled since" in do(runner, "list")
    assert "enable it first" in ask(runner, "link", "1").output
    do(runner, "enable", "1")
    assert token_in(do(runner, "link", "1")) != token


def test_a_reset_signs_out_forgets_the_password_and_prints_a_link(
    runner: FlaskCliRunner, session: Session
) -> None:
    do(runner, "create", cast.LISE.email, "Lise")
    now = datetime.now(UTC)
    with session.begin():
        lise = session.scalars(select(Account)).one()
        passwords.set_password(lise, "trois mots et un chat")
        hashed = hash_token("in Lise's browser")
        session.add(
            AccountSession(
                id_hash=hashed, account_id=1, created_at=now, seen_at=now, expires_at=now
            )
        )
    token = token_in(do(runner, "reset", "1"))
    session.expire_all()
    assert session.scalars(select(Account)).one().password_hash is None
    assert session.scalars(select(AccountSession)).all() == []
    assert links.holder_of(session, token, now=datetime.now(UTC)) is not None


def test_deleting_asks_first(runner: FlaskCliRunner, session: Session) -> None:
    do(runner, "create", cast.LISE.email, "Lise")
    assert runner.invoke(args=["accounts", "delete", "1"], input="n\n").exit_code == 1
    assert session.scalar(select(func.count(Account.id))) == 1
    do(runner, "delete", "1", "--yes")
    session.rollback()
    assert session.scalar(select(func.count(Account.id))) == 0
    do(runner, "create", cast.LISE.email, "Lise")
    assert "    2  lise@ac-lyon.fr" in do(runner, "list"), "a number is never given again"


@pytest.mark.parametrize("words", [("accounts", "list"), ("instances", "export", "lyon")])
def test_a_database_that_nobody_made_is_said_in_a_sentence(
    make_settings: SettingsFactory, tmp_path: Path, words: tuple[str, ...]
) -> None:
    nowhere = f"sqlite:///{tmp_path}/nowhere/trousse.db"
    runner = create_app(make_settings(database_url=nowhere)).test_cli_runner()
    refused = runner.invoke(args=words)
    assert refused.exit_code == 1
    assert "the database does not answer: unable to open" in refused.output
    assert "type: flask --app app database upgrade" in refused.output
    assert "Traceback" not in refused.output


# The first start


def test_a_fresh_portal_gets_an_administrator_who_has_a_link_for_an_hour(
    runner: FlaskCliRunner, session: Session
) -> None:
    said = ask(runner, "first")
    assert said.stdout == "", "it stands on the error stream"
    token = token_in(said.stderr)
    account = session.scalars(select(Account)).one()
    assert account.password_hash is None
    assert rights.rights_of(session, account) == {Right(role=Role.NATIONAL)}
    link = session.scalars(select(SignInLink)).one()
    assert (link.expires_at - link.created_at).total_seconds() == 3600
    assert links.holder_of(session, token, now=datetime.now(UTC)) is account


def test_each_start_gives_a_new_link_until_one_was_used(
    runner: FlaskCliRunner, session: Session
) -> None:
    first = token_in(ask(runner, "first").stderr)
    second = token_in(ask(runner, "first").stderr)
    now = datetime.now(UTC)
    assert links.holder_of(session, first, now=now) is None
    account = links.holder_of(session, second, now=now)
    assert account is not None
    account.seen_at = now
    session.commit()
    assert ask(runner, "first").stderr == ""
    assert session.scalar(select(func.count(Account.id))) == 1


def test_a_portal_with_an_account_gets_no_other(runner: FlaskCliRunner, session: Session) -> None:
    do(runner, "create", cast.LISE.email, "Lise")
    assert ask(runner, "first").stderr == ""
    assert session.scalar(select(func.count(Account.id))) == 1


def test_the_first_administrator_has_the_contact_of_the_settings(
    settings: Settings, make_settings: SettingsFactory
) -> None:
    upgrade(settings)
    other = make_settings(public_url=settings.public_url, contact_email="DNE@education.gouv.fr")
    runner = create_app(other).test_cli_runner()
    assert token_in(ask(runner, "first").stderr)
    assert "dne@education.gouv.fr" in do(runner, "list")


def test_without_tables_the_command_to_type_is_said(settings: Settings) -> None:
    refused = ask(create_app(settings).test_cli_runner(), "first")
    assert refused.exit_code == 1
    assert "flask --app app database upgrade" in refused.output


def test_every_refusal_has_its_words() -> None:
    texts = [
        (ROOT / "accounts" / name).read_text("utf-8") for name in ("lifecycle.py", "rights.py")
    ]
    codes = set(re.findall(r'"([a-z]+(?:-[a-z]+)+)"', " ".join(texts)))
    assert "email-taken" in codes
    assert codes <= set(account_wording.REFUSED)
