"""Odile announces maintenance: warned of classes, proposed a better hour, refused nothing else."""

from __future__ import annotations

import html
import re
from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from accounts.permissions import Right, Role
from database import writing
from instances import usage
from instances.usage import Opening
from journal import JournalLine
from tests import cast
from tests.portal import Portal
from tests.web import forms
from tests.web.operator.windows import (
    DAY,
    ODILE,
    PARIS,
    begun,
    declare,
    fields,
    hidden,
    next_day,
    stored,
    told,
)

LIST = "/operateur/dne/maintenances"
NEW = f"{LIST}/nouvelle"


@pytest.fixture
def odile(portal: Portal) -> FlaskClient:
    return portal.signed_in(ODILE, Right(role=Role.OPERATOR, scope="dne"))


def test_what_disturbs_no_class_is_announced_at_once(portal: Portal, odile: FlaskClient) -> None:
    sunday = next_day(6)
    sent = forms.send(odile, NEW, **fields(sunday, "10:00", "12 h", text="Patience."))
    assert sent.status_code == 303, told(sent)
    [row] = stored(portal)
    assert (row.owner, row.scope, row.value) == ("operator/dne", "service", "visio")
    assert row.starts_at == (sunday + timedelta(hours=10)).astimezone(UTC)
    listed = told(odile.get(LIST))
    assert "La maintenance est annoncée." in listed
    assert "de 10 h à 12 h" in listed
    assert "Visio-Agents" in listed
    [window] = portal.site.snapshot.windows
    assert window.title == "Mise à jour"


def test_without_a_day_it_ends_on_the_day_on_which_it_begins(
    portal: Portal, odile: FlaskClient
) -> None:
    sunday = next_day(6)
    values = fields(sunday, "10:00", "12:00") | {"end_day": ""}
    assert forms.send(odile, NEW, **values).status_code == 303
    [row] = stored(portal)
    assert row.ends_at == (sunday + timedelta(hours=12)).astimezone(UTC)
    answer = forms.send(odile, NEW, **values | {"end_hour": "09:00"})
    assert "La fin doit venir après le début." in told(answer)


def test_during_classes_the_form_warns_and_nothing_is_saved(
    portal: Portal, odile: FlaskClient
) -> None:
    monday = next_day(0)
    warned = forms.send(odile, NEW, **fields(monday, "10:00", "11:00"))
    assert warned.status_code == 200
    text = told(warned)
    assert "3 académies sont en pleine journée de classe" in text
    assert "La Réunion (1" in text
    assert "Notre proposition : " in text
    assert stored(portal) == []


def test_kept_all_the_same_it_is_what_was_typed(portal: Portal, odile: FlaskClient) -> None:
    values = fields(next_day(0), "10:00", "11:00")
    warned = forms.send(odile, NEW, **values)
    values |= {"faire": "garder", "warned": hidden(warned, "warned")}
    assert forms.send(odile, NEW, **values).status_code == 303
    [row] = stored(portal)
    assert row.starts_at.astimezone(PARIS).hour == 10


def test_the_proposal_is_taken_as_it_was_shown(portal: Portal, odile: FlaskClient) -> None:
    monday = next_day(0)
    values = fields(monday, "16:30", "17:30")
    warned = forms.send(odile, NEW, **values)
    assert "de 18 h à 19 h" in told(warned)
    assert "Elle ne gênerait aucune classe." in told(warned)
    values |= {name: hidden(warned, name) for name in ("warned", "proposed")}
    assert forms.send(odile, NEW, **values, faire="proposition").status_code == 303
    [row] = stored(portal)
    assert row.starts_at.astimezone(PARIS) == monday + timedelta(hours=18)
    assert row.ends_at - row.starts_at == timedelta(hours=1)


