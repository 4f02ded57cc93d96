from __future__ import annotations

import re
import socket
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from html import unescape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_network
from threading import BoundedSemaphore, Thread
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from accounts.permissions import Right, Role
from database import writing
from instances.models import LocalServiceRow
from instances.schema import LocalService
from journal import JournalLine
from tests import cast
from tests.portal import Portal
from web.admin import probe_now

DESK = "/lyon/gestion/services-locaux"
PRONOTE = {
    "title": "Pronote",
    "task": "Saisir les notes",
    "icon": "releve",
    "category": "parler",
    "users_agents": "direct",
    "sign_in": "agent",
    "launch_kind": "link",
    "stage": "stable",
    "visibility": "public",
    "version": "0",
    "serveurs": "1",
    "serveur-0-url": "https://pronote.example.fr",
    "serveur-0-profile": "http",
}


@pytest.fixture
def portal_settings() -> dict[str, Any]:
    return {"probe_allowed_networks": (ip_network("127.0.0.0/8"),)}


@pytest.fixture
def lise(portal: Portal) -> FlaskClient:
    return portal.signed_in(cast.LISE)


@pytest.fixture
def backend() -> Iterator[str]:
    """A real server on loopback that answers every address."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"Bienvenue")

        def log_message(self, *_args: object) -> None:
            """Stay quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    thread.join()
    server.server_close()


def token(client: FlaskClient, path: str = f"{DESK}/modeles") -> str:
    """Read the token of forms from a screen that everybody who decides may see."""
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get(path).text)
    assert found is not None
    return found[1]


def send(client: FlaskClient, path: str, **values: Any) -> TestResponse:
    return client.post(path, data={"csrf_token": token(client), **values})


def write(client: FlaskClient, do: str = "publier", **changes: Any) -> TestResponse:
    return send(client, f"{DESK}/nouveau", **{**PRONOTE, **changes, "do": do})


def words(response: TestResponse) -> str:
    """Return the page as it is read: entities resolved, every space an ordinary one."""
    return re.sub(r"\s+", " ", unescape(response.text))


def row(portal: Portal, name: str) -> LocalServiceRow | None:
    with portal.site.sessions() as session:
        return session.get(LocalServiceRow, ("lyon", name))


def version(portal: Portal, name: str) -> int:
    found = row(portal, name)
    assert found is not None
    return found.version


def lines(portal: Portal) -> list[JournalLine]:
    with portal.site.sessions() as session:
        return list(session.scalars(select(JournalLine).order_by(JournalLine.id)))


def test_an_empty_list_says_what_to_begin_with(lise: FlaskClient) -> None:
    text = words(lise.get(DESK))
    assert "Ajoutez ce que vos collègues cherchent le plus" in text
    assert "Ajouter un service" in text


def test_every_model_opens_the_form_with_all_but_the_address(lise: FlaskClient) -> None:
    models = re.findall(r"nouveau\?modele=([a-z]+)", lise.get(f"{DESK}/modeles").text)
    assert {"ent", "pronote", "arena", "magistere", "pix", "pmb", "moodle"} <= set(models)
    for model in models:
        assert lise.get(f"{DESK}/nouveau?modele={model}").status_code == 200
    text = lise.get(f"{DESK}/nouveau?modele=pronote").text
    assert 'value="Pronote"' in text
    assert re.search(r'<input checked id="icon-\d+" name="icon" type="radio" value="releve"', text)


def test_title_task_and_address_are_enough(portal: Portal, lise: FlaskClient) -> None:
    form = lise.get(f"{DESK}/nouveau").text
    filled = dict(re.findall(r'<input checked[^>]* name="(\w+)"[^>]* value="([^"]+)"', form))
    chosen = re.findall(r'<select[^>]* name="([\w-]+)">(.*?)</select>', form, re.DOTALL)
    for name, options in chosen:
        selected = re.search(r'<option selected value="([^"]*)"', options)
        filled[name] = selected[1] if selected else ""
    typed = {"title": "ENT", "task": "Ouvrir l'ENT", "serveur-0-url": "https://ent.example.fr"}
    answer = send(
        lise, f"{DESK}/nouveau", **filled, **typed, serveurs="1", version="0", do="publier"
    )
    assert answer.status_code == 303
    assert "Ouvrir l&#39;ENT" in portal.client.get("/lyon/").text


