"""Export, import and copy on the screen: what would change is shown before anything does."""

from __future__ import annotations

import html
import io
import re
from html.parser import HTMLParser
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import delete, func, select
from werkzeug.test import TestResponse

from accounts.permissions import Right, Role
from database import writing
from instances.models import Announcement, ServiceChoice
from journal import JournalLine
from tests import cast
from tests.instances.lyon import SIGNED, every_kind_of_decision
from tests.portal import Portal

DESK = "/lyon/gestion/export-import"
EDITOR = Right(role=Role.EDITOR, scope="lyon")


class Fields(HTMLParser):
    """What the last form of a page would send."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.values: dict[str, list[str]] = {}
        self.area: str | None = None
        self.feed(text[text.rindex("<form", 0, text.index("Remplacer nos réglages")) :])

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        about = dict(attrs)
        if tag == "input" and about.get("name"):
            self.values.setdefault(str(about["name"]), []).append(about.get("value") or "")
        if tag == "textarea":
            self.area = str(about["name"])
            self.values[self.area] = [""]

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self.area = None

    def handle_data(self, data: str) -> None:
        if self.area is not None:
            self.values[self.area][-1] += data


@pytest.fixture
def lise(portal: Portal) -> FlaskClient:
    with writing(portal.site.sessions) as session:
        session.add_all(every_kind_of_decision())
    portal.site.refresh()
    return portal.signed_in(cast.LISE)


def exported(client: FlaskClient) -> str:
    return client.get(f"{DESK}/fichier").text


def token(client: FlaskClient) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get(DESK).text)
    assert found is not None
    return found.group(1)


def upload(client: FlaskClient, text: str, **values: Any) -> TestResponse:
    data = {"csrf_token": token(client), "file": (io.BytesIO(text.encode()), "lyon.yaml")}
    return client.post(f"{DESK}/importer", data=data | values)


def confirm(client: FlaskClient, shown: TestResponse) -> TestResponse:
    action = re.search(r'action="([^"]+/(?:remplacer|reprendre))"', shown.text)
    assert action is not None, shown.text
    return client.post(action.group(1), data=Fields(shown.text).values)


def told(response: TestResponse) -> str:
    text = html.unescape(re.sub(r"<[^>]+>", "", response.text)).replace("\N{NO-BREAK SPACE}", " ")
    return re.sub(r"\s+", " ", text)


def test_the_file_is_taken_away_under_a_name_that_says_what_it_is(lise: FlaskClient) -> None:
    answer = lise.get(f"{DESK}/fichier")
    assert answer.mimetype == "application/yaml"
    assert 'attachment; filename="lyon-2' in answer.headers["Content-Disposition"]
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert answer.text.startswith("format: 1\nacademie: lyon\n")


def test_what_would_change_is_shown_then_done(lise: FlaskClient, portal: Portal) -> None:
    before = exported(lise)
    wanted = before.replace("position: 3", "position: 7").replace("outil", "tool")
    shown = upload(lise, wanted, reason="Reprise")
    assert shown.status_code == 200
    assert "1 réglage changerait." in told(shown)
    assert "Place : 3 → 7" in told(shown)
    assert exported(lise) == before, "nothing is done yet"
    done = confirm(lise, shown)
    assert done.status_code == 303
    assert "1 réglage remplacé." in told(lise.get(DESK))
    assert exported(lise) == wanted
    with portal.site.sessions() as session:
        line = session.scalars(select(JournalLine)).one()
    assert (line.event, line.subject, line.reason) == ("service.imported", "nuage", "Reprise")


def test_a_whole_file_comes_back_through_the_screen(lise: FlaskClient, portal: Portal) -> None:
    text = exported(lise)
    with writing(portal.site.sessions) as session:
        session.execute(delete(ServiceChoice))
        session.execute(delete(Announcement).where(Announcement.academie == "lyon"))
    assert exported(lise) != text
    confirm(lise, upload(lise, text))
    assert exported(lise) == text


def test_a_decision_of_meanwhile_is_not_lost(lise: FlaskClient, portal: Portal) -> None:
    shown = upload(lise, exported(lise).replace("position: 3", "position: 7"))
    with writing(portal.site.sessions) as session:
        session.get_one(ServiceChoice, ("lyon", "pad")).word = "Nouveau mot"
    refused = confirm(lise, shown)
    assert refused.status_code == 409
    assert "Un réglage a changé entre-temps" in told(refused)
    assert "Mot aux collègues : Nouveau mot → rien" in told(refused)
    assert "Nouveau mot" in exported(lise)
    assert confirm(lise, refused).status_code == 303, "confirmed with this too in view"
    assert "Nouveau mot" not in exported(lise)


def test_faults_are_said_with_their_place_and_nothing_changes(lise: FlaskClient) -> None:
    before = exported(lise)
    refused = upload(lise, before.replace("until: 2027-08-31", "until: 2027-02-31"))
    assert refused.status_code == 422
    assert re.search(r"Ligne \d+, colonne \d+ \(choices\[nuage\]\.until\) :", told(refused))
    assert exported(lise) == before


def test_no_file_at_all_is_said_beside_the_field(lise: FlaskClient) -> None:
    refused = lise.post(f"{DESK}/importer", data={"csrf_token": token(lise)})
    assert refused.status_code == 422
    assert "Choisissez le fichier à importer." in told(refused)


def test_a_refused_file_leaves_the_other_form_as_it_was(lise: FlaskClient) -> None:
    chosen = re.compile(r'(?:checked|selected)[^>]* value="([\w-]+)"')
    refused = upload(lise, "format: 9")
    assert refused.status_code == 422
    assert chosen.findall(refused.text) == chosen.findall(lise.get(DESK).text) != []


def test_a_file_of_another_academie_is_refused(lise: FlaskClient) -> None:
    other = exported(lise).replace("academie: lyon", "academie: rennes")
    refused = upload(lise, other)
    assert refused.status_code == 422
    assert "d'une autre académie (Académie de Rennes)" in told(refused)


def test_what_leads_nowhere_is_said_before(lise: FlaskClient) -> None:
    shown = upload(lise, exported(lise))
    assert "« gone-since » n'existe pas ici : son réglage est gardé" in told(shown)
    assert "Rien ne changerait" in told(shown)
    assert "Rien n'est encore fait" not in told(shown), "there is nothing to do"
    assert "Remplacer nos réglages" not in told(shown)


def test_a_file_of_a_few_hundred_kilobytes_passes(lise: FlaskClient) -> None:
    padded = exported(lise) + "# a comment\n" * 30_000
    assert upload(lise, padded.replace("position: 3", "position: 8")).status_code == 200


@pytest.fixture
def rennes(portal: Portal) -> None:
    """Rennes hides two services, one of them with a reason that is nobody else's business."""
    signed = SIGNED | {"academie": "rennes"}
    values = {"visibility": "hidden", "reason": "personal-data", "precision": "Secret de Rennes"}
    with writing(portal.site.sessions) as session:
        session.add(ServiceChoice(**signed, **values, service_id="visio"))
        session.add(ServiceChoice(**signed, service_id="tubes", position=1))
    portal.site.refresh()


