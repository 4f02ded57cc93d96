from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from html import unescape

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from accounts.permissions import Right, Role
from catalogue.schema import Text
from database import writing
from instances import choices, usage
from instances.choices import Decision, Hiding
from instances.models import HideReason, ServiceChoice
from instances.usage import Opening
from journal import JournalLine
from monitoring.target import State
from tests import cast
from tests.portal import Portal
from tests.web.admin.service_screens import (
    LIST,
    decide,
    hide,
    post,
    row_of,
    shown,
    text_of,
    told,
    undo_of,
)

HIDE_VISIO = f"{LIST}/visio/masquer"


@pytest.fixture
def lise(portal: Portal) -> FlaskClient:
    return portal.signed_in(cast.LISE)


# The list


def test_a_row_says_what_ux_says(portal: Portal, lise: FlaskClient) -> None:
    until = datetime.now(UTC).date() + timedelta(days=60)
    with writing(portal.site.sessions) as session:
        today = datetime.now(portal.site.snapshot.directory.cards[0].zone).date()
        usage.add_openings(session, {Opening("lyon", "pad", today): 61735})
    response = hide(
        lise, "pad", reason="other", precision="En travaux", lasts="until", until=until.isoformat()
    )
    assert "Pad est masqué à Lyon." in told(lise, response)
    row = row_of(lise, "pad")
    assert "Écrire à plusieurs Pad · National Masqué" in row
    assert "Autre. En travaux. Lise, " in row
    assert ", puis réaffiché." in row
    assert "61 735 ouvertures en 30 jours" in row
    assert "Afficher Pad" in row


@pytest.mark.parametrize(
    ("service_id", "status"),
    [
        ("visio", "Affiché"),
        ("framasalle", "Proposé, pas encore affiché chez vous"),
        ("notes", "Obligatoire"),
        ("pads-2020", "Fermé"),
    ],
)
def test_each_service_says_where_it_stands(lise: FlaskClient, service_id: str, status: str) -> None:
    assert f"· National {status} " in row_of(lise, service_id)


def test_a_required_service_says_why_it_cannot_be_hidden(lise: FlaskClient) -> None:
    row = row_of(lise, "notes")
    assert "Le ministère demande que chaque académie l'affiche" in row
    assert "Masquer" not in row
    refused = lise.get(f"{LIST}/notes/masquer")
    assert "obligatoire" in told(lise, refused)


@pytest.mark.parametrize(
    ("wanted", "count", "found"),
    [
        ("tous", 7, {"visio", "salle", "framasalle", "pad", "notes", "tubes", "pads-2020"}),
        ("masques", 1, {"pad"}),
        ("differents", 2, {"pad", "visio"}),
        ("a-revoir", 1, {"pad"}),
        ("en-panne", 1, {"salle"}),
        ("nouveautes", 0, set()),
        (
            "n-importe-quoi",
            7,
            {"visio", "salle", "framasalle", "pad", "notes", "tubes", "pads-2020"},
        ),
    ],
)
def test_filters_count_and_choose(
    portal: Portal, lise: FlaskClient, wanted: str, count: int, found: set[str]
) -> None:
    decide(portal, "pad", Hiding(reason=HideReason.OUTAGES, review_on=date(2026, 1, 1)))
    portal.set_state("salle", State.DOWN)
    service = portal.site.snapshot.catalogue.service("visio")
    assert service is not None
    with writing(portal.site.sessions) as session:
        by = Decision(academie="lyon", actor="flask", now=datetime.now(UTC))
        choices.reword_service(session, service, {"task": Text(fr="Se voir")}, by=by)
    page = lise.get(LIST, query_string={"filtre": wanted})
    ids = set(re.findall(r'id="service-([a-z0-9-]+)"', page.get_data(as_text=True)))
    assert ids == found
    current = re.search(r'aria-current="true"[^>]*>([^<]+)', page.get_data(as_text=True))
    assert current
    assert f"({count})" in unescape(current.group(1))


