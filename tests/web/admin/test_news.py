from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from accounts.permissions import actor_of
from catalogue.schema import Text
from database import writing
from instances import choices, news, publication
from instances.choices import Decision, Hiding
from instances.models import Acknowledgement, HideReason, LocalServiceRow, ServiceChoice
from journal import JournalLine
from tests.cast import LISE, NORA, VICTOR
from tests.portal import CATALOGUE, Portal
from tests.web.admin.test_local_services import PRONOTE
from tests.web.forms import send

NEWS = "/lyon/gestion/ce-qui-change"
COUNT = 'class="desk-count">'


@pytest.fixture
def portal_settings(tmp_path: Path) -> dict[str, Any]:
    """A list of services that the nation can edit."""
    file = tmp_path / "services.yaml"
    file.write_text(CATALOGUE.read_text(encoding="utf-8"), encoding="utf-8")
    return {"catalogue": str(file)}


@pytest.fixture
def lise(portal: Portal) -> FlaskClient:
    publish(portal)
    client = portal.signed_in(LISE)
    client.get("/lyon/gestion/")
    return client


def publish(portal: Portal, *edits: tuple[str, str]) -> None:
    """Let the monitor publish the nation's list, edited."""
    sources = portal.site.sources
    text = CATALOGUE.read_text(encoding="utf-8")
    for before, after in edits:
        assert before in text
        text = text.replace(before, after)
    Path(sources.catalogue).write_text(text, encoding="utf-8")
    with writing(portal.site.sessions) as session:
        found = publication.look(sources, etag=None)
        publication.accept(session, found, sources, now=datetime.now(UTC))
    portal.site.refresh()


def decision(portal: Portal) -> Decision:
    actor = actor_of(portal.account(LISE))
    return Decision(academie="lyon", actor=actor, now=datetime.now(UTC))


def hide(portal: Portal, service_id: str, **values: Any) -> None:
    catalogue = portal.site.snapshot.catalogue
    service = catalogue.service(service_id)
    assert service is not None
    hiding = Hiding(reason=HideReason.HIERARCHY, **values)
    by = decision(portal)
    with writing(portal.site.sessions) as session:
        known = [item.id for item in catalogue.services]
        choices.hide_service(session, service, hiding, by=by, known=known)
    portal.site.refresh()


def count(client: FlaskClient) -> int:
    """Read the number on the menu."""
    text = client.get("/lyon/gestion/journal").text
    return int(text.partition(COUNT)[2].partition("<")[0]) if COUNT in text else 0


def acknowledge(client: FlaskClient, publication: str | None = None) -> str:
    text = client.get(NEWS).text
    fields = {
        name: text.partition(f'name="{name}" value="')[2].partition('"')[0]
        for name in ("csrf_token", "publication")
    }
    if publication is not None:
        fields["publication"] = publication
    answer = client.post(f"{NEWS}/lu", data=fields, follow_redirects=True)
    assert answer.status_code == 200
    return answer.text


def test_nothing_is_new_on_a_first_visit(lise: FlaskClient) -> None:
    text = lise.get(NEWS).text.replace("&#39;", "'")
    assert "Rien à revoir. Bonne journée." in text
    assert "Rien de nouveau dans la liste nationale." in text
    assert "tout est chez vous comme au niveau national" in text
    assert count(lise) == 0


def test_the_menu_counts_until_somebody_has_read(portal: Portal, lise: FlaskClient) -> None:
    publish(portal, ("title: Rendez-vous", "title: Salle vive"), ("Écrire à plusieurs", "Écrire"))
    assert count(lise) == 2
    text = lise.get(NEWS).text.replace("\xa0", " ")
    assert "Salle vive : texte changé" in text
    assert "Rendez-vous → Salle vive" in text
    assert "avez lu" in acknowledge(lise)
    assert count(lise) == 0
    with portal.site.sessions() as session:
        line = session.query(JournalLine).filter_by(event="news.acknowledged").one()
    assert line.actor == actor_of(portal.account(LISE))


