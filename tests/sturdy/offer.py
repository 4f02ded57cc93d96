"""A catalogue of the tests' own: its addresses lead to loopback, its titles carry a version."""

from __future__ import annotations

from pathlib import Path

FIRST = "Visio-0"
PAD = "Bloc-partagé"
NOTES = "Carnet-commun"
"""The last entry of the file: what a half-written one loses first."""

_TEXT = """\
format: 1
categories:
  - {{id: parler, title: Se parler, icon: cat-parler}}
  - {{id: ecrire, title: Écrire ensemble, icon: cat-ecrire}}
operators:
  - {{id: dne, name: DNE, kind: education}}
services:
  - id: visio
    title: {title}
    task: Réunir des collègues
    summary: Une salle pour se voir.
    icon: visio
    categories: [parler]
    users: {{agents: direct, tous: link}}
    sign_in: [none]
    operator: dne
    launch: {{kind: link}}
    backends:
      - {{id: a, url: "{backend}/visio", probe: {{profile: http}}}}
  - id: pad
    title: {pad}
    task: Écrire à plusieurs
    summary: Un texte à plusieurs.
    icon: pad
    categories: [ecrire]
    users: {{tous: direct}}
    sign_in: [none]
    operator: dne
    launch: {{kind: link}}
    backends:
      - {{id: a, url: "{backend}/pad", probe: {{profile: http}}}}
  - id: notes
    title: {notes}
    task: Prendre des notes
    summary: Des notes à plusieurs.
    icon: notes
    categories: [ecrire]
    users: {{agents: direct}}
    sign_in: [none]
    operator: dne
    launch: {{kind: link}}
    backends:
      - {{id: a, url: "{backend}/notes"}}
"""


def offer_text(backend: str, title: str = FIRST) -> str:
    return _TEXT.format(backend=backend, title=title, pad=PAD, notes=NOTES)


def replace_file(path: Path, content: bytes) -> None:
    """Put a new content in place at once, as careful editors do."""
    draft = path.with_name(f".{path.name}.draft")
    draft.write_bytes(content)
    draft.replace(path)