def test_nothing_to_review_is_said_with_a_wish(lise: FlaskClient) -> None:
    page = lise.get(LIST, query_string={"filtre": "a-revoir"})
    assert "Rien à revoir. Bonne journée." in text_of(page)


def test_who_looks_on_gets_no_forms(portal: Portal) -> None:
    nora = portal.signed_in(cast.NORA)
    page = nora.get(LIST).get_data(as_text=True)
    main = page[page.index('class="desk-main"') : page.index("</main>")]
    assert "<form" not in main
    assert "Voir comme un collègue" in main
    assert (
        "<form"
        not in nora.get(f"{LIST}/visio")
        .get_data(as_text=True)
        .partition("desk-main")[2]
        .partition("</main>")[0]
    )
    assert nora.get(HIDE_VISIO).status_code == 403


def test_victor_of_versailles_sees_and_touches_nothing_of_lyon(portal: Portal) -> None:
    victor = portal.signed_in(cast.VICTOR)
    for path in (LIST, HIDE_VISIO, f"{LIST}/visio"):
        assert victor.get(path).status_code == 403


# Show, follow the nation, undo


def test_a_proposed_service_is_shown_and_taken_back(portal: Portal, lise: FlaskClient) -> None:
    response = post(lise, f"{LIST}/framasalle/afficher", version=0)
    assert "Framasalle est affiché à Lyon." in told(lise, response)
    assert "Framasalle" in shown(portal)
    undone = post(lise, undo_of(lise, post(lise, f"{LIST}/visio/afficher", version=0)))
    assert undone.status_code == 303
    response = post(lise, f"{LIST}/framasalle/comme-le-national", version=1)
    assert "Framasalle est comme au niveau national" in told(lise, response)
    assert "Framasalle" not in shown(portal)


def test_undo_puts_back_what_was_before(portal: Portal, lise: FlaskClient) -> None:
    response = hide(lise)
    assert "Visio-Agents" not in shown(portal)
    response = post(lise, undo_of(lise, response))
    assert "Visio-Agents est comme avant." in told(lise, response)
    assert "Visio-Agents" in shown(portal)


def test_undo_is_refused_once_somebody_decided_something_else(
    portal: Portal, lise: FlaskClient
) -> None:
    undo = undo_of(lise, hide(lise))
    decide(portal, "visio", Hiding(reason=HideReason.HIERARCHY))
    assert "rien n'est annulé" in told(lise, post(lise, undo))
    assert "Demande de la hiérarchie" in row_of(lise, "visio")


@pytest.mark.parametrize("lines", ["0", "999999999", "x", "1.1.99"])
def test_an_undo_of_nothing_changes_nothing(portal: Portal, lise: FlaskClient, lines: str) -> None:
    hide(lise)
    response = post(lise, f"{LIST}/annuler/{lines}")
    assert response.status_code == 303
    assert "Visio-Agents" not in shown(portal)


def test_nobody_undoes_in_another_academie(portal: Portal, lise: FlaskClient) -> None:
    decide(portal, "visio", Hiding(reason=HideReason.OUTAGES), academie="rennes")
    with portal.site.sessions() as session:
        line = session.scalars(select(JournalLine.id)).one()
    assert "rien n'est changé" in told(lise, post(lise, f"{LIST}/annuler/{line}"))
    with portal.site.sessions() as session:
        row = session.get_one(ServiceChoice, ("rennes", "visio"))
        assert row.visibility == "hidden"


def test_a_button_of_an_old_screen_changes_nothing(portal: Portal, lise: FlaskClient) -> None:
    decide(portal, "visio", Hiding(reason=HideReason.OUTAGES))
    response = post(lise, f"{LIST}/visio/afficher", version=0)
    assert "Omar vient de décider autre chose pour Visio-Agents" in told(lise, response)
    assert "Visio-Agents" not in shown(portal)


def test_a_form_without_its_token_is_refused(lise: FlaskClient) -> None:
    assert lise.post(f"{LIST}/visio/afficher", data={"version": 0}).status_code == 403


