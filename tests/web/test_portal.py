from __future__ import annotations

import gzip
from datetime import UTC, datetime

import pytest
from flask.testing import FlaskClient

from app import create_app
from catalogue.schema import Text
from database import writing
from instances.choices import Decision
from instances.logo import read_logo, set_logo
from instances.texts import Saying, Spotlight, TextField, say
from monitoring.target import State
from tests import images
from tests.conftest import SettingsFactory
from tests.databases import create_tables
from tests.portal import Portal


def text_of(client: FlaskClient, path: str, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status, (path, answer.status_code)
    return answer.text


def test_the_first_page_lists_every_academie(client: FlaskClient) -> None:
    text = text_of(client, "/")
    assert all(name in text for name in ("Lyon", "Rennes", "La Réunion"))


@pytest.mark.parametrize("query", ["35", "bretagne", "rennes", "awa@ac-rennes.fr"])
def test_an_academie_is_found_by_what_people_know(client: FlaskClient, query: str) -> None:
    text = client.get("/", query_string={"q": query}).text
    assert 'href="/rennes/"' in text
    assert 'href="/lyon/"' not in text


def test_a_page_shows_its_services_by_task(client: FlaskClient) -> None:
    text = text_of(client, "/lyon/")
    assert "Réunir des collègues ou des parents" in text
    assert 'href="/lyon/ouvrir/visio"' in text
    assert "Framasalle" not in text, "proposed by the nation, not shown here"
    assert "Pads de 2020" not in text


def test_the_same_page_in_english_leads_to_english_pages(client: FlaskClient) -> None:
    text = text_of(client, "/en/lyon/")
    assert 'lang="en"' in text
    assert "Meet colleagues or parents" in text
    assert 'href="/en/lyon/services/visio"' in text
    assert 'href="/lyon/"' in text, "the way back to French"


def test_search_by_form_ranks_like_search_as_one_types(client: FlaskClient) -> None:
    text = text_of(client, "/lyon/?q=zoom")
    first, second = text.index("Visio-Agents"), text.index("Rendez-vous")
    assert first < second
    assert "2 services pour" in text


def test_a_service_in_trouble_leads_to_what_to_do(portal: Portal) -> None:
    portal.set_all(State.UP)
    portal.set_state("visio", State.DOWN)
    text = text_of(portal.client, "/lyon/")
    assert 'href="/lyon/souci/visio"' in text
    assert 'href="/lyon/ouvrir/visio"' not in text
    assert "En panne depuis" in text
    assert "1 service en panne" in text


def test_one_backend_of_two_down_changes_nothing_for_people(portal: Portal) -> None:
    portal.set_all(State.UP)
    portal.set_state("visio", State.DOWN, backend="a")
    text = text_of(portal.client, "/lyon/")
    assert 'href="/lyon/ouvrir/visio"' in text
    assert "En panne" not in text


def test_a_version_never_stands_on_a_public_page(portal: Portal) -> None:
    portal.set_all(State.UP)
    for path in ("/lyon/", "/lyon/services/pad", "/lyon/etat"):
        assert "2.5.3" not in text_of(portal.client, path)


def test_a_service_page_says_everything_in_order(client: FlaskClient) -> None:
    text = text_of(client, "/lyon/services/visio")
    titles = ["À quoi ça sert", "Qui peut entrer", "Vos données", "Aide"]
    places = [text.lower().index(title.lower()) for title in titles]
    assert places == sorted(places)
    assert "<strong>salle</strong>" in text


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        ("/lyon/services/pads-2020", 410, "Les textes ont été supprimés"),
        ("/lyon/services/framasalle", 200, "pas proposé"),
        ("/lyon/services/visioo", 404, "Visio-Agents"),
        ("/paname/", 404, "paname"),
    ],
)
def test_what_is_not_here_explains_itself(
    client: FlaskClient, path: str, status: int, words: str
) -> None:
    assert words in text_of(client, path, status)


@pytest.mark.parametrize("kind", ["services", "ouvrir", "souci"])
def test_a_former_id_leads_to_the_service(client: FlaskClient, kind: str) -> None:
    answer = client.get(f"/lyon/{kind}/visio-2020")
    assert answer.status_code == 303
    assert answer.headers["Location"] == f"/lyon/{kind}/visio"


def test_the_nation_is_an_instance_like_any_other(client: FlaskClient) -> None:
    assert 'href="/national/ouvrir/visio"' in text_of(client, "/national/")


def test_an_unknown_academie_proposes_the_nearest(client: FlaskClient) -> None:
    assert 'href="/rennes/"' in text_of(client, "/renne/", 404)


def test_what_an_academie_says_of_itself_keeps_the_page_small(
    make_settings: SettingsFactory,
) -> None:
    """The offer that we ship, with a welcome, a logo, six services put forward and news."""
    portal = Portal(create_app(make_settings(public_url="http://localhost")))
    create_tables(portal.site.engine)
    portal.set_all(State.UP)
    before = len(gzip.compress(portal.client.get("/rennes/").data))
    now = datetime.now(UTC)
    by = Decision(academie="rennes", actor="account/1", now=now)
    ids = tuple(service.id for service in portal.site.snapshot.catalogue.services[:6])
    spotlight = Spotlight(title=Text(fr="Pour les conseils"), services=ids, starts=now.date())
    with writing(portal.site.sessions) as session:
        say(session, Saying(field=TextField.SPOTLIGHT, value=spotlight), by=by)
        say(session, Saying(field=TextField.WELCOME, value=Text(fr="Bienvenue. " * 27)), by=by)
        set_logo(session, read_logo(images.PNG), by=by)
    portal.site.refresh()
    page = portal.client.get("/rennes/")
    assert "Pour les conseils" in page.text
    assert len(gzip.compress(page.data)) < min(12_000, before + 1_000)
    portal.site.engine.dispose()


def test_searching_hides_what_is_put_forward(portal: Portal) -> None:
    now = datetime.now(UTC)
    by = Decision(academie="lyon", actor="account/1", now=now)
    spotlight = Spotlight(
        title=Text(fr="En avant"), services=("visio", "pad", "notes"), starts=now.date()
    )
    with writing(portal.site.sessions) as session:
        say(session, Saying(field=TextField.SPOTLIGHT, value=spotlight), by=by)
    portal.site.refresh()
    found = text_of(portal.client, "/lyon/?q=zoom")
    hidden = found[found.index('<div id="services"') :]
    assert hidden.startswith('<div id="services"\n       tabindex="-1" hidden>')
    assert "En avant" in hidden
    assert "En avant" not in found[: found.index('<div id="services"')]
