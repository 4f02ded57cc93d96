"""The pictures of docs/guide-dane.md: Lise of Lyon decides on the real site, through its screens.

Her decisions are those of somebody who comes for the first time; each picture is taken on the way.
"""

from __future__ import annotations

import re
import time
from copy import deepcopy
from datetime import date, timedelta

from playwright.sync_api import Browser, BrowserContext, Page, expect

from bench.offer import Content, write
from bench.portal import Portal
from bench.programs import PATIENCE
from docs.desk_steps import flask, last_of_august, link_in, menu, save
from docs.picture import keep, keep_part, new_context

WIDE, TALL = 1280, 800
LISE = ("lise@ac-lyon.fr", "Lise")
NEWCOMER = "blog"
OPENED = {"rendez-vous": 31, "nuage": 12, "docs": 9, "evento": 7, "forge": 2}
CLASS = "https://classe-virtuelle.ac-lyon.fr"
ENT = "https://ent.ac-lyon.fr"
WORDS = "cartable girafe lundi"


def without_newcomer(content: Content) -> Content:
    """Return the offer of the day before: one service less, another in older words."""
    before = deepcopy(content)
    before["services"] = [item for item in before["services"] if item["id"] != NEWCOMER]
    for service in before["services"]:
        service["alternatives"] = [i for i in service.get("alternatives", []) if i != NEWCOMER]
        if service["id"] == "evento":
            service["task"]["fr"] = "Trouver un jour"
    return before


def take(browser: Browser, site: Portal, content: Content) -> None:
    for service, times in OPENED.items():
        for _ in range(times):
            site.get(f"/lyon/ouvrir/{service}")
    context = new_context(browser, width=WIDE, height=TALL, scheme="light")
    lise = sign_in(context, site)
    local_service(lise)
    hide(lise)
    own_address(lise)
    own_words(lise)
    announce(lise)
    texts(lise)
    preview(lise)
    samir = members(lise, browser)
    two_at_once(lise, samir)
    news(lise, site, content)
    journal_and_copy(lise, site)
    as_colleague(browser, site)
    context.close()


def sign_in(context: BrowserContext, site: Portal) -> Page:
    """Come in by a link of the command line, as everybody does the first time."""
    told = flask(site, "accounts", "create", *LISE)
    flask(site, "accounts", "grant", LISE[0], "manager", "lyon")
    page = context.new_page()
    page.goto(link_in(told), wait_until="networkidle")
    keep_part(page, "guide-lien", "h1", ".text")
    page.get_by_role("button", name="Entrer").click()
    page.get_by_role("link", name="Pas maintenant").click()
    page.wait_for_url("**/lyon/gestion/")
    page.set_viewport_size({"width": WIDE, "height": 880})
    keep(page, "guide-premiers-pas")
    return page


def local_service(page: Page) -> None:
    menu(page, "Nos services à nous")
    page.get_by_role("link", name="Ajouter un service").click()
    expect(page.locator("h1")).to_have_text("Ajouter un service")
    page.set_viewport_size({"width": WIDE, "height": 720})
    keep(page, "guide-modeles")
    page.get_by_role("link", name="ENT", exact=False).first.click()
    page.get_by_label("Nom du service").fill("ENT du Rhône")
    page.get_by_label("Adresse", exact=True).fill(ENT)
    page.get_by_text("Tout le reste").click()
    page.get_by_label("Son nom").fill("la métropole et le département")
    page.get_by_label("Votre contact pour ce service").fill("ent@ac-lyon.fr, poste 12 34")
    page.get_by_role("button", name="Essayer la vérification").click()
    expect(page.locator(".seen")).to_contain_text("Ça marche")
    keep_part(page, "guide-service-local", "h1", "#serveur-0")
    save(page, "Publier")


