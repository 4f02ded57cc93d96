"""Lise announces maintenance of what Lyon runs itself, and of nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from accounts.permissions import Right, Role
from catalogue.schema import Backend
from database import writing
from instances import choices
from instances.choices import Decision
from journal import JournalLine
from monitoring.models import MaintenanceWindow
from tests import cast
from tests.browser import desk_local_services
from tests.portal import Portal
from tests.web import forms
from tests.web.operator.test_window_clocks import FORWARD, night_of_change
from tests.web.operator.windows import fields, next_day, told

LIST = "/lyon/gestion/maintenances"
NEW = f"{LIST}/nouvelle"


@pytest.fixture
def lise(portal: Portal) -> FlaskClient:
    """Lise, whose académie has services of its own, and Visio-Agents at its own address."""
    by = Decision(academie="lyon", actor="account/1", now=datetime.now(UTC))
    visio = portal.site.snapshot.catalogue.service("visio")
    assert visio is not None
    own = Backend.model_validate({"id": "propre-1", "url": "https://v.ac-lyon.fr/"})
    with writing(portal.site.sessions) as session:
        choices.set_backends(session, visio, [own], by=by)
    desk_local_services.add(portal, by)
    portal.site.refresh()
    return portal.signed_in(cast.LISE)


def stored(portal: Portal) -> list[MaintenanceWindow]:
    with portal.site.sessions() as session:
        return list(session.scalars(select(MaintenanceWindow)))


def sunday(**changes: Any) -> Mapping[str, Any]:
    return fields(next_day(6), "10:00", "12:00", about="service/lyon:pronote") | changes


def test_what_the_academie_runs_is_announced_in_its_own_hours(
    portal: Portal, lise: FlaskClient
) -> None:
    sent = forms.send(lise, NEW, **sunday())
    assert sent.status_code == 303, told(sent)
    [row] = stored(portal)
    assert (row.owner, row.scope, row.value) == ("academie/lyon", "service", "lyon:pronote")
    with portal.site.sessions() as session:
        lines = session.scalars(select(JournalLine).where(JournalLine.event == "window.declared"))
        assert [line.academie for line in lines] == ["lyon"]
    journal = told(lise.get("/lyon/gestion/journal"))
    assert "Maintenance annoncée" in journal
    assert "Mise à jour" in told(lise.get(LIST))


def test_an_address_of_its_own_is_its_to_work_on(portal: Portal, lise: FlaskClient) -> None:
    sent = forms.send(lise, NEW, **sunday(about="service/lyon:visio"))
    assert sent.status_code == 303
    assert stored(portal)[0].value == "lyon:visio"


@pytest.mark.parametrize(
    "about",
    ["service/visio", "service/pad", "operator/dne", "backend/visio/a", "service/rennes:visio",
     "service/lyon:pad", "service/lyon:jamais"],
)  # fmt: skip
def test_what_others_run_is_refused(portal: Portal, lise: FlaskClient, about: str) -> None:
    answer = forms.send(lise, NEW, **sunday(about=about))
    assert answer.status_code == 422
    assert "Choisissez ce sur quoi vous travaillez." in told(answer)
    assert stored(portal) == []


def test_its_own_classes_are_spared_too(portal: Portal, lise: FlaskClient) -> None:
    monday = fields(next_day(0), "16:00", "17:00", about="service/lyon:pronote")
    warned = forms.send(lise, NEW, **monday)
    assert "1 académie est en pleine journée de classe : Lyon." in told(warned)
    assert "de 18 h à 19 h" in told(warned)
    assert stored(portal) == []


def test_an_hour_that_clocks_skip_is_told_to_an_academie_too(
    portal: Portal, lise: FlaskClient
) -> None:
    night = fields(night_of_change(FORWARD), "02:30", "04:00", about="service/lyon:pronote")
    assert "l'heure demandée n'existe pas, ce sera 3 h 30." in told(forms.send(lise, NEW, **night))
    assert stored(portal) == []


def test_an_academie_that_runs_nothing_has_nothing_to_announce(portal: Portal) -> None:
    victor = portal.signed_in(cast.VICTOR, Right(role=Role.MANAGER, scope="rennes"))
    page = victor.get("/rennes/gestion/maintenances")
    assert "Vous ne tenez aucun service" in told(page)
    assert 'href="/rennes/gestion/services-locaux">Nos services à nous</a>' in page.text


def test_victor_sees_and_touches_nothing_of_lyons(portal: Portal, lise: FlaskClient) -> None:
    forms.send(lise, NEW, **sunday(title="Secret de Lyon"))
    [row] = stored(portal)
    victor = portal.signed_in(cast.VICTOR, Right(role=Role.MANAGER, scope="rennes"))
    assert "Secret" not in victor.get("/rennes/gestion/maintenances?liste=a-venir").text
    page = "/rennes/gestion/maintenances/nouvelle"
    for path in (f"{row.id}", f"{row.id}/annuler", f"nouvelle?copie={row.id}"):
        assert victor.get(f"/rennes/gestion/maintenances/{path}").status_code == 404
        assert victor.get(f"{LIST}/{path}").status_code == 403
    for deed in (f"{row.id}", f"{row.id}/annuler", f"{row.id}/terminer"):
        sent = forms.send(victor, page, f"/rennes/gestion/maintenances/{deed}", **sunday())
        assert sent.status_code in (404, 422)
    assert (stored(portal)[0].version, stored(portal)[0].ended_at) == (1, None)


def test_nora_reads_the_list_without_buttons(portal: Portal, lise: FlaskClient) -> None:
    forms.send(lise, NEW, **sunday())
    seen = portal.signed_in(cast.NORA).get(f"{LIST}?liste=a-venir")
    assert "Mise à jour" in seen.text
    assert "Annoncer une maintenance" not in seen.text
    assert "/annuler" not in seen.text


def test_hours_are_those_of_the_academie(portal: Portal) -> None:
    """An académie four zones away types its own hours."""
    by = Decision(academie="reunion", actor="account/1", now=datetime.now(UTC))
    visio = portal.site.snapshot.catalogue.service("visio")
    assert visio is not None
    own = Backend.model_validate({"id": "propre-1", "url": "https://v.ac-reunion.fr/"})
    with writing(portal.site.sessions) as session:
        choices.set_backends(session, visio, [own], by=by)
    portal.site.refresh()
    rose = portal.signed_in(
        cast.Person(name="Rose", email="rose@ac-reunion.fr"),
        Right(role=Role.MANAGER, scope="reunion"),
    )
    page = "/reunion/gestion/maintenances/nouvelle"
    values = fields(next_day(6), "10:00", "11:00", about="service/reunion:visio")
    refused = forms.send(rose, page, **values)
    assert "Choisissez l'un de ces fuseaux." in told(refused)
    sent = forms.send(rose, page, **(values | {"zone": "Indian/Reunion"}))
    assert sent.status_code == 303
    [row] = stored(portal)
    local = row.starts_at.astimezone(ZoneInfo("Indian/Reunion"))
    assert (local.hour, row.timezone) == (10, "Indian/Reunion")
    assert row.ends_at - row.starts_at == timedelta(hours=1)
