"""What people type and what they must find, in this order, among all the services of the file."""

from __future__ import annotations

import functools
from pathlib import Path

from catalogue.loading import load
from catalogue.schema import Service
from catalogue.selection import Entry, index_text
from monitoring.profiles import PROFILES

ROOT = Path(__file__).parents[2]
VISIOS = "visio-agents classe-virtuelle rendez-vous webinaire framatalk"

QUERIES: tuple[tuple[str, str], ...] = (
    ("visio", VISIOS),
    ("Visio", VISIOS),
    ("VISIO", VISIOS),
    (" visio ", VISIOS),
    ("visio-agents", "visio-agents"),
    ("visioagents", "visio-agents"),
    ("visio agents", "visio-agents"),
    ("visioconférence", VISIOS),
    ("visioconference", VISIOS),
    ("visios", VISIOS),
    ("vision", VISIOS),
    ("vsio", ""),
    ("viso", ""),
    ("visioconf", VISIOS),
    ("visioconfr", VISIOS),
    ("zoom", VISIOS),
    ("zooms", VISIOS),
    ("zoum", ""),
    ("teams", "visio-agents classe-virtuelle rendez-vous webinaire tchap"),
    ("google meet", "visio-agents"),
    ("skype", "visio-agents classe-virtuelle rendez-vous framatalk"),
    ("jitsi", "rendez-vous framatalk"),
    ("bbb", "visio-agents classe-virtuelle webinaire"),
    ("classe virtuelle", "classe-virtuelle"),
    ("classes virtuelles", "classe-virtuelle"),
    ("classe à distance", "classe-virtuelle"),
    ("réunion", "visio-agents evento"),
    ("reunions", "visio-agents evento"),
    ("réunion parents", "visio-agents"),
    ("je veux faire une visio avec les parents", "visio-agents rendez-vous"),
    ("webinaire", "webinaire"),
    ("webinar", "webinaire"),
    ("conférence", "visio-agents webinaire"),
    ("rendez-vous", "rendez-vous evento"),
    ("rendez vous", "rendez-vous evento"),
    ("rendezvous", "rendez-vous evento"),
    ("rdv", "rendez-vous"),
    ("nuage", "nuage"),
    ("cloud", "nuage"),
    ("drive", "nuage"),
    ("dropbox", "nuage"),
    ("fichier", "nuage filesender"),
    ("fichiers", "nuage filesender"),
    ("gros fichier", "filesender"),
    ("gros fichiers", "filesender"),
    ("envoyer un gros fichier", "filesender"),
    ("file sender", "filesender"),
    ("filesender", "filesender"),
    ("FileSender", "filesender"),
    ("wetransfer", "filesender"),
    ("we transfer", "filesender"),
    ("wetransfert", "filesender"),
    ("transfert", "filesender"),
    ("pièce jointe", "filesender"),
    ("piece jointe", "filesender"),
    ("pad", "pads-2020 docs codimd framapad entraide-chatons"),
    ("padlet", "codimd framapad entraide-chatons"),
    ("padlette", ""),
    ("framapad", "framapad"),
    ("framapda", "framapad evento"),
    ("google docs", "docs codimd framapad"),
    ("docs", "docs codimd framapad"),
    ("document", "nuage docs"),
    ("écrire à plusieurs", "docs framapad codimd"),
    ("ecrire", "docs framapad codimd"),
    ("tableur", "nuage entraide-chatons"),
    ("markdown", "codimd"),
    ("vidéo", "tubes podeduc tubes-2020"),
    ("vidéos", "tubes podeduc tubes-2020"),
    ("youtube", "tubes podeduc"),
    ("maternelle", "tubes"),
    ("cycle 3", "tubes"),
    ("peertube", "tubes tubes-2020"),
    ("tubes", "tubes tubes-2020"),
    ("podeduc", "podeduc"),
    ("pod educ", "podeduc"),
    ("sondage", "evento entraide-chatons"),
    ("doodle", "evento"),
    ("dodle", "evento"),
    ("trouver une date", "evento"),
    ("évento", "evento"),
    ("evento", "evento"),
    ("whatsapp", "rendez-vous framatalk tchap"),
    ("messagerie", "tchap"),
    ("tchap", "tchap"),
    ("tchat", "tchap entraide-chatons"),
    ("github", "forge"),
    ("forge", "forge"),
    ("ressources libres", "forge"),
    ("blog", "blog"),
    ("wordpress", "blog"),
    ("portail", "portail"),
    ("post-it", "entraide-chatons"),
    ("postit", "entraide-chatons"),
    ("l'école", "tubes"),
    ("qu'est-ce qu'un pad", "pads-2020 docs codimd framapad entraide-chatons"),
    (
        "vi",
        "visio-agents classe-virtuelle tubes podeduc tubes-2020 rendez-vous webinaire framatalk",
    ),
    ("e-mail", "filesender"),
    ("xyzzy", ""),
    ("zoom padlet", ""),
    ("visio gratuite", ""),
    ("padlette gratuit", ""),
    ("!!!", ""),
    ("🎥 visio", VISIOS),
    ("ŒUVRE", ""),
    ("journaux", "blog"),
)

SUGGESTIONS: tuple[tuple[str, str | None], ...] = (
    ("padlette", "padlet"),
    ("vsio", "visio"),
    ("zoum", "zoom"),
    ("visio gratuite", "visio"),
    ("padlette gratuit", "padlet"),
    ("zoom padlet", "zoom"),
    ("réunnionn", "réunion"),
    ("xyzzy", None),
    ("!!!", None),
    ("", None),
    ("visio", None),
)


@functools.cache
def services() -> tuple[Service, ...]:
    file = ROOT / "services.yaml"
    known = frozenset(PROFILES)
    return load(file.read_bytes(), file=file.name, known_profiles=known).catalogue.services


@functools.cache
def entries(language: str = "fr") -> tuple[Entry, ...]:
    return tuple((service.id, index_text(service, language)) for service in services())
