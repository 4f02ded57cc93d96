"""The desk says what the académie is called, whom to ask, what it puts forward; with its logo."""

from __future__ import annotations

import html
import io
import re
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from instances.logo import read_logo
from journal import JournalLine
from tests import cast, images
from tests.portal import Portal
from tests.web.forms import token_of

OURS = "/lyon/gestion/notre-academie"
SPOTLIGHT = {"title": "Pour les conseils", "service_1": "pad", "service_2": "visio",
             "service_3": "notes"}  # fmt: skip


@pytest.fixture
def lise(portal: Portal) -> FlaskClient:
    return portal.signed_in(cast.LISE)


def send(client: FlaskClient, path: str, **fields: Any) -> TestResponse:
    """Send a form as its page gave it: with its token and the version it was made from."""
    page = client.get(f"{OURS}/{path}")
    version = re.search(r'name="version"[^>]*value="(\d+)"', page.text)
    assert version is not None, page.text
    token = {"csrf_token": token_of(client, f"{OURS}/{path}"), "version": version[1]}
    return client.post(f"{OURS}/{path}", data=token | fields)


def told(text: str) -> str:
    plain = html.unescape(re.sub(r"<[^>]+>", " ", text)).replace("\N{NO-BREAK SPACE}", " ")
    return re.sub(r"\s+", " ", plain)


def public(portal: Portal, path: str = "/lyon/") -> str:
    return portal.client.get(path).text


def lines(portal: Portal) -> list[JournalLine]:
    with portal.site.sessions() as session:
        return list(session.scalars(select(JournalLine).order_by(JournalLine.id)))


def test_each_field_says_the_national_value_and_who_changed_it_why(
    portal: Portal, lise: FlaskClient
) -> None:
    before = told(lise.get(OURS).text)
    assert "DANE de Lyon Comme dans la fiche nationale." in before
    sent = send(lise, "nom", words="DRANE de Lyon", reason="Nouveau nom au 1er septembre")
    assert sent.status_code == 303
    after = told(lise.get(OURS).text)
    assert "DRANE de Lyon Au niveau national : DANE de Lyon" in after
    assert re.search(r"Lise, \w+ \d+\S* \w+ à \d+ h.*\. Nouveau nom au 1er septembre", after)
    [line] = lines(portal)
    assert (line.event, line.subject) == ("text.changed", "text/delegation")
    assert (line.before, line.after) == (None, {"fr": "DRANE de Lyon"})
    assert "DRANE de Lyon" in public(portal)
    assert "DRANE de Lyon" not in public(portal, "/rennes/")


def test_the_cards_value_comes_back(portal: Portal, lise: FlaskClient) -> None:
    send(lise, "nom", words="DRANE de Lyon")
    assert "DANE de Lyon" in told(lise.get(f"{OURS}/nom/revenir").text)
    assert send(lise, "nom/revenir", reason="Erreur").status_code == 303
    assert "DRANE de Lyon" not in public(portal)
    assert lines(portal)[-1].reason == "Erreur"


