"""Incidents on the screens of ops and of an operator: seeing, explaining, merging."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from accounts.permissions import Right, Role
from catalogue.schema import Backend
from database import writing
from instances import choices
from instances.choices import Decision
from instances.models import Signal
from instances.signals import SPAN
from journal import JournalLine, Revision, bump
from monitoring.models import IncidentMessage
from monitoring.target import State
from tests import cast
from tests.cast import Person
from tests.portal import Portal
from tests.web import forms
from tests.web.admin.service_screens import text_of
from tests.web.incident_world import Troubles, read

ODILE = Person(name="Odile", email="odile@dne.example")
ANNE = Person(name="Anne", email="anne@asso.example")
OPS, DNE, ASSO = "/ops/incidents", "/operateur/dne/incidents", "/operateur/asso/incidents"


@pytest.fixture
def troubles(portal: Portal) -> Troubles:
    return Troubles(portal)


@pytest.fixture
def omar(portal: Portal) -> FlaskClient:
    return portal.signed_in(cast.OMAR)


@pytest.fixture
def odile(portal: Portal) -> FlaskClient:
    return portal.signed_in(ODILE, Right(role=Role.OPERATOR, scope="dne"))


@pytest.fixture
def anne(portal: Portal) -> FlaskClient:
    return portal.signed_in(ANNE, Right(role=Role.OPERATOR, scope="asso"))


def said(portal: Portal) -> list[IncidentMessage]:
    with portal.site.sessions() as session:
        line = IncidentMessage
        rows = session.scalars(select(line).where(line.source == "person").order_by(line.id))
        return list(rows)


def test_nothing_wrong_is_said_so(omar: FlaskClient, odile: FlaskClient) -> None:
    for client, path in ((omar, OPS), (odile, DNE)):
        assert "Aucun incident : rien n'est tombé en panne jusqu'ici." in read(client, path)


def test_a_breakdown_is_listed_and_told(omar: FlaskClient, troubles: Troubles) -> None:
    troubles.become(State.DOWN, "visio/a", minutes_ago=90)
    listed = read(omar, OPS)
    assert "Visio-Agents" in listed
    assert "En panne" in listed
    assert "3 académies touchées" in listed
    page = read(omar, f"{OPS}/1")
    assert "Un souci a commencé : Visio-Agents." in page
    assert "Constaté automatiquement" in page
    assert "(1 h 30)" in page
    assert "Dans 3 académies : La Réunion, Lyon, Rennes." in page
    troubles.become(State.UP, "visio/a", minutes_ago=1)
    assert "Terminé" in read(omar, f"{OPS}?etat=termines")
    assert "Aucun incident ne répond" in read(omar, f"{OPS}?etat=en-cours")
    assert "Ce souci est terminé." in read(omar, f"{OPS}/1")


def test_omar_says_what_he_knows(portal: Portal, omar: FlaskClient, troubles: Troubles) -> None:
    troubles.become(State.DOWN, "visio/a")
    tomorrow = (datetime.now(UTC) + timedelta(days=2)).date()
    sent = forms.send(
        omar,
        f"{OPS}/1",
        f"{OPS}/1/messages",
        text="Un disque est plein.\n\nOn le vide.",
        stage="identified",
        next_day=tomorrow.isoformat(),
        next_hour="9:30",
        version="1",
    )
    assert (sent.status_code, sent.location) == (303, f"{OPS}/1")
    page = read(omar, f"{OPS}/1")
    for words in ("Votre message est publié.", "Un disque est plein.", "Ajouté par l'équipe"):
        assert words in page
    assert "Cause trouvée" in page
    assert "à 9 h 30" in page
    assert "Omar" in page
    (line,) = said(portal)
    assert line.actor == f"account/{portal.account(cast.OMAR)}"
    with portal.site.sessions() as session:
        journalled = session.scalars(select(JournalLine)).all()
    assert [item.event for item in journalled] == ["incident.said"]
    (shown,) = portal.site.snapshot.incidents
    assert shown.stage == "identified"


def test_resolved_is_not_believed_while_it_fails(omar: FlaskClient, troubles: Troubles) -> None:
    troubles.become(State.DEGRADED, "visio/a")
    forms.send(omar, f"{OPS}/1", f"{OPS}/1/messages", text="Réparé", stage="resolved", version="1")
    page = read(omar, f"{OPS}/1")
    assert "Résolu d'après l'équipe, pas encore d'après nos vérifications" in page


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"text": " "}, "Écrivez ce que vous savez, même peu."),
        ({"text": "x" * 2003}, "Trop long de 3 : 2000 au plus."),
        ({"text": "Vu", "stage": "fini"}, "Choisissez dans la liste."),
        ({"text": "Vu", "next_day": "2020-01-01", "next_hour": "8:00"}, "est déjà passée."),
        ({"text": "Vu", "next_day": "2090-01-01"}, "Dites aussi à quelle heure."),
        ({"text": "Vu", "next_hour": "midi"}, "Écrivez l'heure ainsi : 8:05."),
    ],
)
def test_what_cannot_be_published_is_kept_and_explained(
    portal: Portal, omar: FlaskClient, troubles: Troubles, typed: dict[str, str], told: str
) -> None:
    troubles.become(State.DOWN, "visio/a")
    sent = forms.send(omar, f"{OPS}/1", f"{OPS}/1/messages", version="1", **typed)
    assert sent.status_code == 422
    words = text_of(sent).replace("\N{NO-BREAK SPACE}", " ")
    assert told in words
    assert typed["text"].strip() in words
    assert said(portal) == []


def test_the_second_of_two_is_told_and_loses_nothing(
    portal: Portal, omar: FlaskClient, odile: FlaskClient, troubles: Troubles
) -> None:
    troubles.become(State.DOWN, "visio/a")
    forms.send(odile, f"{DNE}/1", f"{DNE}/1/messages", text="On regarde.", version="1")
    sent = forms.send(omar, f"{OPS}/1", f"{OPS}/1/messages", text="Je regarde.", version="1")
    assert sent.status_code == 409
    words = text_of(sent)
    assert "Odile a changé ceci" in words
    assert "Je regarde." in words
    assert 'name="version" type="hidden" value="2"' in sent.text
    troubles.become(State.UP, "visio/a", minutes_ago=1)
    late = forms.send(omar, f"{OPS}/1", f"{OPS}/1/messages", text="Encore.", version="2")
    assert late.status_code == 409
    assert "Une vérification a changé ceci" in text_of(late)
    assert len(said(portal)) == 1


def test_two_incidents_become_one(portal: Portal, omar: FlaskClient, troubles: Troubles) -> None:
    troubles.become(State.DOWN, "visio/a", minutes_ago=30)
    troubles.become(State.DEGRADED, "pad/a", minutes_ago=20)
    page = omar.get(f"{OPS}/2").text
    assert 'name="merge_version"' in page
    assert "Visio-Agents</option>" in page
    refused = forms.send(omar, f"{OPS}/2", f"{OPS}/2/regrouper", into="2", merge_version="1")
    assert refused.status_code == 422
    sent = forms.send(omar, f"{OPS}/2", f"{OPS}/2/regrouper", into="1", merge_version="1")
    assert (sent.status_code, sent.location) == (303, f"{OPS}/1")
    page = read(omar, f"{OPS}/1")
    assert "L'incident n° 2 a été regroupé avec celui-ci." in page
    assert "Visio-Agents, Pad" in page
    assert omar.get(f"{OPS}/2").location == f"{OPS}/1"
    assert len(portal.site.snapshot.incidents) == 1


def test_what_became_of_anothers_incident_is_not_told(
    omar: FlaskClient, odile: FlaskClient, anne: FlaskClient, troubles: Troubles
) -> None:
    troubles.become(State.DOWN, "visio/a")
    troubles.become(State.DOWN, "pad/a")
    forms.send(omar, f"{OPS}/2", f"{OPS}/2/regrouper", into="1", merge_version="1")
    assert odile.get(f"{DNE}/2").location == f"{DNE}/1"
    assert anne.get(f"{ASSO}/2").status_code == anne.get(f"{ASSO}/3").status_code == 404


def test_a_form_of_before_a_merge_is_refused(omar: FlaskClient, troubles: Troubles) -> None:
    troubles.become(State.DOWN, "visio/a")
    troubles.become(State.DOWN, "pad/a")
    forms.send(omar, f"{OPS}/2", f"{OPS}/2/messages", text="Vu.", version="1")
    sent = forms.send(omar, f"{OPS}/2", f"{OPS}/2/regrouper", into="1", merge_version="1")
    assert sent.status_code == 409
    assert "Omar a changé ceci" in text_of(sent)


def test_nora_looks_on(portal: Portal, troubles: Troubles) -> None:
    troubles.become(State.DOWN, "visio/a")
    nora = portal.signed_in(cast.NORA)
    page = nora.get(f"{OPS}/1").text
    assert "<form" not in page.partition('id="ecran"')[2].partition("</main>")[0]
    sent = forms.send(nora, "/mon-compte", f"{OPS}/1/messages", text="x", version="1")
    assert sent.status_code == 403


def test_an_operator_sees_its_own_and_nothing_else(
    odile: FlaskClient, anne: FlaskClient, troubles: Troubles
) -> None:
    troubles.become(State.DOWN, "visio/a")
    assert "Visio-Agents" in read(odile, DNE)
    assert "Visio-Agents" not in read(anne, ASSO)
    assert anne.get(f"{ASSO}/1").status_code == 404
    sent = forms.send(anne, "/mon-compte", f"{ASSO}/1/messages", text="x", version="1")
    assert sent.status_code == 404
    page = odile.get(f"{DNE}/1").text
    assert "regrouper" not in page
    sent = forms.send(odile, f"{DNE}/1", f"{DNE}/1/messages", text="Vu.", version="1")
    assert sent.location == f"{DNE}/1"
    assert odile.get(f"{DNE}/99").status_code == 404


def test_what_an_academie_runs_itself_is_not_its_operators(portal: Portal) -> None:
    """Lyon has Visio-Agents, a service of the DNE's, at an address of its own."""
    visio = portal.site.snapshot.catalogue.service("visio")
    assert visio is not None
    own = Backend.model_validate(
        {"id": "propre-1", "url": "https://v.ac-lyon.fr/", "probe": {"profile": "http"}}
    )
    by = Decision(academie="lyon", actor="account/1", now=datetime.now(UTC))
    with writing(portal.site.sessions) as session:
        choices.set_backends(session, visio, [own], by=by)
    portal.site.refresh()
    Troubles(portal).become(State.DOWN, "lyon:visio/propre-1")
    omar, odile = (
        portal.signed_in(cast.OMAR),
        portal.signed_in(ODILE, Right(role=Role.OPERATOR, scope="dne")),
    )
    assert "Visio-Agents" in read(omar, OPS)
    assert "Visio-Agents" not in read(odile, DNE)
    assert odile.get(f"{DNE}/1").status_code == 404
    sent = forms.send(odile, "/mon-compte", f"{DNE}/1/messages", text="x", version="1")
    assert sent.status_code == 404


