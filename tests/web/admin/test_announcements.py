"""The desk writes, changes, withdraws and copies announcements; the public page shows them."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from accounts.permissions import Right, Role
from database import writing
from instances.models import Announcement
from journal import JournalLine
from tests import cast
from tests.portal import Portal

PARIS = ZoneInfo("Europe/Paris")
BOARD = "/lyon/gestion/annonces"
NEW = f"{BOARD}/nouvelle"


@pytest.fixture
def lise(portal: Portal) -> FlaskClient:
    return portal.signed_in(cast.LISE)


def token(client: FlaskClient, path: str = NEW) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get(path).text)
    assert found is not None, client.get(path).text
    return found.group(1)


def send(client: FlaskClient, path: str = NEW, **fields: Any) -> TestResponse:
    empty = dict.fromkeys(("start_day", "start_hour", "end_day", "end_hour", "service"), "")
    values = empty | {"level": "information", "text": "Bonne rentrée", "faire": "publier"}
    return client.post(path, data=values | {"csrf_token": token(client)} | fields)


def told(response: TestResponse) -> str:
    """Return the text of a page without its tags and no-break spaces."""
    text = html.unescape(re.sub(r"<[^>]+>", "", response.text)).replace("\N{NO-BREAK SPACE}", " ")
    return re.sub(r"\s+", " ", text)


def stored(portal: Portal) -> list[Announcement]:
    with portal.site.sessions() as session:
        return list(session.scalars(select(Announcement).order_by(Announcement.id)))


def journal(portal: Portal) -> Iterator[JournalLine]:
    with portal.site.sessions() as session:
        yield from session.scalars(select(JournalLine).order_by(JournalLine.id)).all()


def tomorrow() -> datetime:
    return datetime.now(PARIS) + timedelta(days=1)


def day(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%d")


def test_what_is_published_at_once_stands_on_the_public_page(
    portal: Portal, lise: FlaskClient
) -> None:
    sent = send(
        lise, text="Nuage ferme.\r\n\r\nVoir https://aide.example.fr/nuage.", level="important"
    )
    assert sent.status_code == 303
    public = portal.client.get("/lyon/").text
    assert "Nuage ferme." in public
    assert '<a href="https://aide.example.fr/nuage">https://aide.example.fr/nuage</a>.' in public
    assert "Nuage ferme." not in portal.client.get("/rennes/").text
    [line] = journal(portal)
    assert (line.event, line.actor, line.academie) == (
        "announcement.published",
        "account/1",
        "lyon",
    )
    assert "Votre annonce est affichée." in told(lise.get(BOARD))


def test_what_is_for_tomorrow_waits_in_the_list(portal: Portal, lise: FlaskClient) -> None:
    sent = send(lise, start_day=day(tomorrow()), start_hour="08:00")
    assert sent.status_code == 303
    [row] = stored(portal)
    assert row.starts_at.astimezone(PARIS).strftime("%H:%M") == "08:00"
    listed = told(lise.get(BOARD))
    assert "À venir" in listed
    assert "8 h, sans date de fin" in listed
    assert "Bonne rentrée" not in portal.client.get("/lyon/").text


def test_nothing_is_published_by_looking_at_it(portal: Portal, lise: FlaskClient) -> None:
    seen = send(lise, faire="voir", text="<b>Coupure</b> ce soir", level="important", service="pad")
    assert seen.status_code == 200
    assert "Important&nbsp;:" in seen.text or "Important\N{NO-BREAK SPACE}:" in seen.text
    assert "&lt;b&gt;Coupure&lt;/b&gt; ce soir" in seen.text
    assert "Rien n'est encore publié." in told(seen)
    assert stored(portal) == []


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"text": "   "}, "Écrivez ce que vos collègues doivent savoir."),
        ({"text": "a" * 2003}, "trop long de 3 caractères"),
        ({"level": "catastrophe"}, "Choisissez l'un des deux niveaux."),
        ({"service": "nuaje"}, "Ce service n'est pas affiché ici"),
        ({"start_day": "demain"}, "Écrivez le jour ainsi"),
        ({"start_day": "2026-02-30"}, "Écrivez le jour ainsi"),
        ({"start_hour": "8 h"}, "Donnez aussi le jour."),
        ({"start_day": "2099-01-01", "start_hour": "25 h"}, "Écrivez l'heure ainsi"),
        ({"end_day": "2020-01-01"}, "Cette fin est déjà passée."),
        (
            {"start_day": "02/01/2099", "start_hour": "8h05", "end_day": "2099-01-02",
             "end_hour": "8:05"},
            "La fin doit venir après le début.",
        ),
    ],
)  # fmt: skip
def test_what_cannot_stand_is_said_beside_its_field_and_nothing_is_lost(
    portal: Portal, lise: FlaskClient, fields: dict[str, str], said: str
) -> None:
    sent = send(lise, **({"text": "Mon texte à moi"} | fields))
    assert sent.status_code == 422
    assert said in told(sent)
    assert "text" in fields or "Mon texte à moi" in sent.text
    typed = [value for name, value in fields.items() if name not in ("level", "service")]
    assert all(html.escape(value) in sent.text for value in typed)
    assert stored(portal) == []


def test_a_start_that_is_past_is_now(portal: Portal, lise: FlaskClient) -> None:
    before = datetime.now(UTC)
    send(lise, start_day="2020-01-01", start_hour="8:00")
    [row] = stored(portal)
    assert row.starts_at >= before


def test_an_end_without_an_hour_is_the_end_of_that_day(portal: Portal, lise: FlaskClient) -> None:
    send(lise, end_day="2099-06-30")
    [row] = stored(portal)
    assert row.ends_at is not None
    assert row.ends_at.astimezone(PARIS).isoformat() == "2099-07-01T00:00:00+02:00"
    assert "jusqu'au 30 juin 2099" in told(lise.get(BOARD))
    assert "jusqu'au 30 juin 2099" in told(send(lise, faire="voir", end_day="2099-06-30"))
    assert "jusqu'au 30 juin 2099" in told(lise.get("/lyon/gestion/journal"))
    form = lise.get(f"{BOARD}/1").text
    assert re.search(r'name="end_day"[^>]* value="2099-06-30"', form)
    assert re.search(r'name="end_hour"[^>]* value=""', form)


def test_why_is_for_the_journal_alone(portal: Portal, lise: FlaskClient) -> None:
    assert "Le rectorat" in send(lise, faire="voir", reason="Le rectorat").text
    send(lise, reason="Le rectorat")
    send(lise, f"{BOARD}/1", text="Bonne année", version="1", reason="Une faute")
    asked = lise.get(f"{BOARD}/1/retirer")
    assert "Bonne année" in asked.text
    long = {"csrf_token": token(lise), "reason": "a" * 301}
    refused = lise.post(f"{BOARD}/1/retirer", data=long)
    assert (refused.status_code, "a" * 301 in refused.text) == (422, True)
    lise.post(f"{BOARD}/1/retirer", data={"csrf_token": token(lise), "reason": "C'est fini"})
    reasons = ["Le rectorat", "Une faute", "C'est fini"]
    assert [line.reason for line in journal(portal)] == reasons
    assert lise.get(f"{BOARD}/1/retirer").status_code == 303
    assert "Le rectorat" not in portal.client.get("/lyon/").text


@pytest.mark.parametrize(
    ("day", "said"),
    [("2099-03-29", "n'existe pas, ce sera 3 h 30"), ("2099-10-25", "2 h 30 vient deux fois")],
)
def test_an_hour_that_clocks_skip_or_repeat_is_said(lise: FlaskClient, day: str, said: str) -> None:
    seen = send(lise, faire="voir", start_day=day, start_hour="2:30")
    assert said in told(seen)


def test_hours_are_those_of_the_academie(portal: Portal) -> None:
    from_afar = portal.signed_in(cast.LISE, Right(role=Role.EDITOR, scope="reunion"))
    path = "/reunion/gestion/annonces/nouvelle"
    fields = {"csrf_token": token(from_afar, path), "level": "information", "text": "Bonjour"}
    from_afar.post(path, data=fields | {"start_day": "2099-01-05", "start_hour": "8 h"})
    [row] = stored(portal)
    assert row.starts_at == datetime(2099, 1, 5, 4, tzinfo=UTC)
    assert "heure de La Réunion" in told(from_afar.get("/reunion/gestion/annonces"))


def test_one_to_come_may_be_changed_in_everything(portal: Portal, lise: FlaskClient) -> None:
    send(lise, start_day="2099-01-05", start_hour="8:00")
    path = f"{BOARD}/1"
    assert 'value="2099-01-05"' in lise.get(path).text
    sent = send(lise, path, text="Autrement", start_day="2099-01-06", version="1", service="pad")
    assert sent.status_code == 303
    [row] = stored(portal)
    assert (row.text, row.service_id, row.version) == ("Autrement", "pad", 2)
    line = list(journal(portal))[-1]
    assert line.event == "announcement.changed"
    assert line.before is not None
    assert line.after is not None
    assert (line.before["text"], line.after["text"]) == ("Bonne rentrée", "Autrement")


def test_one_that_began_keeps_its_start(portal: Portal, lise: FlaskClient) -> None:
    send(lise)
    [before] = stored(portal)
    assert 'name="start_day"' not in lise.get(f"{BOARD}/1").text
    send(lise, f"{BOARD}/1", text="Mieux dit", start_day="2099-01-06", version="1")
    [after] = stored(portal)
    assert (after.text, after.starts_at) == ("Mieux dit", before.starts_at)


def test_the_second_of_two_is_told_and_loses_nothing(portal: Portal, lise: FlaskClient) -> None:
    send(lise, start_day="2099-01-05")
    send(lise, f"{BOARD}/1", text="La première", start_day="2099-01-05", version="1")
    late = send(lise, f"{BOARD}/1", text="La seconde", start_day="2099-01-05", version="1")
    assert late.status_code == 409
    assert "Lise a changé ceci le" in told(late)
    assert "La première" in late.text
    assert "La seconde" in late.text
    found = re.search(r'name="version"[^>]*value="(\d+)"', late.text)
    assert found is not None
    again = send(lise, f"{BOARD}/1", text="La seconde", start_day="2099-01-05", version=found[1])
    assert again.status_code == 303
    assert stored(portal)[0].text == "La seconde"


def test_a_withdrawn_one_leaves_and_comes_back(portal: Portal, lise: FlaskClient) -> None:
    send(lise)
    assert "Bonne rentrée" in portal.client.get("/lyon/").text
    lise.post(f"{BOARD}/1/retirer", data={"csrf_token": token(lise)})
    assert "Bonne rentrée" not in portal.client.get("/lyon/").text
    board = lise.get(BOARD)
    assert "Retirées" in told(board)
    assert f'action="{BOARD}/1/remettre"' in board.text
    lise.post(f"{BOARD}/1/remettre", data={"csrf_token": token(lise)})
    assert "Bonne rentrée" in portal.client.get("/lyon/").text
    events = [line.event.partition(".")[2] for line in journal(portal)]
    assert events == ["published", "withdrawn", "restored"]


def test_one_that_is_over_is_copied_and_not_rewritten(portal: Portal, lise: FlaskClient) -> None:
    send(lise, level="important", end_day="2099-01-01")
    with writing(portal.site.sessions) as session:
        row = session.get_one(Announcement, 1)
        row.starts_at, row.ends_at = row.starts_at - timedelta(9), row.starts_at - timedelta(2)
    assert "Passées" in told(lise.get(BOARD))
    assert lise.get(f"{BOARD}/1").status_code == 303
    refused = send(lise, f"{BOARD}/1", text="Autre", version="1")
    assert refused.status_code == 422
    assert "passée ou retirée" in told(refused)
    copy = lise.get(f"{NEW}?copie=1").text
    assert "Bonne rentrée" in copy
    assert re.search(r'checked[^>]*value="important"', copy)
    assert "2099-01-01" not in copy


def test_what_the_nation_says_is_listed_and_not_touched(portal: Portal, lise: FlaskClient) -> None:
    with writing(portal.site.sessions) as session:
        row = Announcement(
            level="information", text="Pour tous", starts_at=datetime.now(UTC), created_by="test"
        )
        session.add(row)
    assert "Annonce nationale" in told(lise.get(BOARD))
    assert f"{BOARD}/1" not in lise.get(BOARD).text
    assert lise.get(f"{BOARD}/1").status_code == 404
    refused = lise.post(f"{BOARD}/1/retirer", data={"csrf_token": token(lise)})
    assert refused.status_code == 404
    assert not stored(portal)[0].withdrawn


def test_victor_has_nothing_of_lyon(portal: Portal, lise: FlaskClient) -> None:
    send(lise)
    victor = portal.signed_in(cast.VICTOR)
    for path in (BOARD, NEW, f"{BOARD}/1"):
        assert victor.get(path).status_code in (403, 404)
    assert victor.post(f"{BOARD}/1/retirer").status_code in (400, 403, 404)
    assert not stored(portal)[0].withdrawn


def test_nora_looks_on_without_forms(portal: Portal, lise: FlaskClient) -> None:
    send(lise)
    nora = portal.signed_in(cast.NORA)
    assert "Bonne rentrée" in nora.get(BOARD).text
    assert "Retirer" not in nora.get(BOARD).text
    assert nora.get(NEW).status_code == 403


def test_one_about_a_service_leads_to_it_and_stands_on_its_pages(
    portal: Portal, lise: FlaskClient
) -> None:
    send(lise, text="Le pad change.", service="pad")
    home = portal.client.get("/lyon/").text
    assert re.search(r'news-first">Le pad change\. <a href="/lyon/services/pad">', home)
    assert "Le pad change." in portal.client.get("/lyon/services/pad").text
    assert "Le pad change." in portal.client.get("/lyon/souci/pad").text
    assert "Le pad change." not in portal.client.get("/lyon/services/notes").text


def test_an_announcement_says_that_it_is_in_french(portal: Portal, lise: FlaskClient) -> None:
    send(lise)
    assert '<span lang="fr">Bonne rentrée</span>' in portal.client.get("/en/lyon/").text