def test_a_published_service_stands_wherever_services_stand(
    portal: Portal, lise: FlaskClient
) -> None:
    assert write(lise, keywords="bulletin, absences").status_code == 303
    teacher = portal.client
    home = words(teacher.get("/lyon/"))
    assert "Saisir les notes" in home
    assert "Service de votre académie" in home
    assert 'data-id="lyon.pronote"' in home
    assert "Saisir les notes" in words(teacher.get("/lyon/?q=absences"))
    page = teacher.get("/lyon/services/lyon.pronote")
    assert page.status_code == 200
    assert "Service de votre académie" in words(page)
    assert "Tenu par l’académie de Lyon" in words(page)
    opened = teacher.get("/lyon/ouvrir/lyon.pronote")
    assert (opened.status_code, opened.location) == (303, "https://pronote.example.fr")
    assert teacher.get("/lyon/souci/lyon.pronote").status_code == 200
    assert teacher.get("/lyon/etat").status_code == 200
    assert "lyon.pronote" in teacher.get("/metrics").text
    assert "Saisir les notes" not in words(teacher.get("/rennes/"))
    assert teacher.get("/rennes/services/lyon.pronote").status_code == 404


def test_a_draft_may_be_incomplete_and_is_nobody_elses(portal: Portal, lise: FlaskClient) -> None:
    answer = write(lise, "brouillon", task="", **{"serveur-0-url": "pas une adresse"})
    assert answer.status_code == 303
    form = lise.get(answer.location).text
    assert 'value="pas une adresse"' in form
    assert "Pronote" not in portal.client.get("/lyon/").text
    assert portal.client.get("/lyon/services/lyon.pronote").status_code == 404
    preview = words(lise.get(f"{DESK}/pronote/apercu"))
    assert "À corriger avant de publier" in preview
    assert "Dites ce qu'on vient y faire" in preview


def test_what_is_wrong_is_said_beside_its_field_and_nothing_typed_is_lost(
    portal: Portal, lise: FlaskClient
) -> None:
    answer = write(
        lise,
        title="x" * 61,
        choose_when="Plutôt pour celles et ceux qui notent beaucoup",
        until="2027-01-01",
        **{"serveur-0-url": "pronote", "serveur-0-codes": "deux cents"},
    )
    assert answer.status_code == 422
    text = answer.text
    for field in ("title", "choose_when", "takeout", "serveur-0-url", "serveur-0-codes"):
        assert f'id="{field}-erreur"' in text, field
    assert "Écrivez une adresse web comme" in words(answer)
    assert "string_too_long" not in text
    assert "should" not in text
    assert 'value="deux cents"' in text
    assert row(portal, "pronote") is None


def test_a_task_that_stands_on_the_page_is_refused_with_the_name_of_who_has_it(
    lise: FlaskClient,
) -> None:
    answer = write(lise, task="Écrire à plusieurs")
    assert answer.status_code == 422
    assert "Pad a déjà cette tâche sur votre page" in words(answer)


def test_two_local_services_never_share_a_task(lise: FlaskClient) -> None:
    write(lise)
    answer = write(lise, title="Autre")
    assert answer.status_code == 422
    assert "Pronote a déjà cette tâche" in words(answer)


def test_a_task_of_a_hidden_or_not_offered_service_is_free(lise: FlaskClient) -> None:
    assert write(lise, task="Écrire comme en 2020").status_code == 303


def test_the_preview_shows_the_tile_and_the_page_before_anybody_else_sees_them(
    portal: Portal, lise: FlaskClient
) -> None:
    answer = write(lise, "apercu", description="Pour **noter**.")
    assert answer.location == f"{DESK}/pronote/apercu"
    assert "Saisir les notes" in words(lise.get(answer.location))
    page = lise.get(f"{answer.location}/page")
    assert "<strong>noter</strong>" in page.text
    assert page.headers["Cache-Control"] == "private, no-store"
    assert "Saisir les notes" not in words(portal.client.get("/lyon/"))


