"""Who is told, what waits and why; Omar tests and gives up, Nora looks on."""

from __future__ import annotations

import html
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from database import writing
from journal import JournalLine
from monitoring import outbox
from monitoring.models import Alert
from tests import cast
from tests.portal import Portal
from tests.web.forms import own_token, send, token_of

SCREEN = "/ops/alertes"
SECRET = "json://omar:motdepasse@hooks.example.fr/jeton"
ROUTES = f"""
routes:
  - name: astreinte
    to: {SECRET}
    severities: major
    academies: [lyon, atlantide]
    operators: dne
    quiet: {{from: 22:00, to: 7:00, days: [fri, sat], even_at_night: true}}
    reminder_hours: 4
  - name: equipe
    to_file: nulle-part
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "alerts.yaml"
    file.write_text(ROUTES, encoding="utf-8")
    return file


@pytest.fixture
def portal_settings(file: Path) -> dict[str, object]:
    return {"alerts": file}


def add(portal: Portal, **changes: object) -> int:
    now = datetime.now(UTC)
    values = {
        "subject": "network/1790000000",
        "event": "network",
        "route": "astreinte",
        "content": {"since": 1790000000.0, "until": None},
        "due_at": now,
        "now": now,
    }
    with writing(portal.site.sessions) as session:
        outbox.add(session, **values | changes)  # type: ignore[arg-type]
        return session.scalars(select(Alert.id)).one()


def said(portal: Portal) -> str:
    page = html.unescape(portal.signed_in(cast.OMAR).get(SCREEN).text)
    return page.replace("\N{NO-BREAK SPACE}", " ")


def test_each_route_says_what_it_gets_and_never_its_address(portal: Portal) -> None:
    page = said(portal)
    assert "astreinte" in page
    assert "json://…" in page
    for words in (
        "Gravité : en panne",
        "Évènements : tout",
        "Se tait de 22 h à 7 h, les vendredi, samedi, sauf panne",
        "Rappel toutes les 4 heures",
        "Personne ne connaît : atlantide.",
        "Son adresse n'est pas lisible d'ici. Si la surveillance ne la connaît pas non plus",
        "Rien n'attend.",
    ):
        assert words in page
    for secret in ("motdepasse", "hooks.example.fr", "jeton"):
        assert secret not in page


def test_a_broken_file_is_told_line_by_line(portal: Portal, file: Path) -> None:
    file.write_text("routes:\n  - name: Astreinte\n    to: motdepasse\n", encoding="utf-8")
    page = said(portal)
    assert "alerts.yaml, line 2: routes[0].name" in page
    assert "les dernières bonnes règles restent en vigueur" in page
    assert "motdepasse" not in page


def test_what_waits_says_why(portal: Portal) -> None:
    number = add(portal)
    with writing(portal.site.sessions) as session:
        row = session.get_one(Alert, number)
        row.attempts, row.error = 7, "http-503"
    page = said(portal)
    assert "1 message attend." in page
    assert "Notre réseau est en cause" in page
    assert "Pas parti : son serveur a répondu par l'erreur 503." in page
    assert "En retard" in page
    assert "7 essais" in page


def test_omar_sends_a_test_which_the_monitor_takes(portal: Portal) -> None:
    omar = portal.signed_in(cast.OMAR)
    answer = send(omar, SCREEN, f"{SCREEN}/regles/astreinte/essai")
    assert answer.status_code == 303
    with portal.site.sessions() as session:
        (row,) = session.scalars(select(Alert))
        (line,) = session.scalars(select(JournalLine))
    assert (row.event, row.route) == ("test", "astreinte")
    assert (line.event, line.subject) == ("alert.tested", "astreinte")


def test_omar_gives_a_message_up(portal: Portal) -> None:
    omar, number = portal.signed_in(cast.OMAR), add(portal)
    answer = send(omar, SCREEN, f"{SCREEN}/{number}/abandonner")
    assert answer.status_code == 303
    assert "Rien n'attend." in said(portal)
    token = token_of(omar, SCREEN)
    again = omar.post(f"{SCREEN}/{number}/abandonner", data={"csrf_token": token})
    assert again.status_code == 303
    assert "Trop tard" in omar.get(SCREEN).text


def test_nora_looks_on(portal: Portal) -> None:
    add(portal)
    nora = portal.signed_in(cast.NORA)
    page = nora.get(SCREEN).text
    assert "Envoyer un essai" not in page
    assert "Ne plus l'envoyer" not in page
    form = {"csrf_token": own_token(nora)}
    assert nora.post(f"{SCREEN}/regles/astreinte/essai", data=form).status_code == 403


def test_a_route_that_does_not_exist_is_not_tested(portal: Portal) -> None:
    omar = portal.signed_in(cast.OMAR)
    assert send(omar, SCREEN, f"{SCREEN}/regles/autre/essai").status_code == 404


class TestWithoutAFile:
    @pytest.fixture
    def portal_settings(self) -> dict[str, object]:
        return {}

    def test_the_screen_says_how_to_begin(self, portal: Portal) -> None:
        page = said(portal)
        assert "Personne n'est prévenu" in page
        assert "TROUSSE_ALERTS" in page
