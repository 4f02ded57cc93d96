"""Nora looks at the whole country, at the catalogue's state, and tells every académie something."""

from __future__ import annotations

import html
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from database import writing
from instances import publication
from instances.models import Announcement, Publication, ServiceChoice
from instances.publication import Sources
from tests import cast
from tests.portal import ACADEMIES, CATALOGUE, Portal
from tests.web.forms import send

DESK = "/national/gestion/"
NOW = datetime.now(UTC)


def decide(portal: Portal, academie: str, service_id: str, **values: Any) -> None:
    signed = {"updated_at": NOW, "updated_by": "x"}
    with writing(portal.site.sessions) as session:
        session.add(ServiceChoice(academie=academie, service_id=service_id, **(signed | values)))


@pytest.fixture
def nora(portal: Portal) -> FlaskClient:
    hidden = {"visibility": "hidden"}
    decide(portal, "lyon", "visio", **hidden, reason="equivalent-tool", precision="=Une autre")
    decide(portal, "rennes", "visio", **hidden, reason="outages", replacement_service="salle")
    decide(portal, "rennes", "salle", visibility="national", wording={"task": {"fr": "Parler"}})
    decide(portal, "reunion", "framasalle", visibility="shown")
    decide(portal, "reunion", "pad", backends=[{"id": "a", "url": "https://pad.re/"}])
    # What makes no difference now: over, refused, unknown, alike.
    over = (NOW - timedelta(days=3)).date()
    decide(portal, "lyon", "pad", **hidden, reason="outages", until=over)
    decide(portal, "lyon", "notes", **hidden, reason="outages")
    decide(portal, "lyon", "gone", **hidden, reason="outages")
    decide(portal, "lyon", "tubes", visibility="shown")
    portal.site.refresh()
    return portal.signed_in(cast.NORA)


def told(response: TestResponse) -> str:
    text = html.unescape(re.sub(r"<[^>]+>", " ", response.text)).replace("\N{NO-BREAK SPACE}", " ")
    return re.sub(r"\s+", " ", text)


def rows(response: TestResponse) -> list[str]:
    body = response.text.partition("<tbody>")[2].partition("</tbody>")[0]
    found = [html.unescape(re.sub(r"<[^>]+>", " ", row)) for row in body.split("</tr>")]
    return [re.sub(r"\s+", " ", row).strip() for row in found if row.strip()]


def test_the_country_is_one_table_of_what_differs(nora: FlaskClient) -> None:
    page = nora.get(DESK)
    assert page.status_code == 200
    assert rows(page) == [
        "Visio-Agents Masqué Outil équivalent déjà en place Masqué Trop de pannes",
        "Rendez-vous Texte",
        "Pad Adresse",
        "Framasalle Affiché",
    ]
    said = told(page)
    assert "Tous (5)" in said
    assert "Masqués (2)" in said
    assert "Trop de pannes (1)" in said


@pytest.mark.parametrize(
    ("query", "services"),
    [
        ("ecart=hidden", ["Visio-Agents"]),
        ("ecart=address", ["Pad"]),
        ("raison=outages", ["Visio-Agents"]),
        ("raison=personal-data", []),
        ("ecart=nothing&raison=nothing", ["Visio-Agents", "Rendez-vous", "Pad", "Framasalle"]),
    ],
)
def test_the_picture_is_filtered(nora: FlaskClient, query: str, services: list[str]) -> None:
    found = rows(nora.get(f"{DESK}?{query}"))
    assert len(found) == len(services)
    assert all(row.startswith(title) for row, title in zip(found, services, strict=True))


def test_those_are_found_who_never_said_why(portal: Portal, nora: FlaskClient) -> None:
    decide(portal, "reunion", "salle", visibility="hidden")
    portal.site.refresh()
    assert "Sans raison dite (1)" in told(nora.get(DESK))
    assert rows(nora.get(f"{DESK}?raison=unsaid")) == ["Rendez-vous Masqué Sans raison dite"]
    sheet = nora.get(f"{DESK}choix.csv?raison=unsaid").text.splitlines()
    assert len(sheet) == 2
    assert "Sans raison dite" in sheet[1]