@pytest.mark.parametrize(
    ("path", "fields", "said"),
    [
        ("nom", {"words": "  "}, "Écrivez quelque chose"),
        ("nom", {"words": "a" * 82}, "Trop long de 2 : 80 au plus."),
        ("accueil", {"words": "a" * 301}, "Trop long de 1 : 300 au plus."),
        ("accueil", {"words": "Bonjour", "reason": "a" * 301}, "Trop long de 1"),
        ("mise-en-avant", SPOTLIGHT | {"title": ""}, "Donnez-lui un titre"),
        ("mise-en-avant", SPOTLIGHT | {"service_3": ""}, "au moins trois services"),
        ("mise-en-avant", SPOTLIGHT | {"service_2": "pad"}, "déjà plus haut"),
        ("mise-en-avant", SPOTLIGHT | {"service_2": "nuaje"}, "pas affiché ici"),
        ("mise-en-avant", SPOTLIGHT | {"ends": "2020-01-01"}, "Ce jour est passé"),
        ("mise-en-avant", SPOTLIGHT | {"starts": "2099-01-02", "ends": "2099-01-01"}, "La fin"),
        ("mise-en-avant", SPOTLIGHT | {"starts": "bientôt"}, "Écrivez le jour ainsi"),
        ("aide/nouveau", {"kind": "academie", "name": ""}, "Donnez un nom"),
        ("aide/nouveau", {"kind": "ailleurs", "name": "A"}, "Choisissez dans la liste."),
        ("aide/nouveau", {"kind": "academie", "name": "A", "phone": "poste 12"}, "Des chiffres"),
        ("aide/nouveau", {"kind": "academie", "name": "A", "email": "a@b"}, "Une adresse comme"),
        ("aide/nouveau", {"kind": "academie", "name": "A", "url": "javascript:x"}, "https://"),
        ("aide/nouveau", {"kind": "academie", "name": "A", "profiles": "roi"}, "Choisissez"),
    ],
)
def test_what_cannot_stand_is_said_and_nothing_is_lost(
    portal: Portal, lise: FlaskClient, path: str, fields: dict[str, str], said: str
) -> None:
    sent = send(lise, path, **fields)
    assert sent.status_code == 422
    assert said in told(sent.text)
    chosen = ("kind", "profiles", "service_2")
    typed = [value for name, value in fields.items() if name not in chosen]
    assert all(html.escape(value) in sent.text for value in typed if value.strip())
    assert lines(portal) == []


def test_the_second_of_two_is_told_and_loses_nothing(portal: Portal, lise: FlaskClient) -> None:
    token = {"csrf_token": token_of(lise, f"{OURS}/accueil"), "version": "0"}
    lise.post(f"{OURS}/accueil", data=token | {"words": "La première"})
    late = lise.post(f"{OURS}/accueil", data=token | {"words": "La seconde"})
    assert late.status_code == 409
    assert "Lise a changé ceci le" in told(late.text)
    assert "La première" in late.text
    assert "La seconde" in late.text
    again = lise.post(f"{OURS}/accueil", data=token | {"words": "La seconde", "version": "1"})
    assert again.status_code == 303
    assert "La seconde" in public(portal)


def test_the_welcome_stands_on_the_page_and_says_that_it_is_french(
    portal: Portal, lise: FlaskClient
) -> None:
    send(lise, "accueil", words="Bienvenue <à> tous.")
    assert "<p>Bienvenue &lt;à&gt; tous.</p>" in public(portal)
    assert '<span lang="fr">Bienvenue &lt;à&gt; tous.</span>' in public(portal, "/en/lyon/")
    send(lise, "accueil", words="Bienvenue.", words_en="Welcome, all.")
    assert "<p>Welcome, all.</p>" in public(portal, "/en/lyon/")


def test_a_mise_en_avant_stands_before_the_shelves_until_its_last_day(
    portal: Portal, lise: FlaskClient
) -> None:
    today = datetime.now(ZoneInfo("Europe/Paris")).date()
    sent = send(lise, "mise-en-avant", **SPOTLIGHT, ends=today.isoformat())
    assert sent.status_code == 303
    page = public(portal)
    assert page.index("Pour les conseils") < page.index('id="cat-')
    cards = re.findall(r'class="spotlight".*?</section>', page, re.DOTALL)[0]
    assert re.findall(r'data-id="(\w+)"', cards) == ["pad", "visio", "notes"]
    assert "En ce moment, du" in told(lise.get(OURS).text)
    assert 'class="spotlight"' not in public(portal, "/rennes/")


