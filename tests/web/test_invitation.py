"""An invitation opened by its link: by a newcomer, by a member, by somebody else, too late."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from accounts import invitations, lifecycle, passwords, teams
from accounts.models import Account
from accounts.permissions import Right, Role
from accounts.sessions import person_of
from accounts.teams import Member
from database import writing
from tests import cast
from tests.letter_box import LetterBox, letter_box
from tests.portal import Portal
from tests.servers import free_port
from tests.web.forms import own_token, send
from web.auth import COOKIE

MEMBERS = "/lyon/gestion/membres"
PASSWORD = "trois mots et un chat"
Invite = Callable[..., str]
EDITOR = Right(role=Role.EDITOR, scope="lyon")
NEWCOMER = {
    "name": "Awa Diop", "email": cast.AWA.email, "password": PASSWORD, "again": PASSWORD,
}  # fmt: skip


@pytest.fixture
def invite(portal: Portal) -> Invite:
    """Each call makes an invitation by Lise; returns the path of its link."""

    def make(right: Right = EDITOR, *, email: str | None = None, age: int = 0) -> str:
        number = portal.account(cast.LISE, *cast.RIGHTS["Lise"])
        now = datetime.now(UTC) - timedelta(days=age)
        with writing(portal.site.sessions) as session:
            lise = person_of(session, session.get_one(Account, number))
            token = invitations.invite(session, right, email=email, inviter=lise, now=now)
        return f"/invitation/{token}"

    return make


def team(portal: Portal) -> dict[str, Member]:
    with portal.site.sessions() as session:
        return {item.email: item for item in teams.members(session, "lyon")}


def accounts(portal: Portal) -> list[str]:
    with portal.site.sessions() as session:
        return sorted(session.scalars(select(Account.email)))


def test_a_newcomer_reads_who_invites_to_what_and_joins(portal: Portal, invite: Invite) -> None:
    link = invite()
    page = portal.client.get(link).text
    for words in ("Lise vous invite", "dans l’académie de Lyon", "Membre", "qu&#39;une fois"):
        assert words in page or words.replace("&#39;", "'") in page, words
    joined = send(portal.client, link, f"{link}/compte", **NEWCOMER)
    assert (joined.status_code, joined.location) == (303, "/lyon/gestion/")
    assert team(portal)[cast.AWA.email].local is Role.EDITOR
    with portal.site.sessions() as session:
        account = lifecycle.find_by_email(session, cast.AWA.email)
        assert passwords.check_password(account, PASSWORD)
    assert portal.client.get_cookie(COOKIE) is not None
    assert portal.client.get("/lyon/gestion/journal").status_code == 200
    assert portal.app.test_client().get(link).status_code == 410, "it served"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"name": " "}, "Donnez un nom"),
        ({"email": "awa"}, "pas complète"),
        ({"email": cast.LISE.email}, "Un compte a déjà cette adresse"),
        ({"password": "court", "again": "court"}, "au moins 12 signes"),
        ({"password": "Awa Diop Awa Diop", "again": "Awa Diop Awa Diop"}, "ressemble trop"),
        ({"again": "autre chose"}, "ne sont pas les mêmes"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field_and_nothing_is_lost(
    portal: Portal, invite: Invite, changes: dict[str, str], words: str
) -> None:
    link = invite()
    values = {**NEWCOMER, **changes}
    refused = send(portal.client, link, f"{link}/compte", **values)
    assert refused.status_code == 422
    assert words in refused.text
    assert f'value="{values["name"]}"' in refused.text
    assert f'value="{values["email"]}"' in refused.text
    assert values["password"] not in refused.text.replace(values["name"], ""), "never shown again"
    assert accounts(portal) == [cast.LISE.email]
    assert send(portal.client, link, f"{link}/compte", **NEWCOMER).status_code == 303


def test_who_is_signed_in_accepts_with_a_click(portal: Portal, invite: Invite) -> None:
    link = invite(Right(role=Role.MANAGER, scope="lyon"))
    awa = portal.signed_in(cast.AWA)
    assert "avec le compte de Awa" in awa.get(link).text
    assert send(awa, link).location == "/lyon/gestion/"
    assert team(portal)[cast.AWA.email].role is Role.MANAGER


def test_looking_accepts_nothing(portal: Portal, invite: Invite) -> None:
    link = invite()
    awa = portal.signed_in(cast.AWA)
    awa.get(link)
    awa.head(link)
    assert cast.AWA.email not in team(portal)


def test_an_invitation_for_a_mail_is_for_nobody_else(portal: Portal, invite: Invite) -> None:
    link = invite(email=cast.AWA.email)
    victor = portal.signed_in(cast.VICTOR)
    page = victor.get(link).text
    assert "réservée à" in page
    assert "Accepter l" not in page
    sent = victor.post(link, data={"csrf_token": own_token(victor)})
    assert sent.status_code == 410
    assert "réservée à une autre adresse" in sent.text
    newcomer = {**NEWCOMER, "email": "somebody@else.fr"}
    joined = send(portal.client, link, f"{link}/compte", **newcomer)
    assert joined.status_code == 303
    assert cast.AWA.email in team(portal), "the mail of the invitation, whatever was typed"
    assert "somebody@else.fr" not in accounts(portal)


@pytest.mark.parametrize(("age", "status"), [(13, 200), (15, 410)])
def test_an_invitation_ends_after_two_weeks(
    portal: Portal, invite: Invite, age: int, status: int
) -> None:
    link = invite(age=age)
    assert portal.client.get(link).status_code == status


def test_a_made_up_link_is_said_to_be_one(portal: Portal) -> None:
    answer = portal.client.get("/invitation/made-up")
    assert answer.status_code == 404
    assert "existe pas, ou elle a été retirée" in answer.text
    token = own_token(portal.client)
    for path in ("", "/compte"):
        sent = portal.client.post(f"/invitation/made-up{path}", data={"csrf_token": token})
        assert sent.status_code == 404


def test_a_forged_form_makes_nobody_a_member(portal: Portal, invite: Invite) -> None:
    link = invite()
    awa = portal.signed_in(cast.AWA)
    assert awa.post(link, data={}).status_code == 403
    assert portal.client.post(f"{link}/compte", data=NEWCOMER).status_code == 403
    assert set(team(portal)) == {cast.LISE.email}


def test_the_page_is_never_kept(portal: Portal, invite: Invite) -> None:
    answer = portal.client.get(invite())
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert answer.headers["Referrer-Policy"] == "same-origin"


class TestByMail:
    """With a mail server, the invitation goes to its address."""

    @pytest.fixture
    def box(self) -> Iterator[LetterBox]:
        with letter_box() as box:
            yield box

    @pytest.fixture
    def portal_settings(self, box: LetterBox) -> dict[str, object]:
        return {"mail_server": box.address, "mail_from": "trousse@example.fr"}

    def test_the_letter_holds_the_link_and_the_screen_does_not(
        self, portal: Portal, box: LetterBox
    ) -> None:
        lise = portal.signed_in(cast.LISE)
        send(lise, MEMBERS, role="editor", email=cast.AWA.email)
        page = lise.get(MEMBERS).text
        assert f"est partie à {cast.AWA.email}" in page
        assert "Copiez ce lien" not in page
        ((to, text),) = box.letters
        assert to == cast.AWA.email
        assert "Lise vous invite" in text
        self._follow(portal.app.test_client(), text)

    def _follow(self, newcomer: FlaskClient, text: str) -> None:
        found = re.search(r"http://127\.0\.0\.1:8000(/invitation/\S+)", text)
        assert found is not None
        assert newcomer.get(found[1]).status_code == 200


class TestMailAway:
    @pytest.fixture
    def portal_settings(self) -> dict[str, object]:
        return {"mail_server": f"smtp://127.0.0.1:{free_port()}", "mail_from": "t@example.fr"}

    def test_the_link_is_shown_instead(self, portal: Portal) -> None:
        lise = portal.signed_in(cast.LISE)
        send(lise, MEMBERS, role="editor", email=cast.AWA.email)
        page = lise.get(MEMBERS).text
        assert "Transmettez vous-même le lien" in page
        assert "Copiez ce lien" in page
