from __future__ import annotations

from typing import Any

import pytest

from tests.portal import Portal
from web.admin import journal_words
from web.admin.journal_values import tell

PAD = {
    "title": "Pad de Lyon",
    "task": {"fr": "Écrire à Lyon", "en": "Write in Lyon"},
    "summary": {"fr": "Un texte."},
    "categories": ["ecrire"],
    "icon": "pad",
    "users": {"agents": "direct", "tous": "link"},
    "sign_in": ["agent", "none"],
    "profiles": ["ecole"],
    "lifecycle": {"stage": "beta", "until": "2027-01-31", "successor": "notes"},
    "launch": {"kind": "document", "path": "/p/{name}"},
    "backends": [{"id": "a", "url": "https://pad.ac-lyon.fr", "weight": 1}],
    "shown": True,
    "contact": True,
}
CASES: list[tuple[Any, Any, list[str]]] = [
    (
        None,
        PAD,
        [
            "Nom : Pad de Lyon",
            "Besoin : Écrire à Lyon",
            "Besoin, en anglais : Write in Lyon",
            "Résumé : Un texte.",
            "Rubriques : Écrire ensemble",
            "Qui peut entrer, Agents : directement",
            "Qui peut entrer, Tout le monde : avec un lien",
            "Pour se connecter : Avec vos identifiants académiques, Sans compte",
            "Utile à : Pour l'école",
            "Stade : À l'essai",
            "Jusqu'au : 31 janvier 2027",
            "Remplacé par : CodiMD",
            "Ouverture, Genre : un document",
            "Ouverture, Chemin : /p/{name}",
            "Adresse : https://pad.ac-lyon.fr",
            "Affiché : oui",
            "Contact interne : oui",
        ],
    ),
    (PAD, PAD, []),
    (
        {"starts_at": "2026-11-23T07:00:00+00:00", "level": "information"},
        {"starts_at": "2026-11-23T07:05:00+00:00", "level": "important"},
        [
            "Début : 23 novembre 2026, 8 h → 23 novembre 2026, 8 h 05",
            "Niveau : Information → Important",
        ],
    ),
    (
        {"published": {"shown": True}, "draft": {"title": "Pad"}},
        None,
        ["Affiché : oui → rien", "Brouillon, Nom : Pad → rien"],
    ),
    ({"order": ["visio", "salle"]}, None, ["Ordre : Visio-Agents, Rendez-vous → rien"]),
    (
        {"wording": {"summary": {"fr": "Une salle."}}},
        {"wording": {"summary": {"fr": "Une belle salle."}}},
        ["Résumé : Une salle. → Une belle salle."],
    ),
    ({"role": "editor"}, {"role": "manager"}, ["Rôle : Membre → Responsable"]),
    (None, {"role": "manager", "scope": "lyon"}, ["Rôle : Responsable", "Pour : Lyon"]),
    ("Bonjour.", "Bonsoir.", ["Texte : Bonjour. → Bonsoir."]),
    (None, {"fr": "Oui.", "en": "Yes."}, ["Texte : Oui.", "Texte, en anglais : Yes."]),
    (
        None,
        [{"kind": "nearby", "name": {"fr": "Votre ERUN"}, "phone": "04 00"}],
        ["Genre : Près de vous", "Nom : Votre ERUN", "Téléphone : 04 00"],
    ),
    ({"visibility": "shown"}, {"visibility": "hidden"}, ["Affichage : Affiché → Masqué"]),
    ({"review_on": "2026-13-45"}, None, ["À revoir le : 2026-13-45 → rien"]),
    ({"reason": "outages"}, {"reason": "other", "precision": "Vu"}, []),
]


@pytest.mark.parametrize(("before", "after", "told"), CASES)
def test_what_changed_is_said_in_words(
    portal: Portal, before: Any, after: Any, told: list[str]
) -> None:
    snapshot = portal.site.snapshot
    card = snapshot.card("lyon")
    assert card is not None
    with portal.app.test_request_context("/"):
        words = journal_words.glossary(snapshot, card, {})
        found = [f"{item.label} : {item.words}" for item in tell(before, after, words)]
    assert [line.replace("\xa0", " ") for line in found] == told


@pytest.mark.parametrize(
    ("subject", "said"),
    [
        ("visio", "Visio-Agents"),
        ("nuage-parti", "nuage-parti"),
        ("lyon.pix", "pix"),
        ("announcement/12", "annonce n° 12"),
        ("invitation/3", "invitation n° 3"),
        ("text/welcome", "Phrase d'accueil"),
        ("account/7", "Lise"),
        ("account/8", "ancien membre n° 8"),
        ("logo", ""),
        ("services", ""),
        ("lyon", ""),
        ("moon/1", "moon 1"),
    ],
)
def test_what_a_line_is_about_has_a_name(portal: Portal, subject: str, said: str) -> None:
    snapshot = portal.site.snapshot
    card = snapshot.card("lyon")
    assert card is not None
    with portal.app.test_request_context("/"):
        words = journal_words.glossary(snapshot, card, {"account/7": "Lise"})
        assert journal_words.subject(subject, words).replace("\xa0", " ") == said
