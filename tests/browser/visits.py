"""Which addresses stand for each route, and the worlds in which the tests look at them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

import journal
from database import writing
from instances.announcements import AnnouncementLevel, announce
from instances.choices import Decision, Hiding, hide_service, show_service
from instances.models import Announcement, HideReason
from monitoring.target import State
from tests.portal import Portal


@dataclass(frozen=True, kw_only=True)
class Visit:
    path: str
    status: int = 200
    is_page: bool = True
    """False: not HTML, or a redirect; only its status is looked at."""


def _pages(*paths: str, status: int = 200) -> tuple[Visit, ...]:
    return tuple(Visit(path=path, status=status) for path in paths)


def _others(*paths: str, status: int = 200) -> tuple[Visit, ...]:
    return tuple(Visit(path=path, status=status, is_page=False) for path in paths)


SERVICES = ("visio", "salle", "pad", "notes", "tubes", "framasalle")
"""All that Lyon shows: each is in another state of the troubled world."""

VISITS: dict[str, tuple[Visit, ...]] = {
    "/": _pages("/", "/?choisir", "/?q=bretagne", "/?q=zzzzz"),
    "/.well-known/security.txt": _others("/.well-known/security.txt", status=404),
    "/security.txt": _others("/security.txt", status=301),
    "/<academie>/": (
        *_pages("/lyon/", "/rennes/", "/reunion/", "/national/", "/lyon/?pour=direction"),
        *_pages(
            "/lyon/?q=zoom", "/lyon/?q=etherpaddd", "/lyon/?q=zzzzz", "/lyon/?q=pad&pour=ecole"
        ),
        *_pages("/renne/", "/nulle-part/", status=404),
    ),
    "/etat": _pages("/etat"),
    "/etat/api/v2/<document>.json": _others("/etat/api/v2/summary.json"),
    "/etat/badges/<service_id>.svg": _others("/etat/badges/visio.svg"),
    "/etat/fil.atom": _others("/etat/fil.atom"),
    "/etat/maintenances.ics": _others("/etat/maintenances.ics"),
    "/etat/maintenances/<uid>/<moment>.ics": _pages("/etat/maintenances/x/y.ics", status=404),
    "/<academie>/etat": (
        *_pages("/lyon/etat", "/rennes/etat"),
        *_others("/national/etat", status=308),
    ),
    "/<academie>/etat/api/v2/<document>.json": (
        *_others("/lyon/etat/api/v2/incidents/unresolved.json"),
        *_pages("/lyon/etat/api/v2/inconnu.json", status=404),
    ),
    "/<academie>/etat/badges/<service_id>.svg": (
        *_others("/lyon/etat/badges/visio.svg", "/lyon/etat/badges/notes.svg"),
        *_pages("/lyon/etat/badges/inconnu.svg", status=404),
    ),
    "/<academie>/etat/fil.atom": _others("/lyon/etat/fil.atom"),
    "/<academie>/etat/maintenances.ics": _others("/lyon/etat/maintenances.ics"),
    "/<academie>/etat/maintenances/<uid>/<moment>.ics": _pages(
        "/lyon/etat/maintenances/x/y.ics", status=404
    ),
    "/<academie>/lien/<service_id>": (
        *_pages("/lyon/lien/salle", "/lyon/lien/pad", "/rennes/lien/framasalle"),
        *_pages("/lyon/lien/visio", status=404),
    ),
    # Lyon's own is on each page of the desks' world.
    "/<academie>/logo/<digest>": _others("/lyon/logo/0123456789abcdef", status=404),
    "/<academie>/ouvrir/<service_id>": (
        *_pages("/lyon/ouvrir/tubes", "/rennes/ouvrir/tubes", "/rennes/ouvrir/framasalle"),
        *_others("/lyon/ouvrir/notes", status=303),
        *_pages("/lyon/ouvrir/pads-2020", status=410),
        *_pages("/lyon/ouvrir/inconnu", status=404),
    ),
    "/<academie>/ouvrir/<service_id>/<variant_id>": (
        *_others("/lyon/ouvrir/tubes/cycle-2", status=303),
        *_pages("/lyon/ouvrir/tubes/lycee", status=404),
    ),
    "/<academie>/services/<service_id>": (
        *_pages(*(f"/lyon/services/{service}" for service in SERVICES)),
        *_pages("/rennes/services/framasalle", "/rennes/services/tubes", "/rennes/services/pad"),
        *_others("/lyon/services/visio-2020", status=303),
        *_pages("/lyon/services/pads-2020", status=410),
        *_pages("/lyon/services/inconnu", "/lyon/services/visi", status=404),
    ),
    "/<academie>/souci/<service_id>": (
        *_pages(*(f"/lyon/souci/{service}" for service in SERVICES), "/rennes/souci/pad"),
        *_pages("/lyon/souci/inconnu", status=404),
    ),
    "/accessibilite": _pages("/accessibilite"),
    "/contact": _pages("/contact"),
    "/cookies": _pages("/cookies"),
    "/donnees-personnelles": _pages("/donnees-personnelles"),
    "/mentions-legales": _pages("/mentions-legales"),
    "/plan-du-site": _pages("/plan-du-site"),
    "/favicon.ico": _others("/favicon.ico", status=302),
    "/healthz": _others("/healthz"),
    "/manifest.webmanifest": _others("/manifest.webmanifest"),
    "/metrics": _others("/metrics"),
    "/readyz": _others("/readyz"),
    "/robots.txt": _others("/robots.txt"),
    "/sitemap.xml": _others("/sitemap.xml"),
}
"""A route without an address here fails test_html.py."""

NO_ROUTE = _pages("/lyon/nulle-part", "/lyon/services/", status=404)


def pages() -> list[Visit]:
    """List every page of the table, French addresses."""
    return [visit for visits in (*VISITS.values(), NO_ROUTE) for visit in visits if visit.is_page]


class World(StrEnum):
    UNCHECKED = "unchecked"
    """No monitor ever ran."""
    UP = "up"
    TROUBLED = "troubled"
    """Each service in another state; two announcements in Lyon."""


AN_HOUR = timedelta(hours=1)


def enter(world: World, portal: Portal) -> None:
    """Bring a fresh portal to a world; Rennes hides two services in each of them."""
    _decide(portal)
    if world is World.UP:
        portal.set_all(State.UP)
    if world is World.TROUBLED:
        _announce(portal)
        portal.set_all(State.UP)
        portal.set_state("visio", State.DOWN)
        portal.set_state("salle", State.DEGRADED)
        portal.set_state("pad", State.MAINTENANCE)
        portal.set_state("framasalle", State.UNKNOWN)
        portal.set_state("tubes", State.DOWN, backend="maternelle.a")
    portal.site.refresh()


def _decide(portal: Portal) -> None:
    now = datetime.now(UTC)
    catalogue = portal.site.snapshot.catalogue
    pad, tubes, room = (catalogue.service(name) for name in ("pad", "tubes", "framasalle"))
    assert pad is not None
    assert tubes is not None
    assert room is not None
    rennes = Decision(academie="rennes", actor="test", now=now)
    why = HideReason.EQUIVALENT_TOOL
    with writing(portal.site.sessions) as session:
        instead = Hiding(reason=why, replacement_service="notes", word="Prenez CodiMD.")
        hide_service(session, pad, instead, by=rennes, known={"notes"})
        elsewhere = Hiding(reason=why, replacement_url="https://tubes.example.org/")
        hide_service(session, tubes, elsewhere, by=rennes)
        lyon = Decision(academie="lyon", actor="test", now=now)
        show_service(session, room, by=lyon)


def _announce(portal: Portal) -> None:
    now = datetime.now(UTC)
    texts = (
        (AnnouncementLevel.IMPORTANT, "Coupure ce soir.\n\nDe 18 h à 20 h, rien ne marchera."),
        (AnnouncementLevel.INFORMATION, "Une formation s’ouvre."),
    )
    with writing(portal.site.sessions) as session:
        for level, text in texts:
            row = Announcement(
                academie="lyon",
                level=level,
                text=text,
                starts_at=now - AN_HOUR,
                ends_at=now + AN_HOUR,
                created_by="test",
            )
            announce(session, row, now=now)
        journal.bump(session, journal.Revision.DECISIONS)