def test_the_count_is_kept_while_nothing_changes(
    portal: Portal, lise: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(portal, ("title: Rendez-vous", "title: Salle vive"))
    assert count(lise) == 1
    monkeypatch.setattr(news, "read_news", None)
    assert count(lise) == 1


def test_reading_an_unknown_version_is_refused(portal: Portal, lise: FlaskClient) -> None:
    publish(portal, ("title: Rendez-vous", "title: Salle vive"))
    for wrong in ("4711", "", "pad"):
        assert "relisez-les" in acknowledge(lise, wrong)
    assert count(lise) == 1


def test_who_looks_on_reads_for_nobody(portal: Portal, lise: FlaskClient) -> None:
    publish(portal, ("title: Rendez-vous", "title: Salle vive"))
    nora = portal.signed_in(NORA)
    text = nora.get(NEWS).text
    assert "Salle vive" in text
    assert "ce-qui-change/lu" not in text
    assert count(lise) == 1


def test_looking_on_does_not_begin_anybodys_reading(portal: Portal) -> None:
    publish(portal)
    portal.signed_in(NORA).get(NEWS)
    with portal.site.sessions() as session:
        assert session.get(Acknowledgement, "lyon") is None


def test_another_academie_sees_nothing(portal: Portal, lise: FlaskClient) -> None:
    assert portal.signed_in(VICTOR).get(NEWS).status_code == 403
    assert count(lise) == 0


def test_our_choices_are_told_with_who_and_why(portal: Portal, lise: FlaskClient) -> None:
    hide(
        portal,
        "visio",
        precision="Vu avec le recteur",
        replacement_service="salle",
        review_on=date(2020, 1, 5),
    )
    text = lise.get(NEWS).text.replace("\xa0", " ")
    assert "Demande de la hiérarchie · Vu avec le recteur" in text
    assert "À la place : Rendez-vous." in text
    assert "À revoir depuis le 5 janvier 2020." in text
    assert "Lise, " in text
    assert count(lise) == 1


def test_a_missing_replacement_is_told(portal: Portal, lise: FlaskClient) -> None:
    hide(portal, "visio", replacement_service="framasalle")
    text = lise.get(NEWS).text.replace("\xa0", " ")
    assert "mène à Framasalle, qui n&#39;est pas affiché chez vous" in text
    assert count(lise) == 1


def test_a_service_that_vanishes_and_returns_is_as_we_left_it(
    portal: Portal, lise: FlaskClient
) -> None:
    service = portal.site.snapshot.catalogue.service("framasalle")
    assert service is not None
    by = decision(portal)
    with writing(portal.site.sessions) as session:
        choices.show_service(session, service, by=by)
        wording = {"summary": Text(fr="La salle de nos associations.")}
        choices.reword_service(session, service, wording, by=by)
    portal.site.refresh()
    assert "La salle de nos associations." in lise.get("/lyon/services/framasalle").text
    publish(portal, ("  - id: framasalle", "  - id: autre-salle"))
    text = lise.get(NEWS).text.replace("\xa0", " ")
    assert "Retiré de la liste nationale : Framasalle" in text
    assert "Votre choix est gardé" in text
    publish(portal)
    assert "La salle de nos associations." in lise.get("/lyon/services/framasalle").text


def entry(service_id: str) -> str:
    """Return the lines of a service in the nation's list."""
    text = CATALOGUE.read_text(encoding="utf-8")
    begin = text.index(f"  - id: {service_id}\n")
    return text[begin : text.index("\n  - id: ", begin) + 1]


def test_an_operator_that_retires_takes_its_services_and_no_decision(
    portal: Portal, lise: FlaskClient
) -> None:
    service = portal.site.snapshot.catalogue.service("framasalle")
    assert service is not None
    by = decision(portal)
    with writing(portal.site.sessions) as session:
        choices.show_service(session, service, by=by)
    portal.site.refresh()
    hide(portal, "visio", replacement_service="framasalle")
    operator = (
        "  - {id: asso, name: {fr: Une association, en: An association}, kind: association}\n"
    )
    publish(portal, (operator, ""), (entry("framasalle"), ""))
    text = lise.get(NEWS).text.replace("\xa0", " ")
    assert "Ne tient plus de service : Une association" in text
    assert "Retiré de la liste nationale : Framasalle" in text
    assert "Votre choix est gardé" in text
    assert "n&#39;est pas affiché chez vous" in text, "where Visio's old links lead"
    assert count(lise) >= 3
    for path in ("services", "", "nos-choix-expliques", "cahier-de-passation", "export-import"):
        assert lise.get(f"/lyon/gestion/{path}").status_code == 200, path
    assert "Framasalle" not in portal.client.get("/lyon/").text
    old_link = portal.client.get("/lyon/services/visio")
    assert "Framasalle" not in old_link.text, "it leads nowhere rather than to what is gone"
    assert "pas proposé" in old_link.text.replace("n&#39;est ", "")
    with portal.site.sessions() as session:
        assert session.get(ServiceChoice, ("lyon", "framasalle")) is not None


def test_a_national_newcomer_like_a_local_service_is_told_and_not_merged(
    portal: Portal, lise: FlaskClient
) -> None:
    path = "/lyon/gestion/services-locaux"
    values = {**PRONOTE, "do": "publier"}
    assert send(lise, f"{path}/modeles", f"{path}/nouveau", **values).status_code == 303
    with portal.site.sessions() as session:
        before = session.get_one(LocalServiceRow, ("lyon", "pronote")).content
    newcomer = (
        entry("notes")
        .replace("id: notes", "id: vie-scolaire")
        .replace("CodiMD", "Vie scolaire")
        .replace("Prendre des notes", "Suivre les notes")
        .replace("https://notes.example.fr", "https://pronote.example.fr")
    )
    publish(portal, (entry("notes"), entry("notes") + newcomer))
    told = lise.get(NEWS).text.replace("\xa0", " ")
    assert "Nouveau : Vie scolaire" in told
    listed = lise.get(path).text.replace("\xa0", " ")
    assert "Pronote et Vie scolaire : la même adresse" in listed
    public = portal.client.get("/lyon/").text
    assert "Pronote" in public
    assert "Vie scolaire" in public
    with portal.site.sessions() as session:
        assert session.get_one(LocalServiceRow, ("lyon", "pronote")).content == before