def hide(page: Page) -> None:
    menu(page, "Services")
    page.set_viewport_size({"width": WIDE, "height": 960})
    keep(page, "guide-services")
    page.get_by_role("link", name="Masquer Nuage").click()
    page.get_by_label("Outil équivalent déjà en place").check()
    page.get_by_label("Précision").fill("L'ENT a un espace de fichiers pour tout le monde.")
    page.get_by_label("Un service", exact=True).check()
    replacement = page.get_by_label("Service à la place")
    ours = replacement.locator("option", has_text="ENT du Rhône").get_attribute("value")
    replacement.select_option(ours)
    page.get_by_label("Mot aux collègues").fill("Vos fichiers sont dans l'ENT, rubrique Documents.")
    page.get_by_label(re.compile("Jusqu'au…")).check()
    page.get_by_label("Jusqu'au", exact=True).fill(last_of_august().isoformat())
    keep_part(page, "guide-masquer", "h1", ".desk-form > .desk-actions")
    page.get_by_role("button", name="Voir l'effet").click()
    expect(page.locator("#effet")).to_contain_text("ENT du Rhône")
    keep_part(page, "guide-effet", "#effet", "#effet .tile >> nth=0")
    page.locator("#effet").get_by_role("button", name="Masquer Nuage").click()
    expect(page.locator(".message-done")).to_contain_text("Nuage est masqué")
    save(page, "Afficher Framatalk")


def own_address(page: Page) -> None:
    menu(page, "Services")
    page.get_by_role("link", name="Modifier Classe virtuelle").click()
    page.get_by_label("Adresse", exact=True).first.fill(CLASS)
    page.get_by_label("Pourquoi ? (facultatif)").fill("Chaque académie a la sienne.")
    page.get_by_role("button", name="Vérifier maintenant").click()
    expect(page.locator(".seen")).to_contain_text("Ça marche")
    shown = page.get_by_label("L'afficher à vos collègues")
    expect(shown).to_be_checked()
    keep_part(page, "guide-adresse", "h1", "text=Sans cela, l'adresse est gardée")
    save(page)


def announce(page: Page) -> None:
    tomorrow = date.today() + timedelta(days=1)  # noqa: DTZ011 - far enough from midnight
    menu(page, "Annonces")
    page.get_by_role("link", name="Écrire une annonce").click()
    page.get_by_label(re.compile("Important")).check()
    page.get_by_label("Texte").fill(
        "Classe virtuelle change d'adresse : ouvrez-la d'ici.\n\n"
        "Les anciens favoris de votre navigateur ne marcheront plus."
    )
    page.get_by_label("À propos de").select_option("classe-virtuelle")
    page.get_by_label("À partir du").fill(tomorrow.isoformat())
    page.get_by_label("Heure de début").fill("08:00")
    page.get_by_label("Jusqu'au").fill((tomorrow + timedelta(days=14)).isoformat())
    page.get_by_role("button", name="Voir l'effet").click()
    expect(page.locator("#apercu")).to_be_visible()
    keep_part(page, "guide-annonce", "h1", ".desk-form")
    save(page, "Publier")


def texts(page: Page) -> None:
    menu(page, "Notre académie")
    page.goto(f"{page.url}/aide/nouveau")
    page.get_by_label("Nom", exact=True).fill("Assistance informatique")
    page.get_by_label("Téléphone (facultatif)").fill("04 65 71 12 34")
    page.get_by_label("Horaires (facultatif)").fill("du lundi au vendredi, de 8 h à 18 h")
    save(page)
    menu(page, "Notre académie")
    page.get_by_role("link", name=re.compile("Modifier.*phrase d'accueil")).click()
    page.get_by_label("Votre phrase").fill("Bienvenue ! Une question ? Votre référent est là.")
    save(page)
    page.get_by_role("link", name=re.compile("Modifier.*mise en avant")).click()
    page.get_by_label("Titre", exact=True).fill("Pour les conseils de classe")
    for number, service in enumerate(("rendez-vous", "docs", "evento"), 1):
        page.locator(f"#service_{number}").select_option(service)
    save(page)
    page.set_viewport_size({"width": WIDE, "height": 880})
    keep(page, "guide-notre-academie")


def preview(page: Page) -> None:
    menu(page, "Aperçu")
    page.get_by_label("Avec les brouillons de nos services").first.check()
    keep_part(page, "guide-apercu", "h1", ".desk-main")


