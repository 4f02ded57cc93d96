"""Lise's first visit: from the link that lets her in to what her colleagues read the next day."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from ipaddress import ip_network
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Locator, Page, expect
from pytest_playwright.pytest_playwright import CreateContextCallback
from sqlalchemy import select

from accounts.links import make_link
from accounts.models import Account
from database import writing
from tests import cast
from tests.browser.hands import Keyboard, Mouse
from tests.portal import Portal

pytestmark = pytest.mark.browser

ROOT = Path(__file__).parents[2]
MOST_CLICKS, MOST_KEYS = 50, 1_000
Hand = Mouse | Keyboard


@pytest.fixture
def portal_settings() -> dict[str, Any]:
    """What is shipped; nobody probes it, and a look at a server reaches this machine alone."""
    return {
        "catalogue": str(ROOT / "services.yaml"),
        "academies": ROOT / "instances" / "academies",
        "probe_allowed_networks": (ip_network("127.0.0.0/8"),),
    }


def link_for_lise(portal: Portal) -> str:
    portal.account(cast.LISE, *cast.RIGHTS[cast.LISE.name])
    with writing(portal.site.sessions) as session:
        account = session.scalars(select(Account).where(Account.email == cast.LISE.email)).one()
        token = make_link(
            session,
            account,
            now=datetime.now(UTC),
            by="command line (test)",
            lifetime=timedelta(hours=1),
        )
    return f"/connexion/lien/{token}"


def today() -> date:
    return datetime.now(ZoneInfo("Europe/Paris")).date()


def last_of_august() -> date:
    year = today().year if today() < date(today().year, 8, 1) else today().year + 1
    return date(year, 8, 31)


def headed(page: Page, title: str) -> None:
    """Wait for the screen that only this heading names."""
    expect(page.get_by_role("heading", level=1)).to_have_text(title)


def enter(hand: Hand) -> None:
    page = hand.page
    headed(page, "Votre lien d'accès")
    hand.press("^Entrer$")
    headed(page, "Choisir un mot de passe")
    hand.write("Nouveau mot de passe", "les cerises de juin")
    hand.write("Le même, encore une fois", "les cerises de juin")
    hand.press("^Enregistrer")
    headed(page, "Bienvenue !")
    expect(page.locator(".message-done")).to_be_focused()


def hide_nuage(hand: Hand) -> None:
    page = hand.page
    hand.press("^Y aller : Vos premiers choix$")
    headed(page, "Services")
    hand.skip()
    hand.press("^Masquer Nuage$")
    headed(page, "Masquer Nuage")
    expect(page.get_by_label("Service à la place")).to_be_hidden()
    hand.skip()
    hand.answer("Pourquoi ?", "Outil équivalent déjà en place")
    hand.answer("À la place", "Un service")
    hand.choose("Service à la place", "Envoyer un gros fichier (FileSender)")
    hand.write("Mot aux collègues", "Envoyez vos fichiers par FileSender.")
    hand.answer("Jusqu'à quand ?", "Jusqu'au…, puis réafficher")
    hand.write_day("Jusqu'au", last_of_august())
    hand.press("^Voir l'effet$")
    expect(page.locator("#effet")).to_contain_text("À la place : FileSender")
    hand.press("^Masquer Nuage$")
    headed(page, "Services")
    expect(page.locator(".message-done")).to_contain_text(
        "Nuage est masqué à Lyon. Les anciens liens mènent à FileSender."
    )


def re_address_classe_virtuelle(hand: Hand, server: str) -> None:
    page = hand.page
    hand.press("^Modifier Classe virtuelle$")
    headed(page, "Modifier Classe virtuelle")
    hand.skip()
    hand.write("Adresse", server)
    hand.press("^Vérifier maintenant")
    expect(page.get_by_text("Ça marche")).to_be_in_viewport()
    expect(page.locator(".seen")).to_be_focused()
    hand.press("^Enregistrer$", last=True)
    headed(page, "Services")
    expect(page.locator(".message-done")).to_contain_text("Classe virtuelle est affiché à Lyon")


def add_moodle(hand: Hand, server: str) -> None:
    page = hand.page
    go_to(hand, "Nos services à nous")
    hand.skip()
    hand.press("^Ajouter un service$")
    headed(page, "Ajouter un service")
    hand.skip()
    hand.press("^Moodle")
    headed(page, "Ajouter : Moodle")
    hand.skip()
    hand.write("Adresse", server)
    hand.press("^Essayer la vérification$")
    expect(page.get_by_text("Ça marche")).to_be_in_viewport()
    expect(page.locator(".seen")).to_be_focused()
    hand.press("^Publier$")
    headed(page, "Nos services à nous")
    expect(page.locator(".message-done")).to_contain_text("Moodle est publié")
    expect(page.locator(".message-done")).to_be_focused()


def announce(hand: Hand) -> None:
    page = hand.page
    go_to(hand, "Annonces")
    hand.skip()
    hand.press("^Écrire une annonce$")
    headed(page, "Écrire une annonce")
    hand.skip()
    hand.write("Texte", "Le Nuage revient en septembre.")
    hand.write_day("À partir du", today() + timedelta(days=1))
    hand.write_hour("Heure de début", time(8))
    hand.press("^Publier$")
    headed(page, "Annonces")
    expect(page.locator(".message-done")).to_contain_text(re.compile("paraîtra le .* à 8\u00a0h"))


def preview(hand: Hand, day: date) -> None:
    page = hand.page
    go_to(hand, "Aperçu", "Voir la page comme les autres")
    hand.skip()
    hand.write_day("Quel jour ? (facultatif)", day)
    hand.press("^Voir l'aperçu$")
    expect(page.locator(".preview-banner")).to_contain_text("ce que voit un visiteur")


def leave_preview(hand: Hand) -> None:
    hand.press("^Quitter l'aperçu$")
    headed(hand.page, "Voir la page comme les autres")


def read_journal(hand: Hand) -> None:
    page = hand.page
    go_to(hand, "Journal")
    lines = page.locator("ol.journal > li")
    expect(lines.filter(has_text="Service masqué : Nuage")).to_contain_text(
        "Outil équivalent déjà en place"
    )
    for text in ("Annonce publiée", "Service de l'académie publié : Moodle", "Adresse changée"):
        expect(lines.filter(has_text=text)).to_have_count(1)
    go_to(hand, "Accueil", "Bienvenue !")
    expect(page.get_by_text("brouillon")).to_have_count(0)


def go_to(hand: Hand, item: str, title: str = "") -> None:
    hand.go(item)
    headed(hand.page, title or item)


def walk(hand: Hand, server: str) -> None:
    """Do all of it, in the order of a first visit."""
    page = hand.page
    enter(hand)
    hide_nuage(hand)
    re_address_classe_virtuelle(hand, server)
    add_moodle(hand, server)
    announce(hand)
    preview(hand, today() + timedelta(days=1))
    expect(page.get_by_text("Le Nuage revient en septembre.")).to_be_visible()
    expect(tile(page, "nuage")).to_have_count(0)
    leave_preview(hand)
    preview(hand, last_of_august() + timedelta(days=1))
    expect(tile(page, "nuage")).to_be_visible()
    leave_preview(hand)
    read_journal(hand)


def tile(page: Page, name: str) -> Locator:
    return page.locator(f"#services li[data-id='{name}']")


def read_as_a_teacher(page: Page, address: str) -> None:
    page.goto(f"{address}/lyon/")
    expect(tile(page, "classe-virtuelle")).to_be_visible()
    expect(tile(page, "lyon.moodle")).to_be_visible()
    expect(tile(page, "nuage")).to_have_count(0)
    expect(page.get_by_text("Le Nuage revient en septembre.")).to_have_count(0)
    page.goto(f"{address}/lyon/ouvrir/nuage")
    headed(page, "Nuage n'est pas proposé dans l'académie de Lyon")
    expect(page.get_by_text("Envoyez vos fichiers par FileSender.")).to_be_visible()
    expect(page.locator("li[data-id=filesender]")).to_be_visible()


@pytest.fixture
def lise(page: Page, errors: list[str], portal: Portal, address: str) -> Page:
    """Lise, who has just opened the link that lets her in."""
    del errors
    page.goto(f"{address}{link_for_lise(portal)}")
    return page


@pytest.fixture
def teacher(new_context: CreateContextCallback) -> Page:
    """A colleague without an account, in a browser of their own."""
    return new_context().new_page()


def test_a_first_visit_with_the_mouse(
    lise: Page, teacher: Page, address: str, own_server: str
) -> None:
    hand = Mouse(lise)
    walk(hand, own_server)
    assert hand.gestures <= MOST_CLICKS
    read_as_a_teacher(teacher, address)


def test_the_same_with_the_keyboard_alone(
    lise: Page, teacher: Page, address: str, own_server: str
) -> None:
    hand = Keyboard(lise)
    walk(hand, own_server)
    assert hand.gestures <= MOST_KEYS
    read_as_a_teacher(teacher, address)