def test_one_that_is_to_come_is_not_on_the_page(portal: Portal, lise: FlaskClient) -> None:
    tomorrow = datetime.now(UTC) + timedelta(days=2)
    send(lise, "mise-en-avant", **SPOTLIGHT, starts=f"{tomorrow:%d/%m/%Y}")
    assert "Pour les conseils" not in public(portal)
    assert "À venir, à partir du" in told(lise.get(OURS).text)
    assert send(lise, "mise-en-avant/revenir").status_code == 303
    assert "Pour les conseils" not in told(lise.get(OURS).text)


def test_contacts_are_added_changed_moved_removed_and_put_back(
    portal: Portal, lise: FlaskClient
) -> None:
    added = {"kind": "academie", "name": "Assistance", "phone": "04 72 80 60 60",
             "hours": "De 8 h à 18 h", "profiles": ["ecole", "direction"]}  # fmt: skip
    assert send(lise, "aide/nouveau", **added).status_code == 303
    assert 'href="tel:0472806060"' in public(portal)
    assert "Votre ERUN" in public(portal), "the card's own stays in the list that became ours"
    send(lise, "aide/nouveau", kind="academie", name="Médiathèque")
    edited = lise.get(f"{OURS}/aide/2").text
    assert 'value="04 72 80 60 60"' in edited
    send(lise, "aide/2", **(added | {"name": "Assistance informatique"}))
    form = {"csrf_token": token_of(lise, f"{OURS}/aide"), "version": "3"}
    lise.post(f"{OURS}/aide/3/deplacer", data=form | {"sens": "monter"})
    assert re.search("Médiathèque.*Assistance informatique", public(portal), re.DOTALL)
    lise.post(f"{OURS}/aide/2/retirer", data=form | {"version": "4"})
    assert "Médiathèque" not in public(portal)
    lise.post(f"{OURS}/aide/remettre", data=form)
    assert re.search("Médiathèque.*Assistance informatique", public(portal), re.DOTALL)
    assert [line.event for line in lines(portal)] == ["text.changed"] * 6


def test_a_button_of_an_old_list_moves_nothing(portal: Portal, lise: FlaskClient) -> None:
    send(lise, "aide/nouveau", kind="nearby", name="Référent")
    form = {"csrf_token": token_of(lise, f"{OURS}/aide"), "version": "0"}
    lise.post(f"{OURS}/aide/1/retirer", data=form)
    shown = lise.get(f"{OURS}/aide").text
    assert "a changé la liste" in told(shown)
    assert "Votre ERUN" in public(portal)


def upload(client: FlaskClient, content: bytes, name: str = "logo.png") -> TestResponse:
    return send(client, "logo", logo=(io.BytesIO(content), name))


def test_a_logo_is_shown_under_an_address_kept_for_ever(portal: Portal, lise: FlaskClient) -> None:
    assert upload(lise, images.PNG, "n'importe quoi.exe").status_code == 303
    digest = read_logo(images.PNG).digest
    for path, alt in (("/lyon/", "Académie de Lyon"), ("/en/lyon/", "Lyon education authority")):
        found = re.search(r"<img[^>]*>", public(portal, path))
        assert found is not None
        assert f'src="/lyon/logo/{digest}"' in found[0]
        assert f'alt="{alt}"' in found[0]
        assert 'width="120"' in found[0]
        assert 'height="40"' in found[0]
    logo = portal.client.get(f"/lyon/logo/{digest}")
    assert (logo.data, logo.content_type) == (images.PNG, "image/png")
    assert "immutable" in logo.headers["Cache-Control"]
    assert logo.headers["X-Content-Type-Options"] == "nosniff"
    assert "Set-Cookie" not in logo.headers


def test_an_address_of_another_logo_is_not_kept(portal: Portal, lise: FlaskClient) -> None:
    upload(lise, images.JPEG)
    logo = portal.client.get("/lyon/logo/0123")
    assert (logo.status_code, logo.data) == (200, images.JPEG)
    assert "immutable" not in logo.headers["Cache-Control"]
    assert portal.client.get("/rennes/logo/0123").status_code == 404


