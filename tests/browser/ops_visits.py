"""Which addresses stand for the routes of ops and of operators, and who looks at them."""

from __future__ import annotations

from tests.browser.desk_visit import DeskVisit, others, pages
from tests.browser.desk_world import Who

OPERATOR = "/operateur/<operator>"

VISITS: dict[str, tuple[DeskVisit, ...]] = {
    f"{OPERATOR}/": (
        *pages("/operateur/dne/", "/operateur/dne/?tri=visio", who=Who.ODILE),
        *pages("/operateur/asso/", "/operateur/dne/", who=Who.OMAR),
        *pages("/operateur/asso/", who=Who.ODILE, status=403),
    ),
    f"{OPERATOR}/contacts": pages(
        "/operateur/dne/contacts", "/operateur/dne/contacts?service=notes", who=Who.ODILE
    ),
    f"{OPERATOR}/incidents": (
        *pages("/operateur/dne/incidents", who=Who.ODILE),
        *pages("/operateur/asso/incidents", who=Who.OMAR),
    ),
    f"{OPERATOR}/incidents/<number>": (
        *pages("/operateur/dne/incidents/{incident}", who=Who.ODILE),
        *pages("/operateur/asso/incidents/{incident}", who=Who.OMAR, status=404),
    ),
    f"{OPERATOR}/maintenances": pages(
        *(f"/operateur/dne/maintenances{end}" for end in ("", "?liste=a-venir", "?liste=passees")),
        who=Who.ODILE,
    ),
    f"{OPERATOR}/maintenances/<number>": (
        *pages(
            "/operateur/dne/maintenances/{work}",
            "/operateur/dne/maintenances/{going_on}",
            who=Who.ODILE,
        ),
        *pages("/operateur/dne/maintenances/{lyons_work}", who=Who.ODILE, status=404),
    ),
    f"{OPERATOR}/maintenances/<number>/annuler": pages(
        "/operateur/dne/maintenances/{work}/annuler", who=Who.ODILE
    ),
    f"{OPERATOR}/maintenances/nouvelle": pages(
        "/operateur/dne/maintenances/nouvelle",
        "/operateur/dne/maintenances/nouvelle?copie={past}",
        who=Who.ODILE,
    ),
    f"{OPERATOR}/ouvertures.csv": others("/operateur/dne/ouvertures.csv", who=Who.ODILE),
    "/ops/": (
        *pages("/ops/", "/ops/?tri=latency&operateur=dne", "/ops/?q=zzzz", who=Who.OMAR),
        *pages("/ops/", who=Who.NORA),
        *pages("/ops/", status=403),
    ),
    "/ops/alertes": (
        *pages("/ops/alertes", who=Who.OMAR),
        *pages("/ops/alertes", who=Who.NORA),
    ),
    "/ops/catalogue": pages("/ops/catalogue", who=Who.OMAR),
    "/ops/echeances": pages("/ops/echeances", "/ops/echeances?quoi=hosting", who=Who.OMAR),
    "/ops/incidents": (
        *pages("/ops/incidents", "/ops/incidents?etat=termines&operateur=asso", who=Who.OMAR),
        *pages("/ops/incidents", who=Who.NORA),
    ),
    "/ops/incidents/<number>": (
        *pages("/ops/incidents/{incident}", "/ops/incidents/{incident_over}", who=Who.OMAR),
        *pages("/ops/incidents/{incident}", who=Who.NORA),
        *pages("/ops/incidents/9999", who=Who.OMAR, status=404),
        *others("/ops/incidents/{incident_merged}", who=Who.OMAR, status=303),
    ),
    "/ops/mur": pages("/ops/mur", who=Who.OMAR),
    "/ops/serveurs.csv": others("/ops/serveurs.csv?etat=down", who=Who.OMAR),
    "/ops/serveurs/<backend>": (
        *pages(
            *(f"/ops/serveurs/{name}" for name in ("salle/a", "salle/a?latence=30d&page=2")),
            *(f"/ops/serveurs/{name}" for name in ("notes/a", "lyon:visio/lyon-1")),
            who=Who.OMAR,
        ),
        *pages("/ops/serveurs/salle/a", who=Who.NORA),
        *pages("/ops/serveurs/inconnu/a", who=Who.OMAR, status=404),
    ),
    "/ops/surveillance": pages("/ops/surveillance", who=Who.OMAR),
    "/ops/maintenances": (
        *pages(
            *(f"/ops/maintenances{end}" for end in ("", "?liste=a-venir", "?liste=passees")),
            who=Who.OMAR,
        ),
        *pages("/ops/maintenances", who=Who.NORA),
    ),
}
