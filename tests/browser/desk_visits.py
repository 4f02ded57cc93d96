"""Which addresses stand for each private route, and who looks at them."""

from __future__ import annotations

from collections.abc import Iterator

from tests.browser import ops_visits
from tests.browser.desk_visit import DeskVisit
from tests.browser.desk_visit import others as _others
from tests.browser.desk_visit import pages as _pages
from tests.browser.desk_visit import screen as _screen
from tests.browser.desk_world import Who

DESK = "/<academie>/gestion"
OWN = "/<academie>/mon-espace"
NATIONAL = "/national/gestion"
MEMBER = f"{DESK}/membres/<number>/retirer"
ACCOUNT = f"{NATIONAL}/comptes/<number>"

DESK_VISITS: dict[str, tuple[DeskVisit, ...]] = {
    **ops_visits.VISITS,
    "/<academie>/apercu/<token>/": (
        *_pages("/lyon/apercu/{preview}/", "/lyon/apercu/{preview}/?q=zoom", who=Who.ANYBODY),
        *_pages("/lyon/apercu/inconnu/", who=Who.ANYBODY, status=410),
    ),
    "/<academie>/apercu/<token>/services/<service_id>": (
        *_pages("/lyon/apercu/{preview}/services/visio", who=Who.ANYBODY),
        *_pages("/lyon/apercu/{preview}/services/lyon.ent", who=Who.ANYBODY),
    ),
    f"{DESK}/": (
        *_screen("/"),
        *_pages("/rennes/gestion/", status=403),
        *_pages("/lyon/gestion/", who=Who.AWA, status=403),
        *_others("/lyon/gestion/", who=Who.ANYBODY, status=303),
    ),
    f"{DESK}/annonces": _screen("/annonces"),
    f"{DESK}/annonces/<number>": (
        *_pages("/lyon/gestion/annonces/1", "/lyon/gestion/annonces/{planned}"),
        *_others("/lyon/gestion/annonces/{over}", status=303),
    ),
    f"{DESK}/annonces/<number>/retirer": (
        *_pages("/lyon/gestion/annonces/1/retirer"),
        *_others("/lyon/gestion/annonces/{over}/retirer", status=303),
    ),
    f"{DESK}/annonces/nouvelle": _pages(
        "/lyon/gestion/annonces/nouvelle", "/lyon/gestion/annonces/nouvelle?copie={over}"
    ),
    f"{DESK}/maintenances": _screen("/maintenances", "?liste=passees", "?liste=en-cours"),
    f"{DESK}/maintenances/<window>": (
        *_pages("/lyon/gestion/maintenances/{lyons_work}"),
        *_others("/lyon/gestion/maintenances/{lyons_past}", status=303),
        *_pages("/lyon/gestion/maintenances/{work}", status=404),
    ),
    f"{DESK}/maintenances/<window>/annuler": _pages(
        "/lyon/gestion/maintenances/{lyons_work}/annuler"
    ),
    f"{DESK}/maintenances/nouvelle": _pages(
        "/lyon/gestion/maintenances/nouvelle",
        "/lyon/gestion/maintenances/nouvelle?copie={lyons_past}",
    ),
    f"{DESK}/fins": _screen("/fins"),
    f"{DESK}/apercu": _screen("/apercu"),
    f"{DESK}/apercu/voir": (
        *_others("/lyon/gestion/apercu/voir?viewer=enseignant", status=303),
        *_pages("/lyon/gestion/apercu/voir?viewer=visiteur&day=2020-01-01", status=422),
    ),
    f"{DESK}/apercu/voir/<view>/": _pages(
        "/lyon/gestion/apercu/voir/visiteur/",
        "/lyon/gestion/apercu/voir/enseignant-brouillons-{day}/",
        "/lyon/gestion/apercu/voir/visiteur/?q=zoom",
    ),
    f"{DESK}/apercu/voir/<view>/services/<service_id>": (
        *_pages("/lyon/gestion/apercu/voir/visiteur/services/visio"),
        *_pages("/lyon/gestion/apercu/voir/visiteur/services/pads-2020", status=410),
    ),
    f"{DESK}/cahier-de-passation": _screen("/cahier-de-passation"),
    f"{DESK}/nos-choix-expliques": _screen("/nos-choix-expliques"),
    f"{DESK}/ce-qui-change": _screen("/ce-qui-change"),
    f"{DESK}/export-import": _screen("/export-import"),
    f"{DESK}/export-import/fichier": _others("/lyon/gestion/export-import/fichier"),
    f"{DESK}/journal": (
        *_screen("/journal", "?service=visio", "?mots=zzzz", "?avant=9"),
        *_pages("/lyon/gestion/journal?du=hier", status=422),
    ),
    f"{DESK}/journal.csv": _others("/lyon/gestion/journal.csv"),
    f"{DESK}/membres": _screen("/membres"),
    MEMBER: (
        *_pages("/lyon/gestion/membres/{edith}/retirer"),
        *_pages("/lyon/gestion/membres/{edith}/retirer", who=Who.NORA),
    ),
    f"{DESK}/notre-academie": _screen("/notre-academie"),
    f"{DESK}/notre-academie/<segment>/revenir": _pages(
        *(
            f"/lyon/gestion/notre-academie/{name}/revenir"
            for name in ("nom", "accueil", "aide", "mise-en-avant")
        )
    ),
    f"{DESK}/notre-academie/accueil": _pages("/lyon/gestion/notre-academie/accueil"),
    f"{DESK}/notre-academie/aide": _screen("/notre-academie/aide"),
    f"{DESK}/notre-academie/aide/<rank>": _pages("/lyon/gestion/notre-academie/aide/2"),
    f"{DESK}/notre-academie/aide/nouveau": _pages("/lyon/gestion/notre-academie/aide/nouveau"),
    f"{DESK}/notre-academie/logo": (
        *_pages("/lyon/gestion/notre-academie/logo"),
        *_pages("/reunion/gestion/notre-academie/logo", who=Who.ROSE),
    ),
    f"{DESK}/notre-academie/logo/retirer": (
        *_pages("/lyon/gestion/notre-academie/logo/retirer"),
        *_others("/reunion/gestion/notre-academie/logo/retirer", who=Who.ROSE, status=303),
    ),
    f"{DESK}/notre-academie/mise-en-avant": (
        *_pages("/lyon/gestion/notre-academie/mise-en-avant"),
        *_pages("/reunion/gestion/notre-academie/mise-en-avant", who=Who.ROSE),
    ),
    f"{DESK}/notre-academie/nom": _pages("/lyon/gestion/notre-academie/nom"),
    f"{DESK}/services": (
        *_screen(
            "/services", *(f"?filtre={name}" for name in ("masques", "differents", "a-revoir"))
        ),
        *_pages(
            "/lyon/gestion/services?filtre=nouveautes", "/lyon/gestion/services", who=Who.EDITH
        ),
        *_pages("/reunion/gestion/services?filtre=masques", who=Who.ROSE),
    ),
    f"{DESK}/services-locaux": _screen("/services-locaux"),
    f"{DESK}/services-locaux/<name>/apercu": _pages(
        *(f"/lyon/gestion/services-locaux/{name}/apercu" for name in ("ent", "pix", "pronote"))
    ),
    f"{DESK}/services-locaux/<name>/apercu/page": _pages(
        "/lyon/gestion/services-locaux/ent/apercu/page"
    ),
    f"{DESK}/services-locaux/<name>/modifier": (
        *_pages(*(f"/lyon/gestion/services-locaux/{name}/modifier" for name in ("pix", "pronote"))),
        *_pages("/lyon/gestion/services-locaux/pronote/modifier", who=Who.NORA),
    ),
    f"{DESK}/services-locaux/<name>/retirer": _pages(
        "/lyon/gestion/services-locaux/pronote/retirer"
    ),
    f"{DESK}/services-locaux/modeles": _pages("/lyon/gestion/services-locaux/modeles"),
    f"{DESK}/services-locaux/nouveau": _pages(
        "/lyon/gestion/services-locaux/nouveau", "/lyon/gestion/services-locaux/nouveau?modele=ent"
    ),
    f"{DESK}/services/<service_id>": (
        *_pages(*(f"/lyon/gestion/services/{name}" for name in ("visio", "tubes", "notes"))),
        *_pages("/lyon/gestion/services/visio", who=Who.NORA),
        *_pages("/lyon/gestion/services/inconnu", status=404),
    ),
    f"{DESK}/services/<service_id>/masquer": _pages(
        *(f"/lyon/gestion/services/{name}/masquer" for name in ("salle", "pad", "tubes"))
    ),
    f"{DESK}/services/plusieurs": _pages(
        "/lyon/gestion/services/plusieurs?action=masquer&service=salle&service=notes",
        "/lyon/gestion/services/plusieurs?action=afficher&service=pad",
    ),
    OWN: (
        *_pages("/lyon/mon-espace", "/rennes/mon-espace"),
        *_pages("/rennes/mon-espace", who=Who.AWA),
    ),
    f"{OWN}/ouvrir/<service_id>": (
        *_others("/lyon/mon-espace/ouvrir/notes", status=303),
        *_pages("/rennes/mon-espace/ouvrir/framasalle"),
    ),
    f"{OWN}/ouvrir/<service_id>/<variant_id>": _others(
        "/national/mon-espace/ouvrir/tubes/cycle-2", status=303
    ),
    f"{OWN}/services/<service_id>": _pages(
        "/lyon/mon-espace/services/visio", "/lyon/mon-espace/services/lyon.pronote"
    ),
    f"{OWN}/souci/<service_id>": _pages("/lyon/mon-espace/souci/visio"),
    "/connexion": (*_pages("/connexion", "/connexion?next=/lyon/gestion/", who=Who.ANYBODY),),
    "/connexion/fait": _pages("/connexion/fait"),
    "/connexion/jeton": _others("/connexion/jeton", who=Who.ANYBODY),
    "/connexion/lien/<token>": (
        *_pages("/connexion/lien/{link}", who=Who.ANYBODY),
        *_pages("/connexion/lien/inconnu", who=Who.ANYBODY, status=410),
    ),
    # Without an identity provider there is nothing there: see tests/sign_in/test_in_a_browser.py.
    "/connexion/oidc/": _pages("/connexion/oidc/", who=Who.ANYBODY, status=404),
    "/connexion/oidc/au-revoir": _pages("/connexion/oidc/au-revoir", who=Who.ANYBODY),
    "/connexion/oidc/fin": _others("/connexion/oidc/fin", who=Who.ANYBODY, status=400),
    "/connexion/oidc/retour": _pages("/connexion/oidc/retour", who=Who.ANYBODY, status=404),
    "/deconnexion": (
        *_pages("/deconnexion"),
        *_pages("/deconnexion", who=Who.ANYBODY),
    ),
    "/invitation/<token>": (
        *_pages("/invitation/{invitation}", "/invitation/{by_mail}", who=Who.ANYBODY),
        *_pages("/invitation/{invitation}", "/invitation/{by_mail}", who=Who.AWA),
        *_pages("/invitation/inconnue", who=Who.ANYBODY, status=404),
    ),
    "/mon-compte": (*_pages("/mon-compte"), *_pages("/mon-compte", who=Who.AWA)),
    "/mon-compte/bureaux": (
        *_pages("/mon-compte/bureaux"),
        *_pages("/mon-compte/bureaux", who=Who.NORA),
        *_pages("/mon-compte/bureaux", who=Who.AWA),
    ),
    "/mon-compte/mot-de-passe": _pages("/mon-compte/mot-de-passe"),
    "/mon-compte/supprimer": _pages("/mon-compte/supprimer"),
    f"{NATIONAL}/": (
        *_pages(f"{NATIONAL}/", f"{NATIONAL}/?raison=equivalent-tool", who=Who.NORA),
        *_pages(f"{NATIONAL}/", status=403),
    ),
    f"{NATIONAL}/academies/<slug>": _pages(
        f"{NATIONAL}/academies/lyon", f"{NATIONAL}/academies/reunion", who=Who.NORA
    ),
    f"{NATIONAL}/annonces": _pages(f"{NATIONAL}/annonces", who=Who.NORA),
    f"{NATIONAL}/annonces/<number>": _pages(f"{NATIONAL}/annonces/{{national}}", who=Who.NORA),
    f"{NATIONAL}/annonces/<number>/retirer": _pages(
        f"{NATIONAL}/annonces/{{national}}/retirer", who=Who.NORA
    ),
    f"{NATIONAL}/annonces/nouvelle": _pages(f"{NATIONAL}/annonces/nouvelle", who=Who.NORA),
    f"{NATIONAL}/catalogue": _pages(f"{NATIONAL}/catalogue", who=Who.NORA),
    f"{NATIONAL}/choix.csv": _others(f"{NATIONAL}/choix.csv", who=Who.NORA),
    f"{NATIONAL}/comptes/": _pages(
        f"{NATIONAL}/comptes/", f"{NATIONAL}/comptes/?q=zzzz", who=Who.NORA
    ),
    ACCOUNT: _pages(f"{NATIONAL}/comptes/1", f"{NATIONAL}/comptes/{{edith}}", who=Who.NORA),
    f"{NATIONAL}/comptes/nouveau": _pages(f"{NATIONAL}/comptes/nouveau", who=Who.NORA),
    f"{NATIONAL}/services/<service_id>": _pages(
        f"{NATIONAL}/services/pad", f"{NATIONAL}/services/notes", who=Who.NORA
    ),
}
"""A private route without an address here fails test_html.py."""


def every() -> Iterator[DeskVisit]:
    for visits in DESK_VISITS.values():
        yield from visits


def pages() -> list[DeskVisit]:
    return [visit for visit in every() if visit.is_page]
