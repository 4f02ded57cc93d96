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
    "/ops/maintenances": (
        *pages(
            *(f"/ops/maintenances{end}" for end in ("", "?liste=a-venir", "?liste=passees")),
            who=Who.OMAR,
        ),
        *pages("/ops/maintenances", who=Who.NORA),
    ),
}