def test_a_hiding_whose_last_day_passed_is_told_in_its_row(
    portal: Portal, lise: FlaskClient
) -> None:
    yesterday = datetime.now(UTC).date() - timedelta(days=2)
    decide(portal, "visio", Hiding(reason=HideReason.OUTAGES, until=yesterday))
    row = row_of(lise, "visio")
    assert "Affiché" in row
    assert "Était masqué jusqu'au" in row
    assert "Visio-Agents" in shown(portal)


def test_a_replacement_that_is_hidden_later_is_told_in_the_row(
    portal: Portal, lise: FlaskClient
) -> None:
    decide(portal, "visio", Hiding(reason=HideReason.OUTAGES, replacement_service="salle"))
    decide(portal, "salle", Hiding(reason=HideReason.OUTAGES))
    row = row_of(lise, "visio", f"{LIST}?filtre=a-revoir")
    assert "À la place, Rendez-vous n'est pas affiché chez vous" in row


def test_a_choice_for_a_service_that_closed_is_told_in_its_row(
    portal: Portal, lise: FlaskClient
) -> None:
    decide(portal, "pads-2020", Hiding(reason=HideReason.OUTAGES))
    assert "Il a fermé au niveau national : votre choix ne sert plus." in row_of(lise, "pads-2020")


# Order


def order_of(client: FlaskClient) -> list[str]:
    return re.findall(r'id="service-([a-z0-9-]+)"', client.get(LIST).get_data(as_text=True))


def test_services_are_moved_and_the_public_page_follows(portal: Portal, lise: FlaskClient) -> None:
    assert order_of(lise)[:3] == ["visio", "salle", "framasalle"]
    response = post(lise, f"{LIST}/ordre", service="salle", sens="monter")
    assert response.location.endswith("#monter-salle")
    assert "Rendez-vous est maintenant en 1re place." in told(lise, response)
    assert order_of(lise)[:3] == ["salle", "visio", "framasalle"]
    page = shown(portal)
    assert page.index('data-id="salle"') < page.index('data-id="visio"')
    response = post(lise, f"{LIST}/ordre", service="salle", avant="framasalle")
    assert "en 2e place" in told(lise, response)
    response = post(lise, f"{LIST}/ordre-national")
    assert "dans l'ordre national" in told(lise, response)
    assert order_of(lise)[:3] == ["visio", "salle", "framasalle"]
    assert "déjà dans l'ordre national" in told(lise, post(lise, f"{LIST}/ordre-national"))


def test_a_move_is_undone_once(portal: Portal, lise: FlaskClient) -> None:
    undo = undo_of(lise, post(lise, f"{LIST}/ordre", service="salle", sens="monter"))
    assert "de nouveau dans l'ordre d'avant" in told(lise, post(lise, undo))
    assert order_of(lise)[:3] == ["visio", "salle", "framasalle"]
    assert "rien n'est annulé" in told(lise, post(lise, undo))
    undo = undo.replace("/lyon/", "/rennes/")
    assert post(portal.signed_in(cast.VICTOR), undo).status_code in (403, 404)


def test_an_order_that_somebody_changed_meanwhile_is_left_alone(lise: FlaskClient) -> None:
    undo = undo_of(lise, post(lise, f"{LIST}/ordre", service="salle", sens="monter"))
    post(lise, f"{LIST}/ordre", service="framasalle", sens="monter")
    assert "L'ordre a changé depuis : rien n'est annulé." in told(lise, post(lise, undo))
    assert order_of(lise)[:3] == ["salle", "framasalle", "visio"]


def test_the_national_order_is_undone(lise: FlaskClient) -> None:
    post(lise, f"{LIST}/ordre", service="salle", sens="monter")
    post(lise, undo_of(lise, post(lise, f"{LIST}/ordre-national")))
    assert order_of(lise)[:3] == ["salle", "visio", "framasalle"]


