from __future__ import annotations

from datetime import UTC, datetime
from ipaddress import ip_network
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from catalogue.schema import Backend, Text
from database import writing
from instances import choices
from instances.choices import Decision, Hiding
from instances.models import HideReason, ServiceChoice
from journal import JournalLine
from tests import cast
from tests.portal import Portal
from tests.web.admin.service_screens import (
    LIST,
    change_catalogue,
    decide,
    post,
    row_of,
    shown,
    text_of,
    told,
    undo_of,
)
from web.admin.service_edit_form import seen_of

PATH = f"{LIST}/visio"
OWN = "https://visio.ac-lyon.example/"


@pytest.fixture
def portal_settings() -> dict[str, Any]:
    return {"probe_allowed_networks": (ip_network("127.0.0.0/8"),)}


@pytest.fixture
def lise(portal: Portal) -> FlaskClient:
    return portal.signed_in(cast.LISE)


def save(
    portal: Portal, client: FlaskClient, service_id: str = "visio", **fields: Any
) -> TestResponse:
    service = portal.site.snapshot.catalogue.service(service_id)
    seen = seen_of(service) if service else ""
    return post(client, f"{LIST}/{service_id}", **({"version": 0, "seen": seen} | fields))


def servers(*urls: str, **fields: Any) -> dict[str, Any]:
    found: dict[str, Any] = {"serveurs": len(urls)}
    for number, url in enumerate(urls):
        found |= {f"serveur-{number}-url": url, f"serveur-{number}-profile": "http"}
    return found | fields


def choice(portal: Portal, service_id: str = "visio") -> ServiceChoice | None:
    with portal.site.sessions() as session:
        return session.get(ServiceChoice, ("lyon", service_id))


def events(portal: Portal) -> list[tuple[str, str | None]]:
    with portal.site.sessions() as session:
        lines = session.scalars(select(JournalLine).order_by(JournalLine.id))
        return [(line.event, line.reason) for line in lines]


def reword(portal: Portal, **words: str) -> None:
    """Let Omar write other words."""
    omar = portal.account(cast.OMAR)
    by = Decision(academie="lyon", actor=f"account/{omar}", now=datetime.now(UTC))
    service = portal.site.snapshot.catalogue.service("visio")
    assert service is not None
    with writing(portal.site.sessions) as session:
        texts = {name: Text(fr=word) for name, word in words.items()}
        choices.reword_service(session, service, texts, by=by, why="Plus court")


def test_own_words_and_address_are_two_lines_of_the_journal(
    portal: Portal, lise: FlaskClient
) -> None:
    fields: dict[str, Any] = servers(OWN) | {
        "task_fr": "Se voir",
        "task_en": "Meet",
        "why": "Plus court",
    }
    response = save(portal, lise, **fields)
    assert "Visio-Agents est modifié à Lyon." in told(lise, response)
    assert "Se voir" in shown(portal)
    assert events(portal) == [
        ("service.reworded", "Plus court"),
        ("service.re-addressed", "Plus court"),
    ]
    assert "Affiché Adresse, Texte ( voir" in row_of(lise, "visio")
    opened = portal.client.get("/lyon/ouvrir/visio")
    assert opened.location == OWN


def test_beside_each_field_stand_the_nation_and_who_decided(
    portal: Portal, lise: FlaskClient
) -> None:
    reword(portal, task="Se voir")
    words = text_of(lise.get(PATH))
    assert "Au niveau national : Réunir des collègues ou des parents" in words
    assert "Décidé par Omar le" in words
    assert "« Plus court »" in words


def test_what_is_as_the_nation_says_is_not_kept(portal: Portal, lise: FlaskClient) -> None:
    fields: dict[str, Any] = {
        "task_fr": "Réunir des collègues ou des parents",
        "task_en": "Meet colleagues or parents",
    }
    assert "Rien n'a changé" in told(lise, save(portal, lise, **fields))
    assert choice(portal) is None


def test_a_field_takes_the_national_words_again(portal: Portal, lise: FlaskClient) -> None:
    reword(portal, task="Se voir", summary="Une salle.")
    kept = {"task_fr": "Se voir", "summary_fr": "Une salle."}
    save(portal, lise, national="task", version=1, **kept)
    row = choice(portal)
    assert row is not None
    assert row.wording == {"summary": {"fr": "Une salle."}}


def test_the_national_address_comes_back(portal: Portal, lise: FlaskClient) -> None:
    save(portal, lise, **servers(OWN))
    save(portal, lise, **servers(OWN, version=1, national="backends"))
    row = choice(portal)
    assert row is not None
    assert row.backends is None


def test_both_decisions_of_a_form_are_undone_together(portal: Portal, lise: FlaskClient) -> None:
    response = save(portal, lise, **servers(OWN), task_fr="Se voir")
    assert "est comme avant" in told(lise, post(lise, undo_of(lise, response)))
    assert "Réunir des collègues" in shown(portal)
    row = choice(portal)
    assert row is not None
    assert (row.wording, row.backends) == (None, None)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"task_fr": "a" * 81}, "80 signes au plus ; il y en a 81."),
        ({"choose_when_fr": "a" * 41}, "40 signes au plus"),
        ({"summary_en": "a" * 121, "summary_fr": "b"}, "120 signes au plus"),
        ({"task_en": "Meet"}, "Écrivez-le aussi en français."),
        (servers("visio"), "Écrivez une adresse complète"),
        (servers("https://[a"), "Écrivez une adresse complète"),
        (servers(OWN, OWN), "Cette adresse est déjà celle d'un autre serveur."),
        (
            servers(OWN, OWN + "2", **{"serveur-0-id": "un", "serveur-1-id": "un"}),
            "Deux serveurs portent ce nom.",
        ),
        (servers(OWN, **{"serveur-0-id": "Mon serveur"}), "Des minuscules, des chiffres"),
        (servers(OWN, **{"serveur-0-weight": "1001"}), "Un nombre de 1 à 1000."),
        (servers(OWN, **{"serveur-0-profile": "nope"}), "Cette vérification n'existe pas."),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_lost(
    portal: Portal, lise: FlaskClient, fields: dict[str, Any], said: str
) -> None:
    response = save(portal, lise, **({"description_fr": "Gardée mot à mot."} | fields))
    assert response.status_code == 422
    words = text_of(response).replace("\N{NO-BREAK SPACE}", " ")
    assert said in words
    assert "Gardée mot à mot." in words
    assert choice(portal) is None


