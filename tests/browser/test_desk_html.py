"""Every page of the desks and of one's own account is sound HTML; its links lead somewhere."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest
from werkzeug.test import TestResponse

from tests.browser import desk_visits, desk_world, html_faults
from tests.browser.desk_visit import DeskVisit
from tests.browser.desk_world import DeskWorld, Who
from tests.portal import Portal

ANSWERS = frozenset({200, 302, 303, 308, 410})
MAY_REFUSE = re.compile(r"^/[^/]+/(gestion/$|\w+/lyon\.ent\b)")
"""The footer's way to the team's screens, the same for everybody; a draft's links, of which its
preview says that they lead nowhere yet."""


@pytest.fixture
def world(portal: Portal, tmp_path: Path) -> DeskWorld:
    return desk_world.enter(portal, tmp_path)


def faults_in(answer: TestResponse, language: str) -> list[str]:
    page, faults = html_faults.read(answer.text, language)
    return [*faults, *html_faults.faults_of(page)]


def links_of(answer: TestResponse, path: str) -> set[str]:
    """Return where a page leads within the site, without those to its other language."""
    page, _ = html_faults.read(answer.text, "fr")
    links = {
        urljoin(path, target)
        for node, target in page.links()
        if node.tag == "a" and target[0] != "#" and not node.get("hreflang")
    }
    inside = {link.partition("#")[0] for link in links if not urlsplit(link).scheme}
    return {link for link in inside if not MAY_REFUSE.match(link)}


def test_each_address_answers_as_written_down(world: DeskWorld) -> None:
    found = []
    for visit in desk_visits.every():
        answer = world.client(visit.who).get(world.path(visit.path))
        is_page = answer.mimetype == "text/html" and answer.status_code != 303
        found.append(
            DeskVisit(path=visit.path, who=visit.who, status=answer.status_code, is_page=is_page)
        )
        answer.close()
    assert found == list(desk_visits.every())


@pytest.mark.parametrize(("language", "prefix"), [("fr", ""), ("en", "/en")])
def test_every_page_is_sound(world: DeskWorld, language: str, prefix: str) -> None:
    faults = [
        f"{visit.who} at {prefix}{visit.path}: {fault}"
        for visit in desk_visits.pages()
        for answer in [world.client(visit.who).get(prefix + world.path(visit.path))]
        for fault in faults_in(answer, language)
    ]
    assert faults == []


def test_nobody_is_led_to_a_page_that_refuses_them(world: DeskWorld) -> None:
    leads: dict[tuple[Who, str], str] = {}
    for visit in desk_visits.pages():
        path = world.path(visit.path)
        for link in links_of(world.client(visit.who).get(path), path):
            leads.setdefault((visit.who, link), visit.path)
    broken = []
    for (who, link), origin in leads.items():
        answer = world.client(who).get(link)
        answer.close()
        to_the_door = who is not Who.ANYBODY and "/connexion?" in answer.headers.get("Location", "")
        if answer.status_code not in ANSWERS or to_the_door:
            broken.append(f"{who} at {origin} is led to {link}: {answer.status_code}")
    assert broken == []
    assert len(leads) > 200
