from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient

from accounts.permissions import actor_of
from database import writing
from instances import choices
from instances.choices import Decision
from instances.models import Announcement, LaunchCount, LocalServiceRow, ServiceChoice
from monitoring.target import State
from tests.cast import LISE, NORA, VICTOR
from tests.portal import Portal

START = "/lyon/gestion/"
STEPS = "Trois pas pour commencer"


def token_of(client: FlaskClient, path: str = START) -> str:
    text = client.get(path).text
    mark = 'name="csrf_token" value="'
    return text[text.index(mark) + len(mark) :].partition('"')[0]


def post(client: FlaskClient, path: str, status: int = 303) -> str:
    answer = client.post(path, data={"csrf_token": token_of(client)})
    assert answer.status_code == status, path
    return answer.headers.get("Location", "")


@pytest.fixture
def lise(portal: Portal) -> FlaskClient:
    return portal.signed_in(LISE)


def test_a_first_visit_has_three_steps(lise: FlaskClient) -> None:
    text = lise.get(START).text
    assert STEPS in text
    for title in ("Vos contacts", "Ce que voient vos collègues", "Vos premiers choix"):
        assert title in text
    assert "Fait" not in text
    assert "Rien pour l'instant" in text.replace("&#39;", "'")


def test_a_step_is_ticked(lise: FlaskClient) -> None:
    assert post(lise, "/lyon/gestion/premiers-pas/contacts") == START
    assert lise.get(START).text.count(">Fait<") == 1
    assert post(lise, "/lyon/gestion/premiers-pas/seen") == "/lyon/gestion/apercu"
    assert lise.get(START).text.count(">Fait<") == 2


def test_a_decision_ticks_its_step_and_three_end_the_visit(
    portal: Portal, lise: FlaskClient
) -> None:
    service = portal.site.snapshot.catalogue.service("framasalle")
    assert service is not None
    by = Decision(academie="lyon", actor="account/1", now=datetime.now(UTC))
    with writing(portal.site.sessions) as session:
        choices.show_service(session, service, by=by)
    assert lise.get(START).text.count(">Fait<") == 1
    post(lise, "/lyon/gestion/premiers-pas/contacts")
    post(lise, "/lyon/gestion/premiers-pas/seen")
    assert STEPS not in lise.get(START).text


def test_the_steps_can_be_sent_away(lise: FlaskClient) -> None:
    post(lise, "/lyon/gestion/premiers-pas/fini")
    assert STEPS not in lise.get(START).text


def test_a_step_that_is_none_is_not_found(lise: FlaskClient) -> None:
    post(lise, "/lyon/gestion/premiers-pas/danser", 404)


def test_who_looks_on_ticks_nothing(portal: Portal, lise: FlaskClient) -> None:
    nora = portal.signed_in(NORA)
    text = nora.get(START).text
    assert STEPS not in text
    assert "premiers-pas" not in text
    token = token_of(lise)
    refused = nora.post("/lyon/gestion/premiers-pas/fini", data={"csrf_token": token})
    assert refused.status_code in (400, 403)
    assert STEPS in lise.get(START).text


def test_steps_of_one_academie_say_nothing_of_another(portal: Portal, lise: FlaskClient) -> None:
    post(lise, "/lyon/gestion/premiers-pas/fini")
    with portal.site.sessions() as session:
        rows = session.query(ServiceChoice).count()
    assert rows == 0
    assert portal.signed_in(VICTOR).get(START).status_code == 403


def test_what_waits_stands_on_the_first_screen(portal: Portal, lise: FlaskClient) -> None:
    now = datetime.now(UTC)
    portal.set_all(State.UP)
    portal.set_state("visio", State.DOWN)
    actor = actor_of(portal.account(LISE))
    with writing(portal.site.sessions) as session:
        for text, days in (("Panne réparée.", -1), ("Le réseau ferme demain.", 2)):
            announcement = Announcement(
                academie="lyon",
                level="information",
                text=text,
                starts_at=now + timedelta(days=days),
                created_by=actor,
            )
            session.add(announcement)
        draft = LocalServiceRow(
            academie="lyon", name="pix", draft={"title": "Pix"}, updated_at=now, updated_by=actor
        )
        session.add(draft)
        counts = (("visio", 3), ("salle", 12), ("pads-2020", 1))
        for service_id, n in counts:
            session.add(LaunchCount(academie="lyon", service_id=service_id, day=now.date(), n=n))
    text = lise.get(START).text.replace("\xa0", " ")
    assert "1 service en panne" in text
    assert "1 brouillon à publier" in text
    assert text.index("Panne réparée.") < text.index("Le réseau ferme demain.")
    assert text.index("Rendez-vous : 12 ouvertures") < text.index("Visio-Agents : 3 ouvertures")


def test_the_last_decisions_are_told(portal: Portal, lise: FlaskClient) -> None:
    service = portal.site.snapshot.catalogue.service("framasalle")
    assert service is not None
    actor = actor_of(portal.account(LISE))
    by = Decision(academie="lyon", actor=actor, now=datetime.now(UTC))
    with writing(portal.site.sessions) as session:
        choices.show_service(session, service, by=by)
    assert "Service affiché : Framasalle" in lise.get(START).text.replace("\xa0", " ")