@pytest.mark.parametrize("answer", ["garder", "proposition"])
def test_an_answer_to_another_warning_is_no_answer(
    portal: Portal, odile: FlaskClient, answer: str
) -> None:
    monday = next_day(0)
    warned = forms.send(odile, NEW, **fields(monday, "10:00", "11:00"))
    moved = fields(monday, "14:00", "15:00", faire=answer)
    moved |= {name: hidden(warned, name) for name in ("warned", "proposed")}
    again = forms.send(odile, NEW, **moved)
    assert again.status_code == 200
    assert "en pleine journée de classe" in told(again)
    assert 'value="14:00"' in again.text
    assert stored(portal) == []


def test_where_it_is_opened_most_is_spared_first(portal: Portal, odile: FlaskClient) -> None:
    """From 7 h to 14 h in Paris it is 10 h to 17 h in Réunion."""
    day = datetime.now(PARIS).date()
    with writing(portal.site.sessions) as session:
        usage.add_openings(session, {Opening("reunion", "visio", day): 900})
    warned = told(forms.send(odile, NEW, **fields(next_day(2), "10:00", "11:00")))
    named = warned.partition("journée de classe : ")[2]
    assert named.startswith("La Réunion")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"title": " "}, "Dites en quelques mots ce que vous faites."),
        ({"title": "a" * 150}, "Le titre est trop long"),
        ({"about": "service/pas-la"}, "Choisissez ce sur quoi vous travaillez."),
        ({"about": "service/framasalle"}, "Choisissez ce sur quoi vous travaillez."),
        ({"about": "service/lyon:pad"}, "Choisissez ce sur quoi vous travaillez."),
        ({"about": ""}, "Choisissez ce sur quoi vous travaillez."),
        ({"start_day": ""}, "Donnez le jour."),
        ({"start_day": "", "end_day": ""}, "Donnez le jour."),
        ({"start_day": "32/13/2026"}, "Écrivez le jour ainsi"),
        ({"end_hour": "25:00"}, "Écrivez l'heure ainsi"),
        ({"end_hour": "09:00"}, "La fin doit venir après le début."),
        ({"end_day": "2199-12-31"}, "72 heures au plus"),
        ({"start_day": "2020-01-06"}, "72 heures au plus"),
        ({"start_day": "2020-01-06", "end_day": "2020-01-06"}, "Ce début est déjà passé."),
        ({"zone": "Europe/Clermont"}, "Choisissez l'un de ces fuseaux."),
        ({"repeats": "parfois"}, "Choisissez l'une de ces réponses."),
        ({"repeats": "weekly", "until": "2020-01-01"}, "Le dernier jour vient avant"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_typed_is_lost(
    portal: Portal, odile: FlaskClient, changes: dict[str, str], said: str
) -> None:
    values = fields(next_day(6), "10:00", "12:00", text="Ce que j'ai tapé") | changes
    answer = forms.send(odile, NEW, **values)
    assert answer.status_code == 422
    assert said in told(answer)
    assert "Ce que j'ai tapé" in html.unescape(answer.text)
    assert stored(portal) == []


def test_words_change_without_another_warning(portal: Portal, odile: FlaskClient) -> None:
    monday = next_day(0).astimezone(UTC)
    hours = {"starts_at": monday + 10 * DAY / 24, "ends_at": monday + 11 * DAY / 24}
    page = f"{LIST}/{declare(portal, **hours)}"
    form = odile.get(page)
    start = (monday + 10 * DAY / 24).astimezone(PARIS).strftime("%H:%M")
    end = (monday + 11 * DAY / 24).astimezone(PARIS).strftime("%H:%M")
    assert f'value="{start}"' in form.text
    values = fields(next_day(0), start, end, version="1", title="Autrement", reason="Plus clair")
    assert forms.send(odile, page, **values).status_code == 303
    [row] = stored(portal)
    assert (row.title, row.version) == ("Autrement", 2)
    with portal.site.sessions() as session:
        line = session.scalars(select(JournalLine).order_by(JournalLine.id.desc())).first()
    assert line is not None
    assert (line.event, line.reason) == ("window.changed", "Plus clair")


def test_of_one_that_goes_on_the_end_alone_is_asked(portal: Portal, odile: FlaskClient) -> None:
    page = f"{LIST}/{begun(portal)}"
    form = odile.get(page)
    assert 'name="start_day"' not in form.text
    assert 'name="about"' not in form.text
    later = datetime.now(PARIS) + timedelta(hours=5)
    values = {
        "title": "Plus long",
        "end_day": later.strftime("%Y-%m-%d"),
        "end_hour": later.strftime("%H:%M"),
        "version": "1",
    }
    sent = forms.send(odile, page, **values)
    assert sent.status_code == 303, told(sent)
    assert stored(portal)[0].ends_at.astimezone(PARIS).strftime("%H:%M") == values["end_hour"]


def test_of_one_that_repeats_the_last_day_alone_is_asked(
    portal: Portal, odile: FlaskClient
) -> None:
    page = f"{LIST}/{begun(portal, repeats='weekly')}"
    form = odile.get(page)
    assert 'name="end_day"' not in form.text
    last = (datetime.now(PARIS) + 60 * DAY).date()
    values = {"title": "Mise à jour", "until": last.isoformat(), "version": "1"}
    assert forms.send(odile, page, **values).status_code == 303
    assert stored(portal)[0].until == last


def test_two_at_once_the_second_is_told_and_loses_nothing(
    portal: Portal, odile: FlaskClient
) -> None:
    page = f"{LIST}/{declare(portal, version=2)}"
    values = fields(next_day(6), "10:00", "11:00", version="1", title="Le mien")
    answer = forms.send(odile, page, **values)
    assert answer.status_code == 409
    assert "Rien de ce que vous avez tapé n'est perdu" in told(answer)
    assert 'value="Le mien"' in answer.text
    again = values | {"version": hidden(answer, "version")}
    assert forms.send(odile, page, **again).status_code == 303


def test_ending_and_calling_off(portal: Portal, odile: FlaskClient) -> None:
    going_on, coming = begun(portal), declare(portal)
    current = told(odile.get(LIST))
    assert "Terminer maintenant" in current
    sent = forms.send(odile, LIST, f"{LIST}/{going_on}/terminer", version="1")
    assert sent.status_code == 303
    assert "La maintenance est terminée." in told(odile.get(LIST))
    page = f"{LIST}/{coming}/annuler"
    assert forms.send(odile, page, version="1", reason="Reportée").status_code == 303
    assert all(row.ended_at is not None for row in stored(portal))
    over = told(odile.get(f"{LIST}?liste=passees"))
    assert over.count("Terminée ou annulée") == 2
    for path in (f"{LIST}/{coming}", page):
        assert odile.get(path).status_code == 303
    assert "passée ou annulée" in told(odile.get(LIST))


def test_one_that_was_is_announced_again_with_other_days(
    portal: Portal, odile: FlaskClient
) -> None:
    number = begun(portal, text="Comme d'habitude", ended_at=datetime.now(UTC))
    form = odile.get(f"{NEW}?copie={number}")
    assert "Comme d'habitude" in html.unescape(form.text)
    assert re.search(r'name="start_day"[^>]*value="\d', form.text) is None


@pytest.mark.parametrize("owner", ["operator/asso", "academie/lyon"])
def test_what_is_anothers_is_not_there(portal: Portal, odile: FlaskClient, owner: str) -> None:
    number = begun(portal, owner=owner, title="Ce n'est pas à DNE")
    assert "pas à DNE" not in odile.get(LIST).text
    for path in (f"{LIST}/{number}", f"{LIST}/{number}/annuler", f"{NEW}?copie={number}"):
        assert odile.get(path).status_code == 404
    for deed in ("terminer", "annuler"):
        sent = forms.send(odile, NEW, f"{LIST}/{number}/{deed}", version="1")
        assert sent.status_code == 404
    assert stored(portal)[0].ended_at is None


def test_an_operator_that_there_is_not_has_no_desk(portal: Portal) -> None:
    omar = portal.signed_in(cast.OMAR)
    assert omar.get("/operateur/jamais/maintenances").status_code == 404
    assert omar.get(LIST).status_code == 200
