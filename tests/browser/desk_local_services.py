"""Lyon's own services: published, changed since, being written, faulty, and retired."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from database import writing
from instances import local_services
from instances.choices import Decision
from instances.local_judging import Surroundings, judge
from instances.local_services import Farewell, Handle, Ready, Written
from tests.portal import Portal
from web.admin.local_editing import ICONS

PRONOTE: dict[str, Any] = {
    "title": "Pronote",
    "task": {"fr": "Faire l'appel et saisir les notes", "en": "Marks"},
    "summary": {"fr": "Le cahier de textes de chaque classe."},
    "icon": "releve",
    "categories": ["ecrire"],
    "users": {"agents": "direct"},
    "sign_in": ["agent"],
    "launch": {"kind": "link"},
    "backends": [{"id": "a", "url": "https://pronote.example.fr/", "probe": {"profile": "http"}}],
}
OLD = PRONOTE | {"title": "Ancien ENT", "task": {"fr": "Ouvrir l'ancien ENT"}}
ENT = PRONOTE | {"title": "ENT", "task": {"fr": "Ouvrir l'ENT"}}
HALF = {"title": "Pix", "task": {"fr": "Faire le point"}, "backends": [{"id": "a", "url": "pix"}]}


def add(portal: Portal, by: Decision) -> None:
    """Add them; their names follow their titles."""
    with writing(portal.site.sessions) as session:
        _publish(portal, session, PRONOTE, by=by)
        changed = Written(entry=PRONOTE | {"title": "Pronote de Lyon"}, contact="Guichet, poste 12")
        local_services.save_draft(session, Handle(name="pronote"), changed, by=by)
        _publish(portal, session, OLD, by=by)
        farewell = Farewell(replaced_by="lyon.pronote", word="Tout est dans Pronote.")
        local_services.retire(
            session, Handle(name="ancien-ent"), farewell, by=by, reason="Contrat fini"
        )
        for entry in (ENT, HALF):
            local_services.save_draft(session, None, Written(entry=entry), by=by)


def _publish(portal: Portal, session: Session, entry: dict[str, Any], *, by: Decision) -> None:
    snapshot = portal.site.snapshot
    card = snapshot.card("lyon")
    assert card is not None
    around = Surroundings(snapshot=snapshot, card=card, now=by.now, icons=ICONS)
    judged = judge(entry, "lyon.x", around)
    assert judged.service is not None, judged
    ready = Ready(service=judged.service, contact="Guichet, poste 12")
    local_services.publish(session, None, ready, by=by, reason="Contrat signé")
