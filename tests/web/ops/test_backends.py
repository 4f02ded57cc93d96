"""Omar sees every server in one table; Nora looks on."""

from __future__ import annotations

import csv
import io

import pytest
from flask.testing import FlaskClient

import journal
from database import writing
from instances import fleet_order
from instances.models import ServiceChoice, Signal
from instances.signals import SPAN
from journal import Revision
from monitoring.models import Incident, IncidentTarget, Target
from monitoring.target import State
from tests import cast
from tests.portal import Portal
from tests.web.ops.screens import HOUR, NOW, change_targets, ids, rows, told


@pytest.fixture
def omar(portal: Portal) -> FlaskClient:
    portal.set_all(State.UP)
    with writing(portal.site.sessions) as session:
        values = {"visibility": "shown", "updated_at": NOW, "updated_by": "x"}
        session.add(ServiceChoice(academie="rennes", service_id="framasalle", **values))
        journal.bump(session, Revision.DECISIONS)
    portal.set_state("visio", State.DOWN, backend="b")
    portal.set_state("pad", State.DEGRADED, backend="a")
    return portal.signed_in(cast.OMAR)


def test_the_worst_stand_first_each_with_what_is_known_of_it(
    portal: Portal, omar: FlaskClient
) -> None:
    change_targets(portal, latency_ms=1340, version="2.5.3", certificate_until=NOW + 25 * 24 * HOUR)
    page = omar.get("/ops/")
    assert page.status_code == 200
    assert page.headers["Cache-Control"] == "private, no-store"
    assert ids(page)[:3] == ["visio/b", "pad/a", "pad/b"]
    assert ids(page)[-1] == "notes/a"
    first = rows(page)[0]
    for words in ("En panne", "Visio-Agents", "1,3 s", "2.5.3", "25 j", "DNE", " 3 "):
        assert words in first
    assert "Pas surveillé" in rows(page)[-1]
    said = told(page)
    assert "En panne 1" in said
    assert "Perturbé 1" in said
    assert "Fonctionne 6" in said
    assert "Les heures sont celles de Paris." in said


def test_a_stale_server_is_unknown_with_its_reason(portal: Portal, omar: FlaskClient) -> None:
    change_targets(portal, stale_at=NOW - HOUR)
    page = omar.get("/ops/?etat=unknown&q=visio")
    assert ids(page) == ["visio/a", "visio/b"]
    assert "La dernière vérification est trop ancienne." in rows(page)[0]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("etat=down", ["visio/b"]),
        ("q=ETHERPAD", ["pad/a", "pad/b"]),
        ("operateur=asso", ["framasalle/a"]),
        ("academie=rennes&logiciel=jitsi", ["salle/a", "framasalle/a"]),
        ("logiciel=peertube&tri=server", ["tubes/cycle-2.a", "tubes/maternelle.a"]),
        ("logiciel=peertube&tri=server&sens=inverse", ["tubes/maternelle.a", "tubes/cycle-2.a"]),
        ("q=visio&tri=inconnu&etat=inconnu&page=99999999999999999999", ["visio/b", "visio/a"]),
    ],
)
def test_the_address_filters_and_sorts(omar: FlaskClient, query: str, expected: list[str]) -> None:
    page = omar.get(f"/ops/?{query}")
    assert ids(page) == expected


def test_a_heading_sorts_and_asked_again_sorts_the_other_way(omar: FlaskClient) -> None:
    page = omar.get("/ops/?q=visio&tri=latency")
    assert 'aria-sort="descending"' in page.text
    assert "/ops/?q=visio&amp;tri=latency&amp;sens=inverse" in page.text
    again = omar.get("/ops/?q=visio&tri=latency&sens=inverse")
    assert 'aria-sort="ascending"' in again.text
    assert "/ops/?q=visio&amp;tri=latency" in again.text


def test_nothing_answers_these_filters(omar: FlaskClient) -> None:
    assert "Aucun serveur ne répond à ces filtres." in told(omar.get("/ops/?q=zzzz"))


def test_long_lists_come_in_pages_that_keep_the_filters(
    omar: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fleet_order, "PAGE", 3)
    first = omar.get("/ops/?operateur=dne")
    second = omar.get("/ops/?operateur=dne&page=2")
    last = omar.get("/ops/?operateur=dne&page=99")
    every = [*ids(first), *ids(second), *ids(last)]
    assert len(every) == len(set(every)) == 8
    assert "/ops/?page=2&amp;operateur=dne" in first.text
    assert "page 3 sur 3" in told(last)


def test_incidents_and_what_people_say_stand_in_the_row(portal: Portal, omar: FlaskClient) -> None:
    with writing(portal.site.sessions) as session:
        for row in session.query(Target).where(Target.state == "down"):
            incident = Incident(
                uid="u", cause="target", severity="major", stage="investigating",
                opened_at=NOW, updated_at=NOW,
            )  # fmt: skip
            session.add(incident)
            session.flush()
            member = IncidentTarget(
                incident_id=incident.id, target_id=row.id, since=NOW, state="down"
            )
            session.add(member)
        bucket = int(NOW.timestamp()) // SPAN
        session.add(Signal(academie="lyon", service_id="visio", bucket=bucket, n=7))
        for revision in (Revision.INCIDENTS, Revision.SIGNALS):
            journal.bump(session, revision)
    portal.site.refresh()
    page = omar.get("/ops/?etat=down")
    assert rows(page)[0].endswith("7 n° 1")
    assert omar.get("/ops/?tri=signals").status_code == 200


def test_the_same_rows_come_as_a_sheet(portal: Portal, omar: FlaskClient) -> None:
    change_targets(portal, version="=1+1", certificate_until=NOW - 3 * 24 * HOUR)
    answer = omar.get("/ops/serveurs.csv?q=visio")
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    text = answer.get_data(as_text=True)
    assert text.startswith("\N{ZERO WIDTH NO-BREAK SPACE}Serveur;")
    lines = list(csv.reader(io.StringIO(text[1:]), delimiter=";"))
    assert [line[0] for line in lines[1:]] == ["visio/b", "visio/a"]
    assert "'=1+1" in lines[1]
    assert "-3" in lines[1]


def test_who_looks_on_sees_the_table_and_others_do_not(portal: Portal) -> None:
    assert portal.signed_in(cast.NORA).get("/ops/").status_code == 200
    assert portal.signed_in(cast.LISE).get("/ops/").status_code == 403
    assert portal.client.get("/ops/").status_code == 303


def test_omar_is_led_there_and_nora_finds_the_way(portal: Portal) -> None:
    assert "/ops/" in portal.signed_in(cast.OMAR).get("/mon-compte").text
    assert 'href="/ops/"' in portal.signed_in(cast.NORA).get("/national/gestion/").text