def members(page: Page, browser: Browser) -> Page:
    """Invite somebody by a link; return the page of who accepted."""
    menu(page, "Membres")
    page.get_by_role("button", name="Inviter").click()
    address = page.locator("#lien").inner_text()
    other = new_context(browser, width=WIDE, height=TALL, scheme="light").new_page()
    other.goto(address)
    other.get_by_label("Votre nom").fill("Samir")
    other.get_by_label(re.compile("adresse mail")).fill("samir@ac-lyon.fr")
    other.get_by_label("Mot de passe", exact=True).fill(WORDS)
    other.get_by_label(re.compile("encore une fois")).fill(WORDS)
    other.get_by_role("button", name="Créer mon compte et accepter").click()
    other.wait_for_url(lambda url: "/invitation/" not in url)
    menu(page, "Membres")
    keep_part(page, "guide-membres", "h1", ".desk-main")
    return other


def own_words(page: Page) -> None:
    menu(page, "Services")
    page.get_by_role("link", name="Modifier Évento").click()
    page.get_by_label("Besoin, en français").fill("Fixer une réunion")
    page.get_by_label("Pourquoi ? (facultatif)").fill("C'est ce que nos collègues cherchent.")
    save(page)


def two_at_once(lise: Page, samir: Page) -> None:
    """Both open the same screen; Samir is the first to save."""
    where = lise.url.partition("/gestion")[0] + "/gestion/notre-academie/accueil"
    lise.goto(where)
    samir.goto(where)
    samir.get_by_label("Votre phrase").fill("Bonne rentrée à tous !")
    save(samir)
    lise.get_by_label("Votre phrase").fill("Bienvenue aux nouveaux !")
    lise.get_by_role("button", name="Enregistrer").click()
    expect(lise.locator("#erreurs")).to_contain_text("Samir a changé ceci")
    keep_part(lise, "guide-a-deux", "h1", ".desk-form")
    save(lise)


def news(page: Page, site: Portal, content: Content) -> None:
    """The national list gains a service, and says another one in other words."""
    write(content, site.folder)
    deadline = time.monotonic() + PATIENCE
    found = page.locator("#national ~ .rows", has_text="Nouveau : Blog")
    while True:
        menu(page, "Ce qui change chez nous")
        if found.count():
            break
        if time.monotonic() > deadline:
            raise SystemExit("the new catalogue never came")
        time.sleep(1)
    menu(page, "Ce qui change chez nous")
    page.set_viewport_size({"width": WIDE, "height": 1000})
    keep(page, "guide-ce-qui-change")
    page.goto(page.url.replace("ce-qui-change", "nos-choix-expliques"))
    keep_part(page, "guide-nos-choix", "h1", "main")
    page.go_back()


def journal_and_copy(page: Page, site: Portal) -> None:
    menu(page, "Journal")
    page.set_viewport_size({"width": WIDE, "height": 960})
    keep(page, "guide-journal")
    flask(site, "instances", "hide", "grenoble", "evento", "--reason", "equivalent-tool")
    flask(site, "instances", "show", "grenoble", "framapad")
    menu(page, "Exporter, importer")
    page.get_by_label("Académie", exact=True).select_option("grenoble")
    page.get_by_label("Pourquoi ces services seront masqués").select_option("equivalent-tool")
    page.get_by_role("button", name="Voir ce qui changerait").last.click()
    expect(page.locator("h1")).to_have_text("Ce qui changerait")
    keep_part(page, "guide-copier", "h1", ".desk-actions >> nth=-1")


def as_colleague(browser: Browser, site: Portal) -> None:
    context = new_context(browser, width=360, height=640, scheme="light")
    page = context.new_page()
    page.goto(f"{site.url}/lyon/", wait_until="networkidle")
    keep(page, "guide-collegue-360")
    page.goto(f"{site.url}/lyon/services/nuage", wait_until="networkidle")
    keep(page, "guide-ancien-lien-360")
    context.close()
