"""The screen Membres: who is of the team, who comes, who goes."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from accounts import teams
from accounts.models import LOCAL, Account, Grant, Invitation
from accounts.permissions import Right, Role
from accounts.teams import Member
from database import writing
from journal import JournalLine
from tests import cast
from tests.accounts.conftest import NOW
from tests.portal import Portal
from tests.web.forms import own_token, send

MEMBERS = "/lyon/gestion/membres"
LINK = re.compile(r"http://127\.0\.0\.1:8000(/invitation/[\w-]+)")
EDITOR = Right(role=Role.EDITOR, scope="lyon")
MANAGER = Right(role=Role.MANAGER, scope="lyon")


def team(portal: Portal) -> dict[str, Member]:
    with portal.site.sessions() as session:
        return {item.name: item for item in teams.members(session, "lyon")}


def lines(portal: Portal) -> list[JournalLine]:
    with portal.site.sessions() as session:
        return list(session.scalars(select(JournalLine).order_by(JournalLine.id)))


def test_the_team_is_listed_with_roles_in_words(portal: Portal) -> None:
    portal.account(cast.AWA, EDITOR)
    page = portal.signed_in(cast.LISE).get(MEMBERS).text
    assert cast.LISE.email in page
    assert cast.AWA.email in page
    assert "Responsable" in page
    assert "dernière visite ce mois-ci" in page
    assert "aucune visite pour le moment" in page


def test_who_is_invited_by_a_link_sees_it_once(portal: Portal) -> None:
    lise = portal.signed_in(cast.LISE)
    sent = send(lise, MEMBERS, role="editor", email="")
    assert (sent.status_code, sent.location) == (303, MEMBERS)
    shown = lise.get(MEMBERS).text
    assert "Copiez ce lien" in shown
    assert LINK.search(shown)
    again = lise.get(MEMBERS).text
    assert "Copiez ce lien" not in again
    assert "Par un lien" in again, "it waits"


def test_an_invitation_is_withdrawn(portal: Portal) -> None:
    lise = portal.signed_in(cast.LISE)
    send(lise, MEMBERS, role="manager", email="awa@ac-rennes.fr")
    found = LINK.search(lise.get(MEMBERS).text)
    assert found is not None
    number = re.search(r"membres/invitations/(\d+)/retirer", lise.get(MEMBERS).text)
    assert number is not None
    send(lise, MEMBERS, f"{MEMBERS}/invitations/{number[1]}/retirer")
    page = lise.get(MEMBERS).text
    assert "est retirée" in page
    assert "awa@ac-rennes.fr" not in page
    assert portal.client.get(found[1]).status_code == 404


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"role": "editor", "email": "awa@"}, "Cette adresse mail n"),
        ({"role": "national", "email": "awa@ac-rennes.fr"}, "Rien n'est perdu"),
    ],
)
def test_an_invitation_that_cannot_be_is_said_and_loses_nothing(
    portal: Portal, values: dict[str, str], words: str
) -> None:
    lise = portal.signed_in(cast.LISE)
    sent = send(lise, MEMBERS, **values)
    assert sent.status_code == 422
    assert words in sent.text
    assert f'value="{values["email"]}"' in sent.text
    with portal.site.sessions() as session:
        assert session.scalars(select(Invitation)).all() == []


def test_a_member_becomes_a_manager_and_back(portal: Portal) -> None:
    number = portal.account(cast.AWA, EDITOR)
    lise = portal.signed_in(cast.LISE)
    send(lise, MEMBERS, f"{MEMBERS}/{number}/role", role="manager", seen="editor")
    assert team(portal)["Awa"].role is Role.MANAGER
    send(lise, MEMBERS, f"{MEMBERS}/{number}/role", role="editor", seen="manager")
    assert team(portal)["Awa"].role is Role.EDITOR
    changes = [line for line in lines(portal) if line.event == "right.changed"]
    assert [(line.academie, line.subject) for line in changes] == [
        ("lyon", f"account/{number}")
    ] * 2


def test_a_role_that_changed_meanwhile_is_not_changed_blindly(portal: Portal) -> None:
    number = portal.account(cast.AWA, MANAGER)
    lise = portal.signed_in(cast.LISE)
    send(lise, MEMBERS, f"{MEMBERS}/{number}/role", role="editor", seen="editor")
    assert team(portal)["Awa"].role is Role.MANAGER
    assert "a changé de rôle entre-temps" in lise.get(MEMBERS).text


def test_removing_somebody_asks_first_and_keeps_the_account(portal: Portal) -> None:
    number = portal.account(cast.AWA, EDITOR)
    lise = portal.signed_in(cast.LISE)
    page = f"{MEMBERS}/{number}/retirer"
    assert "Retirer Awa de l" in lise.get(page).text
    assert "Awa" in team(portal)
    send(lise, page)
    assert "Awa" not in team(portal)
    with portal.site.sessions() as session:
        assert session.get(Account, number) is not None


def test_the_last_manager_cannot_leave_and_is_told_why(portal: Portal) -> None:
    lise = portal.signed_in(cast.LISE)
    number = team(portal)["Lise"].account_id
    page = lise.get(MEMBERS).text
    assert "Vous êtes la seule personne responsable" in page
    assert f"/{number}/retirer" not in page
    for action, values in (("role", {"role": "editor", "seen": "manager"}), ("retirer", {})):
        send(lise, MEMBERS, f"{MEMBERS}/{number}/{action}", **values)
        assert "nommez d" in lise.get(MEMBERS).text
        assert team(portal)["Lise"].role is Role.MANAGER


def test_a_manager_may_leave_when_another_stays(portal: Portal) -> None:
    portal.account(cast.AWA, MANAGER)
    lise = portal.signed_in(cast.LISE)
    number = team(portal)["Lise"].account_id
    left = send(lise, MEMBERS, f"{MEMBERS}/{number}/retirer")
    assert left.location == "/mon-compte", "the desk is closed now"
    assert lise.get(MEMBERS).status_code == 403


def test_what_the_provider_gave_cannot_be_taken_here(portal: Portal) -> None:
    number = portal.account(cast.AWA)
    with writing(portal.site.sessions) as session:
        values = {"role": "editor", "scope": "lyon", "source": "https://sso.example.fr"}
        session.add(Grant(account_id=number, granted_at=NOW, granted_by="oidc", **values))
    lise = portal.signed_in(cast.LISE)
    page = lise.get(MEMBERS).text
    assert "donné par votre fournisseur" in page
    assert f"/{number}/retirer" not in page
    send(lise, MEMBERS, f"{MEMBERS}/{number}/retirer")
    assert "il se retire là-bas" in lise.get(MEMBERS).text
    assert team(portal)["Awa"].provided is Role.EDITOR


def test_a_name_is_shown_as_it_was_typed(portal: Portal) -> None:
    awa = cast.Person(name="<b>Awa</b>", email=cast.AWA.email)
    portal.account(awa, EDITOR)
    page = portal.signed_in(cast.LISE).get(MEMBERS).text
    assert "&lt;b&gt;Awa&lt;/b&gt;" in page
    assert "<b>Awa" not in page


def test_nora_chooses_members_without_deciding(portal: Portal) -> None:
    nora = portal.signed_in(cast.NORA)
    send(nora, MEMBERS, role="manager", email="")
    assert LINK.search(nora.get(MEMBERS).text)
    with portal.site.sessions() as session:
        assert session.scalars(select(Invitation)).one().academie == "lyon"


def in_lyon(number: int) -> list[str]:
    member = [f"{MEMBERS}/{number}/{action}" for action in ("role", "retirer")]
    return [MEMBERS, *member, f"{MEMBERS}/invitations/1/retirer"]


@pytest.mark.parametrize("who", [cast.VICTOR, cast.OMAR, cast.AWA])
def test_nobody_else_sees_or_touches_the_team(portal: Portal, who: cast.Person) -> None:
    number = portal.account(cast.LISE, MANAGER)
    stranger = portal.signed_in(who)
    for address in in_lyon(number):
        values = {"csrf_token": own_token(stranger), "role": "editor", "seen": "manager"}
        assert stranger.post(address, data=values).status_code == 403
    assert stranger.get(MEMBERS).status_code == 403
    assert team(portal)["Lise"].role is Role.MANAGER


def test_a_form_without_its_token_is_refused(portal: Portal) -> None:
    number = portal.account(cast.AWA, EDITOR)
    lise = portal.signed_in(cast.LISE)
    for address in in_lyon(number):
        values = {"role": "manager", "seen": "editor"}
        assert lise.post(address, data=values).status_code == 403
        assert lise.post(address, data={**values, "csrf_token": "forged"}).status_code == 403
    assert lines(portal) == []
    good = {"csrf_token": own_token(lise), "role": "manager", "seen": "editor"}
    assert lise.post(f"{MEMBERS}/{number}/role", data=good).status_code == 303


def test_an_editor_does_not_choose_members(portal: Portal) -> None:
    awa = portal.signed_in(cast.AWA, EDITOR)
    assert awa.get(MEMBERS).status_code == 403
    assert "Membres" not in awa.get("/lyon/gestion/journal").text


def test_a_member_of_another_team_is_nobody_here(portal: Portal) -> None:
    victor = portal.account(cast.VICTOR, *cast.RIGHTS["Victor"])
    lise = portal.signed_in(cast.LISE)
    for action in ("role", "retirer"):
        sent = send(lise, MEMBERS, f"{MEMBERS}/{victor}/{action}", role="editor", seen="manager")
        assert sent.status_code == 404
    assert lise.get(f"{MEMBERS}/{victor}/retirer").status_code == 404
    with portal.site.sessions() as session:
        rows = session.scalars(select(Grant).where(Grant.account_id == victor)).all()
    assert [(row.role, row.scope, row.source) for row in rows] == [("manager", "versailles", LOCAL)]


def test_an_unused_account_is_announced_beside_its_name(portal: Portal) -> None:
    number = portal.account(cast.AWA, EDITOR)
    with writing(portal.site.sessions) as session:
        session.get_one(Account, number).farewell_at = NOW
    assert "sera bientôt supprimé" in portal.signed_in(cast.LISE).get(MEMBERS).text


def test_a_number_that_no_database_has_is_not_found(portal: Portal) -> None:
    lise = portal.signed_in(cast.LISE)
    for path in ("invitations/{}/retirer", "{}/retirer", "{}/role"):
        address = f"{MEMBERS}/{path.format(9**40)}"
        assert send(lise, MEMBERS, address, role="editor").status_code in (404, 405)
    gone = send(lise, MEMBERS, f"{MEMBERS}/invitations/2147483647/retirer")
    assert gone.status_code == 303
    assert "attendait plus" in lise.get(MEMBERS).text
