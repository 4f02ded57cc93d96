"""Maintenance that is announced in the world of the desks."""

from __future__ import annotations

from datetime import timedelta

from database import writing
from instances.choices import Decision
from monitoring import windows
from monitoring.maintenance import Repeats, Scope
from monitoring.window_rules import Author, Content
from tests.portal import Portal

DAY = timedelta(days=1)


def add(portal: Portal, by: Decision) -> dict[str, str]:
    """Announce maintenance: Lyon's, the DNE's; one that goes on, one that was called off."""
    now, long = by.now, "Les visios en cours continuent ; on ne peut pas en ouvrir d'autres."
    lyon, dne = "academie/lyon", "operator/dne"
    plans = {
        "lyons_work": (lyon, Scope.SERVICE, "lyon:pronote", now + DAY, Repeats.MONTHLY),
        "lyons_past": (lyon, Scope.SERVICE, "lyon:visio", now + 2 * DAY, Repeats.ONCE),
        "work": (dne, Scope.OPERATOR, "dne", now + 3 * DAY, Repeats.WEEKLY),
        "going_on": (dne, Scope.BACKEND, "visio/a", now, Repeats.ONCE),
        "past": (dne, Scope.SERVICE, "tubes", now + DAY, Repeats.ONCE),
    }
    author, rows = Author(actor=by.actor, now=now), {}
    with writing(portal.site.sessions) as session:
        for name, (owner, scope, value, starts_at, repeats) in plans.items():
            content = Content(
                scope=scope, value=value, title="Mise à jour de la base de données", text=long,
                starts_at=starts_at, ends_at=starts_at + DAY / 12, timezone="Europe/Paris",
                repeats=repeats, until=now.date() + 90 * DAY,
            )  # fmt: skip
            known = {(scope, value)}
            rows[name] = windows.declare(session, content, owner=owner, by=author, known=known)
        for name in ("lyons_past", "past"):
            windows.call_off(session, rows[name], by=author)
        return {name: str(row.id) for name, row in rows.items()}