def test_ops_filter_by_operator(omar: FlaskClient, troubles: Troubles) -> None:
    troubles.become(State.DOWN, "visio/a")
    assert "Visio-Agents" in read(omar, f"{OPS}?operateur=dne")
    assert "Visio-Agents" not in read(omar, f"{OPS}?operateur=asso")
    assert "Visio-Agents" in read(omar, f"{OPS}?operateur=<b>&etat=x&page=-3")


def test_what_colleagues_signal_is_counted(
    portal: Portal, omar: FlaskClient, troubles: Troubles
) -> None:
    troubles.become(State.DOWN, "visio/a")
    bucket = int(datetime.now(UTC).timestamp()) // SPAN
    with writing(portal.site.sessions) as session:
        for academie, n in (("lyon", 4), ("rennes", 3)):
            values = {"academie": academie, "service_id": "visio", "bucket": bucket - 1, "n": n}
            session.add(Signal(**values))
        bump(session, Revision.SIGNALS)
    portal.site.refresh()
    assert "Visio-Agents : 7 personnes disent que ça ne marche pas" in read(omar, f"{OPS}/1")


def test_long_lists_are_paged_by_the_server(omar: FlaskClient, troubles: Troubles) -> None:
    for n in range(21):
        troubles.become(State.DOWN, "visio/a", minutes_ago=5000 - 200 * n)
        troubles.become(State.UP, "visio/a", minutes_ago=4995 - 200 * n)
    first = read(omar, OPS)
    assert "Page 1 sur 2" in first
    assert "n° 21" in first
    second = read(omar, f"{OPS}?page=2")
    assert "n° 1 " in second
    assert "n° 21" not in second
