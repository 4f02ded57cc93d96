"""Codes of a service's entry and of its surroundings, in words."""

from __future__ import annotations

from web.translation import gettext as _


def word(field: str, code: str) -> str:
    """Word a code of a field; empty for what is no code."""
    if field in ("agents", "eleves", "familles", "tous"):
        return {"direct": _("directement"), "link": _("avec un lien")}.get(code, "")
    if field == "kind":
        return {**_launches(), **_operators(), **_contacts()}.get(code, "")
    return _others().get((field, code), "")


def _launches() -> dict[str, str]:
    return {
        "link": _("une adresse"),
        "create": _("une page qui crée"),
        "room": _("une salle"),
        "document": _("un document"),
    }


def _operators() -> dict[str, str]:
    return {
        "education": _("Éducation nationale"),
        "state": _("État"),
        "collectivite": _("collectivité"),
        "association": _("association"),
    }


def _contacts() -> dict[str, str]:
    return {"nearby": _("Près de vous"), "academie": _("Assistance de l'académie")}


def _others() -> dict[tuple[str, str], str]:
    return {
        ("level", "information"): _("Information"),
        ("level", "important"): _("Important"),
        ("repeats", "once"): _("Une seule fois"),
        ("repeats", "weekly"): _("Chaque semaine, le même jour"),
        ("repeats", "monthly"): _("Chaque mois, le même jour de la même semaine"),
        ("rollout", "everyone"): _("affiché partout"),
        ("rollout", "opt-in"): _("proposé"),
        ("rollout", "required"): _("obligatoire"),
        ("stage", "alpha"): _("À l'essai"),
        ("stage", "beta"): _("À l'essai"),
        ("stage", "stable"): _("en service"),
        ("stage", "obsolete"): _("Fermé"),
        ("visibility", "public"): _("tout le monde"),
        ("visibility", "agents"): _("agents seulement"),
        ("answer", "yes"): _("oui"),
        ("answer", "no"): _("non"),
        ("answer", "conditions"): _("sous conditions"),
    }
