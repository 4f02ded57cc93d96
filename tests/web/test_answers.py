"""What holds for every address: headers, errors, well-known files."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from typing import Any

import pytest
from flask.testing import FlaskClient

from instances import page as page_module
from tests.portal import Portal

EVERY_KIND = (
    "/",
    "/lyon/",
    "/lyon/services/visio",
    "/lyon/ouvrir/visio",
    "/lyon/souci/visio",
    "/lyon/lien/salle",
    "/lyon/etat",
    "/inconnu/",
    "/lyon/nulle-part",
    "/accessibilite",
    "/robots.txt",
    "/healthz",
    "/metrics",
)


@pytest.mark.parametrize("path", EVERY_KIND)
def test_every_answer_says_what_browsers_may_load(client: FlaskClient, path: str) -> None:
    headers = client.get(path).headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert "Strict-Transport-Security" not in headers, "the public address is http"
    assert "Set-Cookie" not in headers


@pytest.mark.parametrize("path", EVERY_KIND)
def test_no_page_holds_inline_script_or_style_nor_another_host(
    client: FlaskClient, path: str
) -> None:
    text = client.get(path).text
    scripts = re.findall(r"<script\b([^>]*)>", text)
    assert all("src=" in tag or "application/json" in tag for tag in scripts)
    assert "<style" not in text
    assert not re.search(r"<[a-z][^>]*\s(?:style|on[a-z]+)=", text)
    loaded = re.findall(
        r"<(?:script|img|link|use|source|iframe)\b[^>]*(?:src|href)=\"([^\"]*)\"", text
    )
    assert not [address for address in loaded if "//" in address]


class TestSecurely:
    @pytest.fixture
    def portal_settings(self) -> dict[str, Any]:
        return {
            "public_url": "https://trousse.example.fr",
            "security_contact": "securite@example.fr",
        }

    def test_https_is_promised_for_a_year(self, client: FlaskClient) -> None:
        assert client.get("/lyon/").headers["Strict-Transport-Security"] == "max-age=31536000"

    def test_security_txt_has_a_contact_and_an_end(self, client: FlaskClient) -> None:
        text = client.get("/.well-known/security.txt").text
        fields = dict(line.split(": ", 1) for line in text.splitlines())
        assert fields["Contact"] == "mailto:securite@example.fr"
        left = datetime.fromisoformat(fields["Expires"]) - datetime.now(UTC)
        assert 0 < left.days < 365
        assert fields["Canonical"] == "https://trousse.example.fr/.well-known/security.txt"

    def test_absolute_links_come_from_the_settings(self, client: FlaskClient) -> None:
        sitemap = client.get("/sitemap.xml", headers={"Host": "localhost"}).text
        assert "<loc>https://trousse.example.fr/lyon/</loc>" in sitemap
        assert "<loc>https://trousse.ac-reunion.example/en/</loc>" in sitemap
        assert "localhost" not in sitemap
        own = {"Host": "trousse.ac-reunion.example"}
        assert client.get("/sitemap.xml", headers=own).text == sitemap
        assert client.get("/.well-known/security.txt", headers=own).status_code == 200


def test_without_a_contact_there_is_no_security_txt(client: FlaskClient) -> None:
    assert client.get("/.well-known/security.txt").status_code == 404


def test_robots_are_told_what_is_closed(client: FlaskClient) -> None:
    text = client.get("/robots.txt").text
    assert "Disallow: /*/ouvrir/" in text
    assert "Disallow: /*/lien/" in text


def test_the_manifest_leads_to_pictures_that_exist(client: FlaskClient) -> None:
    manifest = json.loads(client.get("/manifest.webmanifest").text)
    for icon in manifest["icons"]:
        assert client.get(icon["src"]).status_code == 200


def test_files_are_named_by_their_content_and_kept_for_ever(client: FlaskClient) -> None:
    text = client.get("/lyon/").text
    files = set(re.findall(r"/static/[^\"#]+", text))
    assert any(file.endswith(".css") for file in files)
    for file in files:
        answer = client.get(file)
        assert answer.status_code == 200, file
        assert "immutable" in answer.headers["Cache-Control"]
    assert client.get("/static/css/trousse.css").status_code == 404


@pytest.mark.parametrize("path", ["/static/../settings.py", "/static/%2e%2e/settings.py"])
def test_nothing_outside_static_is_given(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 404


def test_a_wrong_verb_says_which_are_right(client: FlaskClient) -> None:
    answer = client.post("/lyon/")
    assert answer.status_code == 405
    assert "GET" in answer.headers["Allow"]


def test_a_fault_of_ours_still_shows_the_services(
    portal: Portal, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_arguments: object, **_named: object) -> None:
        raise RuntimeError("secret detail")

    client = portal.client
    monkeypatch.setattr("web.portal.render_template", fail)
    answer = client.get("/lyon/")
    assert answer.status_code == 500
    assert "secret detail" not in answer.text
    assert "/lyon/ouvrir/visio" in answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    monkeypatch.setattr(page_module, "build_page", fail)
    monkeypatch.setattr("web.current.build_page", fail)
    assert client.get("/lyon/").status_code == 500


def test_health_addresses_answer_without_anything_else(client: FlaskClient) -> None:
    for path in ("/healthz", "/readyz"):
        answer = client.get(path)
        assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")
