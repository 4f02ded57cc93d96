from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from sqlalchemy import update

import journal
from database import writing
from instances.service_state import NEVER_LOOKED, StateView
from journal import Revision
from monitoring.health import STALE
from monitoring.models import Target
from monitoring.target import State
from tests import cast
from tests.portal import Portal
from tests.web.admin.service_screens import row_of, text_of
from web.admin.unknown_words import is_unknown, unknown
from web.site import utc_now


@pytest.fixture
def app(portal: Portal) -> Flask:
    return portal.app


PARIS = ZoneInfo("Europe/Paris")


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        (NEVER_LOOKED, "État inconnu : la première vérification est à venir."),
        ("our-network", "État inconnu : notre propre réseau semble coupé."),
        ("name-temporary", "État inconnu : le nom n'a pas pu être cherché."),
        ("refused-address", "État inconnu : cette adresse est celle d'un réseau privé"),
        ("timeout", "État inconnu : pas de réponse à temps."),
        ("http-418", "État inconnu : la page répond par l'erreur 418."),
    ],
)
def test_the_desk_says_why_a_state_is_unknown(app: Flask, reason: str, said: str) -> None:
    view = StateView(state=State.UNKNOWN, reason=reason)
    with app.test_request_context():
        assert unknown(view, PARIS).replace("\N{NO-BREAK SPACE}", " ").startswith(said)


def test_a_state_that_grew_old_says_since_when_nobody_looked(app: Flask) -> None:
    looked = utc_now() - timedelta(days=40)
    view = StateView(state=State.UNKNOWN, reason=STALE, checked_at=looked)
    with app.test_request_context():
        assert "personne n'a regardé depuis le " in unknown(view, PARIS)


def test_nothing_to_look_at_is_said_too(app: Flask) -> None:
    with app.test_request_context():
        view = StateView(state=State.UNKNOWN, probed=False)
        assert "aucune vérification n'est choisie." in unknown(view, PARIS)
    assert not is_unknown(StateView(state=State.DOWN))


def test_the_row_tells_the_team_and_the_public_page_tells_nobody(portal: Portal) -> None:
    lise = portal.signed_in(cast.LISE)
    assert "État inconnu : la première vérification est à venir." in row_of(lise, "salle")
    portal.set_state("salle", State.UNKNOWN)
    with writing(portal.site.sessions) as session:
        session.execute(update(Target).values(reason="our-network"))
        journal.bump(session, Revision.HEALTH)
    portal.site.refresh()
    assert "État inconnu : notre propre réseau semble coupé." in row_of(lise, "salle")
    assert "réseau semble coupé" not in text_of(portal.client.get("/lyon/"))