def test_the_published_one_stays_until_the_new_one_is_published(
    portal: Portal, lise: FlaskClient
) -> None:
    write(lise)
    change = {**PRONOTE, "task": "Noter les élèves", "title": "Pronote 2"}
    change["version"] = str(version(portal, "pronote"))
    path = f"{DESK}/pronote/modifier"
    assert send(lise, path, **change, do="brouillon").status_code == 303
    assert "Saisir les notes" in words(portal.client.get("/lyon/"))
    assert "Sur la page, avec un brouillon" in words(lise.get(DESK))
    publish = send(lise, f"{DESK}/pronote/publier", version=version(portal, "pronote"))
    assert publish.status_code == 303
    assert "Noter les élèves" in words(portal.client.get("/lyon/"))
    # Its address was public: it keeps it whatever its title.
    assert portal.client.get("/lyon/services/lyon.pronote").status_code == 200


def test_a_name_follows_the_title_until_it_is_published(portal: Portal, lise: FlaskClient) -> None:
    write(lise, "brouillon", title="Mon service")
    change = {**PRONOTE, "title": "Pronote", "version": str(version(portal, "mon-service"))}
    answer = send(lise, f"{DESK}/mon-service/modifier", **change, do="brouillon")
    assert answer.location == f"{DESK}/pronote/modifier"
    assert row(portal, "mon-service") is None


def test_a_form_of_a_service_that_was_renamed_meanwhile_comes_back_whole(
    lise: FlaskClient,
) -> None:
    answer = send(lise, f"{DESK}/ancien-nom/modifier", **PRONOTE, do="brouillon")
    assert answer.status_code == 409
    assert f'action="{DESK}/nouveau"' in answer.text
    assert 'value="Saisir les notes"' in answer.text


@pytest.mark.parametrize("odd", ["texte", 3, None, [1, None, "x"], {"fr": 4, "x": []}])
def test_a_draft_that_came_from_a_file_may_hold_anything(
    portal: Portal, lise: FlaskClient, odd: Any
) -> None:
    fields = {*LocalService.model_fields, "inconnu"} - {"id"}
    with writing(portal.site.sessions) as session:
        values = {"version": 1, "updated_at": datetime.now(UTC), "updated_by": "cli"}
        draft = dict.fromkeys(fields, odd)
        session.add(LocalServiceRow(academie="lyon", name="odd", draft=draft, **values))
    for path in ("", "/odd/modifier", "/odd/apercu"):
        assert lise.get(f"{DESK}{path}").status_code == 200
    change = {**PRONOTE, "version": "1"}
    assert send(lise, f"{DESK}/odd/modifier", **change, do="brouillon").status_code == 303


def test_two_people_who_write_at_once_lose_nothing(portal: Portal, lise: FlaskClient) -> None:
    write(lise)
    seen = version(portal, "pronote")
    other = portal.signed_in(
        cast.Person(name="Paul", email="paul@ac-lyon.fr"), Right(role=Role.EDITOR, scope="lyon")
    )
    path = f"{DESK}/pronote/modifier"
    first = {**PRONOTE, "task": "Noter", "version": str(seen)}
    assert send(other, path, **first, do="publier").status_code == 303
    second = {**PRONOTE, "task": "Évaluer", "version": str(seen)}
    answer = send(lise, path, **second, do="publier")
    assert answer.status_code == 409
    assert "Paul a changé ceci" in words(answer)
    assert "Tâche : Noter" in words(answer)
    assert 'value="Évaluer"' in answer.text
    again = {**second, "version": str(version(portal, "pronote"))}
    assert send(lise, path, **again, do="publier").status_code == 303
    assert "Évaluer" in words(portal.client.get("/lyon/"))


def test_a_retired_service_leaves_and_its_old_links_lead_on(
    portal: Portal, lise: FlaskClient
) -> None:
    write(lise)
    answer = send(
        lise,
        f"{DESK}/pronote/retirer",
        version=version(portal, "pronote"),
        replaced_by="notes",
        word="Vos notes restent lisibles.",
        reason="Marché terminé",
    )
    assert answer.status_code == 303
    assert "Saisir les notes" not in words(portal.client.get("/lyon/"))
    for path in ("services", "ouvrir", "souci"):
        old = portal.client.get(f"/lyon/{path}/lyon.pronote")
        assert old.status_code == 410
        assert "Pronote n'est plus proposé dans l’académie de Lyon" in words(old)
        assert "À la place : CodiMD" in words(old)
        assert "Vos notes restent lisibles." in words(old)
    assert lines(portal)[-1].reason == "Marché terminé"


