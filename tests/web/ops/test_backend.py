"""The page of one server: what it is, how it was, and a look at it at once."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from ipaddress import ip_network
from typing import Any

import pytest
from flask.testing import FlaskClient

import journal
from database import writing
from instances.models import ServiceChoice
from journal import Revision
from monitoring import last_probe
from monitoring.last_probe import Look
from monitoring.models import FiveMinutes, Hour, MaintenanceWindow, Target, Transition
from monitoring.target import Part, ProbeResult, State, Step
from monitoring.timeline import PAGE
from tests import cast
from tests.ill_behaved import Listener, says
from tests.portal import Portal
from tests.web.forms import send
from tests.web.ops.screens import HOUR, NOW, change_targets, target_ids, told

PATH = "/ops/serveurs/salle/a"
FAILED = ProbeResult(
    state=State.DOWN,
    reason="http-502",
    parts={Part.REACHABLE: State.UP, Part.WORKS: State.DOWN},
    steps=(
        Step(url="https://salle.example.fr/config.js", status=200, latency_ms=80, reason="ok"),
        Step(url="https://salle.example.fr/bosh", status=502, latency_ms=1200, reason="http-502"),
    ),
)


@pytest.fixture
def portal_settings() -> dict[str, Any]:
    return {"probe_allowed_networks": (ip_network("127.0.0.0/8"),)}


@pytest.fixture
def omar(portal: Portal) -> FlaskClient:
    portal.set_state("salle", State.DOWN)
    return portal.signed_in(cast.OMAR)


def test_a_server_that_was_never_probed_has_a_page(portal: Portal) -> None:
    omar = portal.signed_in(cast.OMAR)
    page = omar.get("/ops/serveurs/visio/a")
    assert page.status_code == 200
    said = told(page)
    assert "La première vérification est à venir." in said
    assert said.count("Pas mesuré") == 3
    assert "Rien n'est encore noté d'une vérification." in said
    assert "Aucune vérification n'est choisie" in told(omar.get("/ops/serveurs/notes/a"))


@pytest.mark.parametrize("backend", ["visio", "visio/z", "lyon:visio/a", "x/../visio/a"])
def test_a_server_that_is_shown_nowhere_has_none(omar: FlaskClient, backend: str) -> None:
    assert omar.get(f"/ops/serveurs/{backend}").status_code == 404


def test_it_says_what_is_known(portal: Portal, omar: FlaskClient) -> None:
    change_targets(
        portal,
        reason="timeout",
        version="8.0.1",
        certificate_until=NOW + 3 * 24 * HOUR,
    )
    said = told(omar.get(PATH))
    assert "En panne" in said
    assert "Pas de réponse à temps." in said
    assert "Version 8.0.1" in said
    assert "dans 3 jours" in said
    assert "3 académies : La Réunion, Lyon, Rennes" in said


def test_the_last_probe_is_told_in_three_parts_and_step_by_step(
    portal: Portal, omar: FlaskClient
) -> None:
    [number] = target_ids(portal)
    with writing(portal.site.sessions) as session:
        look = Look(target_id=number, at=NOW, content=last_probe.content_of(FAILED))
        last_probe.write(session, [look])
    said = told(omar.get(PATH))
    assert "Joignable Oui" in said
    assert "Le logiciel se dit en bonne santé Pas mesuré" in said
    assert "Le chemin utile marche Non" in said
    assert "https://salle.example.fr/bosh 502 1,2 s http-502" in said


def test_a_family_of_addresses_that_does_not_answer_is_told(
    portal: Portal, omar: FlaskClient
) -> None:
    screens = (PATH, "/ops/")
    assert not any("Ne répond pas en" in told(omar.get(path)) for path in screens)
    change_targets(portal, silent="192.0.2.1")
    assert all("Ne répond pas en IPv4" in told(omar.get(path)) for path in screens)
    change_targets(portal, silent="2001:db8::1")
    assert "Ne répond pas en IPv6 (2001:db8::1)" in told(omar.get(PATH))


def test_its_changes_of_state_come_in_pages(portal: Portal, omar: FlaskClient) -> None:
    [number] = target_ids(portal)
    with writing(portal.site.sessions) as session:
        session.add_all(
            Transition(
                target_id=number, at=NOW - timedelta(days=400, hours=n), before="up", after="down",
                reason=f"http-{n}", unstable=n == PAGE,
            )
            for n in range(PAGE + 1)
        )  # fmt: skip
    first, last = told(omar.get(PATH)), told(omar.get(f"{PATH}?page=2"))
    assert "La page répond par l'erreur 0." in first
    assert "Page 1 sur 2" in first
    assert "Change trop souvent : la suite de ce jour n'est pas écrite." in last


def test_latency_is_a_drawing_with_its_figures_in_a_table(
    portal: Portal, omar: FlaskClient
) -> None:
    [number] = target_ids(portal)
    seen = {"up": 1, "degraded": 0, "down": 0, "maintenance": 0, "checks": 4, "failures": 1}
    seconds = int(NOW.timestamp())
    with writing(portal.site.sessions) as session:
        for table, span in ((FiveMinutes, 300), (Hour, 3600)):
            session.add_all(
                table(
                    target_id=number, bucket=seconds // span - n, **seen,
                    latency_sum=400, latency_count=4, latency_max=730,
                )
                for n in (1, 2, 9)
            )  # fmt: skip
    page = omar.get(PATH)
    assert 'role="img"' in page.text
    assert "<title id=" in page.text
    # One line and, after the gap, another.
    line = page.text.partition('class="chart-mean" d="')[2].partition('"')[0]
    assert line.count("M") == 2
    said = told(page)
    assert "Temps de réponse sur 24 heures : moyenne et plus longue attente" in said
    assert "100 ms 730 ms" in said
    for wanted in ("7d", "30d", "inconnu"):
        assert 'role="img"' in omar.get(f"{PATH}?latence={wanted}").text


def test_announced_maintenance_is_told_ahead(portal: Portal, omar: FlaskClient) -> None:
    begins = NOW + timedelta(days=2)
    window = MaintenanceWindow(
        uid="u", owner="operator/dne", scope="service", value="salle", title="Mise à jour",
        starts_at=begins, ends_at=begins + HOUR, timezone="Europe/Paris", created_at=NOW,
        created_by="x", updated_at=NOW, updated_by="x",
    )  # fmt: skip
    with writing(portal.site.sessions) as session:
        session.add(window)
        journal.bump(session, Revision.WINDOWS)
    portal.site.refresh()
    assert "Mise à jour" in told(omar.get(PATH))
    assert "Mise à jour" not in told(omar.get("/ops/serveurs/pad/a"))


@pytest.fixture
def answering() -> Iterator[str]:
    """A server that is well."""
    body = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 2\r\n\r\nok"
    with Listener(says(body)) as listener:
        yield f"http://127.0.0.1:{listener.port}/"


@pytest.fixture
def own(portal: Portal, answering: str) -> str:
    """Lyon's own address of a service, and the page of that server."""
    backend = {"id": "ici", "url": answering, "probe": {"profile": "http"}}
    with writing(portal.site.sessions) as session:
        values = {"updated_at": NOW, "updated_by": "x"}
        choice = ServiceChoice(academie="lyon", service_id="salle", backends=[backend], **values)
        session.add(choice)
        journal.bump(session, Revision.DECISIONS)
    portal.site.refresh()
    return "/ops/serveurs/lyon:salle/ici"


