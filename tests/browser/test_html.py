"""Every page of every route is sound HTML, in both languages and in each state."""

from __future__ import annotations

import re
from urllib.parse import urljoin, urlsplit

import pytest
from flask.testing import FlaskClient
from werkzeug.routing import Rule

from tests.browser import html_faults, visits
from tests.browser.desk_visits import DESK_VISITS
from tests.browser.visits import NO_ROUTE, VISITS, Visit, World
from tests.portal import Portal
from web.guards import rule_of

PREFIXES = {"fr": "", "en": "/en"}
ANSWERS = frozenset({200, 302, 303, 308, 410})
OWN_HOST = "trousse.ac-reunion.example"


@pytest.fixture(params=list(World))
def seen(request: pytest.FixtureRequest, portal: Portal) -> Portal:
    """The portal in each of the worlds."""
    visits.enter(request.param, portal)
    return portal


def get_rules(portal: Portal) -> list[Rule]:
    return [rule for rule in portal.app.url_map.iter_rules() if "GET" in (rule.methods or ())]


def shape_of(route: Rule) -> str:
    """Return its address without what its parts must look like: <number>, not <int:number>."""
    return re.sub(r"<\w+(?:\([^)]*\))?:", "<", route.rule)


def is_private(portal: Portal, route: Rule) -> bool:
    found = rule_of(portal.app, route.endpoint)
    assert found is not None, f"{route.endpoint} has no rule"
    return found.private


def faults_at(client: FlaskClient, path: str, language: str, host: str = "localhost") -> list[str]:
    text = client.get(path, headers={"Host": host}).text
    page, faults = html_faults.read(text, language)
    return [f"{path}: {fault}" for fault in (*faults, *html_faults.faults_of(page))]


def internal_links(client: FlaskClient, path: str) -> set[str]:
    answer = client.get(path)
    page, _ = html_faults.read(answer.text, "fr")
    links = {
        urljoin(path, target)
        for node, target in page.links()
        # What does not exist does not exist in the other language either.
        if node.tag == "a"
        and target[0] != "#"
        and not (node.get("hreflang") and answer.status_code != 200)
    }
    return {link.partition("#")[0] for link in links if not urlsplit(link).scheme}


def test_every_route_has_addresses_that_the_tests_visit(portal: Portal) -> None:
    private = {shape_of(route) for route in get_rules(portal) if is_private(portal, route)}
    public = {shape_of(route) for route in get_rules(portal)} - private
    assert public == set(VISITS), "a new route: give it addresses in visits.py"
    assert private == set(DESK_VISITS), "a new route: give it addresses in desk_visits.py"


def test_each_address_answers_as_written_down(portal: Portal) -> None:
    visits.enter(World.UP, portal)
    every = [visit for group in VISITS.values() for visit in group] + list(NO_ROUTE)
    found = [
        Visit(path=visit.path, status=answer.status_code, is_page=visit.is_page)
        for visit in every
        for answer in [portal.client.get(visit.path)]
    ]
    assert found == every
    for visit in every:
        is_html = portal.client.get(visit.path).mimetype == "text/html"
        assert is_html or not visit.is_page, visit.path


@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_page_is_sound(seen: Portal, language: str) -> None:
    faults = [
        fault
        for visit in visits.pages()
        for fault in faults_at(seen.client, PREFIXES[language] + visit.path, language)
    ]
    assert faults == []


@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_link_between_our_pages_answers(seen: Portal, language: str) -> None:
    prefix = PREFIXES[language]
    leads = {
        link: visit.path
        for visit in visits.pages()
        for link in internal_links(seen.client, prefix + visit.path)
    }
    broken = [
        f"{origin} leads to {link}: {answer.status_code}"
        for link, origin in sorted(leads.items())
        for answer in [seen.client.get(link)]
        if answer.status_code not in ANSWERS
    ]
    assert broken == []
    assert len(leads) > 40


def test_an_academies_own_host_has_sound_pages_too(seen: Portal) -> None:
    paths = ["/", "/services/visio", "/etat", "/souci/visio", "/lien/salle", "/ouvrir/tubes"]
    paths += ["/accessibilite", "/contact", "/inconnu"]
    assert [fault for path in paths for fault in faults_at(seen.client, path, "fr", OWN_HOST)] == []


class TestPagesThatAFormMakes:
    @pytest.mark.parametrize("language", ["fr", "en"])
    @pytest.mark.parametrize(
        "form", [{}, {"nom": "Conseil", "jour": "2026-12-03", "heure": "18:00"}]
    )
    def test_they_are_sound(self, portal: Portal, language: str, form: dict[str, str]) -> None:
        visits.enter(World.UP, portal)
        start = f"{PREFIXES[language]}/lyon/lien/salle"
        ready = portal.client.post(start, data=form).text
        fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', ready))
        texts = {"": ready} | {
            way: portal.client.post(f"{start}/{way}", data=fields).text
            for way in ("pret", "grand", "imprimer")
        }
        for way, text in texts.items():
            page, faults = html_faults.read(text, language)
            assert faults + html_faults.faults_of(page) == [], way

    @pytest.mark.parametrize("form", [{"nom": "!!!"}, {"jour": "32"}, {"heure": "18:00"}])
    def test_the_form_that_comes_back_is_sound(self, portal: Portal, form: dict[str, str]) -> None:
        page, faults = html_faults.read(
            portal.client.post("/lyon/lien/salle", data=form).text, "fr"
        )
        assert faults + html_faults.faults_of(page) == []


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_page_for_our_own_faults_is_sound(
    portal: Portal, monkeypatch: pytest.MonkeyPatch, language: str
) -> None:
    def fail(*_arguments: object, **_named: object) -> None:
        raise RuntimeError

    monkeypatch.setattr("web.portal.render_template", fail)
    path = f"{PREFIXES[language]}/lyon/services/visio"
    assert portal.client.get(path).status_code == 500
    assert faults_at(portal.client, path, language) == []


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_pages_for_wrong_hosts_and_verbs_are_sound(portal: Portal, language: str) -> None:
    path = f"{PREFIXES[language]}/lyon/"
    assert faults_at(portal.client, path, language, "ailleurs.example") == []
    page, faults = html_faults.read(portal.client.post(path).text, language)
    assert faults + html_faults.faults_of(page) == []


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ("<h1>A</h1><h1>A</h1>", "2 h1"),
        ("<h1>A</h1><h3>B</h3>", "h3 follows h1"),
        ('<h1>A</h1><p id="x"></p><p id="x"></p>', "id 'x' stands 2 times"),
        ("<h1>A</h1><input name=q>", "<input name='q'> has no label"),
        ("<h1>A</h1><button>B</button>", "button 'B' has no type"),
        ('<h1>A</h1><a href="#nulle-part">B</a>', "#nulle-part is not on the page"),
        (
            '<h1>A</h1><a href="/" target="_blank" rel="noopener">B</a>',
            "link 'B' does not say that it opens a new tab",
        ),
        ('<h1>A</h1><a href="/b"></a>', "<a href='/b'> has no name"),
    ],
)
def test_the_reader_sees_each_fault(body: str, fault: str) -> None:
    text = f'<!doctype html><html lang="fr"><title>A</title><body>{body}'
    page, faults = html_faults.read(text, "fr")
    assert faults == []
    assert html_faults.faults_of(page) == [fault]