def test_a_retired_service_can_be_put_back(portal: Portal, lise: FlaskClient) -> None:
    write(lise)
    send(lise, f"{DESK}/pronote/retirer", version=version(portal, "pronote"), replaced_by="")
    assert "Remettre sur la page" in words(lise.get(DESK))
    answer = send(lise, f"{DESK}/pronote/remettre")
    assert answer.status_code == 303
    assert portal.client.get("/lyon/services/lyon.pronote").status_code == 200


def test_what_was_retired_is_not_put_back_over_a_task_that_was_taken_meanwhile(
    portal: Portal, lise: FlaskClient
) -> None:
    write(lise)
    send(lise, f"{DESK}/pronote/retirer", version=version(portal, "pronote"), replaced_by="")
    write(lise, title="Autre")
    answer = send(lise, f"{DESK}/pronote/remettre")
    assert answer.location == f"{DESK}/pronote/modifier"
    assert portal.client.get("/lyon/services/lyon.pronote").status_code == 410


def test_a_draft_that_was_never_published_can_be_deleted(portal: Portal, lise: FlaskClient) -> None:
    write(lise, "brouillon")
    answer = send(lise, f"{DESK}/pronote/abandonner", version=version(portal, "pronote"))
    assert answer.status_code == 303
    assert row(portal, "pronote") is None
    assert lines(portal)[-1].event == "local-service.deleted"


def test_each_decision_is_one_line_with_what_it_was_and_what_it_became(
    portal: Portal, lise: FlaskClient
) -> None:
    write(lise, contact="Paul Durand, paul@ac-lyon.fr")
    change = {**PRONOTE, "task": "Noter", "version": "1", "contact": "Léa", "reason": "Plus court"}
    send(lise, f"{DESK}/pronote/modifier", **change, do="publier")
    first, second = lines(portal)
    assert (first.event, first.subject) == ("local-service.published", "lyon.pronote")
    assert first.before is None or "title" not in first.before
    assert second.before == {
        "task": {"fr": "Saisir les notes"},
        "contact": True,
        "summary": {"fr": "Saisir les notes"},
    }
    assert second.after == {"task": {"fr": "Noter"}, "contact": True, "summary": {"fr": "Noter"}}
    assert second.reason == "Plus court"
    assert "Durand" not in repr((first.after, second.before))


def test_a_verification_is_tried_at_once_and_the_form_comes_back_whole(
    portal: Portal, lise: FlaskClient, backend: str
) -> None:
    answer = write(lise, "essayer-0", **{"serveur-0-url": backend})
    assert answer.status_code == 200
    assert "Ça marche : le service répond comme il faut." in words(answer)
    assert "millisecondes" in words(answer)
    assert f'value="{backend}"' in answer.text
    assert 'value="Saisir les notes"' in answer.text
    assert row(portal, "pronote") is None


def test_a_text_that_is_not_there_is_told(lise: FlaskClient, backend: str) -> None:
    answer = write(lise, "essayer-0", **{"serveur-0-url": backend, "serveur-0-text": "Adieu"})
    assert "Le texte attendu n'est pas sur la page." in words(answer)


def test_the_second_server_is_tried_by_its_own_button(lise: FlaskClient, backend: str) -> None:
    second = {"serveur-1-url": backend, "serveur-1-profile": "http", "serveurs": "2"}
    text = words(write(lise, "essayer-1", **second))
    assert text.index("Ça marche") > text.index('id="serveur-1"')


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("http://10.0.0.1/", "Cette adresse est celle d'un réseau privé"),
        ("http://169.254.169.254/latest/", "Cette adresse est celle d'un réseau privé"),
        ("http://127.0.0.1:22/", "Ce port n'est pas de ceux"),
    ],
)
def test_an_address_that_cannot_be_looked_at_says_why(
    lise: FlaskClient, url: str, said: str
) -> None:
    answer = write(lise, "essayer-0", **{"serveur-0-url": url})
    assert answer.status_code == 200
    assert said in words(answer)


def test_a_server_that_is_off_says_so(lise: FlaskClient, free_port: Callable[[], int]) -> None:
    url = f"http://127.0.0.1:{free_port()}/"
    assert "rien n'écoute à cette adresse" in words(
        write(lise, "essayer-0", **{"serveur-0-url": url})
    )


