from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from accounts.permissions import Right, Role
from catalogue.schema import Rollout
from instances.choices import Hiding
from instances.models import HideReason, ServiceChoice
from journal import JournalLine
from tests import cast
from tests.portal import Portal
from tests.web.admin.service_screens import (
    LIST,
    change_catalogue,
    decide,
    hide,
    shown,
    text_of,
    told,
    undo_of,
)
from tests.web.admin.service_screens import post as send

PATH = f"{LIST}/visio/masquer"
BOTH = (Right(role=Role.MANAGER, scope="lyon"), Right(role=Role.EDITOR, scope="rennes"))


@pytest.fixture
def lise(portal: Portal) -> FlaskClient:
    return portal.signed_in(cast.LISE)


def choice(
    portal: Portal, academie: str = "lyon", service_id: str = "visio"
) -> ServiceChoice | None:
    with portal.site.sessions() as session:
        return session.get(ServiceChoice, (academie, service_id))


def a_day(days: int) -> str:
    return (datetime.now(UTC).date() + timedelta(days=days)).isoformat()


def test_all_that_is_asked_is_decided(portal: Portal, lise: FlaskClient) -> None:
    answers = {
        "reason": "equivalent-tool",
        "instead": "service",
        "replacement_service": "salle",
        "word": "Prenez\nRendez-vous.",
        "lasts": "until",
        "until": a_day(30),
    }
    said = told(lise, hide(lise, **answers))
    assert "Visio-Agents est masqué à Lyon. Les anciens liens mènent à Rendez-vous." in said
    assert "Annuler" in said
    row = choice(portal)
    assert row is not None
    assert (row.reason, row.replacement_service) == ("equivalent-tool", "salle")
    assert (row.word, row.until) == ("Prenez Rendez-vous.", date.fromisoformat(a_day(30)))
    old_link = text_of(portal.client.get("/lyon/ouvrir/visio"))
    assert "À la place : Rendez-vous" in old_link
    assert "équivalent" not in old_link, "the reason is internal"


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        ({"reason": ""}, "Choisissez une raison."),
        ({"reason": "because"}, "Pourquoi ? : N"),
        ({"reason": "other"}, "dites en quelques mots pourquoi"),
        ({"word": "a" * 141}, "140 signes au plus ; il y en a 141."),
        ({"precision": "a" * 1001}, "1000 signes au plus"),
        ({"instead": "service"}, "Choisissez le service qui le remplace."),
        ({"instead": "service", "replacement_service": "visio"}, "ne peut pas se remplacer"),
        ({"instead": "service", "replacement_service": "pads-2020"}, "n'est plus affiché"),
        ({"instead": "address"}, "Écrivez une adresse complète"),
        ({"instead": "address", "replacement_url": "javascript:alert(1)"}, "adresse complète"),
        ({"replacement_url": "https://nuage.example.fr/"}, "« À la place » dit « Rien »"),
        ({"replacement_service": "salle"}, "« À la place » dit « Rien »"),
        ({"lasts": "until"}, "Donnez le jour."),
        ({"lasts": "review"}, "Donnez le jour."),
        ({"lasts": "until", "until": a_day(-2)}, "Ce jour est passé"),
        ({"lasts": "until", "until": "demain"}, "Écrivez le jour ainsi"),
        ({"until": a_day(3)}, "Vous avez choisi « Sans date »"),
    ],
)
def test_what_is_wrong_is_said_beside_it_and_nothing_is_lost(
    portal: Portal, lise: FlaskClient, answers: dict[str, Any], said: str
) -> None:
    response = hide(lise, **({"word": "Gardé mot à mot."} | answers))
    assert response.status_code == 422
    words = text_of(response).replace("\N{NO-BREAK SPACE}", " ")
    assert said in words
    assert answers.get("word", "Gardé mot à mot.") in words
    assert choice(portal) is None


def test_the_effect_is_seen_before_anything_is_decided(portal: Portal, lise: FlaskClient) -> None:
    decide(portal, "tubes", Hiding(reason=HideReason.OUTAGES, replacement_service="visio"))
    answers = {"instead": "service", "replacement_service": "salle", "word": "Bientôt."}
    response = hide(lise, voir="1", **answers)
    assert response.status_code == 200
    words = text_of(response)
    assert "Rien n'est encore décidé." in words
    assert "Visio-Agents n'est pas proposé dans l’académie de Lyon" in words
    assert "À la place : Rendez-vous" in words
    assert "Tubes est masqué et mène à Visio-Agents" in words
    page = response.get_data(as_text=True)
    assert 'data-id="visio"' not in page
    assert "Bientôt.</textarea>" in page
    assert choice(portal) is None
    assert "Visio-Agents" in shown(portal)