def copy(client: FlaskClient, **values: Any) -> TestResponse:
    data = {
        "csrf_token": token(client),
        "source": "rennes",
        "parts": ["visibility"],
        "reason": "hierarchy",
        "precision": "",
    }
    return client.post(f"{DESK}/copier", data=data | values)


@pytest.mark.usefixtures("rennes")
def test_another_academies_choices_are_shown_then_taken(lise: FlaskClient, portal: Portal) -> None:
    shown = copy(lise)
    assert shown.status_code == 200
    assert "Secret" not in shown.text
    assert "Raison : Demande de la hiérarchie" in told(shown)
    assert confirm(lise, shown).status_code == 303
    text = exported(lise)
    assert "Secret" not in text
    assert "  - id: visio\n    visibility: hidden\n    reason: hierarchy\n" in text
    assert "position: 3" in text, "only what was ticked"
    with portal.site.sessions() as session:
        events = set(session.scalars(select(JournalLine.event)))
        n = session.scalar(select(func.count()).select_from(JournalLine))
    assert (events, n) == ({"service.copied"}, 2)


def test_a_choice_that_goes_is_not_a_service_that_goes(lise: FlaskClient) -> None:
    emptied = upload(lise, "format: 1\nacademie: lyon\n")
    assert emptied.status_code == 200
    assert "Pad Comme au niveau national" in told(emptied)
    assert "Pad Retiré" not in told(emptied)


@pytest.mark.usefixtures("rennes")
def test_a_choice_of_the_other_meanwhile_is_shown_again(lise: FlaskClient, portal: Portal) -> None:
    shown = copy(lise)
    with writing(portal.site.sessions) as session:
        session.get_one(ServiceChoice, ("rennes", "tubes")).visibility = "hidden"
    refused = confirm(lise, shown)
    assert refused.status_code == 409
    assert "Tubes" in told(refused)
    assert confirm(lise, refused).status_code == 303


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"source": ""}, "Choisissez une académie de la liste."),
        ({"source": "lyon"}, "Choisissez une académie de la liste."),
        ({"parts": []}, "Cochez au moins une chose à copier."),
        ({"reason": "none"}, "Choisissez une raison de la liste."),
        ({"precision": "x" * 301}, "300 caractères au plus."),
    ],
)
def test_an_incomplete_copy_says_what_is_missing(
    lise: FlaskClient, values: dict[str, Any], words: str
) -> None:
    refused = copy(lise, **values)
    assert refused.status_code == 422
    assert words in told(refused)


def test_an_editor_takes_the_file_away_and_replaces_nothing(portal: Portal) -> None:
    editor = portal.signed_in(cast.LISE, EDITOR)
    assert editor.get(f"{DESK}/fichier").status_code == 200
    assert "réservé aux responsables" in told(editor.get(DESK))
    data = {"csrf_token": "x"}
    for path in ("importer", "remplacer", "copier", "reprendre"):
        assert editor.post(f"{DESK}/{path}", data=data).status_code == 403


def test_victor_gets_nothing_of_lyon(portal: Portal) -> None:
    victor = portal.signed_in(cast.VICTOR)
    assert victor.get(f"{DESK}/fichier").status_code == 403
    assert victor.get(DESK).status_code == 403