def test_several_servers_keep_what_the_form_does_not_show(
    portal: Portal, lise: FlaskClient
) -> None:
    probe = {"profile": "http", "path": "/etat", "interval": 60}
    own = Backend.model_validate({"id": "un", "url": OWN, "probe": probe})
    service = portal.site.snapshot.catalogue.service("visio")
    assert service is not None
    with writing(portal.site.sessions) as session:
        by = Decision(academie="lyon", actor="flask", now=datetime.now(UTC))
        choices.set_backends(session, service, [own], by=by)
    fields = servers(OWN, "https://deux.ac-lyon.example/", version=1)
    save(portal, lise, **(fields | {"serveur-0-id": "un", "serveur-0-weight": "3"}))
    row = choice(portal)
    assert row is not None
    assert row.backends is not None
    first, second = (Backend.model_validate(item) for item in row.backends)
    assert first.probe is not None
    assert (first.id, first.weight, first.probe.path) == ("un", 3, "/etat")
    assert (second.id, second.weight) == ("serveur-2", 1)


def test_a_server_is_added_and_nothing_is_kept_yet(portal: Portal, lise: FlaskClient) -> None:
    response = save(portal, lise, **servers(OWN, ajouter="1"), task_fr="Se voir")
    page = response.get_data(as_text=True)
    assert 'name="serveurs" value="2"' in page
    assert OWN in page
    assert 'value="Se voir"' in page
    assert choice(portal) is None


def test_a_service_with_variants_has_no_address_of_its_own(
    portal: Portal, lise: FlaskClient
) -> None:
    assert "une adresse par déclinaison" in text_of(lise.get(f"{LIST}/tubes"))
    response = save(portal, lise, "tubes", **servers(OWN))
    assert response.status_code == 422
    assert "une adresse par déclinaison" in text_of(response)


def test_a_required_service_is_reworded(portal: Portal, lise: FlaskClient) -> None:
    save(portal, lise, "notes", task_fr="Prendre des notes")
    assert "Prendre des notes" in shown(portal)


def test_two_people_at_once_the_second_is_told_and_loses_nothing(
    portal: Portal, lise: FlaskClient
) -> None:
    reword(portal, task="Les mots d'Omar")
    response = save(portal, lise, task_fr="Les mots de Lise", **servers(OWN))
    assert response.status_code == 409
    words = text_of(response)
    assert "Omar a changé ceci" in words
    assert "Besoin : Les mots d'Omar" in words
    page = response.get_data(as_text=True)
    assert 'value="Les mots de Lise"' in page
    assert OWN in page
    assert "Visio" in told(lise, save(portal, lise, task_fr="Les mots de Lise", version=1))
    assert "Les mots de Lise" in shown(portal)


def test_national_words_that_changed_meanwhile_are_shown_first(
    portal: Portal, lise: FlaskClient
) -> None:
    before = portal.site.snapshot.catalogue.service("visio")
    assert before is not None
    change_catalogue(portal, "visio", task=Text(fr="Se réunir"))
    response = save(portal, lise, task_fr="Se voir", seen=seen_of(before))
    assert response.status_code == 409
    words = text_of(response)
    assert "Le ministère a changé Visio-Agents pendant que vous écriviez." in words
    assert "Au niveau national : Se réunir" in words
    assert choice(portal) is None
    after = portal.site.snapshot.catalogue.service("visio")
    assert after is not None
    assert seen_of(after) in response.get_data(as_text=True)


def test_a_service_that_vanished_gives_back_what_was_typed(
    portal: Portal, lise: FlaskClient
) -> None:
    change_catalogue(portal, "visio", removed=True)
    response = save(portal, lise, task_fr="Mes mots")
    assert response.status_code == 410
    assert "Mes mots" in text_of(response)


def test_editing_does_not_show_what_is_hidden(portal: Portal, lise: FlaskClient) -> None:
    decide(portal, "visio", Hiding(reason=HideReason.OUTAGES))
    save(portal, lise, task_fr="Se voir", version=1)
    assert "Masqué" in row_of(lise, "visio")


def test_a_server_is_looked_at_and_nothing_is_kept(
    portal: Portal, lise: FlaskClient, address: str
) -> None:
    response = save(portal, lise, **servers(f"{address}/", verifier="0"), task_fr="Se voir")
    words = text_of(response)
    assert "Ça marche : le service répond comme il faut." in words
    assert 'value="Se voir"' in response.get_data(as_text=True)
    assert choice(portal) is None
    wrong = save(portal, lise, **servers("visio", verifier="0"))
    assert wrong.status_code == 422
    assert "Écrivez une adresse complète" in text_of(wrong)