def removal(client: FlaskClient, **fields: str) -> dict[str, str]:
    """Return what the form that takes the logo away sends."""
    path = f"{OURS}/logo/retirer"
    version = re.search(r'name="version"[^>]* value="(\d+)"', client.get(path).text)
    assert version is not None
    return {"csrf_token": token_of(client, path), "version": version[1]} | fields


def test_a_logo_is_taken_away_with_its_reason(portal: Portal, lise: FlaskClient) -> None:
    upload(lise, images.WEBP)
    assert f'href="{OURS}/logo/retirer"' in lise.get(OURS).text
    lise.post(f"{OURS}/logo/retirer", data=removal(lise, reason="L'ancien logo"))
    assert "<img" not in public(portal)
    found = [(line.event, line.reason) for line in lines(portal)]
    assert found == [("logo.changed", None), ("logo.removed", "L'ancien logo")]
    assert lise.get(f"{OURS}/logo/retirer").status_code == 303


def test_a_logo_that_somebody_changed_is_not_taken_away(portal: Portal, lise: FlaskClient) -> None:
    upload(lise, images.WEBP)
    form = removal(lise, reason="Flou")
    lise.post(f"{OURS}/logo/retirer", data=removal(lise))
    upload(lise, images.PNG)
    sent = lise.post(f"{OURS}/logo/retirer", data=form)
    assert sent.status_code == 409
    assert "Flou" in sent.text
    assert "<img" in public(portal)


def test_too_long_a_reason_is_said_and_kept(portal: Portal, lise: FlaskClient) -> None:
    upload(lise, images.WEBP)
    sent = lise.post(f"{OURS}/logo/retirer", data=removal(lise, reason="a" * 301))
    assert sent.status_code == 422
    assert "a" * 301 in sent.text
    assert "<img" in public(portal)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (images.SVG, "Un fichier SVG peut contenir un programme"),
        (b"", "Choisissez un fichier."),
        (images.PNG + bytes(45 * 1024), "pèse 46 ko, c'est trop : 40 ko au plus"),
        (images.PNG[:-20], "abîmé ou incomplet"),
        (b"<html>", "ni du PNG"),
    ],
)
def test_what_is_no_logo_is_refused_with_the_reason(
    portal: Portal, lise: FlaskClient, content: bytes, said: str
) -> None:
    sent = upload(lise, content)
    assert sent.status_code == 422
    assert said in told(sent.text)
    assert lines(portal) == []


def test_what_is_far_too_big_gets_a_page_that_leads_back(portal: Portal, lise: FlaskClient) -> None:
    form = {"logo": (io.BytesIO(bytes(300 * 1024)), "photo.png"), "csrf_token": "x"}
    sent = lise.post(f"{OURS}/logo", data=form)
    assert sent.status_code == 413
    assert "C'est trop lourd pour nous" in told(sent.text)
    assert f'href="{OURS}/logo"' in sent.text
    assert sent.headers["Cache-Control"] == "private, no-store"
    assert lines(portal) == []


def test_nora_looks_on_and_victor_sees_nothing(portal: Portal) -> None:
    nora, victor = portal.signed_in(cast.NORA), portal.signed_in(cast.VICTOR)
    assert "Modifier" not in told(nora.get(OURS).text)
    assert "Ajouter" not in told(nora.get(f"{OURS}/aide").text)
    for path in ("nom", "accueil", "mise-en-avant", "logo", "aide/nouveau", "nom/revenir"):
        assert nora.get(f"{OURS}/{path}").status_code == 403
        assert victor.get(f"{OURS}/{path}").status_code in (403, 404)
    assert victor.get(OURS).status_code in (403, 404)


def test_a_field_that_there_is_not_cannot_go_back(lise: FlaskClient) -> None:
    assert lise.get(f"{OURS}/devise/revenir").status_code == 404