def test_a_service_that_left_the_list_is_not_moved(lise: FlaskClient) -> None:
    response = post(lise, f"{LIST}/ordre", service="nuage", sens="monter")
    assert "n'est plus dans la liste" in told(lise, response)


# Several at once


def test_several_are_hidden_with_one_reason_and_undone(portal: Portal, lise: FlaskClient) -> None:
    query = [("action", "masquer")] + [("service", name) for name in ("visio", "pad", "notes")]
    page = lise.get(f"{LIST}/plusieurs", query_string=query)
    words = text_of(page)
    assert "CodiMD : obligatoire, le ministère demande" in words
    assert "Visio-Agents" in shown(portal)  # looking decides nothing
    asked = re.findall(r'value="([a-z0-9-]+:[0-9]+)"', page.get_data(as_text=True))
    assert asked == ["visio:0", "pad:0"]
    refused = post(lise, f"{LIST}/plusieurs", action="masquer", service=asked)
    assert refused.status_code == 422
    assert "Choisissez une raison." in text_of(refused)
    response = post(lise, f"{LIST}/plusieurs", action="masquer", service=asked, reason="not-ready")
    assert "2 services sont masqués à Lyon." in told(lise, response)
    assert "Pas encore prêts" in row_of(lise, "pad")
    with portal.site.sessions() as session:
        assert len(session.scalars(select(JournalLine)).all()) == 2


def test_a_bulk_is_undone_whole(portal: Portal, lise: FlaskClient) -> None:
    fields = {"action": "masquer", "service": ["visio:0", "pad:0"], "reason": "not-ready"}
    undo = undo_of(lise, post(lise, f"{LIST}/plusieurs", **fields))
    assert "2 services sont comme avant." in told(lise, post(lise, undo))
    assert "Visio-Agents" in shown(portal)


@pytest.mark.parametrize(
    ("action", "said"),
    [
        ("afficher", "1 service est affiché à Lyon."),
        ("comme-le-national", "1 service est comme au"),
    ],
)
def test_several_are_shown_or_follow_the_nation(
    portal: Portal, lise: FlaskClient, action: str, said: str
) -> None:
    decide(portal, "visio", Hiding(reason=HideReason.OUTAGES))
    fields = {"action": action, "service": ["visio:1", "pad:0"]}
    assert said in told(lise, post(lise, f"{LIST}/plusieurs", **fields))
    assert "Visio-Agents" in shown(portal)


def test_a_bulk_is_all_or_nothing_when_somebody_decided_meanwhile(
    portal: Portal, lise: FlaskClient
) -> None:
    service = portal.site.snapshot.catalogue.service("pad")
    assert service is not None
    with writing(portal.site.sessions) as session:
        by = Decision(academie="lyon", actor="flask", now=datetime.now(UTC))
        choices.reword_service(session, service, {"task": Text(fr="Écrire")}, by=by)
    fields = {"action": "masquer", "service": ["visio:0", "pad:0"], "reason": "outages"}
    response = post(lise, f"{LIST}/plusieurs", **fields)
    assert response.status_code == 409
    assert "rien n'est changé" in text_of(response)
    assert 'value="pad:1"' in response.get_data(as_text=True)
    assert "Visio-Agents" in shown(portal)


def test_nothing_ticked_says_what_to_do(lise: FlaskClient) -> None:
    response = lise.get(f"{LIST}/plusieurs", query_string={"action": "masquer"})
    assert "Cochez d'abord" in told(lise, response)
    assert (
        lise.get(f"{LIST}/plusieurs", query_string={"action": "x", "service": "a"}).status_code
        == 404
    )


def test_a_right_for_lyon_alone_offers_no_other_academie(portal: Portal, lise: FlaskClient) -> None:
    assert "Aussi pour" not in text_of(lise.get(HIDE_VISIO))
    both = portal.signed_in(
        cast.LISE,
        Right(role=Role.EDITOR, scope="rennes"),
    )
    assert "Académie de Rennes" in text_of(both.get(HIDE_VISIO))