def test_a_look_at_once_says_what_it_saw_and_changes_nothing(
    portal: Portal, omar: FlaskClient, own: str
) -> None:
    answer = send(omar, own, f"{own}/verifier")
    assert answer.status_code == 200
    said = told(answer)
    assert "Ça marche : le service répond comme il faut." in said
    assert "Joignable Oui" in said
    assert re.search(r"http://127\.0\.0\.1:\d+/ 200 \d+ ms ok", said)
    assert "La première vérification est à venir." in said
    with portal.site.sessions() as session:
        assert session.query(Target).count() == 1  # that of Omar's own world


def test_looks_are_rationed(omar: FlaskClient, own: str) -> None:
    answers = [send(omar, own, f"{own}/verifier") for _ in range(21)]
    # A minute may end in between: at most two shares of ten.
    assert sum(answer.status_code == 200 for answer in answers) <= 20
    assert any("attendez une minute" in told(answer) for answer in answers)


def test_who_looks_on_has_no_button_and_may_not_look(portal: Portal, own: str) -> None:
    nora = portal.signed_in(cast.NORA)
    page = nora.get(own)
    assert page.status_code == 200
    assert "Vérifier maintenant" not in page.text
    portal.app.config["WTF_CSRF_ENABLED"] = False
    assert nora.post(f"{own}/verifier").status_code == 403
