"""A badge says its state in words, whoever looks at it and however."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest

from monitoring.target import State
from tests.portal import Portal
from web.badges import Badge

SVG = "{http://www.w3.org/2000/svg}"


def badge(portal: Portal, service: str = "visio", start: str = "/lyon") -> ET.Element:
    answer = portal.client.get(f"{start}/etat/badges/{service}.svg")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "image/svg+xml; charset=utf-8"
    return ET.fromstring(answer.data)  # noqa: S314 - our own bytes


@pytest.mark.parametrize(
    ("state", "word"),
    [
        (State.UP, "Fonctionne"),
        (State.DOWN, "En panne"),
        (State.MAINTENANCE, "En maintenance"),
        (State.UNKNOWN, "État non vérifié"),
    ],
)
def test_it_has_a_title_and_words(portal: Portal, state: State, word: str) -> None:
    portal.set_state("visio", state)
    drawn = badge(portal)
    assert drawn.findtext(f"{SVG}title") == f"Visio-Agents\N{NO-BREAK SPACE}: {word}"
    assert [text.text for text in drawn.iter(f"{SVG}text")] == ["Visio-Agents", word]
    assert drawn.get("role") == "img"


def test_it_is_small_kept_and_asked_again_cheaply(portal: Portal) -> None:
    path = "/etat/badges/visio.svg"
    answer = portal.client.get(path)
    assert len(answer.data) < 1_500
    assert "max-age=60" in answer.headers["Cache-Control"]
    again = portal.client.get(path, headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304


@pytest.mark.parametrize(
    ("words", "drawn"),
    [
        ("Illinois", 38),
        ("WWW MMM", 70),
        ("Fonctionne", 65),
        ("État non vérifié", 92),
        ("Portail apps.education.fr", 147),
    ],
)
def test_words_are_neither_stretched_nor_squeezed(words: str, drawn: int) -> None:
    """`drawn`: as wide as Chromium draws them in DejaVu Sans."""
    badge = Badge(name=words, word=words, colour="#000")
    assert badge.left - 16 == pytest.approx(drawn, rel=0.08)


def test_it_loads_nothing_and_runs_nothing(portal: Portal) -> None:
    text = portal.client.get("/lyon/etat/badges/visio.svg").text
    assert "http" not in text.replace("http://www.w3.org/2000/svg", "")
    names = {node.tag.removeprefix(SVG) for node in badge(portal).iter()}
    assert names == {"svg", "title", "rect", "path", "g", "text"}


def test_what_nobody_watches_and_what_is_not_shown(portal: Portal) -> None:
    assert "Pas surveillé" in (badge(portal, "notes").findtext(f"{SVG}title") or "")
    assert portal.client.get("/rennes/etat/badges/framasalle.svg").status_code == 404
