from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from web import markdown

PAGES = (
    "accessibilite",
    "mentions-legales",
    "donnees-personnelles",
    "cookies",
    "plan-du-site",
    "contact",
)


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("language", ["", "/en"])
def test_every_legal_page_is_there_in_both_languages(
    client: FlaskClient, page: str, language: str
) -> None:
    assert client.get(f"{language}/{page}").status_code == 200


def test_accessibility_is_never_more_than_was_declared(client: FlaskClient) -> None:
    assert "non conforme" in client.get("/accessibilite").text
    assert "Accessibilité : non conforme" in client.get("/lyon/").text.replace("\xa0", " ")


class TestOwnWords:
    @pytest.fixture
    def portal_settings(self, tmp_path: Path) -> dict[str, Any]:
        (tmp_path / "cookies.md").write_text("Pas de *cookies*.", encoding="utf-8")
        (tmp_path / "cookies.en.md").write_text("No *cookies*.", encoding="utf-8")
        return {"legal_dir": tmp_path}

    def test_a_file_goes_over_our_words_in_each_language(self, client: FlaskClient) -> None:
        assert "Pas de <em>cookies</em>." in client.get("/cookies").text
        assert "No <em>cookies</em>." in client.get("/en/cookies").text
        assert client.get("/contact").status_code == 200


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("<script>alert(1)</script>", ""),
        ("[ici](javascript:alert(1))", "ici"),
        ("[ici](https://a.example.fr)", 'href="https://a.example.fr"'),
        ("**gras**", "<strong>gras</strong>"),
    ],
)
def test_markdown_never_carries_a_script(source: str, expected: str) -> None:
    html = markdown.render(source)
    assert "<script" not in html
    assert 'href="javascript' not in html
    assert expected in html