def test_something_that_is_no_address_is_not_looked_at(lise: FlaskClient) -> None:
    answer = write(lise, "essayer-0", **{"serveur-0-url": "pronote"})
    assert answer.status_code == 422
    assert 'id="serveur-0-url-erreur"' in answer.text


def test_nobody_looks_more_often_than_their_share(lise: FlaskClient, backend: str) -> None:
    answers = [words(write(lise, "essayer-0", **{"serveur-0-url": backend})) for _ in range(24)]
    # A minute may end in between: at most two shares of ten.
    assert sum("Ça marche" in text for text in answers) <= 20
    assert any("attendez une minute" in text for text in answers)


def test_what_is_reserved_to_agents_has_a_preview_and_no_public_page(
    portal: Portal, lise: FlaskClient
) -> None:
    preview = words(lise.get(write(lise, "apercu", visibility="agents").location))
    assert "Saisir les notes" in preview
    assert "Seuls les agents qui ont ouvert une session le verront." in preview
    send(lise, f"{DESK}/pronote/publier", version=version(portal, "pronote"))
    assert "Voir comme un collègue" not in words(lise.get(DESK))
    assert portal.client.get("/lyon/services/lyon.pronote").status_code == 404


@pytest.fixture
def silent() -> Iterator[str]:
    """A server that takes connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/"


def test_a_server_that_never_answers_does_not_hold_the_worker(
    lise: FlaskClient, silent: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(probe_now, "SECONDS", 0.3)
    text = words(write(lise, "essayer-0", **{"serveur-0-url": silent}))
    assert "Pas de réponse à temps." in text


def test_a_third_look_at_the_same_time_is_asked_to_come_back(
    lise: FlaskClient, silent: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(probe_now, "_PATIENCE", 0.1)
    turns = BoundedSemaphore(probe_now.AT_ONCE)
    monkeypatch.setattr(probe_now, "_turns", turns)
    for _ in range(probe_now.AT_ONCE):
        turns.acquire()
    text = words(write(lise, "essayer-0", **{"serveur-0-url": silent}))
    assert "D'autres essais sont en cours" in text


def test_another_server_is_one_more_line(lise: FlaskClient) -> None:
    answer = write(lise, "serveur")
    assert 'name="serveur-1-url"' in answer.text
    second = {"serveur-1-url": "https://p2.example.fr", "serveur-1-weight": "3", "serveurs": "2"}
    assert write(lise, **second).status_code == 303


def test_who_looks_on_sees_the_same_without_buttons(portal: Portal, lise: FlaskClient) -> None:
    write(lise)
    nora = portal.signed_in(cast.NORA)
    text = words(nora.get(DESK))
    assert "Pronote" in text
    assert "Ajouter un service" not in text
    form = nora.get(f"{DESK}/pronote/modifier")
    assert form.status_code == 200
    assert 'name="do"' not in form.text
    assert nora.get(f"{DESK}/modeles").status_code == 403
    assert nora.post(f"{DESK}/nouveau", data={}).status_code in (400, 403)


def test_versailles_sees_and_touches_nothing_of_lyon(portal: Portal, lise: FlaskClient) -> None:
    write(lise)
    victor = portal.signed_in(cast.VICTOR)
    for path in ("", "/modeles", "/nouveau", "/pronote/modifier", "/pronote/apercu"):
        assert victor.get(f"{DESK}{path}").status_code in (403, 404)


def test_english_of_words_that_did_not_change_is_kept(portal: Portal, lise: FlaskClient) -> None:
    model = {**PRONOTE, "modele": "pronote", "task": "Faire l'appel et saisir les notes"}
    send(lise, f"{DESK}/nouveau", **model, do="publier")
    found = row(portal, "pronote")
    assert found is not None
    assert found.content is not None
    assert found.content["task"]["en"] == "Take the register and enter marks"
    assert "summary" in found.content


def test_a_national_service_that_is_alike_is_told_on_the_list(lise: FlaskClient) -> None:
    write(lise, **{"serveur-0-url": "https://notes.example.fr/lyon"})
    assert "Pronote et CodiMD : la même adresse" in words(lise.get(DESK))