def test_a_form_opens_on_what_is_decided(portal: Portal, lise: FlaskClient) -> None:
    hiding = Hiding(
        reason=HideReason.OTHER,
        precision="Travaux",
        replacement_url="https://visio.ac-lyon.fr/",
        review_on=date(2031, 5, 4),
    )
    decide(portal, "visio", hiding)
    page = lise.get(PATH).get_data(as_text=True)
    for value in ("Travaux", "https://visio.ac-lyon.fr/", "2031-05-04"):
        assert f'value="{value}"' in page
    assert page.count(" checked") == 3


def test_somebody_who_decided_meanwhile_is_named_and_nothing_is_lost(
    portal: Portal, lise: FlaskClient
) -> None:
    decide(portal, "visio", Hiding(reason=HideReason.HIERARCHY, word="Le mot d'Omar."))
    response = hide(lise, word="Mon mot.", version=0)
    assert response.status_code == 409
    words = text_of(response)
    assert "Omar a changé ceci" in words
    assert "Demande de la hiérarchie." in words
    assert "Le mot d'Omar." in words
    assert "Mon mot." in words
    said = told(lise, hide(lise, word="Mon mot.", version=1))
    assert "est masqué" in said
    row = choice(portal)
    assert row is not None
    assert row.word == "Mon mot."


def test_a_service_that_became_required_is_not_hidden(portal: Portal, lise: FlaskClient) -> None:
    change_catalogue(portal, "visio", rollout=Rollout.REQUIRED)
    response = hide(lise, word="Mon mot.")
    assert response.status_code == 422
    assert "Visio-Agents est obligatoire" in text_of(response)
    assert "Mon mot." in text_of(response)
    assert choice(portal) is None


def test_a_service_that_vanished_gives_back_what_was_typed(
    portal: Portal, lise: FlaskClient
) -> None:
    change_catalogue(portal, "visio", removed=True)
    response = hide(lise, word="Mon mot.", precision="Ma précision")
    assert response.status_code == 410
    words = text_of(response)
    assert "a quitté la liste des services pendant que vous écriviez" in words
    assert "Mon mot." in words
    assert "Ma précision" in words
    assert lise.get(PATH).status_code == 404


def test_a_service_that_was_renamed_says_its_new_name(lise: FlaskClient) -> None:
    response = send(lise, f"{LIST}/visio-2020/masquer", reason="outages")
    assert response.status_code == 410
    assert "s'appelle maintenant Visio-Agents" in text_of(response)


def test_a_replacement_that_was_hidden_meanwhile_is_refused(
    portal: Portal, lise: FlaskClient
) -> None:
    decide(portal, "salle", Hiding(reason=HideReason.OUTAGES))
    response = hide(lise, instead="service", replacement_service="salle")
    assert response.status_code == 422
    assert "Rendez-vous n'est plus affiché chez vous" in text_of(response)
    assert "salle (n'est pas affiché)" in text_of(response) or "Rendez-vous (n'est" in text_of(
        response
    )
    assert choice(portal) is None


def test_one_decision_for_two_academies_is_undone_in_both(portal: Portal) -> None:
    lise = portal.signed_in(cast.LISE, *BOTH)
    response = hide(lise, also_for=["rennes"], instead="service", replacement_service="salle")
    undo = undo_of(lise, response)
    for academie in ("lyon", "rennes"):
        row = choice(portal, academie)
        assert row is not None
        assert row.replacement_service == "salle"
    send(lise, undo)
    with portal.site.sessions() as session:
        lines = [(line.academie, line.event) for line in session.scalars(select(JournalLine))]
    hidden, undone = "service.hidden", "service.undone"
    assert sorted(lines) == [
        ("lyon", hidden),
        ("lyon", undone),
        ("rennes", hidden),
        ("rennes", undone),
    ]


def test_the_other_academie_must_show_the_replacement(portal: Portal) -> None:
    lise = portal.signed_in(cast.LISE, *BOTH)
    decide(portal, "salle", Hiding(reason=HideReason.OUTAGES), academie="rennes")
    response = hide(lise, also_for=["rennes"], instead="service", replacement_service="salle")
    assert response.status_code == 422
    assert "Rendez-vous n'est pas affiché dans l’académie de Rennes" in text_of(response)
    assert choice(portal) is None


def test_the_effect_says_what_the_other_academie_had_decided(portal: Portal) -> None:
    lise = portal.signed_in(cast.LISE, *BOTH)
    decide(portal, "visio", Hiding(reason=HideReason.HIERARCHY), academie="rennes")
    words = text_of(hide(lise, also_for=["rennes"], voir="1"))
    assert "Académie de Rennes le masque déjà (Demande de la hiérarchie)" in words


@pytest.mark.parametrize("slug", ["versailles", "rennes", "reunion"])
def test_nobody_hides_for_an_academie_that_is_not_theirs(
    portal: Portal, lise: FlaskClient, slug: str
) -> None:
    response = hide(lise, also_for=[slug])
    assert response.status_code == 422
    assert choice(portal, slug) is None
    assert choice(portal) is None
