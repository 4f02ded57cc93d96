"""Looking at the page as others do: the real page, under a banner, nothing counted or kept."""

from __future__ import annotations

import html
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from accounts.permissions import Right, Role
from database import writing
from instances.models import Announcement, LocalServiceRow, PreviewLink
from tests import cast
from tests.instances.test_previews import DRAFT
from tests.portal import Portal
from tests.web.forms import send

DESK = "/lyon/gestion/apercu"
VISITOR = f"{DESK}/voir/visiteur/"
NOW = datetime.now(UTC)
IN_TEN_DAYS = (NOW + timedelta(days=10)).date()


@pytest.fixture
def lise(portal: Portal) -> FlaskClient:
    return portal.signed_in(cast.LISE)


@pytest.fixture
def nora(portal: Portal) -> FlaskClient:
    return portal.signed_in(cast.NORA)


@pytest.fixture
def draft(portal: Portal) -> None:
    signed: dict[str, Any] = {"academie": "lyon", "updated_at": NOW, "updated_by": "x"}
    with writing(portal.site.sessions) as session:
        session.add(LocalServiceRow(**signed, name="aide", draft=DRAFT))


@pytest.fixture
def news(portal: Portal) -> None:
    with writing(portal.site.sessions) as session:
        start = NOW + timedelta(days=9)
        session.add(
            Announcement(
                academie="lyon", level="important", text="À venir", starts_at=start, created_by="x"
            )
        )
    portal.site.refresh()


def told(response: TestResponse) -> str:
    text = html.unescape(re.sub(r"<[^>]+>", "", response.text)).replace("\N{NO-BREAK SPACE}", " ")
    return re.sub(r"\s+", " ", text)


def addresses(response: TestResponse) -> list[str]:
    return re.findall(r'href="([^"#]+)', response.text)


def test_choosing_leads_to_an_address_of_its_own(lise: FlaskClient) -> None:
    assert "Voir la page comme les autres" in told(lise.get(DESK))
    asked = f"{DESK}/voir?viewer=enseignant&drafts=y&day={IN_TEN_DAYS}"
    assert lise.get(asked).location == f"{DESK}/voir/enseignant-brouillons-{IN_TEN_DAYS}/"
    assert lise.get(f"{DESK}/voir?viewer=visiteur&day=").location == VISITOR


def test_a_day_that_is_over_is_refused_beside_its_field(lise: FlaskClient) -> None:
    refused = lise.get(f"{DESK}/voir?viewer=visiteur&day=2020-01-01")
    assert refused.status_code == 422
    assert "Ce jour est passé" in told(refused)


def test_the_page_is_the_real_one_under_a_banner(lise: FlaskClient, portal: Portal) -> None:
    shown = lise.get(VISITOR)
    assert shown.status_code == 200
    assert "Aperçu : ce que voit un visiteur, en ce moment" in told(shown)
    assert "Réunir des collègues ou des parents" in told(shown)
    assert shown.headers["Cache-Control"] == "private, no-store"
    assert "portal.js" not in shown.text, "nothing is remembered as opened"
    assert portal.openings() == 0


def test_links_stay_inside_or_lead_past_our_door(lise: FlaskClient, portal: Portal) -> None:
    found = addresses(lise.get(VISITOR))
    assert f"{VISITOR}services/visio" in found
    assert "https://visio-a.example.fr/" in found
    inside = [item for item in found if "/ouvrir/" in item or "/souci/" in item]
    assert inside == []
    page = lise.get(f"{VISITOR}services/visio")
    assert VISITOR in addresses(page)
    assert "Aperçu :" in told(page)
    assert lise.get(f"{VISITOR}services/tubes?niveau=").status_code == 200
    assert portal.openings() == 0


def test_search_and_profile_work_inside(lise: FlaskClient) -> None:
    assert f'action="{VISITOR}"' in lise.get(VISITOR).text
    assert "1 service pour « codimd »" in told(lise.get(f"{VISITOR}?q=codimd"))
    assert "Je dirige" in told(lise.get(VISITOR))
    assert "Pour la direction" in told(lise.get(f"{VISITOR}?pour=direction"))


def test_a_service_that_is_not_shown_says_so_inside(lise: FlaskClient) -> None:
    absent = lise.get(f"{VISITOR}services/framasalle")
    assert "n'est pas proposé" in told(absent)
    assert "Aperçu :" in told(absent)
    assert lise.get(f"{VISITOR}services/nothing").status_code == 404


