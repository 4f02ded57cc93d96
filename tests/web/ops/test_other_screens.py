"""What ends, how the list and the monitor fare, and the wall."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update

import journal
from database import writing
from instances import publication
from journal import Revision
from monitoring import incident_merging, lease
from monitoring.asking import program_version
from monitoring.models import Alert, Incident, MonitorLease
from monitoring.target import State
from tests import cast
from tests.portal import Portal
from tests.web.incident_world import Troubles
from tests.web.ops.screens import HOUR, NOW, change_targets, ids, told
from web.ops import times

DAY = timedelta(days=1)


@pytest.fixture
def omar(portal: Portal) -> FlaskClient:
    portal.set_all(State.UP)
    return portal.signed_in(cast.OMAR)


def run_monitor(portal: Portal, **figures: object) -> None:
    """Let a monitor hold the lease, and say these figures of itself."""
    with writing(portal.site.sessions) as session:
        lease.take(session, "pelican:42", version=program_version())
        values = {"last_batch_at": datetime.now(UTC), "targets": 8, **figures}
        session.execute(update(MonitorLease).values(**values))


def test_certificates_that_end_are_listed_with_the_server(
    portal: Portal, omar: FlaskClient
) -> None:
    assert "Rien ne finit bientôt." in told(omar.get("/ops/echeances"))
    change_targets(portal, certificate_until=NOW + 5 * DAY, version="8.0")
    page = omar.get("/ops/echeances")
    assert "visio/a" in ids(page)
    assert "dans 5 jours" in told(page)
    assert ids(omar.get("/ops/echeances?quoi=hosting")) == []


def test_an_intermediate_certificate_that_ends_first_is_named_as_such(
    portal: Portal, omar: FlaskClient
) -> None:
    change_targets(portal, certificate_until=NOW + 5 * DAY)
    screens = ("/ops/echeances", "/ops/serveurs/visio/a")
    assert not any("intermédiaire" in told(omar.get(path)) for path in screens)
    change_targets(portal, intermediate_first=True)
    assert all("ertificat intermédiaire se termine avant" in told(omar.get(p)) for p in screens)


def test_the_health_of_the_list_names_file_line_and_remedy(
    portal: Portal, omar: FlaskClient
) -> None:
    assert "Rien n'a encore été publié" in told(omar.get("/ops/catalogue"))
    with writing(portal.site.sessions) as session:
        sources = portal.site.sources
        publication.accept(session, publication.look(sources, etag=None), sources, now=NOW)
    said = told(omar.get("/ops/catalogue"))
    assert "portal_catalogue.yaml" in said
    assert "Fiches des académies" in said


def test_without_a_monitor_the_screen_says_so_and_what_to_do(
    portal: Portal, omar: FlaskClient
) -> None:
    said = told(omar.get("/ops/surveillance"))
    assert "Aucune surveillance n'a jamais tourné." in said
    assert "flask monitor run" in said
    run_monitor(portal)
    said = told(omar.get("/ops/surveillance"))
    assert "La surveillance tourne et rien ne la gêne." in said
    assert "pelican:42" in said
    with writing(portal.site.sessions) as session:
        session.execute(update(MonitorLease).values(expires=0.0))
    assert "Aucune surveillance ne tourne." in told(omar.get("/ops/surveillance"))


def test_refused_addresses_and_alerts_that_wait_are_told(portal: Portal, omar: FlaskClient) -> None:
    run_monitor(portal, refused_targets=8)
    change_targets(portal, state="unknown", reason="refused-address")
    alert = Alert(
        uid="u", subject="incident/1", event="opened", route="astreinte", content={},
        created_at=NOW - HOUR, due_at=NOW - HOUR, error="timeout",
    )  # fmt: skip
    with writing(portal.site.sessions) as session:
        session.add(alert)
    said = told(omar.get("/ops/surveillance"))
    assert "Des alertes attendent depuis" in said
    assert "https://salle.example.fr" in said
    assert "Adresse d'un réseau privé" in said


def test_the_wall_is_calm_only_when_it_may_be(portal: Portal, omar: FlaskClient) -> None:
    run_monitor(portal)
    calm = omar.get("/ops/mur")
    assert calm.headers["Refresh"] == "30"
    assert "Tout fonctionne." in told(calm)
    portal.set_state("visio", State.DOWN, backend="a")
    portal.set_state("salle", State.MAINTENANCE)
    said = told(omar.get("/ops/mur"))
    assert "Tout fonctionne." not in said
    assert "Visio-Agents En panne" in said
    assert "Rendez-vous" not in said


def test_the_wall_shows_one_card_for_each_incident(portal: Portal, omar: FlaskClient) -> None:
    run_monitor(portal)
    Troubles(portal).become(State.DOWN, "visio/a", "salle/a", "pad/a")
    with writing(portal.site.sessions) as session:
        into, other, _alone = session.scalars(select(Incident).order_by(Incident.id))
        incident_merging.put_into(session, into, [other], at=NOW)
        for revision in (Revision.INCIDENTS, Revision.HEALTH):
            journal.bump(session, revision)
    portal.site.refresh()
    page = omar.get("/ops/mur")
    assert page.text.count("<li class=") == 2
    assert "2 serveurs · 3 académies" in told(page)
    assert "En panne 3" in told(page)


def test_days_of_a_certificate_are_the_same_on_every_screen(
    portal: Portal, omar: FlaskClient
) -> None:
    for hours in (1, 23):
        until = NOW.replace(hour=0) + 5 * DAY + hours * HOUR
        change_targets(portal, certificate_until=until)
        left = (until.astimezone(times.ZONE).date() - NOW.astimezone(times.ZONE).date()).days
        assert f"dans {left} jours" in told(omar.get("/ops/echeances"))
        assert f"(dans {left} jours)" in told(omar.get("/ops/serveurs/visio/a"))


@pytest.mark.parametrize(
    ("figures", "words"),
    [
        ({"expires": 0.0}, "Aucune surveillance ne tourne."),
        ({"last_batch_at": NOW - HOUR}, "n'écrit plus depuis"),
        ({"breaker_since": NOW}, "c'est sans doute notre réseau"),
    ],
)
def test_a_wall_that_cannot_know_does_not_look_calm(
    portal: Portal, omar: FlaskClient, figures: dict[str, object], words: str
) -> None:
    run_monitor(portal, **figures)
    said = told(omar.get("/ops/mur"))
    assert words in said
    assert "Tout fonctionne." not in said


def test_results_that_grew_old_are_no_calm_either(portal: Portal, omar: FlaskClient) -> None:
    run_monitor(portal)
    change_targets(portal, stale_at=NOW - HOUR)
    said = told(omar.get("/ops/mur"))
    assert "Tout fonctionne." not in said
    assert "État inconnu" in said


def test_before_any_monitor_ran_the_wall_says_so(omar: FlaskClient) -> None:
    assert "Aucune surveillance n'a jamais tourné." in told(omar.get("/ops/mur"))


def test_a_wall_that_met_an_error_comes_back_by_itself(portal: Portal) -> None:
    refused = portal.signed_in(cast.LISE).get("/ops/mur")
    assert refused.status_code == 403
    assert refused.headers["Refresh"] == "30"


def test_a_wall_whose_session_ended_waits_at_the_door_and_finds_its_way_back(
    portal: Portal,
) -> None:
    answer = portal.client.get("/ops/mur")
    assert answer.status_code == 303
    assert answer.location == "/connexion?next=/ops/mur"
    # What somebody types there is not swept away.
    assert "Refresh" not in portal.client.get(answer.location).headers
