from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient

from accounts.permissions import actor_of
from database import writing
from instances import choices
from instances.choices import Decision, Hiding
from instances.models import Announcement, HideReason, LocalServiceRow
from tests.cast import LISE, VICTOR
from tests.portal import Portal

CHOICES, HANDOVER = "/lyon/gestion/nos-choix-expliques", "/lyon/gestion/cahier-de-passation"


@pytest.fixture
def lise(portal: Portal) -> FlaskClient:
    return portal.signed_in(LISE)


@pytest.fixture
def decided(portal: Portal, lise: FlaskClient) -> FlaskClient:
    """An académie that decided something of each kind."""
    now = datetime.now(UTC)
    actor = actor_of(portal.account(LISE))
    by = Decision(academie="lyon", actor=actor, now=now)
    services = portal.site.snapshot.catalogue
    visio, tubes = services.service("visio"), services.service("tubes")
    assert visio is not None
    assert tubes is not None
    with writing(portal.site.sessions) as session:
        hiding = Hiding(
            reason=HideReason.OUTAGES,
            precision="Deux pannes en mai",
            replacement_service="salle",
            until=now.date() + timedelta(days=9),
        )
        choices.hide_service(session, visio, hiding, by=by, known=["salle"])
        choices.hide_service(session, tubes, Hiding(reason=HideReason.NOT_READY), by=by)
        session.add(
            Announcement(
                academie="lyon",
                level="information",
                text="Le réseau sera coupé.",
                starts_at=now + timedelta(days=3),
                created_by=actor,
            )
        )
        session.add(
            LocalServiceRow(
                academie="lyon",
                name="pix",
                draft={"title": "Pix Lyon"},
                contact="Cellule Pix, poste 4455",
                updated_at=now,
                updated_by=actor,
            )
        )
    portal.site.refresh()
    return lise


def text_of(client: FlaskClient, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.text.replace("\xa0", " ").replace("&#39;", "'")


def test_choices_are_explained_by_reason_and_name_nobody(decided: FlaskClient) -> None:
    text = text_of(decided, CHOICES)
    assert text.count("<h1>") == 1
    assert text.index("Masqués : Pas encore prêts") < text.index("Masqués : Trop de pannes")
    assert "Visio-Agents" in text
    assert "Deux pannes en mai" in text
    assert "À la place : Rendez-vous." in text
    assert "Lise" not in text
    assert "desk-menu" not in text


def test_a_handover_tells_a_successor_everything(decided: FlaskClient) -> None:
    text = text_of(decided, HANDOVER)
    assert text.count("<h1>") == 1
    for words in (
        "Masqué jusqu'au",
        "Le réseau sera coupé.",
        "Pix Lyon",
        "Cellule Pix, poste 4455",
        "lise@ac-lyon.fr",
        "Responsable",
        "Deux pannes en mai",
        "Lise, ",
    ):
        assert words in text, words


@pytest.mark.parametrize("path", [CHOICES, HANDOVER])
def test_an_academie_that_decided_nothing_has_short_sheets(lise: FlaskClient, path: str) -> None:
    assert "au niveau national" in text_of(lise, path)


@pytest.mark.parametrize("path", [CHOICES, HANDOVER])
def test_nobody_else_prints_them(portal: Portal, decided: FlaskClient, path: str) -> None:
    assert decided.get(path).headers["Cache-Control"] == "private, no-store"
    assert portal.signed_in(VICTOR).get(path).status_code == 403
    assert portal.app.test_client().get(path).status_code == 303


def test_the_handover_tells_dates_that_are_far_away_too(
    portal: Portal, decided: FlaskClient
) -> None:
    now = datetime.now(UTC)
    by = Decision(academie="lyon", actor=actor_of(portal.account(LISE)), now=now)
    tubes = portal.site.snapshot.catalogue.service("tubes")
    assert tubes is not None
    far = Hiding(reason=HideReason.NOT_READY, review_on=now.date() + timedelta(days=400))
    with writing(portal.site.sessions) as session:
        choices.hide_service(session, tubes, far, by=by)
    portal.site.refresh()
    dates = text_of(decided, HANDOVER).partition("Dates à venir")[2].partition("</section>")[0]
    assert "Tubes : À revoir le" in dates