@pytest.mark.usefixtures("news")
def test_a_day_to_come_shows_what_begins_by_then(lise: FlaskClient) -> None:
    assert "À venir" not in told(lise.get(VISITOR))
    later = lise.get(f"{DESK}/voir/visiteur-{IN_TEN_DAYS}/")
    assert "À venir" in told(later)
    assert "à midi" in told(later)


@pytest.mark.usefixtures("draft")
def test_drafts_are_shown_when_asked_for(lise: FlaskClient) -> None:
    assert "Trouver de l'aide" not in told(lise.get(VISITOR))
    assert "Trouver de l'aide" in told(lise.get(f"{DESK}/voir/visiteur-brouillons/"))
    assert lise.get(f"{DESK}?service=lyon.aide").location.endswith(
        "/voir/visiteur-brouillons/services/lyon.aide"
    )


def test_one_service_is_seen_as_a_colleague_does(lise: FlaskClient) -> None:
    assert lise.get(f"{DESK}?service=visio").location == f"{VISITOR}services/visio"


@pytest.mark.parametrize("view", ["personne", "visiteur-2026-13-01", "visiteur-demain", "x" * 200])
def test_a_view_that_there_is_not_is_not_found(lise: FlaskClient, view: str) -> None:
    assert lise.get(f"{DESK}/voir/{view}/").status_code == 404


def make(client: FlaskClient, **values: str) -> TestResponse:
    named = {f"lien-{name}": value for name, value in values.items()}
    return send(client, DESK, f"{DESK}/liens", **named)


def link_in(response: TestResponse) -> str:
    found = re.search(r'href="https?://[^/"]+(/lyon/apercu/[^"]+)"', response.text)
    assert found is not None, response.text
    return found.group(1)


@pytest.mark.usefixtures("draft", "news")
def test_a_link_shows_the_page_to_who_has_no_account(
    lise: FlaskClient, client: FlaskClient, portal: Portal
) -> None:
    path = link_in(make(lise, day=str(IN_TEN_DAYS), drafts="y"))
    shown = client.get(path)
    assert shown.status_code == 200
    assert "Trouver de l'aide" in told(shown)
    assert "À venir" in told(shown)
    assert "Ce lien vaut jusqu'au" in told(shown)
    assert shown.headers["Cache-Control"] == "private, no-store"
    assert "noindex" in shown.headers["X-Robots-Tag"]
    assert "Set-Cookie" not in shown.headers
    assert client.get(f"{path}services/lyon.aide").status_code == 200
    assert f"{path}services/visio" in addresses(shown)
    assert portal.openings() == 0


def test_a_link_of_another_academie_shows_nothing(lise: FlaskClient, client: FlaskClient) -> None:
    path = link_in(make(lise)).replace("/lyon/", "/rennes/")
    assert client.get(path).status_code == 410


def test_a_withdrawn_link_says_that_it_is_over(
    lise: FlaskClient, client: FlaskClient, portal: Portal
) -> None:
    path = link_in(make(lise))
    with portal.site.sessions() as session:
        token_hash = session.scalars(select(PreviewLink.token_hash)).one()
    assert "Liens valables" in told(lise.get(DESK))
    assert send(lise, DESK, f"{DESK}/liens/{token_hash}/retirer").status_code == 303
    assert "Le lien ne montre plus rien." in told(lise.get(DESK))
    gone = client.get(path)
    assert gone.status_code == 410
    assert "n'est plus valable" in told(gone)
    assert client.get("/lyon/apercu/never-was/").status_code == 410


def test_a_link_that_is_over_says_so(
    lise: FlaskClient, client: FlaskClient, portal: Portal
) -> None:
    path = link_in(make(lise))
    with writing(portal.site.sessions) as session:
        session.scalars(select(PreviewLink)).one().expires_at = NOW - timedelta(minutes=1)
    assert client.get(path).status_code == 410


def test_who_looks_on_sees_the_preview_and_gives_no_links(nora: FlaskClient) -> None:
    assert nora.get(VISITOR).status_code == 200
    assert "Créer un lien" not in nora.get(DESK).text
    assert nora.post(f"{DESK}/liens").status_code == 403


def test_victor_sees_no_preview_of_lyon(portal: Portal) -> None:
    victor = portal.signed_in(cast.VICTOR, Right(role=Role.MANAGER, scope="rennes"))
    assert victor.get(VISITOR).status_code == 403
    assert victor.get(DESK).status_code == 403
