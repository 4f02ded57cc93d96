"""Nora makes accounts, gives and takes rights, lets people in and out; the last of us stays."""

from __future__ import annotations

import html
import re
from datetime import UTC, datetime

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from accounts.models import Account, Grant
from accounts.permissions import Right, Role
from database import writing
from journal import JournalLine
from tests import cast
from tests.portal import Portal
from tests.web.forms import send

DESK = "/national/gestion/comptes/"


@pytest.fixture
def nora(portal: Portal) -> FlaskClient:
    return portal.signed_in(cast.NORA)


@pytest.fixture
def lise(portal: Portal) -> int:
    return portal.account(cast.LISE, Right(role=Role.MANAGER, scope="lyon"))


def told(response: TestResponse) -> str:
    text = html.unescape(re.sub(r"<[^>]+>", " ", response.text)).replace("\N{NO-BREAK SPACE}", " ")
    return re.sub(r"\s+", " ", text)


def held(portal: Portal, number: int) -> set[tuple[str, str]]:
    with portal.site.sessions() as session:
        rows = session.scalars(select(Grant).where(Grant.account_id == number)).all()
    return {(row.role, row.scope) for row in rows}


def events(portal: Portal) -> list[str]:
    with portal.site.sessions() as session:
        return list(session.scalars(select(JournalLine.event).order_by(JournalLine.id)))


def create(client: FlaskClient, **changes: str) -> TestResponse:
    values = {"email": "paul@ac-rennes.fr", "name": "Paul", "role": "editor", "academie": "rennes"}
    return send(client, f"{DESK}nouveau", **(values | {"operator": ""} | changes))


def test_a_new_account_comes_with_a_right_and_a_link(nora: FlaskClient, portal: Portal) -> None:
    made = create(nora)
    assert made.status_code == 200
    assert "Membre · Académie de Rennes" in told(made)
    path = re.search(r"https?://[^/\s]+(/connexion/lien/[\w-]+)", made.text)
    assert path is not None
    assert portal.client.get(path.group(1)).status_code == 200
    assert events(portal) == ["account.created", "right.granted", "account.link-made"]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"email": "paul"}, "Cette adresse mail n'est pas complète."),
        ({"email": cast.NORA.email}, "Un compte a déjà cette adresse."),
        ({"name": " "}, "Donnez un nom"),
        ({"role": ""}, "Choisissez un rôle."),
        ({"role": "king"}, "Choisissez un rôle."),
        ({"academie": ""}, "choisissez lequel"),
        ({"academie": "nowhere"}, "choisissez lequel"),
        ({"role": "operator"}, "choisissez lequel"),
    ],
)
def test_what_is_missing_is_said_and_nothing_is_made(
    nora: FlaskClient, portal: Portal, changes: dict[str, str], words: str
) -> None:
    refused = create(nora, **changes)
    assert refused.status_code == 422
    assert words in told(refused)
    assert "Paul" in refused.text or "name" in changes
    assert events(portal) == []


def test_accounts_are_found_by_name_mail_and_academie(
    nora: FlaskClient, portal: Portal, lise: int
) -> None:
    assert f"{DESK}{lise}" in nora.get(DESK).text
    for query in ("lise", "LISE", "ac-lyon.fr", "lyon", "manager lise"):
        page = nora.get(DESK, query_string={"q": query})
        assert "1 compte" in told(page), query
    for query in ("nobody", "%", "_"):
        assert "Aucun compte ne correspond." in told(nora.get(DESK, query_string={"q": query}))
    assert portal.client.get(DESK).status_code == 303


def test_many_accounts_come_page_by_page(nora: FlaskClient, portal: Portal) -> None:
    now = datetime.now(UTC)
    with writing(portal.site.sessions) as session:
        for n in range(64):
            session.add(Account(email=f"p{n}@x.fr", name=f"Personne {n:02}", created_at=now))
    first = nora.get(DESK)
    assert "65 comptes" in told(first)
    assert "page=3" in first.text
    assert "Personne 63" in told(nora.get(f"{DESK}?page=3"))
    assert "Personne 63" in told(nora.get(f"{DESK}?page=99"))
    assert nora.get(f"{DESK}?page=x").status_code == 200


def test_rights_are_given_and_taken_back(nora: FlaskClient, portal: Portal, lise: int) -> None:
    page = f"{DESK}{lise}"
    values = {"role": "operator", "academie": "lyon", "operator": "dne"}
    assert send(nora, page, f"{page}/droits", **values).status_code == 303
    assert held(portal, lise) == {("manager", "lyon"), ("operator", "dne")}
    assert "Opérateur · DNE" in told(nora.get(page))
    taken = {"role": "manager", "scope": "lyon"}
    send(nora, page, f"{page}/droits/retirer", **taken)
    assert held(portal, lise) == {("operator", "dne")}
    send(nora, page, f"{page}/droits/retirer", **taken)
    assert "Cette personne n'a pas (ou plus) ce droit." in told(nora.get(page))
    assert send(nora, page, f"{page}/droits", role="").status_code == 422


def test_the_last_national_administrator_stays(nora: FlaskClient, portal: Portal) -> None:
    number = portal.account(cast.NORA)
    page = f"{DESK}{number}"
    send(nora, page, f"{page}/droits/retirer", role="national", scope="")
    assert "C'est le dernier compte de l'équipe nationale" in told(nora.get(page))
    send(nora, page, f"{page}/desactiver")
    send(nora, page, f"{page}/supprimer", sure="y")
    assert nora.get(page).status_code == 200
    assert held(portal, number) == {("national", "")}


def test_an_account_is_closed_and_opened_again(
    nora: FlaskClient, portal: Portal, lise: int
) -> None:
    page, browser = f"{DESK}{lise}", portal.signed_in(cast.LISE, Right(role=Role.OPS))
    assert browser.get("/lyon/gestion/").status_code == 200
    send(nora, page, f"{page}/desactiver")
    assert "Désactivé" in told(nora.get(page))
    assert browser.get("/lyon/gestion/").status_code == 303
    assert send(nora, page, f"{page}/lien").status_code == 404, "a closed account has no link"
    send(nora, page, f"{page}/reactiver")
    assert "est de nouveau ouvert" in told(nora.get(page))


def test_a_link_is_shown_once(nora: FlaskClient, lise: int) -> None:
    page = f"{DESK}{lise}"
    shown = send(nora, page, f"{page}/lien")
    assert "/connexion/lien/" in shown.text
    assert "/connexion/lien/" not in nora.get(page).text


def test_an_account_is_deleted_when_somebody_is_sure(
    nora: FlaskClient, portal: Portal, lise: int
) -> None:
    page = f"{DESK}{lise}"
    refused = send(nora, page, f"{page}/supprimer")
    assert refused.status_code == 422
    assert "Cochez la case pour confirmer." in told(refused)
    assert send(nora, page, f"{page}/supprimer", sure="y").status_code == 303
    assert nora.get(page).status_code == 404
    assert events(portal)[-1] == "account.deleted"


def test_accounts_are_for_the_nation_alone(portal: Portal, lise: int) -> None:
    for person in (cast.VICTOR, cast.OMAR, cast.AWA):
        client = portal.signed_in(person)
        assert client.get(DESK).status_code == 403
        assert client.get(f"{DESK}{lise}").status_code == 403
