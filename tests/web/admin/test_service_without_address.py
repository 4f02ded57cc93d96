"""A service that waits for an address of the académie's own: one form gives it and shows it."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from journal import JournalLine
from settings import ROOT
from tests import cast
from tests.portal import Portal
from tests.web.admin.service_screens import LIST, post, shown, told, undo_of
from web.admin.service_edit_form import seen_of

BOX = 'name="shown"'
PAGE = f"{LIST}/classe-virtuelle"
OWN = "https://classe.ac-lyon.example/"


@pytest.fixture
def portal_settings() -> dict[str, Any]:
    return {"catalogue": str(ROOT / "services.yaml")}


@pytest.fixture
def lise(portal: Portal) -> FlaskClient:
    return portal.signed_in(cast.LISE)


def give_address(portal: Portal, client: FlaskClient, **fields: Any) -> TestResponse:
    service = portal.site.snapshot.catalogue.service("classe-virtuelle")
    assert service is not None
    server = {"serveurs": 1, "serveur-0-url": OWN, "serveur-0-profile": "http"}
    return post(client, PAGE, version=0, seen=seen_of(service), **server, **fields)


def events(portal: Portal) -> list[str]:
    with portal.site.sessions() as session:
        return list(session.scalars(select(JournalLine.event).order_by(JournalLine.id)))


def test_an_address_shows_the_service_at_once(portal: Portal, lise: FlaskClient) -> None:
    assert BOX in lise.get(PAGE).text
    response = give_address(portal, lise, shown="y")
    assert "Classe virtuelle est affiché à Lyon, avec votre adresse." in told(lise, response)
    assert events(portal) == ["service.re-addressed", "service.shown"]
    assert "Faire classe à distance" in shown(portal)
    assert portal.client.get("/lyon/ouvrir/classe-virtuelle").location == OWN


def test_both_are_undone_together(portal: Portal, lise: FlaskClient) -> None:
    response = give_address(portal, lise, shown="y")
    post(lise, undo_of(lise, response))
    assert "Faire classe à distance" not in shown(portal)
    assert BOX in lise.get(PAGE).text


def test_an_address_may_be_kept_for_later(portal: Portal, lise: FlaskClient) -> None:
    response = give_address(portal, lise)
    said = "L'adresse est gardée. Classe virtuelle n'est pas encore affiché à Lyon."
    assert said in told(lise, response)
    assert events(portal) == ["service.re-addressed"]
    assert "Faire classe à distance" not in shown(portal)
    assert BOX not in lise.get(PAGE).text


def test_a_service_with_an_address_is_shown_from_the_list(lise: FlaskClient) -> None:
    assert BOX not in lise.get(f"{LIST}/nuage").text
