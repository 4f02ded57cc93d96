"""Odile sees how what she runs fares everywhere, how often it is opened, and what ends."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import insert

from accounts.permissions import Right, Role
from catalogue.schema import Backend, Text
from database import writing
from instances import choices, texts, usage
from instances.choices import Decision, Hiding
from instances.models import HideReason, Signal
from instances.schema import ContactKind, HelpContact
from instances.signals import SPAN
from instances.texts import Saying, TextField
from instances.usage import Opening
from journal import Revision, bump
from monitoring.target import State
from tests import cast
from tests.portal import CATALOGUE, Portal
from tests.web.operator.windows import ODILE, begun, declare, told

HOME = "/operateur/dne/"
DAY = timedelta(days=1)


@pytest.fixture
def portal_settings(tmp_path: Path) -> dict[str, Any]:
    """Pad closes in 60 days, and the hosting of Rendez-vous ends in 20."""
    text = CATALOGUE.read_text(encoding="utf-8")
    closes, moves = (datetime.now(UTC).date() + days * DAY for days in (60, 20))
    salle = '"https://salle.example.fr", '
    for now, then in (
        ("lifecycle: {stage: beta}", f"lifecycle: {{until: {closes}}}"),
        (salle, f"{salle}hosting: {{until: {moves}}}, "),
    ):
        assert now in text
        text = text.replace(now, then)
    file = tmp_path / "services.yaml"
    file.write_text(text, encoding="utf-8")
    return {"catalogue": str(file)}


@pytest.fixture
def odile(portal: Portal) -> FlaskClient:
    return portal.signed_in(ODILE, Right(role=Role.OPERATOR, scope="dne"))


def by(academie: str) -> Decision:
    return Decision(academie=academie, actor="account/1", now=datetime.now(UTC))


def test_states_are_told_server_by_server_and_where_it_is_not_shown(
    portal: Portal, odile: FlaskClient
) -> None:
    portal.set_state("visio", State.DOWN, backend="a")
    visio, pad = (portal.site.snapshot.catalogue.service(name) for name in ("visio", "pad"))
    assert visio is not None
    assert pad is not None
    own = Backend.model_validate(
        {"id": "propre-1", "url": "https://v.fr/", "probe": {"profile": "http"}}
    )
    with writing(portal.site.sessions) as session:
        choices.set_backends(session, visio, [own], by=by("lyon"))
        hidden = Hiding(reason=HideReason.OTHER, precision="Secret de Rennes")
        choices.hide_service(session, pad, hidden, by=by("rennes"))
    portal.site.refresh()
    seen = told(odile.get(HOME))
    assert "visio/a En panne depuis" in seen
    assert "À une adresse de l'académie, que vous ne tenez pas : Lyon" in seen
    assert "Pas affiché dans 1 académie : Rennes (masqué)" in seen
    assert "Affiché dans 2 académies" in seen
    assert "Secret" not in seen
    assert "Framasalle" not in seen


def test_what_people_signal_is_counted_by_academie(portal: Portal, odile: FlaskClient) -> None:
    bucket = int(datetime.now(UTC).timestamp()) // SPAN
    with writing(portal.site.sessions) as session:
        values = {"academie": "lyon", "service_id": "visio", "bucket": bucket, "n": 7}
        session.execute(insert(Signal).values(**values))
        bump(session, Revision.SIGNALS)
    portal.site.refresh()
    seen = told(odile.get(HOME))
    assert "7 signalements" in seen
    assert "Lyon (7)" in seen


def test_a_desk_without_openings_says_so_and_leads_to_announcing(odile: FlaskClient) -> None:
    page = odile.get(HOME)
    assert "Aucune ouverture comptée" in told(page)
    assert f'href="{HOME}maintenances/nouvelle"' in page.text


def test_openings_are_sorted_as_wanted_and_taken_away_as_a_sheet(
    portal: Portal, odile: FlaskClient
) -> None:
    today = date.today()  # noqa: DTZ011 - any day of the last thirty
    counts = {
        Opening("lyon", "visio", today - 2 * DAY): 5,
        Opening("lyon", "notes", today - 2 * DAY): 1,
        Opening("rennes", "notes", today - 2 * DAY): 4,
        Opening("reunion", "framasalle", today - 2 * DAY): 99,
        Opening("reunion", "visio", today - 40 * DAY): 99,
    }
    with writing(portal.site.sessions) as session:
        usage.add_openings(session, counts)

    def order(tri: str) -> list[str]:
        lines = odile.get(f"{HOME}ouvertures.csv?tri={tri}").text.splitlines()
        return [line.partition(";")[0].rpartition(" ")[2] for line in lines[1:]]

    assert order("total") == order("n'importe") == ["Lyon", "Rennes", "Réunion"]
    assert order("notes") == ["Rennes", "Lyon", "Réunion"]
    assert order("academie") == ["Réunion", "Lyon", "Rennes"]
    sheet = odile.get(f"{HOME}ouvertures.csv").text.splitlines()
    assert sheet[0].endswith("Académie;Total;Visio-Agents;CodiMD")
    assert sheet[1] == "Académie de Lyon;6;5;1"
    table = odile.get(f"{HOME}?tri=notes").text
    assert 'aria-sort="descending"' in table
    assert "99" not in told(odile.get(HOME)).partition("Ouvertures")[2]


def test_its_maintenance_is_listed_once_each_and_nobody_elses(
    portal: Portal, odile: FlaskClient
) -> None:
    declare(portal, title="Chaque semaine", repeats="weekly")
    begun(portal, title="Partout", scope="operator", value="dne")
    declare(portal, title="Ailleurs", owner="operator/asso", value="framasalle")
    declare(portal, title="À Lyon", owner="academie/lyon", value="lyon:visio")
    with writing(portal.site.sessions) as session:
        bump(session, Revision.WINDOWS)
    portal.site.refresh()
    seen = told(odile.get(HOME))
    assert seen.count("Chaque semaine") == 1
    assert "Partout" in seen
    assert "Ailleurs" not in seen
    assert "À Lyon" not in seen


def test_what_ends_is_a_task_with_a_letter_ready(odile: FlaskClient) -> None:
    page = odile.get(HOME)
    seen = told(page)
    assert "L'hébergement de Rendez-vous s'arrête le" in seen
    assert "qui l'annonce déjà d'elle-même" in seen
    assert "Pad ferme le" in seen
    assert "qui l'annoncera d'elle-même à partir du" in seen
    assert "Menu Exporter." in seen
    assert "Bien cordialement, DNE" in seen
    assert 'href="mailto:?subject=' in page.text
    # Until nobody can open it, and not a day longer.
    assert seen.index("Rendez-vous s'arrête") < seen.index("Pad ferme")


def test_contacts_are_those_that_the_academies_publish(portal: Portal, odile: FlaskClient) -> None:
    portal.signed_in(cast.LISE)
    desk = HelpContact(kind=ContactKind.ACADEMIE, name=Text(fr="Guichet"), email="aide@ac-lyon.fr")
    with writing(portal.site.sessions) as session:
        texts.say(session, Saying(field=TextField.HELP, value=(desk,)), by=by("lyon"))
    portal.site.refresh()
    page = odile.get("/operateur/dne/contacts")
    seen = told(page)
    assert "DANE de Lyon" in seen
    assert "Guichet" in seen
    assert 'href="mailto:?bcc=aide@ac-lyon.fr"' in page.text
    assert "Sans adresse publique : La Réunion, Rennes." in seen
    assert cast.LISE.email not in page.text
    for odd in ("?service=notes", "?service=inconnu", "?service="):
        assert odile.get(f"/operateur/dne/contacts{odd}").status_code == 200


@pytest.mark.parametrize("path", ["", "contacts", "ouvertures.csv", "maintenances"])
def test_an_operator_has_its_own_desk_alone(odile: FlaskClient, path: str) -> None:
    assert odile.get(f"/operateur/dne/{path}").status_code == 200
    assert odile.get(f"/operateur/asso/{path}").status_code == 403


class TestOnThePages:
    """What ends, as teachers and their DANE see it."""

    @pytest.fixture
    def lise(self, portal: Portal) -> FlaskClient:
        return portal.signed_in(cast.LISE)

    def test_the_page_announces_by_itself_what_ends_within_30_days(self, portal: Portal) -> None:
        home = portal.client.get("/lyon/")
        seen = told(home)
        assert "Important : Rendez-vous est hébergé jusqu'au" in seen
        assert "(annonce automatique)" in seen
        assert 'href="/lyon/services/salle#donnees"' in home.text
        assert "Pad ferme :" not in seen
        assert "Ferme le" in seen
        assert "Hébergé jusqu'au" in seen
        page = told(portal.client.get("/lyon/services/salle"))
        assert page.count("Reprendre vos fichiers") == 2

    def test_it_is_said_in_english_too(self, portal: Portal) -> None:
        assert '<span lang="fr">Rendez-vous est hébergé' not in portal.client.get("/en/lyon/").text

    def test_where_it_is_not_shown_nothing_is_said(self, portal: Portal) -> None:
        salle = portal.site.snapshot.catalogue.service("salle")
        assert salle is not None
        with writing(portal.site.sessions) as session:
            hidden = Hiding(reason=HideReason.OTHER, precision="x")
            choices.hide_service(session, salle, hidden, by=by("rennes"))
        portal.site.refresh()
        assert "annonce automatique" not in portal.client.get("/rennes/").text
        assert "annonce automatique" in portal.client.get("/lyon/").text

    def test_lise_has_a_task_and_a_letter(self, lise: FlaskClient) -> None:
        start = told(lise.get("/lyon/gestion/"))
        assert "2 services ou hébergements s'arrêtent bientôt" in start
        ends = told(lise.get("/lyon/gestion/fins"))
        assert "Votre page l'annonce déjà d'elle-même" in ends
        assert "Votre page l'annoncera d'elle-même à partir du" in ends
        assert "À la place : CodiMD (Prendre des notes à plusieurs)." in ends
        assert "/lyon/services/pad" in ends
        assert "DANE de Lyon" in ends