def test_one_service_is_looked_at_in_all_academies(nora: FlaskClient) -> None:
    said = told(nora.get(f"{DESK}services/visio"))
    assert "Académie de Lyon" in said
    assert "Outil équivalent déjà en place : =Une autre" in said
    assert "À la place : Rendez-vous" in said
    assert nora.get(f"{DESK}services/nothing").status_code == 404


def test_one_academie_is_looked_at(nora: FlaskClient) -> None:
    page = nora.get(f"{DESK}academies/reunion")
    assert "Framasalle" in told(page)
    assert 'href="/reunion/gestion/"' in page.text
    assert nora.get(f"{DESK}academies/nowhere").status_code == 404


def test_the_picture_is_taken_away_as_a_sheet(nora: FlaskClient) -> None:
    answer = nora.get(f"{DESK}choix.csv?ecart=hidden")
    assert answer.mimetype == "text/csv"
    lines = answer.text.splitlines()
    assert lines[0].startswith("\N{ZERO WIDTH NO-BREAK SPACE}Académie;Service;Écart;Raison")
    assert len(lines) == 3
    assert "=Une autre" in lines[1]
    assert ";=Une" not in lines[1], "no spreadsheet takes it for a formula"


def publish(portal: Portal, path: str) -> None:
    sources = Sources(catalogue=path, academies=ACADEMIES)
    found = publication.look(sources, etag=None)
    with writing(portal.site.sessions) as session:
        publication.accept(session, found, sources, now=datetime.now(UTC))
    portal.site.refresh()


def test_the_catalogue_says_how_it_stands(nora: FlaskClient, portal: Portal, tmp_path: Any) -> None:
    assert "Rien n'a encore été publié" in told(nora.get(f"{DESK}catalogue"))
    text = CATALOGUE.read_text(encoding="utf-8")
    file = tmp_path / "services.yaml"
    file.write_text(text, encoding="utf-8")
    publish(portal, str(file))
    changed = text.replace("title: Rendez-vous", "title: Le Rendez-vous")
    file.write_text(changed.replace("icon: notes", "icons: notes"), encoding="utf-8")
    publish(portal, str(file))
    said = told(nora.get(f"{DESK}catalogue"))
    assert "7 services en vigueur" in said
    assert re.search(r"Ligne \d+, colonne \d+ \(services\[notes\]\.icons\) :", said)
    assert "Rendez-vous → Le Rendez-vous" in said
    assert "Première version connue." in said
    with portal.site.sessions() as session:
        newest = session.scalars(select(Publication).order_by(Publication.id.desc())).first()
    assert newest is not None


def test_an_announcement_reaches_every_academie(nora: FlaskClient, portal: Portal) -> None:
    board = f"{DESK}annonces/nouvelle"
    fields = {"level": "important", "text": "Coupure nationale", "service": "", "faire": "publier"}
    assert send(nora, board, **fields).status_code == 303
    for academie in ("lyon", "rennes", "reunion"):
        assert "Coupure nationale" in told(portal.client.get(f"/{academie}/"))
    with portal.site.sessions() as session:
        row = session.scalars(select(Announcement)).one()
    assert row.academie is None
    assert "Coupure nationale" in told(nora.get(f"{DESK}annonces"))
    withdraw = f"{DESK}annonces/{row.id}/retirer"
    assert send(nora, f"{DESK}annonces", withdraw).status_code == 303
    assert "Coupure nationale" not in told(portal.client.get("/lyon/"))


@pytest.mark.parametrize(
    "path", ["", "services/visio", "academies/lyon", "choix.csv", "catalogue", "annonces"]
)
def test_the_national_desk_is_for_the_nation_alone(portal: Portal, path: str) -> None:
    for person in (cast.LISE, cast.VICTOR, cast.OMAR):
        assert portal.signed_in(person).get(f"{DESK}{path}").status_code == 403
    assert portal.client.get(f"{DESK}{path}").status_code == 303
