"""Who takes care of an incident: on the screens of those who mend it, and nowhere else."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient

from accounts.permissions import Right, Role
from monitoring.target import State
from tests import cast
from tests.cast import Person
from tests.portal import Portal
from tests.web import forms
from tests.web.admin.service_screens import text_of
from tests.web.incident_world import Troubles, read

ODILE = Person(name="Odile", email="odile@dne.example")
ANNE = Person(name="Anne", email="anne@asso.example")
OPS, DNE, ASSO = "/ops/incidents/1", "/operateur/dne/incidents/1", "/operateur/asso/incidents/1"


@pytest.fixture(autouse=True)
def troubles(portal: Portal) -> Troubles:
    made = Troubles(portal)
    made.become(State.DOWN, "visio/a")
    return made


@pytest.fixture
def omar(portal: Portal) -> FlaskClient:
    return portal.signed_in(cast.OMAR)


@pytest.fixture
def odile(portal: Portal) -> FlaskClient:
    return portal.signed_in(ODILE, Right(role=Role.OPERATOR, scope="dne"))


def seen(client: FlaskClient, path: str) -> str:
    found = re.search(r'name="seen"\s+value="([^"]*)"', client.get(path).text)
    return found[1] if found else ""


def test_omar_takes_care_and_every_screen_of_his_says_so(omar: FlaskClient) -> None:
    page = read(omar, OPS)
    assert "Personne ne s'en occupe pour l'instant." in page
    assert "Je m'en occupe" in page
    sent = forms.send(omar, OPS, f"{OPS}/prendre")
    assert (sent.status_code, sent.location) == (303, OPS)
    page = read(omar, OPS)
    assert "C'est noté : vous vous en occupez." in page
    assert "Je ne m'en occupe plus" in page
    for path in (OPS, "/ops/incidents", "/ops/mur", "/ops/serveurs/visio/a"):
        assert re.search(r"Omar s'en occupe depuis (hier )?\d+ h", read(omar, path)), path
    forms.send(omar, OPS, f"{OPS}/laisser")
    page = read(omar, OPS)
    assert "Personne ne s'en occupe" in page
    for line in ("S'en occupe.", "Ne s'en occupe plus."):
        assert line in page


def test_no_public_page_nor_feed_tells_who_takes_care(portal: Portal, omar: FlaskClient) -> None:
    anybody = portal.app.test_client()
    addresses = ("/lyon/etat", "/lyon/etat/fil.atom", "/lyon/etat/api/v2/summary.json")
    before = [anybody.get(address).text for address in addresses]
    forms.send(omar, OPS, f"{OPS}/prendre")
    after = [anybody.get(address).text for address in addresses]
    for old, new in zip(before, after, strict=True):
        assert "occupe" not in new
        assert "Omar" not in new
        assert new.count("Un souci a commencé") == old.count("Un souci a commencé")


def test_odile_takes_over_and_whoever_did_not_see_it_is_told(
    omar: FlaskClient, odile: FlaskClient
) -> None:
    forms.send(omar, OPS, f"{OPS}/prendre")
    late = forms.send(odile, DNE, f"{DNE}/prendre")
    assert late.status_code == 409
    words = text_of(late).replace("\N{NO-BREAK SPACE}", " ")
    assert "Entre-temps, quelqu'un d'autre s'en est chargé : rien n'a changé." in words
    assert "Omar s'en occupe depuis" in words
    sent = forms.send(odile, DNE, f"{DNE}/prendre", seen=seen(odile, DNE))
    assert sent.location == DNE
    assert "Prend la suite ; avant, c'était Omar." in read(odile, DNE)
    assert "Odile s'en occupe depuis" in read(omar, "/ops/incidents")
    late = forms.send(omar, OPS, f"{OPS}/laisser")
    assert late.status_code == 409
    assert "Je prends la suite" in text_of(late)


def test_what_is_over_needs_nobody(omar: FlaskClient, troubles: Troubles) -> None:
    forms.send(omar, OPS, f"{OPS}/prendre")
    troubles.become(State.UP, "visio/a", minutes_ago=1)
    for deed in ("prendre", "laisser"):
        late = forms.send(omar, OPS, f"{OPS}/{deed}", seen="hier")
        assert late.status_code == 409
        assert "s'est terminé entre-temps" in text_of(late)
    page = read(omar, OPS)
    assert "Omar s'en occupe depuis" not in page
    assert "Je m'en occupe" not in page


def test_only_those_who_may_write_there_take_care(portal: Portal) -> None:
    nora = portal.signed_in(cast.NORA)
    assert "Je m'en occupe" not in read(nora, OPS)
    assert forms.send(nora, "/mon-compte", f"{OPS}/prendre").status_code == 403
    anne = portal.signed_in(ANNE, Right(role=Role.OPERATOR, scope="asso"))
    for deed in ("prendre", "laisser"):
        assert forms.send(anne, "/mon-compte", f"{ASSO}/{deed}").status_code == 404
    portal.site.refresh()
    assert not portal.site.snapshot.incidents[0].taken_by
